"""What every part of a case works with: its file, its clocks, and the asking of bureaus and platform."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AIM_CLOCK, COUNT_DAYS_LATE, Deed
    from models.messages.arrangements import Arrangements
    from models.messages.clocks import ClockOrder, ClockReading, LatenessOrder
    from models.messages.papers import Done, Paper
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import CaseOrder
    from rules.values.due_dates import Alarm, AlarmKind
    from workflows.case.state import CaseFile
    from workflows.case.statutory_clock import StatutoryClock
    from workflows.identifiers import PLATFORM_QUEUE, bureau_queue

Asked = TypeVar("Asked", bound=Paper)
Given = TypeVar("Given", bound=Paper)
Step = TypeVar("Step")

DEED_TIMEOUT = timedelta(minutes=10)
PULSE_TIMEOUT = timedelta(seconds=10)
"""A worker that dies is noticed by its missing pulse; see `activities.heartbeat`."""
PATIENCE = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
"""A deed is tried until it is done: a bureau that is down owes it still, and the clock says since when."""
ONCE = RetryPolicy(maximum_attempts=1)
"""For what is done within a step of the case: while that waits to be tried again, the step is written into
the history over and over, up to the engine's limit. What waits in a queue is written once."""
LATENESS_COUNTED_ANEW = "lateness-counted-anew"
"""Cases in which a late clock was extended before this change kept their count; see docs/operations.md."""
OUTAGE = timedelta(days=1)
"""A deed that waited longer than this for its bureau to take it up is on record in the journal."""


class CaseWork:
    """The ground the parts of a case stand on."""

    def __init__(self, order: CaseOrder) -> None:
        self.file = CaseFile(order)
        self.clocks: dict[str, StatutoryClock] = {}
        self._arrangements: Arrangements | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self._asked_at_once = 0

    @property
    def arrangements(self) -> Arrangements:
        """What the bureaus have arranged. Raises RuntimeError before the case is opened."""
        if self._arrangements is None:
            raise RuntimeError("the case has not been opened")
        return self._arrangements

    def arrange(self, arrangements: Arrangements) -> None:
        """Record what the case keeps to from its opening to its end."""
        self._arrangements = arrangements

    @property
    def order(self) -> CaseOrder:
        return self.file.order

    def bureau(self, party: Party) -> str:
        """The bureau that is this party of the case."""
        application = self.order.application
        return application.bureau_out if party is Party.TRANSFER_OUT else application.bureau_in

    async def ask(self, party: Party, deed: Deed[Asked, Given], asked: Asked) -> Given:
        """Have a bureau do a deed, for as long as it takes."""
        bureau, asked_at = self.bureau(party), workflow.now()
        given = await _done(deed, asked, bureau_queue(bureau), bureau)
        if isinstance(given, Done) and given.taken_up_at - asked_at > OUTAGE:
            waited = f"{deed.name} {asked_at:%Y-%m-%d %H:%M} – {given.taken_up_at:%Y-%m-%d %H:%M} UTC"
            self.file.note(party, Event.TAKEN_UP_LATE, detail=waited)
        return given

    async def ask_province(self, deed: Deed[Asked, Given], asked: Asked) -> Given:
        """Have the provincial bureau do a deed on its own store, for as long as it takes."""
        return await _done(deed, asked, PLATFORM_QUEUE, "province")

    async def ask_platform(self, deed: Deed[Asked, Given], asked: Asked) -> Given:
        """Have a rule applied on the platform's own worker: no bureau that is down can hold it up.

        When that fails, the province's store cannot be read: it is asked for until it can, as a bureau is.
        """
        try:
            return await self._at_once(deed, asked)
        except FailureError as failed:
            if is_cancelled_exception(failed):
                raise
        return await self.ask_province(deed, asked)

    async def _at_once(self, deed: Deed[Asked, Given], asked: Asked) -> Given:
        self._asked_at_once += 1
        try:
            given: Given = await workflow.execute_local_activity(
                deed.name,
                asked,
                result_type=deed.gives,
                start_to_close_timeout=PULSE_TIMEOUT,
                retry_policy=ONCE,
            )
        finally:
            self._asked_at_once -= 1
        return given

    @property
    def at_rest(self) -> bool:
        """Whether nothing is asked of the platform that it answers at once, within the same step."""
        return not self._asked_at_once

    async def see_through(self, step: Coroutine[Any, Any, Step]) -> Step:
        """Take a step that must not stay half done, though the road it is on be left: what a bureau is asked
        for and the case records is numbered by what is on file; a clock is turned and then runs on."""
        taken = asyncio.create_task(step)
        self._under_way.add(taken)
        taken.add_done_callback(self._under_way.discard)
        return await asyncio.shield(taken)

    async def all_seen_through(self) -> None:
        """Wait for the end of steps that go on although the road they were on was left."""
        await workflow.wait_condition(lambda: not self._under_way)

    def enter(self, stage: Stage, waiting_on: Party, since: datetime | None = None) -> None:
        """The road has come to a stage, and the next deed is a party's, since now unless said."""
        self.file.road = (stage, waiting_on)
        self._held_by(since)

    def dispute(self, stage: Stage, waiting_on: Party) -> None:
        """A dispute covers the road: the next deed is for settling it."""
        self.file.dispute = (stage, waiting_on)
        self._held_by(None)

    def end_dispute(self) -> None:
        """The road is in the open again, where it stood."""
        self.file.dispute = None
        self._held_by(None)

    def _held_by(self, since: datetime | None) -> None:
        if self.file.waiting_on is not Party.NOBODY:
            self.file.hold(self.file.waiting_on, since or workflow.now())

    async def start_clock(self, name: str, owed_by: Party, anchored_at: datetime) -> None:
        """Start a clock, or start it anew."""
        if known := self.clocks.get(name):
            await self.see_through(known.restart(anchored_at, "restarted"))
        else:
            closes = (
                self.arrangements.close_out if owed_by is Party.TRANSFER_OUT else self.arrangements.close_in
            )
            order = ClockOrder(
                clock=name,
                bureau=self.bureau(owed_by),
                owed_by=owed_by,
                anchored_at=anchored_at,
                close_of_business=closes,
            )
            self.clocks[name] = StatutoryClock(order, await self._aim(order), self._aim, self._ring)
        self.file.note(owed_by, Event.CLOCK_STARTED, name)

    async def stop_clock(self, name: str, at: datetime) -> None:
        """A clock's deed was done at an instant; late by how many working days is counted and kept."""
        clock = self.clocks.get(name)
        if clock is None or clock.stopped_at is not None:
            return
        reported = clock.overdue
        clock.stop(at)
        if clock.overdue:
            await self.see_through(self._stopped_late(clock, at))
        else:
            in_time = "+0" if reported else ""
            self.file.note(clock.order.owed_by, Event.CLOCK_STOPPED, name, detail=in_time)

    async def _stopped_late(self, clock: StatutoryClock, at: datetime) -> None:
        await self._count_days_late(clock, at)
        late = f"+{clock.working_days_late}"
        self.file.note(clock.order.owed_by, Event.CLOCK_STOPPED, clock.name, detail=late)

    async def _count_days_late(self, clock: StatutoryClock, at: datetime) -> None:
        order, done_at = clock.order, clock.ran_until(at)
        missed = LatenessOrder(bureau=order.bureau, due_on=clock.aimed.due_on, done_at=done_at)
        clock.working_days_late = (await self.ask_platform(COUNT_DAYS_LATE, missed)).count

    async def extend_clock(self, name: str, working_days: int, why: str) -> None:
        """A ruling gives more time; given afterwards, it decides anew by how many days the deed was late."""
        clock = self.clocks[name]
        await self.moving(clock, lambda: clock.extend(working_days, why), why)
        if clock.stopped_at and clock.overdue and workflow.patched(LATENESS_COUNTED_ANEW):
            await self._count_days_late(clock, clock.stopped_at)

    async def turn_clocks(self, why: str) -> None:
        """Aim every running clock anew, by the calendar as it now is. One that starts meanwhile knows it."""
        for clock in list(self.clocks.values()):
            if clock.stopped_at is None:
                await self.moving(clock, lambda clock=clock: clock.turn(why), why)  # type: ignore[misc]

    async def moving(self, clock: StatutoryClock, turn: Callable[[], Awaitable[None]], why: str) -> None:
        """Turn a clock and note the due date as it was and as it became."""
        moved = len(clock.moved)
        await turn()
        for one in clock.moved[moved:]:
            self.file.note(
                clock.order.owed_by,
                Event.CLOCK_MOVED,
                clock.name,
                detail=f"{one.before} → {one.after}, {why}",
            )

    async def _aim(self, order: ClockOrder) -> ClockReading:
        return await self.ask_platform(AIM_CLOCK, order)

    def _ring(self, clock: StatutoryClock, alarm: Alarm) -> None:
        """Reminders go to the party that owes; lateness is recorded once and reported to the province."""
        owes, days = clock.order.owed_by, str(alarm.working_days)
        if alarm.kind is AlarmKind.REMINDER:
            self.file.note(owes, Event.REMINDER_SENT, clock.name, detail=days)
        elif alarm.kind is AlarmKind.OVERDUE:
            self.file.note(owes, Event.CLOCK_OVERDUE, clock.name)
            self.file.note(Party.PROVINCE, Event.ESCALATED, clock.name, detail=days)
        else:
            self.file.note(Party.PROVINCE, Event.ESCALATED, clock.name, detail=days)


async def called_back(task: "asyncio.Task[Any]") -> None:
    """Wait until what was cancelled has stopped."""
    try:
        await task
    except (asyncio.CancelledError, FailureError) as stopped:
        if not is_cancelled_exception(stopped):
            raise


async def _done(deed: Deed[Asked, Given], asked: Asked, queue: str, by: str) -> Given:
    """A deed done by whoever works at a queue, tried until it is."""
    given: Given = await workflow.execute_activity(
        deed.name,
        asked,
        result_type=deed.gives,
        task_queue=queue,
        start_to_close_timeout=DEED_TIMEOUT,
        heartbeat_timeout=PULSE_TIMEOUT,
        retry_policy=PATIENCE,
        summary=f"{by}: {deed.name.replace('_', ' ')}",
    )
    return given
