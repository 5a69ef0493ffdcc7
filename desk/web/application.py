"""The web desk as one application: its pages, who may ask for them, and what is said when something fails."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from desk.client.silence import NoAnswer, NoSuchCase
from desk.language import Words, say
from desk.problems import BadInput
from desk.web import access, help, live, person, searching, sign_in, worklist
from desk.web.case import acting, claim, deliveries, evidence, papers, showing, verifying
from desk.web.claiming import FILE_NAME, Claims
from desk.web.engine import Engine, Silent
from desk.web.intake import applying, batches, from_file
from desk.web.passkeys import making, sealing
from desk.web.passkeys.signing_in import SignIns
from desk.web.province import calendar, figures, money, officers, outgoing, overview, rates, roster_changes
from desk.web.rendering import (
    HERE,
    WHOSE,
    InTheReadersLanguage,
    address_of,
    asked_by_itself,
    go_to,
    inside,
    page,
    sent_again,
    sessions_of,
)
from desk.web.security import CHANGES_NOTHING, LARGEST_BODY, LOOPBACK_NAMES, Limit, SecureAnswers
from desk.web.sessions import Sessions
from engine.encryption.access_log import READ_FOR, ReadFor
from engine.encryption.keys import key_file_named
from models.evidence.evidence_files import LARGEST_FILE

Page = Callable[[Request], Awaitable[Response]]

_LOG = logging.getLogger("transfer")

NOT_FOUND = Words(
    "There is no such page or case here. Look at the number; cases of other bureaus are not shown.",
    "没有此页面或案件。请核对案号；其他机构的案件不予显示。",
)
SIGNED_OUT = Words("Your session has ended", "登录已失效")
NOT_TAKEN_IN = Words(
    "Nothing was taken in. What you entered is kept on this page: sign in in a new window, come back, and "
    "send it again.",
    "提交的内容未作登记，仍保留在本页。请在新窗口登录，然后回到本页重新提交。",
)
ANOTHER_OFFICER = Words("Another officer is signed in now", "当前登录的是另一经办人")
OF_ANOTHER = Words(
    "Another officer has signed in in this browser since the form was opened: %s now. Nothing was taken in. "
    "What was entered is kept on this page: sign in again as %s in a new window, come back, and send it "
    "again, or send it as %s.",
    "打开表单后，本浏览器已由另一经办人 %s 登录，提交的内容未作登记，仍保留在本页。请由 %s 在新窗口重新登录，"
    "然后回到本页重新提交；也可以 %s 的身份提交。",
)
NO_ANSWER = Words("There is no answer yet", "尚未得到答复")
FAILED = Words(
    "Something failed that should not. It is in the log of the desk; nothing you entered was half done.",
    "系统出错，已记入日志。您提交的内容不会只办理一部分；请告知运维人员，并重新打开本页查看办理情况。",
)


def desk_application(
    engine: Engine,
    *,
    hosts: frozenset[str] = LOOPBACK_NAMES,
    secure: bool = False,
    sessions: Sessions | None = None,
) -> ASGIApp:
    """The desk for one engine. `secure`: it is reached over TLS; `hosts`: the names it is called by."""
    app = Starlette(
        routes=routes(),
        exception_handlers={
            HTTPException: _plain_error,
            Silent: _silent,
            NoSuchCase: _not_found,
            NoAnswer: _bad_input,
            BadInput: _bad_input,
            Exception: _failed,
        },
    )
    app.state.engine = engine
    app.state.sessions = sessions or Sessions()
    app.state.secure = secure
    app.state.sign_in_limit = Limit(times=30, seconds=300)
    app.state.search_limit = Limit(times=60, seconds=300)
    app.state.not_found_limit = Limit(times=30, seconds=300)
    app.state.person_limit = Limit(times=20, seconds=300)
    app.state.person_case_limit = Limit(times=20, seconds=3600)
    app.state.sign_ins = SignIns()
    app.state.awaiting_seals = sealing.AwaitingSeals(app.state.sessions.now)
    app.state.claims = Claims(key_file_named(engine.address.keys).parent / FILE_NAME)
    app.state.hub = live.Hub()
    # Outside of what Starlette does with errors, so that those answers bear the headers, too.
    return SecureAnswers(InTheReadersLanguage(app), hosts, secure, InTheReadersLanguage(_too_large))


def routes() -> list[Route | Mount]:
    """Every page of the desk."""
    return [
        Route("/sign-in", sign_in.show_sign_in, methods=["GET"]),
        Route("/sign-in", sign_in.sign_in, methods=["POST"]),
        Route("/sign-in/passkey", sign_in.sign_in_with_passkey, methods=["POST"]),
        Route("/sign-out", sign_in.sign_out, methods=["POST"]),
        Route("/language/{chosen}", sign_in.choose_language),
        Route("/help", help.show_help),
        Route("/person", person.show_person, methods=["GET"]),
        Route("/person", person.look_up_person, methods=["POST"]),
        *_for_officers(),
        Mount("/static", Static(directory=HERE / "static")),
    ]


def _for_officers() -> list[Route]:
    pages: list[tuple[str, str, Page]] = [
        ("GET", "/", worklist.show_worklist),
        ("GET", "/events", live.watch_worklist),
        ("GET", "/cases", worklist.show_cases),
        ("GET", "/access", access.show_access),
        ("GET", "/apply", applying.show_application),
        ("POST", "/apply", applying.take_application),
        ("POST", "/apply/file", from_file.take_file),
        ("GET", "/batches", batches.show_batches),
        ("POST", "/batches/{batch}", batches.take_batch),
        ("GET", "/province", overview.show_overview),
        ("GET", "/rulings", overview.show_rulings),
        ("GET", "/calendar", calendar.show_calendar),
        ("POST", "/calendar", calendar.preview),
        ("GET", "/rates", rates.show_rates),
        ("POST", "/rates", rates.order_rate),
        ("POST", "/rates/settle", rates.settle_case),
        ("GET", "/money", money.show_money),
        ("POST", "/money/statement", money.import_statement),
        ("POST", "/money/unallocated", money.move_unallocated),
        ("GET", "/officers", officers.show_officers),
        ("POST", "/officers", roster_changes.order_change),
        ("GET", "/figures", figures.show_figures),
        ("GET", "/outgoing", outgoing.show_dead_letters),
        ("POST", "/outgoing", outgoing.retry_dead_letters),
        ("GET", "/search", searching.show_search),
        ("POST", "/search", searching.search),
        ("POST", "/search/printed", verifying.verify_file),
        ("GET", "/cases/{case_no}", showing.show_case),
        ("GET", "/cases/{case_no}/journal", showing.show_journal),
        ("GET", "/cases/{case_no}/papers", papers.show_papers),
        ("GET", "/cases/{case_no}/papers/{file}", papers.print_paper),
        ("GET", "/cases/{case_no}/clocks/{letter}", showing.show_due_date),
        ("POST", "/cases/{case_no}/names", showing.show_names),
        ("POST", "/cases/{case_no}/claim", claim.claim),
        ("GET", "/cases/{case_no}/evidence/{digest}", evidence.show_evidence),
        ("GET", "/cases/{case_no}/receipt", person.show_receipt),
        ("GET", "/cases/{case_no}/deliveries", deliveries.show_deliveries),
        ("POST", "/cases/{case_no}/deliveries", deliveries.enter),
        ("GET", "/cases/{case_no}/events", live.watch_case),
        ("GET", "/cases/{case_no}/outgoing", outgoing.show_messages_of_case),
        ("GET", "/cases/{case_no}/act/{action}", acting.show_action),
        ("POST", "/cases/{case_no}/act/{action}", acting.take_action),
        ("GET", "/seal/{token}", sealing.show_seal),
        ("POST", "/seal/{token}", sealing.take_seal),
        ("POST", "/seal/{token}/drop", sealing.drop),
        ("GET", "/passkey", making.show_making),
    ]
    return [Route(address, for_officers(shown), methods=[method]) for method, address, shown in pages]


class Static(StaticFiles):
    """Files that come with the desk; a browser keeps them and asks whether they are still the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See the base class."""
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def for_officers(shown: Page) -> Page:
    """A page for whoever is signed in; others sign in first and come back to it."""

    @wraps(shown)
    async def guarded(request: Request) -> Response:
        name = sign_in.cookie_name(request.app.state.secure)
        # Requests that a page makes by itself do not extend a session.
        by_itself = asked_by_itself(request)
        session = sessions_of(request).find(request.cookies.get(name), use=not by_itself)
        if session is None:
            if by_itself:
                return Response(status_code=HTTPStatus.UNAUTHORIZED)
            if request.method == "POST":
                return await sent_again(request, SIGNED_OUT, NOT_TAKEN_IN, HTTPStatus.FORBIDDEN)
            return go_to(f"/sign-in?back={quote(address_of(request))}")
        if not await sign_in.is_in_office(request, session):
            sessions_of(request).end(request.cookies.get(name))
            if by_itself:
                return Response(status_code=HTTPStatus.UNAUTHORIZED)
            return await sign_in.show_signed_out(request)
        request.state.session = session
        if request.method == "POST" and (opened_by := await _opened_by_another(request, session.reader)):
            named = (session.reader, opened_by, session.reader)
            told = Words(OF_ANOTHER.en % named, OF_ANOTHER.zh % named)
            return await sent_again(request, ANOTHER_OFFICER, told, HTTPStatus.CONFLICT)
        read_for = READ_FOR.set(ReadFor(session.reader, session.read))
        try:
            return await shown(request)
        finally:
            READ_FOR.reset(read_for)
            # Files of a form that its page has not read.
            await request.close()

    return guarded


async def _opened_by_another(request: Request, reader: str) -> str:
    """The officer who opened the form that is handed in, where it is not the one whose session this is."""
    # Kept by the request, so that the page reads the same form.
    whose = str((await request.form()).get(WHOSE) or reader)
    return "" if whose == reader else whose


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how much may be sent at once, with a way back to the page it was sent from."""
    request = Request(scope)
    most, most_of_a_file = LARGEST_BODY // 1024 // 1024, LARGEST_FILE // 1024 // 1024
    told = say(
        f"What was sent is larger than {most} MB, the most that is taken at once; nothing was taken in. "
        f"A file of evidence may have {most_of_a_file} MB.",
        f"提交的内容超过一次可接收的 {most} MB，未作任何登记。每个依据文件不得超过 {most_of_a_file} MB。",
    )
    sent_from = urlsplit(request.headers.get("referer", ""))
    back = inside(f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path)
    answer = page(request, "message.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told=told, more=(), back=back)
    await answer(scope, receive, send)


async def _plain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return await _not_found(request, error)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method in CHANGES_NOTHING:
        # Of an address that forms are sent to: the page that the form stands on.
        return go_to(request.url.path.rpartition("/")[0] or "/")
    told = say("This cannot be asked for in this way.", "不能以此方式访问。")
    if error.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        told = str(sign_in.TOO_OFTEN)
    return page(request, "message.html", error.status_code, told=told, more=())


async def _not_found(request: Request, _: Exception) -> Response:
    return page(request, "message.html", HTTPStatus.NOT_FOUND, told=str(NOT_FOUND), more=())


async def _silent(request: Request, error: Exception) -> Response:
    assert isinstance(error, Silent)
    if request.method == "POST" and getattr(request.state, "session", None):
        return await sent_again(request, NO_ANSWER, error.words, HTTPStatus.SERVICE_UNAVAILABLE)
    return page(request, "message.html", HTTPStatus.SERVICE_UNAVAILABLE, told=str(error.words), more=())


async def _bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, BadInput)
    status = HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, NoAnswer) else HTTPStatus.BAD_REQUEST
    return page(request, "message.html", status, told=error.summary, more=error.problems)


async def _failed(request: Request, error: Exception) -> Response:
    # Of the exception only its type: its text may quote what it failed on.
    _LOG.error("a page of the web desk failed", extra={"facts": _facts(request, error)})
    return page(request, "message.html", HTTPStatus.INTERNAL_SERVER_ERROR, told=str(FAILED), more=())


def _facts(request: Request, error: Exception) -> dict[str, Any]:
    return {"route": getattr(request.scope.get("route"), "path", ""), "exception": type(error).__name__}
