"""Hands a whole case over from one run to the next, when the run's history has grown long."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.arrangements import Arrangements
    from models.messages.clocks import ClockOrder, ClockReading, DateMoved
    from models.messages.corrections import AnsweredItem, OpenItem
    from models.messages.disputes import DisputeRecord, RulingRecord
    from models.messages.papers import Paper
    from models.messages.requests import Amendment, Approvable, ArrearsPaid, Receipt
    from models.messages.stages import Party
    from models.messages.steps import LetterDelivery
    from rules.values.due_dates import AlarmKind
    from workflows.case.approvals import Awaited
    from workflows.case.state import CaseState
    from workflows.case.statutory_clock import StatutoryClock

Ended = TypeVar("Ended")

if TYPE_CHECKING:
    from workflows.transfer_case import TransferCase


class HandedOverClock(Paper):
    """A clock as one run of a case hands it over to the next; `fired` are the alarms that have fired."""

    order: ClockOrder
    reading: ClockReading
    stopped_at: datetime | None
    working_days_late: int
    moved: tuple[DateMoved, ...]
    fired: tuple[tuple[AlarmKind, int], ...]


class HandedOver(Paper):
    """A case between two steps: its state, its clocks, and what its parts remember beside the state.

    It contains names, ID numbers and accounts.
    """

    state: CaseState
    arrangements: Arrangements
    clocks: tuple[HandedOverClock, ...]
    awaited: dict[Approvable, Awaited]
    reviews: int
    certificates: int
    registrations: int
    reviewed: int
    asked_after: int
    supplemented: bool
    arrears_to_enter: tuple[ArrearsPaid, ...]
    reviewed_with: str
    delivery: LetterDelivery | None
    delivered_version: int
    reversed_version: int
    reissued_for: frozenset[str]
    items: tuple[OpenItem, ...]
    answered: tuple[AnsweredItem, ...]
    declined: frozenset[str]
    reopened: tuple[ClockOrder, datetime] | None
    carried_out_at: datetime | None
    answers: tuple[Amendment, ...]
    disputes: tuple[DisputeRecord, ...]
    rulings: tuple[RulingRecord, ...]
    funds_have_left: bool
    closed_before: int
    receipts: tuple[Receipt, ...]
    taken_in: int
    refused_unseen: frozenset[Party]
    notices: frozenset[str]


async def not_cancelled(case: "asyncio.Task[Ended]", refuse: Callable[[], None]) -> Ended:
    """Wait for a case to end although the engine is asked to cancel it; `refuse` is called when it is."""
    asked = False
    while not case.done():
        try:
            await workflow.wait_condition(case.done)
        except asyncio.CancelledError:
            # The engine asks once; a cancellation without its request ends this copy of the workflow.
            if asked or workflow.cancellation_reason() is None:
                raise
            asked = True
            refuse()
    return case.result()


def can_be_handed_over(case: "TransferCase") -> bool:
    """Whether the run's history has grown long, and nothing that could be lost is under way."""
    history = case.context.history
    long = history.further_run_suggested or history.events >= case.MOST_EVENTS
    return (long or case.inbox.came >= case.MOST_SIGNALS) and nothing_under_way(case)


def nothing_under_way(case: "TransferCase") -> bool:
    """Whether no message is being answered, and no step runs that the next run could not ask for again."""
    context = case.context
    quiet = case.inbox.idle and context.is_idle and workflow.all_handlers_finished()
    return quiet and not context.under_way and not (case.completions.due or case.completions.asked)


def hand_over(case: "TransferCase") -> HandedOver:
    """What the next run of the case needs; at this moment no step runs and no message is being answered."""
    return HandedOver(
        state=case.context.state,
        arrangements=case.context.arrangements,
        clocks=tuple(map(_kept, case.context.clocks.values())),
        awaited=case.approvals.awaited,
        reviews=case.acceptance.reviews,
        reviewed=case.acceptance.reviewed,
        certificates=case.acceptance.certificates,
        registrations=case.acceptance.registrations,
        asked_after=case.acceptance.asked_after,
        supplemented=case.acceptance.supplemented,
        arrears_to_enter=tuple(case.acceptance.arrears.to_enter),
        reviewed_with=case.acceptance.arrears.reviewed_with,
        delivery=case.acceptance.delivery,
        delivered_version=case.exchange.delivered_version,
        reversed_version=case.exchange.reversed_version,
        reissued_for=frozenset(case.exchange.reissued_for),
        items=tuple(case.corrections.requests.items),
        answered=tuple(case.corrections.requests.answered),
        declined=frozenset(case.completions.declined),
        reopened=case.corrections.reopened,
        carried_out_at=case.corrections.carried_out_at,
        answers=tuple(case.corrections.answers),
        disputes=tuple(case.disputes.records),
        rulings=tuple(case.ruling.records),
        funds_have_left=case.procedure.funds_have_left,
        closed_before=case.reopenings.closed_before,
        receipts=tuple(case.inbox.receipts.values()),
        taken_in=case.inbox.taken_in,
        refused_unseen=frozenset(case.inbox.refused_unseen),
        notices=frozenset(case.board.notices),
    )


def take_over(case: "TransferCase", kept: HandedOver) -> None:
    """Continue where the former run of the case stopped; the context already has its state."""
    case.context.arrange(kept.arrangements)
    for one in kept.clocks:
        clock = case.context.run_clock(one.order, one.reading)
        clock.stopped_at, clock.working_days_late = one.stopped_at, one.working_days_late
        clock.moved, clock.fired = list(one.moved), set(one.fired)
    case.approvals.awaited.update(kept.awaited)
    case.acceptance.reviews, case.acceptance.reviewed = kept.reviews, kept.reviewed
    case.acceptance.certificates = kept.certificates
    case.acceptance.registrations = kept.registrations
    case.acceptance.asked_after = kept.asked_after
    case.acceptance.supplemented = kept.supplemented
    case.acceptance.arrears.to_enter = list(kept.arrears_to_enter)
    case.acceptance.arrears.reviewed_with = kept.reviewed_with
    case.acceptance.delivery = kept.delivery
    case.exchange.delivered_version = kept.delivered_version
    case.exchange.reversed_version = kept.reversed_version
    case.exchange.reissued_for.update(kept.reissued_for)
    case.corrections.requests.items = list(kept.items)
    case.corrections.requests.answered = list(kept.answered)
    case.completions.declined.update(kept.declined)
    case.corrections.reopened = kept.reopened
    case.corrections.carried_out_at = kept.carried_out_at
    case.corrections.answers = list(kept.answers)
    case.disputes.records.extend(kept.disputes)
    case.ruling.records.extend(kept.rulings)
    case.procedure.funds_have_left = kept.funds_have_left
    case.reopenings.closed_before = kept.closed_before
    case.inbox.receipts.update({receipt.message_id: receipt for receipt in kept.receipts})
    case.inbox.taken_in = kept.taken_in
    case.inbox.refused_unseen.update(kept.refused_unseen)
    case.board.notices.update(kept.notices)


def _kept(clock: StatutoryClock) -> HandedOverClock:
    return HandedOverClock(
        order=clock.order,
        reading=clock.reading,
        stopped_at=clock.stopped_at,
        working_days_late=clock.working_days_late,
        moved=tuple(clock.moved),
        fired=tuple(sorted(clock.fired)),
    )
