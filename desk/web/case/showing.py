"""The page of a case, its papers side by side, and the certificate of each due date."""

from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from activities.province.deadlines import due_of
from desk.client.publication import calendar_of, published_notices
from desk.client.views.journal import LINES, JournalLine, journal_lines
from desk.client.views.possible import PossibleAction
from desk.client.views.shown_case import shown_case
from desk.language import Words
from desk.web.access import note_access
from desk.web.case.evidence import linked
from desk.web.case.finding import NOT_FOUND, Found, case_of
from desk.web.case.forms.every_action import acting_parties, possible_in
from desk.web.case.taken_now import is_taken_now
from desk.web.paging import Pages
from desk.web.rendering import engine_of, go_to, notify, page, session_of, sessions_of
from desk.web.sessions import UNMASKED_FOR
from desk.words import mask_name, title
from models.messages.stages import ENDS, Party


@dataclass(frozen=True, slots=True)
class Button:
    """An action that this officer may hand in now."""

    words: str
    address: str


async def show_case(request: Request) -> Response:
    """Where the case stands, whose turn it is, its clocks, what is possible now, and its journal."""
    found = await case_of(request)
    shown = shown_case(found.view, found.days, found.unmask)
    mine, others = _possible(found, possible_in(found))
    lines = _newest_first(found)
    return page(
        request,
        "case.html",
        shown=shown,
        lines=lines[:LINES],
        earlier=max(0, len(lines) - LINES),
        linked=lambda text: linked(text, found.case_no),
        progress=found.view.progress,
        name=_name(found),
        unmask=found.unmask,
        claimed=request.app.state.claims.of(found.session.bureau, found.case_no),
        buttons=mine,
        others=others,
        live=found.view.progress.stage not in ENDS and found.view.broken_off is None,
    )


async def show_journal(request: Request) -> Response:
    """The whole journal of a case by page, newest first."""
    found = await case_of(request)
    lines = _newest_first(found)
    pages = Pages.asked(request, len(lines), LINES)
    return page(request, "journal.html", progress=found.view.progress, lines=pages.of(lines), pages=pages)


async def show_due_date(request: Request) -> Response:
    """Every day from receipt to due date: its number, or why it does not count."""
    found = await case_of(request)
    letter = request.path_params["letter"]
    reading = next((one for one in found.view.progress.clocks if one.clock.letter == letter), None)
    if reading is None:
        raise HTTPException(NOT_FOUND)
    published = await engine_of(request).ask(published_notices)
    due = due_of(reading, calendar_of(published))
    return page(request, "due_date.html", progress=found.view.progress, reading=reading, due=due)


async def show_names(request: Request) -> Response:
    """Show the names of this case for a while, or mask them again; that they were asked for is logged."""
    found = await case_of(request)
    session, form = session_of(request), await request.form()
    if form.get("show") == "yes":
        await note_access(request, found.case_no, "web: names shown")
        session.unmasked[found.case_no] = sessions_of(request).now() + UNMASKED_FOR
        notify(
            request,
            Words(
                "Names are shown for ten minutes; that you asked for them is in the access log.",
                "姓名等信息显示十分钟，本次查看已记入访问记录。",
            ),
        )
    else:
        session.unmasked.pop(found.case_no, None)
    return go_to(f"/cases/{found.case_no}")


def _newest_first(found: Found) -> list[JournalLine]:
    return journal_lines(found.view.journal, found.case_no)[::-1]


def _name(found: Found) -> str:
    return found.name if found.unmask else mask_name(found.name)


def _possible(found: Found, possible: list[PossibleAction]) -> tuple[list[Button], list[str]]:
    """The actions that are this officer's to do, and the words of those that are somebody else's."""
    mine: list[Button] = []
    others: list[str] = []
    now = datetime.now(UTC)
    for one in possible:
        parties = [
            party for party in acting_parties(one, found) if is_taken_now(one.action, party, found.view, now)
        ]
        for party in parties:
            words = one.words if len(parties) == 1 else f"{one.words} · {title(party)}"
            mine.append(Button(words, _address(found.case_no, one, party)))
        if not parties and any(is_taken_now(one.action, party, found.view, now) for party in Party):
            others.append(one.words)
    return mine, others


def _address(case_no: str, possible: PossibleAction, by: Party) -> str:
    what = f"&what={possible.approval.what}" if possible.approval else ""
    return f"/cases/{case_no}/act/{possible.action}?by={by}{what}"
