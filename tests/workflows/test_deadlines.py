"""The clocks of a case, the server's own moved forward: reminders, lateness, reports, closed offices."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from sqlalchemy import text
from staff import Handle, approval, submit, supplement
from stored_histories import replay_history
from temporalio.client import WorkflowHandle

from activities.contracts import COMPUTE_DEADLINE, REGISTER_CONTACT_LETTER
from activities.province.clocks import ClockActivities
from activities.province.deadlines import REPORTS_AHEAD
from activities.transfer_out.transfer_out import TransferOutActivities
from models.messages.arrangements import Officers
from models.messages.clocks import ClockOrder, ClockReading
from models.messages.requests import Approvable
from models.messages.stages import Event, Party, Stage
from models.messages.steps import LetterDelivery, RegistrationAnswer
from province import CHANGCHUN, PATIENCE_SECONDS, YANBIAN, Province, account, advance, application
from rules.values.due_dates import AlarmKind, Clock
from rules.values.moves import Material
from rules.values.officers import PROVINCE
from workflows.identifiers import FLAGS, OVERDUE, STAGE, Flag
from workflows.transfer_case import TransferCase


async def nobody_releases(province: Province) -> Handle:
    """Clock B runs and nobody at the transfer-out bureau releases the funds."""
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    return handle


async def clock(handle: Handle, letter: str) -> ClockReading:
    progress = await handle.query(TransferCase.progress)
    return next(one for one in progress.clocks if one.clock == letter)


async def advance_to(province: Province, handle: Handle, at: datetime) -> None:
    """To a moment after an instant of the case's own clock."""
    now = await province.time_of(handle)
    await advance(province.env, handle, at - now + timedelta(seconds=5))


async def alarms(handle: Handle) -> list[tuple[Event, str]]:
    journal = await handle.query(TransferCase.journal)
    kinds = {Event.REMINDER_SENT, Event.CLOCK_OVERDUE, Event.ESCALATED}
    return [(entry.event, entry.detail) for entry in journal if entry.event in kinds]


async def reports(handle: Handle) -> list[datetime]:
    """The instants of the reports of clock B, computed once it is overdue."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            reading = await clock(handle, Clock.TRANSFER_OUT)
            if found := [one.at for one in reading.alarms if one.kind is AlarmKind.ESCALATION]:
                return found
            await asyncio.sleep(0.1)


async def test_reminders_lateness_and_reports_come_in_their_order(province: Province) -> None:
    handle = await nobody_releases(province)
    reading = await clock(handle, Clock.TRANSFER_OUT)
    assert reading.alarms[-1].kind is AlarmKind.OVERDUE, "no report before it is overdue"
    await advance_to(province, handle, reading.due_at)
    await advance_to(province, handle, (await reports(handle))[1])
    assert await alarms(handle) == [
        (Event.REMINDER_SENT, "5"),
        (Event.REMINDER_SENT, "3"),
        (Event.REMINDER_SENT, "1"),
        (Event.CLOCK_OVERDUE, ""),
        (Event.ESCALATED, "0"),
        (Event.ESCALATED, "5"),
        (Event.ESCALATED, "10"),
    ]
    described = await handle.describe()
    assert described.typed_search_attributes[OVERDUE] is True
    assert Flag.ESCALATED in described.typed_search_attributes[FLAGS]
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    (late,) = [one for one in ended.clocks if one.clock == Clock.TRANSFER_OUT]
    assert late.working_days_late >= 10
    assert not (await handle.describe()).typed_search_attributes.get(FLAGS)


async def test_reports_go_on_past_those_worked_out_at_first(province: Province) -> None:
    handle = await nobody_releases(province)
    await advance_to(province, handle, (await clock(handle, Clock.TRANSFER_OUT)).due_at)
    last = (await reports(handle))[-1]
    await advance_to(province, handle, last + timedelta(days=21))
    late = [int(days) for event, days in await alarms(handle) if event is Event.ESCALATED]
    assert late == list(range(0, late[-1] + 1, 5))
    assert late[-1] > 5 * REPORTS_AHEAD


async def test_the_applicants_days_do_not_run_on_clock_a(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await province.journalled(handle, Event.CLOCK_PAUSED)
    first = await clock(handle, Clock.REVIEW)
    await advance(province.env, handle, timedelta(days=60))
    assert await alarms(handle) == []
    await submit(handle, supplement(Material.APPLICATION_FORM, Material.POSTING_DOCUMENT))
    ended = await handle.result()
    (clock_a, *_) = ended.clocks
    assert not clock_a.overdue
    assert clock_a.due_on > first.due_on
    assert clock_a.paused_working_days > 30


class OneAfterTheOther(ClockActivities):
    """The first alarms of a clock, each in a moment and computed once the one before has come, so that none
    is missed on a busy machine."""

    asked_after: ClassVar[list[datetime | None]]
    """The instants after which alarms of clock A were asked for, each the instant of the alarm before."""

    @COMPUTE_DEADLINE.implements
    async def compute_deadline(self, order: ClockOrder) -> ClockReading:
        reading: ClockReading = await ClockActivities.compute_deadline(self, order)
        if order.clock != Clock.REVIEW:
            return reading
        if order.alarms_after not in self.asked_after:
            self.asked_after.append(order.alarms_after)
        number = self.asked_after.index(order.alarms_after)
        first = order.model_copy(update={"alarms_after": None})
        known: ClockReading = await ClockActivities.compute_deadline(self, first)
        if number >= len(known.alarms):
            return reading
        soon, one = datetime.now(UTC) + timedelta(milliseconds=200), known.alarms[number]
        due_at = soon if one.kind is AlarmKind.OVERDUE else known.due_at
        near = (type(one)(soon, one.kind, one.working_days),)
        return known.model_copy(update={"alarms": near, "due_at": due_at})


async def test_a_step_that_waited_days_for_an_office_to_open_is_on_record(province: Province) -> None:
    """The paper says when it was taken up; the case had asked days before."""

    class TakenUpLate(TransferOutActivities):
        @REGISTER_CONTACT_LETTER.implements
        async def register_contact_letter(self, delivery: LetterDelivery) -> RegistrationAnswer:
            done: RegistrationAnswer = await TransferOutActivities.register_contact_letter(self, delivery)
            return done.model_copy(update={"started_at": done.started_at + timedelta(days=3)})

    desk = TakenUpLate(YANBIAN, province.stores[YANBIAN])
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, register_contact_letter=desk.register_contact_letter)
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    journal = await handle.query(TransferCase.journal)
    (waited,) = [entry for entry in journal if entry.event is Event.STARTED_LATE]
    assert waited.party is Party.TRANSFER_OUT
    asked, began = (datetime.fromisoformat(one) for one in waited.detail.split(" – "))
    assert began - asked >= timedelta(days=3) - timedelta(minutes=1)


async def test_a_deadline_fires_with_both_bureaus_off_and_the_case_still_ends(province: Province) -> None:
    OneAfterTheOther.asked_after = []
    await province.start_platform(clock=OneAfterTheOther)
    handle: WorkflowHandle[TransferCase, object]
    async with province.worker_at(CHANGCHUN), province.worker_at(YANBIAN):
        await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.ESCALATED)
    progress = await handle.query(TransferCase.progress)
    assert progress.waiting_on is Party.TRANSFER_IN
    assert [one.overdue for one in progress.clocks] == [True]
    assert [days for event, days in await alarms(handle) if event is Event.REMINDER_SENT] == ["5", "3", "1"]
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    assert (await handle.result()).stage is Stage.CLOSED


async def test_an_outage_of_the_provinces_store_writes_nothing_into_the_history(province: Province) -> None:
    """Clock C cannot be computed for a while; an engine ends a case whose history grows without end."""
    handle = await nobody_releases(province)
    async with province.stores[PROVINCE].transaction() as session:
        await (await session.connection()).execute(text("ALTER TABLE paper RENAME TO mislaid"))
    before = (await handle.describe()).history_length
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))

    async def failed(times: int) -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return any(one.activity_type.name == COMPUTE_DEADLINE.name and one.attempt > times for one in pending)

    async def listed_as_it_stands() -> bool:
        stage = (await handle.query(TransferCase.progress)).stage
        return (await handle.describe()).typed_search_attributes.get(STAGE) == stage

    await province.until(lambda: failed(1))
    # What the case lists after a second of rest is in the history then.
    await province.until(listed_as_it_stands)
    during = (await handle.describe()).history_length
    await province.until(lambda: failed(2))
    assert (await handle.describe()).history_length == during
    assert during - before < 40
    async with province.stores[PROVINCE].transaction() as session:
        await (await session.connection()).execute(text("ALTER TABLE mislaid RENAME TO paper"))
    assert (await handle.result()).stage is Stage.CLOSED
    await replay_history(await handle.fetch_history())
