"""The person's page: where their case stands, for whoever has the case number and the code on the receipt."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from desk.client.applicant.receipt import is_code_of, receipt_code
from desk.client.applicant.telling import told_to_the_person
from desk.client.case_numbers import person_secret
from desk.client.silence import NoSuchCase
from desk.client.views.shown_case import ask_case
from desk.language import Words
from desk.problems import Problem
from desk.web.case.finding import case_of
from desk.web.engine import Silent
from desk.web.rendering import engine_of, page
from desk.web.sign_in import TOO_OFTEN
from models.files.written_values import plain

WRONG = Words(
    "Case number and code do not belong together. Both stand on your receipt.",
    "案号与查询码不符。两者都在您的收件回执上。",
)
TOO_OFTEN_FOR_A_CASE = Words(
    "This number was asked for too often; ask again in an hour.", "该案号查询次数过多，请一小时后再查。"
)
ASK_LATER = Words(
    "This cannot be looked up just now. Nothing about your case has changed; please ask again later.",
    "现在无法查询。您的申请不受影响，请过一会儿再查。",
)


async def show_person(request: Request) -> Response:
    """The page on which a person gives case number and code."""
    return page(request, "person.html", blocks=None, problems=[], number="")


async def look_up_person(request: Request) -> Response:
    """What the person is told. A wrong number and a wrong code get the same answer, without the engine."""
    form = await request.form()
    number = plain(str(form.get("number") or "")[:60]).upper()
    code = str(form.get("code") or "")[:40]
    caller = request.client.host if request.client else ""
    state = request.app.state
    if not state.person_limit.allows(caller):
        return _again(request, number, TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS)
    if not state.person_case_limit.allows(number):
        return _again(request, number, TOO_OFTEN_FOR_A_CASE, HTTPStatus.TOO_MANY_REQUESTS)
    if not is_code_of(number, code, person_secret()):
        return _again(request, number, WRONG, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        view, _ = await engine_of(request).ask(lambda client: ask_case(client, number))
    except NoSuchCase:
        return _again(request, number, WRONG, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Silent:
        return _again(request, number, ASK_LATER, HTTPStatus.SERVICE_UNAVAILABLE)
    return page(request, "person.html", blocks=told_to_the_person(view), problems=[], number=number)


async def show_receipt(request: Request) -> Response:
    """The receipt for the person, to be printed: case number, code, and where to ask."""
    found = await case_of(request)
    code = receipt_code(found.case_no, person_secret())
    return page(
        request,
        "receipt.html",
        progress=found.view.progress,
        code=code,
        address=f"{request.url.scheme}://{request.url.netloc}/person",
    )


def _again(request: Request, number: str, wrong: Words, status: HTTPStatus) -> Response:
    return page(request, "person.html", status, blocks=None, problems=[Problem("", wrong)], number=number)
