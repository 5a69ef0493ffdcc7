"""Everything that is shown of one case, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desk.client.silence import NoAnswer
from desk.client.views.approvals import WaitingPaper, waiting_papers
from desk.client.views.case import CaseView, Days
from desk.client.views.clocks import ClockRow, clock_rows
from desk.client.views.decisions import decision_sections
from desk.client.views.disputes import Section, dispute_sections, ruling_sections
from desk.client.views.journal import JournalLine, journal_lines
from desk.client.views.offers import ShownOffer, shown_offer
from desk.client.views.papers import ShownPaper, shown_papers
from desk.client.views.possible import PossibleAction, possible_actions, statement_awaited_at
from desk.client.views.responsibility import DaysShown, days_shown
from desk.client.views.status import reasons_and_cures, status_rows
from desk.client.views.tone import Row
from desk.files.orders import field_change, field_title
from desk.language import say
from desk.words import bureau, day, title
from models.messages.corrections import OpenItem
from models.messages.requests import StaffAction
from models.messages.stages import ENDS, Event, Stage

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.responsibility import Published


@dataclass(frozen=True, slots=True)
class OpenCorrection:
    """A field that waits for correction; a name is masked unless asked for."""

    field: str
    seen: str
    expected: str
    asked_by: str
    since: str


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case with its papers, the offer to the person, its disputes and its rulings.

    `filed` says whose dossier it is from, '' if the case itself was asked. `grounds` are grounds of refusal
    with their cures, and missing papers with ''. `possible` is None if the case has ended for good, and
    empty if nothing can be handed in now. `statement_at` is the key of the bureau whose bank statement the
    case waits for, or ''. `unanswered` says why `charged` is missing.
    """

    case_no: str
    standing: list[Row]
    filed: str
    grounds: list[tuple[str, str]]
    corrections: list[OpenCorrection]
    to_be_approved: list[WaitingPaper]
    clocks: list[ClockRow]
    charged: DaysShown | None
    unanswered: NoAnswer | None
    possible: list[PossibleAction] | None
    statement_at: str
    journal: list[JournalLine]
    papers: list[ShownPaper]
    offer: ShownOffer | None
    decisions: list[Section]
    disputes: list[Section]
    rulings: list[Section]


async def ask_case(
    client: Client, case: str, dossier_at: str = "", published: Published | None = None
) -> tuple[CaseView, Days]:
    """A case as it stands, or its dossier once it has ended, and its days by party.

    `dossier_at` is the key of the bureau whose dossier is read; without it, the bureau in the case number.
    `published` is the calendar, if the caller has it; otherwise the platform is asked.
    Raises NoSuchCase, or NoAnswer when nobody answers for the case.
    """
    from desk.client.filed_cases import look_up_either
    from desk.client.responsibility import charged, days_late, published_calendar

    view = await look_up_either(client, case, dossier_at)
    if view.filed_at is not None:
        return view, Days(datetime.now(UTC), view.charged, {})
    # The case's clock may be ahead of this machine's; whatever its journal holds is in the past.
    noted = [*(entry.at for entry in view.journal), *(held.since for held in view.progress.holdings)]
    now = max([datetime.now(UTC), *noted])
    try:
        calendar = await (published or published_calendar)(client)
    except NoAnswer as silence:
        return view, Days(now, None, {}, unanswered=silence)
    return view, Days(now, charged(view.progress, now, calendar), days_late(view.progress, now, calendar))


def shown_case(view: CaseView, days: Days, unmask: bool) -> ShownCase:
    """What is shown of a case; names and accounts masked unless `unmask`."""
    progress = view.progress
    open_now = progress.stage not in ENDS and view.broken_off is None
    return ShownCase(
        case_no=progress.case_no,
        standing=status_rows(progress, view.broken_off),
        filed=_filed(view.filed_at) if view.filed_at is not None else "",
        grounds=reasons_and_cures(progress),
        corrections=_corrections(view.corrections, unmask),
        to_be_approved=waiting_papers(view, unmask),
        clocks=clock_rows(progress.clocks, days.now, days.late, _given_up_at(view)),
        charged=days_shown(days.charged) if days.charged is not None else None,
        unanswered=days.unanswered,
        possible=_possible(view),
        statement_at=statement_awaited_at(progress) if open_now else "",
        journal=journal_lines(view.journal, progress.case_no),
        papers=shown_papers(view.papers, unmask),
        offer=shown_offer(view.choice) if view.choice is not None else None,
        decisions=decision_sections(view, unmask),
        disputes=dispute_sections(view.disputes),
        rulings=ruling_sections(view.rulings, unmask),
    )


def _given_up_at(view: CaseView) -> datetime | None:
    """When it was decided that the case ends without a transfer; None for any other case."""
    why = {Stage.WITHDRAWN: Event.WITHDRAWAL_REQUESTED}
    why |= dict.fromkeys((Stage.RETURNED, Stage.ENDED_BY_RULING), Event.RULING_MADE)
    event = why.get(view.progress.stage)
    return max((entry.at for entry in view.journal if entry.event is event), default=None)


def _possible(view: CaseView) -> list[PossibleAction] | None:
    if view.broken_off is not None:
        return None
    put_on_hold = [entry.party for entry in view.journal if entry.event is Event.PUT_ON_HOLD]
    possible = [
        replace(one, by=put_on_hold[-1]) if one.action is StaffAction.RESUME and put_on_hold else one
        for one in possible_actions(view.progress)
    ]
    return possible or (None if view.progress.stage in ENDS else [])


def _filed(at: str) -> str:
    return say(
        f"from the dossier filed at {bureau(at)}",
        f"据{bureau(at)} 所存案卷",
    )


def _corrections(items: Sequence[OpenItem], unmask: bool) -> list[OpenCorrection]:
    return [
        OpenCorrection(
            field_title(one.item.field),
            *field_change(one.item.field, one.item.seen, one.item.expected, unmask),
            title(one.raised_by),
            day(one.asked_at),
        )
        for one in items
    ]
