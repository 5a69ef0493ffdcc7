"""Pages from templates, in the reader's language; nothing in a template is markup unless it says so."""

from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from desk import language, words
from desk.language import Language, Words, say
from desk.officers.signing import demonstration_officers_here
from desk.web.engine import Engine
from desk.web.sessions import Session, Sessions
from rules.values.money import percent

HERE = Path(__file__).parent
LANGUAGE_COOKIE = "language"
"""The reader's choice; without one the browser's, and Chinese where it asks for neither."""
WHOSE = "opened_by"
"""The input of every form that says which officer has opened it: two may share a browser."""
LANGUAGES = {Language.CHINESE: "zh-CN", Language.ENGLISH: "en"}

templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


templates.filters["title_of"] = words.title
templates.filters["percent"] = percent


def link(case_no: str) -> Markup:
    """A case number that leads to its case."""
    return Markup('<a href="/cases/{0}">{0}</a>').format(case_no)


def due_link(case_no: str, letter: str, due_on: object) -> Markup:
    """A due date that leads to its certificate."""
    return Markup('<a href="/cases/{}/clocks/{}">{}</a>').format(case_no, letter, due_on)


templates.globals.update(
    say=say,
    link=link,
    due_link=due_link,
    weekday=words.weekday,
    title=words.title,
    money=words.money,
    day=words.day,
    hour=words.hour,
    instant=words.instant,
    calendar_name=words.calendar_name,
    bureau=words.bureau,
    scheme=words.scheme,
    sentence=words.sentence,
    acts_in_a_demonstration=demonstration_officers_here,
)


def engine_of(request: Request) -> Engine:
    """The engine that this desk asks."""
    engine: Engine = request.app.state.engine
    return engine


def sessions_of(request: Request) -> Sessions:
    """The sessions of this desk."""
    sessions: Sessions = request.app.state.sessions
    return sessions


def session_of(request: Request) -> Session:
    """The session of whoever asks; only pages behind the sign-in call this."""
    session: Session = request.state.session
    return session


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A page; `context` is what its template shows."""
    session: Session | None = getattr(request.state, "session", None)
    # What a page fetches by itself must not take the answer that another page of the officer waits for.
    notices = session.notices if session and not asked_by_itself(request) else []
    html = templates.get_template(template).render(
        session=session,
        opened_here_by=_hidden(WHOSE, session.reader) if session else "",
        notices=[str(one) for one in notices],
        here=address_of(request),
        path=request.url.path,
        tongue=LANGUAGES[_language_of(request.headers)],
        **context,
    )
    notices.clear()
    return HTMLResponse(html, status)


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


def asked_by_itself(request: Request) -> bool:
    """Whether a page that follows something asks, and nobody has pressed anything."""
    follows = request.headers.get("accept", "").startswith("text/event-stream")
    return follows or request.headers.get("x-asked-by") == "page"


def go_to(address: str) -> RedirectResponse:
    """Have the browser ask for another page; going back or reloading there sends nothing again."""
    return RedirectResponse(address, 303)


def notify(request: Request, told: Words) -> None:
    """Have the next page of this officer begin with a sentence."""
    session_of(request).notices.append(told)


def tell_passed_over(request: Request, readable: Mapping[str, Callable[[str], object]]) -> None:
    """Have this page say which filters of its address it passes over: those not known, or with no such value.

    `readable` are the filters of the page, each with what reads its value; nothing that is read says no.
    """
    # What a page asks for by itself tells nobody anything.
    query = {} if asked_by_itself(request) else request.query_params
    wrong = [
        name for name in query if name not in readable or (query[name] and not readable[name](query[name]))
    ]
    for name in wrong:
        notify(
            request,
            Words(
                f"The filter '{name}' in the address cannot be used and was passed over.",
                f"网址中的筛选条件“{name}”无效，未采用。",
            ),
        )


def inside(address: str | None) -> str:
    """An address of the desk itself, however it was given; the first page where it is none."""
    safe = address and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if safe and address else "/"


def address_of(request: Request) -> str:
    """The address of a page with its query, without the desk's name."""
    query = urlencode(request.query_params.multi_items())
    return f"{request.url.path}?{query}" if query else request.url.path


def _language_of(headers: Headers) -> Language:
    """By cookie, by the browser's first wish that is one of the two, else Chinese."""
    chosen = SimpleCookie(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    if chosen is not None and chosen.value in tuple(Language):
        return Language(chosen.value)
    for wish in headers.get("accept-language", "").split(","):
        if (tongue := wish.strip()[:2].lower()) in tuple(Language):
            return Language(tongue)
    return Language.CHINESE


class InTheReadersLanguage:
    """Sets the reader's language for whatever a request does."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            language.choose(_language_of(Headers(scope=scope)))
        await self.app(scope, receive, send)


def upload_in(form: FormData, field: str) -> UploadFile | None:
    """The file of a field; None where none was chosen."""
    found = form.get(field)
    return found if isinstance(found, UploadFile) and found.filename else None


async def sent_again(request: Request, head: Words, told: Words, status: int) -> HTMLResponse:
    """A page that keeps what a form was sent with, to be sent again from there; files are chosen again."""
    async with request.form() as form:
        sent = form.multi_items()
    opened_by = "".join(value for name, value in sent if name == WHOSE and isinstance(value, str))
    texts = [(name, value) for name, value in sent if isinstance(value, str) and name != WHOSE]
    files = [
        (name, value.filename) for name, value in sent if isinstance(value, UploadFile) and value.filename
    ]
    shown = {"head": head, "told": told, "texts": texts, "files": files, "opened_by": opened_by}
    return page(request, "sent_again.html", status, **shown)


async def bytes_in(form: FormData, field: str) -> bytes:
    """What is in the file of a field; nothing where none was chosen."""
    upload = upload_in(form, field)
    return await upload.read() if upload else b""
