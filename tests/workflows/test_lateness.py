"""Whether a clock was late, and who hears of it, where corrections, rulings and the bank come between."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from staff import (
    Handle,
    amendment,
    answer,
    approval,
    choice,
    correction,
    dispute,
    hold,
    referral,
    resumption,
    ruling,
    submit,
    withdrawal,
)

from activities.contracts import AMEND_INFORMATION_FORM, COMPUTE_DEADLINE, REMIT_AND_END_RELATIONSHIP
from activities.province.clocks import ClockActivities
from activities.transfer_out.corrections import TransferOutCorrections
from activities.transfer_out.transfer_out import TransferOutActivities
from desk.client.responsibility import days_late, published_calendar
from models.files.arrangements_file import ArrangementsFile, BureauArrangements, CorrectionArrangements
from models.messages.arrangements import Officers
from models.messages.clocks import CalendarPublished, ClockOrder, ClockReading
from models.messages.corrections import AmendmentOrder
from models.messages.papers import InformationForm, Remittance
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.messages.steps import RemittanceOrder
from province import CHANGCHUN, SIPING, YANBIAN, Province, account, advance, application
from rules.values.charged_days import PromptDuty
from rules.values.due_dates import AlarmKind, Clock
from rules.values.form_fields import CorrectionEffect
from rules.values.orders import Close, ExtendClock, Order, Proceed, RestoreRelationship, ReturnFunds
from workflows.identifiers import CALENDAR_PUBLISHED
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"
TWICE = [("2025-11", "2026-02", "6500.00")]
TWO_MONTHS = timedelta(days=60)


async def clock(handle: Handle, letter: str) -> ClockReading:
    progress = await handle.query(TransferCase.progress)
    return next(one for one in progress.clocks if one.clock == letter)


async def called_out(handle: Handle, letter: str) -> list[tuple[Event, str]]:
    """What a clock has called out, in order."""
    kinds = {Event.REMINDER_SENT, Event.CLOCK_OVERDUE, Event.ESCALATED}
    journal = await handle.query(TransferCase.journal)
    return [(one.event, one.detail) for one in journal if one.event in kinds and one.paper == letter]


async def funds_held(province: Province) -> Handle:
    """Clock B runs and nobody releases the funds."""
    await province.start(release_of_funds=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    return handle


async def posting_held(province: Province) -> Handle:
    """Everything is in and nobody approves the posting."""
    await province.start(posting=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def ruled(province: Province, handle: Handle, *orders: Order) -> None:
    for request in (dispute(), answer(), referral(), ruling(orders)):
        await submit(handle, request)
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=len(orders))


async def test_an_applicant_who_never_brings_the_papers_makes_no_bureau_late(province: Province) -> None:
    """Clock A is paused; that its old last day has passed by the withdrawal is nobody's lateness."""
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.CLOCK_PAUSED)
    await advance(province.env, handle, TWO_MONTHS)
    await submit(handle, withdrawal())
    assert (await handle.result()).stage is Stage.WITHDRAWN
    stopped = await clock(handle, Clock.REVIEW)
    assert (stopped.overdue, stopped.working_days_late) == (False, 0)
    assert await called_out(handle, Clock.REVIEW) == []


async def test_a_case_ended_while_a_correction_is_open_leaves_the_transfer_in_bureau_in_time(
    province: Province,
) -> None:
    handle = await posting_held(province)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await advance(province.env, handle, TWO_MONTHS)
    for request in (dispute(), answer(), referral()):
        await submit(handle, request)
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()]))
    assert (await handle.result()).stage is Stage.RETURNED
    assert not (await clock(handle, Clock.TAKE_IN)).overdue
    assert (await clock(handle, Clock.TRANSFER_OUT)).overdue


async def test_a_clock_that_runs_again_when_long_overdue_reminds_nobody_and_reports_once(
    province: Province,
) -> None:
    """The person takes months to choose; then an error is found, and under `run_on` clock B is long over."""
    await province.start()
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await advance(province.env, handle, 4 * TWO_MONTHS)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await province.journalled(handle, Event.ESCALATED, times=2)
    (overdue, first, (event, days)) = await called_out(handle, Clock.TRANSFER_OUT)
    assert (overdue, first) == ((Event.CLOCK_OVERDUE, ""), (Event.ESCALATED, "0"))
    assert event is Event.ESCALATED
    assert int(days) > 60
    told = (await handle.query(TransferCase.progress)).duties
    assert [one.duty for one in told][-1] is PromptDuty.REPORT_ERROR
    assert told[-1].until - told[-1].since > TWO_MONTHS
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    assert (await handle.result()).stage is Stage.CLOSED


async def test_a_notice_does_not_end_the_reports_on_a_clock_that_is_months_late(province: Province) -> None:
    handle = await funds_held(province)
    await advance(province.env, handle, 2 * TWO_MONTHS + timedelta(days=30))
    reported = [
        int(days) for event, days in await called_out(handle, Clock.TRANSFER_OUT) if event is Event.ESCALATED
    ]
    assert reported == list(range(0, reported[-1] + 1, 5))
    assert reported[-1] > 60
    published = CalendarPublished(message_id="calendar/1", notice="放假〔2026〕1号", version="1")
    await handle.signal(CALENDAR_PUBLISHED, published)
    await advance(province.env, handle, timedelta(days=30))
    after = [
        int(days) for event, days in await called_out(handle, Clock.TRANSFER_OUT) if event is Event.ESCALATED
    ]
    assert after == list(range(0, after[-1] + 1, 5))
    assert after[-1] >= reported[-1] + 10


async def test_an_extended_clock_is_not_overdue_any_more_and_reminds_of_its_new_last_day(
    province: Province,
) -> None:
    handle = await funds_held(province)
    reading = await clock(handle, Clock.TRANSFER_OUT)
    now = await province.time_of(handle)
    await advance(province.env, handle, reading.due_at - now + timedelta(hours=1))
    assert (await clock(handle, Clock.TRANSFER_OUT)).overdue
    await ruled(province, handle, ExtendClock(Clock.TRANSFER_OUT, 10), Proceed())
    longer = await clock(handle, Clock.TRANSFER_OUT)
    assert not longer.overdue
    ahead = [one.working_days for one in longer.alarms if one.kind is AlarmKind.REMINDER]
    assert ahead == [5, 3, 1]
    now = await province.time_of(handle)
    await advance(province.env, handle, longer.due_at - now + timedelta(hours=1))
    once = [(Event.REMINDER_SENT, "5"), (Event.REMINDER_SENT, "3"), (Event.REMINDER_SENT, "1")]
    late = [(Event.CLOCK_OVERDUE, ""), (Event.ESCALATED, "0")]
    assert await called_out(handle, Clock.TRANSFER_OUT) == [*once, *late] * 2


async def test_more_time_given_afterwards_decides_anew_how_late_a_step_was(province: Province) -> None:
    await province.start(
        release_of_funds=Officers.ONE_OFFICER,
        posting=Officers.ONE_OFFICER,
        ruling=Officers.ONE_OFFICER,
    )
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await advance(province.env, handle, TWO_MONTHS)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await province.awaiting(handle, Approvable.POSTING)
    late = (await clock(handle, Clock.TRANSFER_OUT)).working_days_late
    assert late > 15
    await ruled(province, handle, ExtendClock(Clock.TRANSFER_OUT, 5), Proceed())
    await province.awaiting(handle, Approvable.POSTING)
    less = await clock(handle, Clock.TRANSFER_OUT)
    assert (less.overdue, less.working_days_late) == (True, late - 5)
    for request in (dispute(), answer(), referral()):
        await submit(handle, request)
    await submit(handle, ruling([ExtendClock(Clock.TRANSFER_OUT, late), Proceed()], "裁〔2026〕2号"))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=4)
    none = await clock(handle, Clock.TRANSFER_OUT)
    assert (none.overdue, none.working_days_late) == (False, 0)


class EndsOnceBegun(ClockActivities):
    """The last day of clock B ends a moment after it is computed again, when its step has been taken up."""

    begun: ClassVar[asyncio.Event]

    @COMPUTE_DEADLINE.implements
    async def compute_deadline(self, order: ClockOrder) -> ClockReading:
        reading: ClockReading = await ClockActivities.compute_deadline(self, order)
        if order.clock != Clock.TRANSFER_OUT or order.alarms_after or not self.begun.is_set():
            return reading
        ends = datetime.now(UTC) + timedelta(seconds=0.5)
        before = ends - reading.due_at
        alarms = tuple(type(one)(one.at + before, one.kind, one.working_days) for one in reading.alarms[3:])
        due_on = reading.received_on
        return reading.model_copy(update={"due_on": due_on, "due_at": ends, "alarms": alarms})


async def test_a_step_taken_up_on_the_last_day_and_done_after_it_is_in_time(province: Province) -> None:
    """The platform hears of it when it has reported the clock; the step's own instant decides."""
    EndsOnceBegun.begun, released = asyncio.Event(), asyncio.Event()

    class Unhurried(TransferOutActivities):
        @REMIT_AND_END_RELATIONSHIP.implements
        async def remit_and_end_relationship(self, order: RemittanceOrder) -> Remittance:
            EndsOnceBegun.begun.set()
            await released.wait()
            sent: Remittance = await TransferOutActivities.remit_and_end_relationship(self, order)
            return sent

    desk = Unhurried(YANBIAN, province.stores[YANBIAN])
    await province.start_platform(clock=EndsOnceBegun)
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, remit_and_end_relationship=desk.remit_and_end_relationship)
    await province.seed(account())
    handle = await province.apply(application())
    await EndsOnceBegun.begun.wait()
    notice = CalendarPublished(message_id="calendar/1", notice="放假〔2026〕1号", version="1")
    await handle.signal(CALENDAR_PUBLISHED, notice)
    await province.journalled(handle, Event.CLOCK_OVERDUE)
    released.set()
    ended = await handle.result()
    (clock_b,) = (one for one in ended.clocks if one.clock == Clock.TRANSFER_OUT)
    assert not clock_b.overdue
    journal = await handle.query(TransferCase.journal)
    (stopped,) = (
        one for one in journal if one.event is Event.CLOCK_STOPPED and one.paper == Clock.TRANSFER_OUT
    )
    assert stopped.detail == "+0"


async def test_clock_b_runs_until_the_last_of_two_answers_is_carried_out(province: Province) -> None:
    begun, released = asyncio.Event(), asyncio.Event()

    class Leisurely(TransferOutCorrections):
        @AMEND_INFORMATION_FORM.implements
        async def amend_information_form(self, order: AmendmentOrder) -> InformationForm:
            begun.set()
            await released.wait()
            form: InformationForm = await TransferOutCorrections.amend_information_form(self, order)
            return form

    desk = Leisurely(YANBIAN, province.stores[YANBIAN])
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN, SIPING)
    await province.start_bureaus(YANBIAN, amend_information_form=desk.amend_information_form)
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    other = "base/2021-01..2021-03"
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, correction((other, "6000.00", "5000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await begun.wait()
    await submit(handle, amendment({other: "5000.00"}))
    released.set()
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    forms = (await handle.query(TransferCase.papers)).information_forms
    assert len(forms) == 3
    assert (await clock(handle, Clock.TRANSFER_OUT)).stopped_at == forms[-1].started_at


@pytest.mark.parametrize("effect", CorrectionEffect)
async def test_what_is_to_be_posted_anew_has_its_clock_under_every_reading(
    province: Province, effect: CorrectionEffect
) -> None:
    """The person has been told and clock C has stopped when an error is found."""
    readings = CorrectionArrangements(clock_b=effect, clock_c=effect)
    officers = BureauArrangements(posting=Officers.ONE_OFFICER)
    await province.start_platform(arranged=ArrangementsFile(defaults=officers, corrections=readings))
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=TWICE))
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    first = await clock(handle, Clock.TAKE_IN)
    assert first.stopped_at is not None
    await advance(province.env, handle, timedelta(days=9))
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    anew = await clock(handle, Clock.TAKE_IN)
    assert anew.stopped_at is None
    assert (anew.due_on == first.due_on) == (effect is CorrectionEffect.RUN_ON)
    await submit(handle, approval(Approvable.POSTING))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    assert (await clock(handle, Clock.TAKE_IN)).stopped_at is not None


async def test_the_days_on_hold_of_a_clock_that_was_late_before_are_no_late_days(province: Province) -> None:
    """Nor is the province told, after the hold, of a lateness that the bureau does not have."""
    handle = await posting_held(province)
    await advance(province.env, handle, timedelta(days=28))
    await province.journalled(handle, Event.CLOCK_OVERDUE)
    await submit(handle, hold())
    held = await handle.query(TransferCase.progress)
    calendar = await published_calendar(province.client)
    before = days_late(held, (await handle.query(TransferCase.record)).holds[-1].since, calendar)
    assert before[Clock.TAKE_IN] > 0
    await advance(province.env, handle, timedelta(days=42))
    much_later = held.clocks[0].due_at + timedelta(days=90)
    paused = await handle.query(TransferCase.progress)
    assert days_late(paused, much_later, calendar) == before, "what is shown while on hold"
    await submit(handle, resumption())
    await submit(handle, approval(Approvable.POSTING))
    await handle.result()
    stopped = await clock(handle, Clock.TAKE_IN)
    assert (stopped.overdue, stopped.working_days_late) == (True, before[Clock.TAKE_IN])
    told = [one.detail for one in await handle.query(TransferCase.journal) if one.event is Event.ESCALATED]
    assert max(map(int, told)) <= before[Clock.TAKE_IN]
