"""The help pages of the desk: the handbook for clerks, from the same file as the document."""

from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from desk.web.rendering import page, sessions_of
from desk.web.sign_in import cookie_name

HANDBOOK = Path(__file__).parents[2] / "docs" / "handbook-zh.md"


async def show_help(request: Request) -> Response:
    """The handbook, in Chinese for every reader; it holds nothing personal and asks for no sign-in."""
    secret = request.cookies.get(cookie_name(request.app.state.secure))
    # With the ways to the other pages for who is signed in.
    request.state.session = sessions_of(request).find(secret)
    return page(request, "help.html", handbook=_handbook())


@cache
def _handbook() -> Markup:
    """The handbook as a page. Markup inside the file is shown as text, not obeyed."""
    written = MarkdownIt("commonmark", {"html": False}).enable("table").render(HANDBOOK.read_text("utf-8"))
    return Markup(written)
