"""A statutory clock inside a case: it reminds, records what runs late, and never cancels the work."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.clocks import ClockOrder, ClockPause, ClockReading, DateMoved
    from rules.values.due_dates import Alarm, AlarmKind

Aim = Callable[[ClockOrder], Awaitable[ClockReading]]
Ring = Callable[["StatutoryClock", Alarm], None]

STANDS_STILL = "what-stands-still-is-not-late"
IN_TIME = "done-in-time-is-not-late"
REPORTS_GO_ON = "reports-go-on-after-a-turn"
REMINDED_ANEW = "reminded-anew-after-an-extension"
"""Cases that came to these points before the change keep to what they did; see docs/operations.md."""


class StatutoryClock:
    """Counts down to instants that were computed for it; no calendar is read here."""

    def __init__(self, order: ClockOrder, aimed: ClockReading, aim: Aim, ring: Ring) -> None:
        self.order = order
        self.aimed = aimed
        self.stopped_at: datetime | None = None
        self.working_days_late = 0
        self.moved: list[DateMoved] = []
        self._aim = aim
        self._ring = ring
        self._rung: set[tuple[AlarmKind, int]] = set()
        self._turns = 0
        """How often the clock was turned; a wait begun before the last turn is out of date."""
        self._turning = asyncio.Lock()
        """A notice, a correction and a ruling may turn the clock at once; each builds on the one before."""
        self._running = asyncio.create_task(self._run())

    @property
    def name(self) -> str:
        """The letter of the clock."""
        return self.order.clock

    @property
    def overdue(self) -> bool:
        """The last day has ended without the deed, or the deed was done after it."""
        return any(kind is AlarmKind.OVERDUE for kind, _ in self._rung)

    @property
    def reminded(self) -> bool:
        return any(kind is AlarmKind.REMINDER for kind, _ in self._rung)

    @property
    def paused(self) -> bool:
        return bool(self.order.pauses) and self.order.pauses[-1].until is None

    @property
    def running(self) -> bool:
        return self.stopped_at is None and not self.paused

    def reading(self) -> ClockReading:
        """The clock as it stands now."""
        return self.aimed.model_copy(
            update={
                "paused_since": self.order.pauses[-1].since if self.paused else None,
                "stopped_at": self.stopped_at,
                "overdue": self.overdue,
                "working_days_late": self.working_days_late,
                "moved": tuple(self.moved),
                "alarms": tuple(one for one in self.aimed.alarms if not self._was_sent(one)),
            }
        )

    def stop(self, at: datetime) -> None:
        """The deed was done at an instant, which decides whether it was late; a second stop changes nothing.

        The instant is the deed's own and not the moment at which the platform heard of it.
        """
        if self.stopped_at is not None:
            return
        self.stopped_at = at
        self._turns += 1
        late = self.ran_until(at) >= self.aimed.due_at
        if late and not self.overdue:
            self._call(Alarm(self.aimed.due_at, AlarmKind.OVERDUE, 0))
        elif self.overdue and not late and workflow.patched(IN_TIME):
            # The last day had ended before the case heard of the deed that was done on it.
            self._take_back()

    def ran_until(self, at: datetime) -> datetime:
        """How far the clock had come at an instant: one that stands still came no further."""
        since = self.order.pauses[-1].since if self.paused else at
        return since if since < at and workflow.patched(STANDS_STILL) else at

    async def pause(self, since: datetime) -> None:
        """Stand still from an instant on."""
        async with self._turning:
            if self.running:
                pauses = (*self.order.pauses, ClockPause(since=since))
                self.order = self.order.model_copy(update={"pauses": pauses})
                self._turns += 1

    async def resume(self, until: datetime, why: str) -> None:
        """Run on from an instant, with the days that were left."""
        async with self._turning:
            if self.paused:
                last = self.order.pauses[-1].model_copy(update={"until": until})
                await self._turn(why, pauses=(*self.order.pauses[:-1], last))

    async def turn(self, why: str, **changes: object) -> None:
        """Aim anew, with changes to the order or by a new calendar; a moved date keeps its old value."""
        async with self._turning:
            await self._turn(why, **changes)

    async def extend(self, working_days: int, why: str) -> None:
        """Longer by a ruling: whoever was reminded of the old last day is reminded of the new one."""
        async with self._turning:
            await self._turn(why, extension=self.order.extension + working_days)
            ahead = {_rings(one) for one in self._reminders() if one.at > workflow.now()}
            if (again := ahead & self._rung) and workflow.patched(REMINDED_ANEW):
                self._rung -= again

    async def reopen(self, why: str, **changes: object) -> None:
        """What was done was not good: the clock runs again."""
        self.stopped_at = None
        self.working_days_late = 0
        await self.turn(why, **changes)
        if self._running.done():
            self._running = asyncio.create_task(self._run())

    async def restart(self, anchored_at: datetime, why: str) -> None:
        """The full length again from an instant, reminders and all."""
        self._rung = set()
        await self.reopen(why, anchored_at=anchored_at, pauses=())

    @property
    def broken(self) -> bool:
        """It stopped for another reason than having been stopped."""
        return self._running.done() and self._running.exception() is not None

    def check(self) -> None:
        """Raises what has broken the clock, so that the case is seen to stand and not silently without it."""
        if self._running.done():
            self._running.result()

    async def _turn(self, why: str, **changes: object) -> None:
        before = self.aimed.due_on
        order = self.order.model_copy(update=changes)
        self.aimed, self.order = await self._aim(order), order
        if self.aimed.due_on != before:
            moved = DateMoved(at=workflow.now(), before=before, after=self.aimed.due_on, why=why)
            self.moved.append(moved)
        reached = workflow.now() if self.stopped_at is None else self.ran_until(self.stopped_at)
        if reached < self.aimed.due_at:
            # Not late by the new date; reminders that went out are not sent again.
            self._take_back()
        self._turns += 1

    def _take_back(self) -> None:
        """It is not late: nothing but the reminders has been called out."""
        self._rung = {(kind, n) for kind, n in self._rung if kind is AlarmKind.REMINDER}
        self.working_days_late = 0

    async def _run(self) -> None:
        while self.stopped_at is None:
            if self.paused:
                await workflow.wait_condition(lambda: self.stopped_at is not None or not self.paused)
                continue
            alarm = self._next()
            if alarm is None:
                await self._look_further()
            elif await self._came(alarm):
                self._call(alarm)

    async def _came(self, alarm: Alarm) -> bool:
        """Wait for an alarm's instant; False when the clock was turned or stopped meanwhile."""
        turns = self._turns
        left = alarm.at - workflow.now()
        if left > timedelta(0):
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._turns != turns,
                    timeout=left,
                    timeout_summary=f"clock {self.name}: {alarm.kind} {alarm.working_days}, "
                    f"due {self.aimed.due_on}",
                )
        return self._turns == turns

    async def _look_further(self) -> None:
        """The known alarms have all rung: ask for those after the last."""
        turns = self._turns
        order = self.order.model_copy(update={"alarms_after": self.aimed.alarms[-1].at})
        further = await self._aim(order)
        if self._turns != turns:
            return
        fresh = any(_rings(one) not in self._rung for one in further.alarms)
        self.aimed = further
        if not (fresh or (self._all_past() and workflow.patched(REPORTS_GO_ON))):
            # Nothing more will be called out by this aim.
            await workflow.wait_condition(lambda: self._turns != turns)

    def _all_past(self) -> bool:
        """Whether those to come lie beyond the alarms that were worked out."""
        return self.aimed.alarms[-1].at <= workflow.now()

    def _next(self) -> Alarm | None:
        """The next alarm that has not rung; what was missed, as when a clock runs again after months, is not
        called out one by one: of several reminders or reports long past only the last, and no reminder once
        the last day has ended."""
        now = workflow.now()
        past = [one for one in self.aimed.alarms if one.at <= now]
        reminders = [one for one in past if one.kind is AlarmKind.REMINDER]
        reports = [one for one in past if one.kind is AlarmKind.ESCALATION]
        missed = reminders if now >= self.aimed.due_at else reminders[:-1]
        missed += reports if self._all_past() else reports[:-1]
        self._rung |= {_rings(one) for one in missed}
        return next((one for one in self.aimed.alarms if _rings(one) not in self._rung), None)

    def _was_sent(self, alarm: Alarm) -> bool:
        """A reminder that went out, perhaps by an earlier date, and will not go out again."""
        return alarm.kind is AlarmKind.REMINDER and _rings(alarm) in self._rung

    def _reminders(self) -> list[Alarm]:
        return [one for one in self.aimed.alarms if one.kind is AlarmKind.REMINDER]

    def _call(self, alarm: Alarm) -> None:
        self._rung.add(_rings(alarm))
        self._ring(self, alarm)


def _rings(alarm: Alarm) -> tuple[AlarmKind, int]:
    """What is called out once, whenever it is."""
    return alarm.kind, alarm.working_days
