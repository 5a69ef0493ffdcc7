"""What has to hold after every case: money, months, days, papers, and the stages of the diagram."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from every_stage import steps_in
from sqlalchemy import func
from sqlmodel import col, select
from staff import Handle
from stage_diagram import drawn
from stored_histories import message_of
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import WorkflowTaskFailedEventAttributes
from temporalio.client import WorkflowHistory

from desk.client.auditing import is_clean
from models.messages.dossier import Dossier
from models.messages.papers import Remittance
from models.messages.stages import ENDS, Stage
from models.store.store import Store
from models.store.superseding import LIVE, is_here, months_of
from models.store.tables import Account, ContributionRow, EntryRow, PaperRow
from province import BUREAUS, CHANGCHUN, YANBIAN, Province
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.values.months import Month
from rules.values.papers import PaperKind, Side

EMPTY_AT_THE_END = (
    Account.IN_TRANSIT_OUT,
    Account.IN_TRANSIT_IN,
    Account.SUSPENSE,
    Account.REFUNDS_PAYABLE,
)
Held = tuple[int, dict[str, Counter[Month]]]


async def held(province: Province) -> Held:
    """The money in the bureaus' banks, in fen, and the months that count at each."""
    stores = {bureau: province.stores[bureau] for bureau in BUREAUS}
    banks = [await balance_of(store, Account.BANK) for store in stores.values()]
    return sum(banks), {bureau: await _months(store) for bureau, store in stores.items()}


async def prove(province: Province, before: Held, *handles: Handle) -> None:
    """Check all of this for all cases. Raises AssertionError with what is wrong."""
    ended = [await handle.result() for handle in handles]
    assert all(one.stage in ENDS for one in ended)
    report = await province.audit()
    assert is_clean(report), report.findings
    dossiers = await _dossiers(province.stores[CHANGCHUN])
    assert [dossiers[one.case_no].outcome for one in ended] == [one.stage for one in ended]
    await _nothing_is_lost(province, list(dossiers.values()), before)
    for handle in handles:
        await _the_workflow_was_sound(handle)
    for dossier in dossiers.values():
        _every_day_is_charged(dossier)
        await _every_paper_is_there_once(province, dossier)


async def prove_that_the_rest_has_moved(province: Province, before: Held) -> None:
    """Assert that everything is at the other bureau once the months that had stayed have moved too."""
    report = await province.audit()
    assert is_clean(report), report.findings
    money, months = await held(province)
    assert not months[YANBIAN]
    assert months[CHANGCHUN].total() == sum(map(Counter.total, before[1].values()))
    assert money == before[0]


OVERTAKEN = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
"""A message arrived while the case was closing: the server has the last workflow task repeated."""
OVERRUN = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND
"""More messages arrived during a workflow task than the server buffers: it is repeated with them."""
BUSY_MACHINE = "Potential deadlock"
"""The SDK's message for a workflow task that took two seconds; it is repeated, and nothing is wrong."""


async def _the_workflow_was_sound(handle: Handle) -> None:
    history = await handle.fetch_history()
    wrong = went_wrong(history)
    assert not wrong, wrong
    undrawn = await steps_in(history) - drawn()
    assert not undrawn, f"and it goes the same way again, by steps that are not drawn: {undrawn}"


def went_wrong(history: WorkflowHistory) -> list[WorkflowTaskFailedEventAttributes]:
    """The steps of a workflow that failed for a reason of its own."""
    failed = [
        event.workflow_task_failed_event_attributes
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]
    return [
        one
        for one in failed
        if one.cause not in (OVERTAKEN, OVERRUN) and BUSY_MACHINE not in message_of(one.failure)
    ]


async def _nothing_is_lost(province: Province, dossiers: Sequence[Dossier], before: Held) -> None:
    money, months = await held(province)
    clearings = [one.cleared for one in dossiers if one.cleared]
    paid = sum(one.personal + one.unit for each in dossiers for one in each.papers.arrears_payments)
    assert money + sum(one.refund for one in clearings) == before[0] + paid
    for bureau in BUREAUS:
        for emptied in EMPTY_AT_THE_END:
            assert await balance_of(province.stores[bureau], emptied) == 0, f"{bureau}: {emptied}"
    cleared = sum([await _cleared(province.stores[bureau]) for bureau in BUREAUS], Counter[Month]())
    assert set(cleared) == {month for one in clearings for month in one.months}
    assert sum(map(Counter.total, (*months.values(), cleared))) == sum(map(Counter.total, before[1].values()))
    for dossier in dossiers:
        left = dossier.application.bureau_out
        if dossier.outcome is Stage.CLOSED:
            stays = sum(one.months for one in dossier.papers.information_forms[-1].months_apart)
            assert months[left].total() == stays
        else:
            assert months[left] == before[1][left], "nothing has moved, or all of it is back"
    if all(one.outcome is not Stage.CLOSED for one in dossiers):
        assert months == before[1]
    if clearings and all(one.outcome is Stage.CLOSED for one in dossiers):
        joined = {one.application.bureau_in for one in dossiers}
        assert max(n for bureau in joined for n in months[bureau].values()) == 1, "no month counts twice"


def _every_day_is_charged(dossier: Dossier) -> None:
    ledger = dossier.responsibility.ledger
    whole = working_days_between(ledger.applied_on, ledger.closed_on, WorkingCalendar())
    assert ledger.total == whole
    charged: list[date] = [r.first for share in ledger.shares for r in share.ranges]
    assert len(charged) == len(set(charged)), "no day is charged twice"


async def _every_paper_is_there_once(province: Province, dossier: Dossier) -> None:
    """Assert that the case's papers are those in the stores, and each remittance number was used once."""
    numbers = [one.number for one in dossier.papers.remittances]
    assert numbers == [f"remittance/{dossier.case_no}/{n}" for n, _ in enumerate(numbers, start=1)]
    for side in (Side.ISSUED, Side.RECEIVED):
        filed = await _remittances(province, dossier.case_no, side)
        assert sorted(filed) == sorted(numbers), side
    versions = [form.version for form in dossier.papers.information_forms]
    assert versions == list(range(1, len(versions) + 1))


async def balance_of(store: Store, account: Account) -> int:
    async with store.transaction() as session:
        entries = select(func.sum(EntryRow.amount)).where(col(EntryRow.account) == account)
        return int((await session.exec(entries)).one() or 0)


async def _months(store: Store) -> Counter[Month]:
    async with store.transaction() as session:
        rows = await session.exec(select(ContributionRow).where(LIVE))
        return Counter(month for row in rows if is_here(row) for month in months_of(row))


async def _cleared(store: Store) -> Counter[Month]:
    """The cleared months, each counted as often as it had been paid in excess."""
    async with store.transaction() as session:
        rows = await session.exec(select(ContributionRow).where(LIVE))
        return Counter(month for row in rows if row.cleared_by for month in months_of(row))


async def _dossiers(store: Store) -> dict[str, Dossier]:
    async with store.transaction() as session:
        kept = await session.exec(select(PaperRow.body).where(col(PaperRow.kind) == PaperKind.DOSSIER))
        dossiers = [Dossier.model_validate_json(body) for body in kept]
    return {one.case_no: one for one in dossiers}


async def _remittances(province: Province, case_no: str, side: str) -> list[str]:
    found = []
    for bureau in BUREAUS:
        async with province.stores[bureau].transaction() as session:
            filed = await session.exec(
                select(PaperRow.body).where(
                    col(PaperRow.case_no) == case_no,
                    col(PaperRow.kind) == PaperKind.REMITTANCE,
                    col(PaperRow.side) == side,
                )
            )
            found += [Remittance.model_validate_json(body).number for body in filed]
    return found
