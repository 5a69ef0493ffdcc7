"""Messages sent outside: those of a case, and those that could not be sent, to be tried again."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.outbox.outgoing import dead_letters, messages_of_case
from desk.web.case.finding import case_of
from desk.web.engine import bureau_off
from desk.web.rendering import engine_of, go_to, notify, page, session_of, tell_passed_over
from desk.web.worklist import scope_reader
from rules.application.bureaus import listed_bureau

NOT_ALL_ANSWER = Words(
    "Not every office that sends messages about this case answers just now; try again later.",
    "并非所有发送本案消息的机构都已应答，请稍后再试。",
)
TRIED_AGAIN = Words("They are being tried again.", "正在重新发送。")


async def show_messages_of_case(request: Request) -> Response:
    """Every message about a case: whom it is for, when it was delivered, or why it was not."""
    found = await case_of(request)
    ends = (found.view.progress.bureau_in, found.view.progress.bureau_out)
    lines = await engine_of(request).ask(
        lambda client: messages_of_case(client, found.case_no, ends), NOT_ALL_ANSWER
    )
    return page(request, "messages.html", progress=found.view.progress, lines=lines)


async def show_dead_letters(request: Request) -> Response:
    """What could not be delivered from the officer's own store; the province looks at any bureau's."""
    session = session_of(request)
    tell_passed_over(request, {"bureau": scope_reader(session)})
    key = session.bureau
    if session.of_the_province and listed_bureau(asked := request.query_params.get("bureau", "")):
        key = asked
    lines = await engine_of(request).ask(lambda client: dead_letters(client, key), bureau_off(key))
    return page(request, "dead_letters.html", lines=lines, key=key, own=key == session.bureau)


async def retry_dead_letters(request: Request) -> Response:
    """Have them tried again, at the officer's own store."""
    key = session_of(request).bureau
    form = await request.form()
    if form.get("store") != key:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    await engine_of(request).ask(lambda client: dead_letters(client, key, retry=True), bureau_off(key))
    notify(request, TRIED_AGAIN)
    return go_to("/outgoing")
