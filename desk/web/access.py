"""The record of who has looked at which case: written for each officer, shown to the bureau's officers."""

import asyncio
import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from desk.access.reasons import reader_in_words, reason_in_words
from desk.client.views.case_list import CaseSearch, cases_found
from desk.language import Words
from desk.web.engine import Silent
from desk.web.paging import Pages, is_page
from desk.web.rendering import engine_of, page, session_of, tell_passed_over
from engine.encryption.access_log import FILE_NAME, Access, AccessLog, Line
from engine.encryption.keys import key_file_named
from models.files.written_values import code
from workflows.identifiers import case_no_of, case_workflow_id

MOST_ASKED = 200
"""How many cases the engine is asked about at once, to learn whose they are."""
LONGEST_PLACE = 16
CASE_NUMBER = re.compile(r"[A-Z0-9-]{1,60}", re.ASCII)
"""The form of a case number; ids of other workflows have small letters."""
CANNOT_BE_LOGGED = Words(
    "The access log cannot be written, so names are not shown; tell the operator.",
    "访问记录无法写入，因此不显示姓名，请告知运维人员。",
)
_LOG = logging.getLogger("transfer")


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One reading as the page shows it."""

    at: datetime
    reader: str
    case_no: str
    why: str
    given: bool


@dataclass(slots=True)
class Stretch:
    """Readings that were loaded together, newest first."""

    rows: list[AccessRow] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """The cases among them that readers of other bureaus have read, `MOST_ASKED` at most."""
    begins: int = 0
    """The byte of the log at which the oldest of the lines begins."""
    since: datetime | None = None


async def note_access(request: Request, case_no: str, why: str) -> None:
    """Log that this officer looks at a case. Raises Silent when it cannot be written."""
    session = session_of(request)
    line = Access(
        at=datetime.now(UTC),
        reader=session.reader,
        workflow=case_workflow_id(case_no) if case_no else "",
        why=why,
    )
    try:
        await asyncio.to_thread(_log_of(request).write, [line])
    except OSError:
        _LOG.error("the access log cannot be written")
        raise Silent(CANNOT_BE_LOGGED) from None


async def show_access(request: Request) -> Response:
    """The latest readings by page: a bureau sees those by its officers and of its cases, the province all.

    The log is read a part at a time, from its end or from the place that the address names.
    """
    session, query = session_of(request), request.query_params
    tell_passed_over(request, {"case": str, "page": is_page, "before": _place})
    case_no = code(query.get("case", "")).upper()
    before = _place(query.get("before", ""))
    lines = await asyncio.to_thread(_latest, _log_of(request), before, case_no)
    own = "" if session.of_the_province else f"{session.bureau}/"
    stretch = _stretch(lines, case_no, own)
    cases = await _of_the_bureau(request, stretch.others)
    asked = [row for row in stretch.rows if row.reader.startswith(own) or row.case_no in cases]
    pages = Pages.asked(request, len(asked))
    older = f"/access?{urlencode({'case': case_no, 'before': stretch.begins})}" if stretch.begins else ""
    return page(
        request,
        "access.html",
        lines=pages.of(asked),
        case_no=case_no,
        pages=pages,
        since=stretch.since,
        older=older,
    )


def _stretch(lines: list[Line], case_no: str, own: str) -> Stretch:
    """The readings in some lines, of one case or of all; `own` is the prefix of the bureau's own readers."""
    found = Stretch()
    for line in lines:
        found.begins = line.begins
        if line.reading is None:
            continue
        row = _row(line.reading)
        found.since = row.at
        if case_no not in ("", row.case_no):
            continue
        found.rows.append(row)
        if row.case_no and row.case_no not in found.others and not row.reader.startswith(own):
            found.others.append(row.case_no)
            if len(found.others) == MOST_ASKED:
                break
    return found


def _place(text: str) -> int | None:
    """The byte of the log that an address names, if it names one."""
    return int(text) if text.isdecimal() and len(text) < LONGEST_PLACE else None


async def _of_the_bureau(request: Request, cases: list[str]) -> set[str]:
    """Those of some cases that the engine lists under the officer's bureau, at either side."""
    among = tuple(one for one in cases if CASE_NUMBER.fullmatch(one))
    if not among:
        return set()
    search = CaseSearch(bureau=session_of(request).bureau, among=among)
    listed = await engine_of(request).ask(lambda client: cases_found(client, search, len(among)))
    return {one.case_no for one in listed.found}


def _log_of(request: Request) -> AccessLog:
    return AccessLog(key_file_named(engine_of(request).address.keys).parent / FILE_NAME)


def _latest(log: AccessLog, before: int | None, case_no: str) -> list[Line]:
    """The latest lines, newest first; none where nothing was read yet."""
    try:
        return log.latest(before, case_no)
    except FileNotFoundError:
        return []


def _row(reading: Access) -> AccessRow:
    return AccessRow(
        reading.at,
        reader_in_words(reading.reader),
        case_no_of(reading.workflow),
        reason_in_words(reading.why),
        reading.given,
    )
