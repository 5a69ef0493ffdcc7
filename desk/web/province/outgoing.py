"""Messages that could not be sent: dead letters of a store, to be tried again."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.outbox.outgoing import dead_letters
from desk.web.engine import PLATFORM_OFF, bureau_off
from desk.web.rendering import engine_of, go_to, notify, page, session_of
from engine.encryption.keys import PROVINCE
from rules.application.bureaus import listed_bureau

TRIED_AGAIN = Words("They are being tried again.", "正在重新发送。")


async def show_dead_letters(request: Request) -> Response:
    """What could not be delivered from the officer's own store; the province looks at any bureau's."""
    session = session_of(request)
    key = session.bureau
    if session.of_the_province and listed_bureau(asked := request.query_params.get("bureau", "")):
        key = asked
    off = PLATFORM_OFF if key == PROVINCE else bureau_off(key)
    lines = await engine_of(request).ask(lambda client: dead_letters(client, key), off)
    return page(request, "dead_letters.html", lines=lines, key=key, own=key == session.bureau)


async def retry_dead_letters(request: Request) -> Response:
    """Have them tried again, at the officer's own store."""
    key = session_of(request).bureau
    form = await request.form()
    if form.get("store") != key:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    off = PLATFORM_OFF if key == PROVINCE else bureau_off(key)
    await engine_of(request).ask(lambda client: dead_letters(client, key, retry=True), off)
    notify(request, TRIED_AGAIN)
    return go_to("/outgoing")
