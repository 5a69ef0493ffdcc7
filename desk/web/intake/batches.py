"""Approvals and missing papers from a table with a case on each row: checked whole, then answered by row."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.batches.batches import (
    APPROVALS,
    SUPPLEMENTS,
    Answered,
    Batch,
    BatchRow,
    cases_not_found,
    problems_of,
    rows_of,
    submit_row,
)
from desk.client.request_forms import Envelope
from desk.client.views.possible import PossibleAction
from desk.files.batch_file import batch_in
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.web.access import note_access
from desk.web.case.finding import case_numbered
from desk.web.case.forms.every_action import acting_parties, possible_in
from desk.web.engine import NOT_ANSWERED_YET, Silent
from desk.web.intake.from_file import at_the_file
from desk.web.rendering import bytes_in, engine_of, page, session_of

BATCHES: Mapping[str, Batch] = {"approvals": APPROVALS, "supplements": SUPPLEMENTS}
"""By the word that stands for it in an address, which is also the name of its input."""
MOST = 200
"""The most rows in one file; more are for the command line."""
TOO_MANY = Words(f"at most {MOST} rows at once", f"每次最多 {MOST} 行")
ONE_BY_ONE = Words(
    "You seal with a passkey, one thing at a time: do it in each case.",
    "您使用通行密钥逐件签章，请在各案件页分别办理。",
)
NO_SUCH_CASE = Words("There is no such case here.", "没有此案件。")
NOT_YOURS = Words("This is not yours to do in this case.", "该案件的此事项不由您办理。")
NOT_SENT = Words(
    "not sent, as nobody answered before; send the same file again later, nothing is done twice",
    "前一行未获答复，本行未提交；请稍后重新提交同一文件，不会重复办理",
)


async def show_batches(request: Request) -> Response:
    """Where files are handed in."""
    return _page(request)


async def take_batch(request: Request) -> Response:
    """Hand each row of a file in to its case, or tell everything wrong with it and hand nothing in.

    A file that is sent again does nothing twice.
    """
    name = request.path_params["batch"]
    if (batch := BATCHES.get(name)) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if session_of(request).passkey:
        return _page(request, [Problem(name, ONE_BY_ONE)])
    async with request.form() as form:
        raw = await bytes_in(form, name)
    rows, problems = _read(batch, raw, session_of(request).officer)
    if not problems:
        problems = await _not_found(request, rows)
    if problems:
        return _page(request, [at_the_file(one, name) for one in problems])
    await note_access(request, "", f"web: {name} from a file")
    return page(request, "answers.html", answers=await _each(request, batch, rows))


def _read(batch: Batch, raw: bytes, officer: str) -> tuple[list[BatchRow], list[Problem]]:
    try:
        table = batch_in(raw, say("The file", "文件"), batch.titles, batch.optional)
    except BadInput as bad:
        return [], list(bad.problems) or [Problem("", bad.summary)]
    rows = rows_of(batch, table, Envelope("", officer, None))
    return rows, [Problem("", TOO_MANY)] if len(rows) > MOST else problems_of(batch, rows)


async def _not_found(request: Request, rows: Sequence[BatchRow]) -> list[Problem]:
    """The rows whose case is not there or is one of other bureaus, as far as somebody answers."""
    silent = False

    async def look_for(case: str) -> Words | None:
        nonlocal silent
        try:
            if not silent:
                await case_numbered(request, case)
        except HTTPException:
            return NO_SUCH_CASE
        except Silent:
            silent = True
        return None

    return await cases_not_found(rows, look_for)


async def _each(request: Request, batch: Batch, rows: Sequence[BatchRow]) -> list[Answered]:
    """The answer to each row; after a row for which nobody answered in time no further one is sent."""
    answers: list[Answered] = []
    silent = False
    for row in rows:
        if silent:
            answers.append(Answered(row, accepted=False, words=str(NOT_SENT)))
            continue
        try:
            answers.append(await _one(request, batch, row))
        except Silent as nobody:
            silent = True
            answers.append(Answered(row, accepted=False, words=str(nobody.words)))
    return answers


async def _one(request: Request, batch: Batch, row: BatchRow) -> Answered:
    """Hand a row in where it is this officer's to do in a case of theirs."""
    try:
        found = await case_numbered(request, row.envelope.case)
    except HTTPException:
        return Answered(row, accepted=False, words=str(NO_SUCH_CASE))
    what = row.content.get("what")
    possible = [one for one in possible_in(found) if one.action is batch.action]
    meant = next((one for one in possible if one.approval is None or one.approval.what == what), None)
    if row.envelope.usual not in acting_parties(meant or PossibleAction(batch.action), found):
        return Answered(row, accepted=False, words=str(NOT_YOURS))
    return await engine_of(request).ask(lambda client: submit_row(client, batch, row), NOT_ANSWERED_YET)


def _page(request: Request, problems: Sequence[Problem] = ()) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return page(request, "batches.html", status, problems=list(problems))
