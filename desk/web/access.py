"""Who has looked at what: written down for each officer, and shown to the officers of the same bureau."""

import asyncio
import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from desk.access.reasons import reader_in_words, reason_in_words
from desk.client.views.case_list import CaseSearch, cases_found
from desk.language import Words
from desk.web.engine import Silent
from desk.web.rendering import engine_of, page, session_of
from engine.encryption.access_log import FILE_NAME, Access, AccessLog
from engine.encryption.keys import key_file_named
from workflows.identifiers import case_no_of, case_workflow_id

SHOWN = 200
MOST_ASKED = 200
"""Of so many cases, the latest that were read, the engine is asked whose they are."""
CASE_NUMBER = re.compile(r"[A-Z0-9-]{1,60}", re.ASCII)
"""What may be one; other workflows have small letters."""
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


async def note_access(request: Request, case_no: str, why: str) -> None:
    """Write down that this officer looks at a case. Raises Silent when it cannot be written."""
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
    """The latest readings: for a bureau by its own officers and of its cases, for the province all."""
    session = session_of(request)
    case_no = request.query_params.get("case", "").strip()
    lines = await asyncio.to_thread(_lines, _log_of(request))
    asked = [line for line in reversed(lines) if case_no in ("", line.case_no)]
    if not session.of_the_province:
        own = f"{session.bureau}/"
        by_others = dict.fromkeys(line.case_no for line in asked if not line.reader.startswith(own))
        cases = await _of_the_bureau(request, [one for one in by_others if one][:MOST_ASKED])
        asked = [line for line in asked if line.reader.startswith(own) or line.case_no in cases]
    return page(request, "access.html", lines=asked[:SHOWN], case_no=case_no)


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


def _lines(log: AccessLog) -> list[AccessRow]:
    """Every line that can be read; none where nothing was read yet."""
    try:
        read = [line for line in log.read() if line is not None]
    except FileNotFoundError:
        return []
    return [
        AccessRow(
            line.at,
            reader_in_words(line.reader),
            case_no_of(line.workflow),
            reason_in_words(line.why),
            line.given,
        )
        for line in read
    ]
