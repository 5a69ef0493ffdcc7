"""Finding cases by number, or by the ID number of the person, which is neither logged nor in an address."""

import re
from collections.abc import Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from desk.client.case_numbers import person_key, person_secret
from desk.client.views.case_list import CaseList
from desk.client.visibility import at_either_side, find
from desk.language import Words
from desk.problems import Problem
from desk.web.access import note_access
from desk.web.rendering import engine_of, go_to, page, session_of
from desk.web.sign_in import TOO_OFTEN
from desk.web.worklist import scope_of
from models.files.written_values import code
from rules.application.identity import is_id_number
from workflows.identifiers import PERSON_KEY

MOST = 50
CASE_NUMBER = re.compile(r"[A-Z0-9]{2,20}-\d{8}-[A-Z2-7]{8}", re.ASCII)
"""What could be one; an ID number with a slip must not end in an address."""


async def show_search(request: Request) -> Response:
    """The page on which a case is looked for."""
    return search_page(request)


async def search(request: Request) -> Response:
    """A case by its number, or a person's cases at the officer's bureau by the ID number."""
    form = await request.form()
    number = code(str(form.get("number") or "")).upper()
    if not is_id_number(number):
        if CASE_NUMBER.fullmatch(number):
            return go_to(f"/cases/{number}")
        wrong = Words(
            "write a case number, or an ID number of 18 characters whose last one fits the others",
            "请填写案号，或校验位正确的18位公民身份号码",
        )
        return _again(request, number, wrong, HTTPStatus.UNPROCESSABLE_ENTITY)
    session = session_of(request)
    if not request.app.state.search_limit.allows(f"{session.bureau}/{session.officer}"):
        return _again(request, "", TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS)
    await note_access(request, "", "web: search by ID number")
    scope = scope_of(session)
    parts = [f"{PERSON_KEY.name} = '{person_key(number, person_secret())}'"]
    parts += [at_either_side(scope)] if scope else []
    rows, total = await engine_of(request).ask(lambda client: find(client, parts, MOST))
    return search_page(request, cases=CaseList(rows, total))


def search_page(
    request: Request,
    status: HTTPStatus = HTTPStatus.OK,
    problems: Sequence[Problem] = (),
    number: str = "",
    cases: CaseList | None = None,
) -> Response:
    """The page on which cases are looked for; `cases` are those found, None where none were looked for."""
    return page(request, "search.html", status, problems=list(problems), number=number, cases=cases)


def _again(request: Request, number: str, wrong: Words, status: HTTPStatus) -> Response:
    return search_page(request, status, [Problem("number", wrong)], number)
