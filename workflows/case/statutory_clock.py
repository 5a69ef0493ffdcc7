"""A statutory clock of a case. It sends reminders and reports lateness, and never cancels a step."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.clocks import ClockOrder, ClockPause, ClockReading, DateMoved
    from rules.values.due_dates import Alarm, AlarmKind, Clock
    from workflows.waiting import wait_for_condition

Compute = Callable[[ClockOrder], Awaitable[ClockReading]]
OnAlarm = Callable[["StatutoryClock", Alarm], None]


class StatutoryClock:
    """Waits for the alarms of one statutory clock, and fires them.

    The instants are computed by an activity, `compute`; no calendar is read here. `on_alarm` is called with
    each alarm that fires.
    """

    def __init__(self, order: ClockOrder, reading: ClockReading, compute: Compute, on_alarm: OnAlarm) -> None:
        self.order = order
        self.reading = reading
        self.stopped_at: datetime | None = None
        self.working_days_late = 0
        self.moved: list[DateMoved] = []
        self._compute = compute
        self._on_alarm = on_alarm
        self.fired: set[tuple[AlarmKind, int]] = set()
        """The alarms that have fired; each fires once, even if its instant moves."""
        self._schedules = 0
        """How often the clock was rescheduled or stopped; a wait that began before is out of date."""
        self._rescheduling = asyncio.Lock()
        """A notice, a correction and a ruling may reschedule the clock at once; each waits for the others."""
        self._running = asyncio.create_task(self._run())

    @property
    def name(self) -> Clock:
        """Which of the statutory clocks it is."""
        return self.order.clock

    @property
    def overdue(self) -> bool:
        """Whether the last day has ended without the step, or the step was done after it."""
        return any(kind is AlarmKind.OVERDUE for kind, _ in self.fired)

    @property
    def reminded(self) -> bool:
        """Whether a reminder has been sent."""
        return any(kind is AlarmKind.REMINDER for kind, _ in self.fired)

    @property
    def paused(self) -> bool:
        """Whether the period is paused, until `resume`."""
        return bool(self.order.pauses) and self.order.pauses[-1].until is None

    @property
    def running(self) -> bool:
        """Whether the period is running: neither stopped nor paused."""
        return self.stopped_at is None and not self.paused

    def current_reading(self) -> ClockReading:
        """The clock as it stands now."""
        return self.reading.model_copy(
            update={
                "pauses": self.order.pauses,
                "paused_since": self.order.pauses[-1].since if self.paused else None,
                "stopped_at": self.stopped_at,
                "overdue": self.overdue,
                "working_days_late": self.working_days_late,
                "moved": tuple(self.moved),
                "alarms": tuple(one for one in self.reading.alarms if not self._was_sent(one)),
            }
        )

    def stop(self, at: datetime) -> None:
        """Stop the clock: its step was done at an instant. A second stop changes nothing.

        `at` decides whether the step was late. It is the instant of the step itself, not the one at which the
        platform learned of it.
        """
        if self.stopped_at is not None:
            return
        self.stopped_at = at
        self._schedules += 1
        late = self.ran_until(at) >= self.reading.due_at
        if late and not self.overdue:
            self._fire(Alarm(self.reading.due_at, AlarmKind.OVERDUE, 0))
        elif self.overdue and not late:
            # The step was done on the last day, but the case learned of it only after that day had ended.
            self._retract()

    def ran_until(self, at: datetime) -> datetime:
        """The instant up to which the clock has run at `at`: that of the pause if it is paused."""
        since = self.order.pauses[-1].since if self.paused else at
        return min(since, at)

    async def pause(self, since: datetime) -> bool:
        """Pause the clock from an instant on; False when it does not run."""
        async with self._rescheduling:
            if not self.running:
                return False
            pauses = (*self.order.pauses, ClockPause(since=since))
            self.order = self.order.model_copy(update={"pauses": pauses})
            self._schedules += 1
            return True

    async def resume(self, until: datetime, why: str, further: tuple[ClockPause, ...] = ()) -> None:
        """Resume the clock from an instant, with the working days left; `further` are the pauses since."""
        async with self._rescheduling:
            if self.paused:
                last = self.order.pauses[-1].model_copy(update={"until": until})
                await self._reschedule(why, pauses=(*self.order.pauses[:-1], last, *further))

    async def drop_pause(self, why: str, others: Callable[[datetime], tuple[ClockPause, ...]]) -> None:
        """Run on as if it had not been paused; `others` gives the pauses for other reasons since then."""
        async with self._rescheduling:
            if self.paused:
                *before, dropped = self.order.pauses
                await self._reschedule(why, pauses=(*before, *others(dropped.since)))

    async def stop_again(self, order: ClockOrder, stopped_at: datetime, why: str) -> None:
        """Stop again as before: the reason for running again was withdrawn.

        `order` and `stopped_at` are those of the clock while it was stopped.
        """
        await self.reschedule(why, **dict(order))
        self.stop(stopped_at)

    async def reschedule(self, why: str, **changes: object) -> None:
        """Compute the due date again, with changes to the order or by a new calendar; record how it moved."""
        async with self._rescheduling:
            await self._reschedule(why, **changes)

    async def extend(self, working_days: int, why: str) -> None:
        """Extend the clock by a ruling, in working days. Reminders are sent again for the new last day."""
        async with self._rescheduling:
            await self._reschedule(why, extension=self.order.extension + working_days)
            ahead = {_alarm_key(one) for one in self._reminders() if one.at > workflow.now()}
            self.fired -= ahead

    async def reopen(self, why: str, **changes: object) -> None:
        """Run again after a stop: the step was not done correctly."""
        self.stopped_at = None
        self.working_days_late = 0
        await self.reschedule(why, **changes)
        if self._running.done():
            self._running = asyncio.create_task(self._run())

    async def restart(self, anchored_at: datetime, why: str, pauses: tuple[ClockPause, ...] = ()) -> None:
        """Run the full length again from an instant, with all reminders."""
        self.fired = set()
        await self.reopen(why, anchored_at=anchored_at, pauses=pauses)

    @property
    def broken(self) -> bool:
        """Whether the task that waits for the alarms has failed."""
        return self._running.done() and self._running.exception() is not None

    def check(self) -> None:
        """Raises the error of the task that waits for the alarms, so that the case fails visibly."""
        if self._running.done():
            self._running.result()

    async def _reschedule(self, why: str, **changes: object) -> None:
        before = self.reading.due_on
        order = self.order.model_copy(update=changes)
        self.reading, self.order = await self._compute(order), order
        if self.reading.due_on != before:
            moved = DateMoved(at=workflow.now(), before=before, after=self.reading.due_on, why=why)
            self.moved.append(moved)
        reached = workflow.now() if self.stopped_at is None else self.ran_until(self.stopped_at)
        if reached < self.reading.due_at:
            # The step is not late by the new date. Reminders that were sent are not sent again.
            self._retract()
        self._schedules += 1

    def _retract(self) -> None:
        """Take back that the step was late: only the reminders still count as fired."""
        self.fired = {(kind, n) for kind, n in self.fired if kind is AlarmKind.REMINDER}
        self.working_days_late = 0

    async def _run(self) -> None:
        while self.stopped_at is None:
            if self.paused:
                await workflow.wait_condition(lambda: self.stopped_at is not None or not self.paused)
                continue
            alarm = self._next()
            if alarm is None:
                await self._compute_further_alarms()
            elif await self._wait_for_alarm(alarm):
                self._fire(alarm)

    async def _wait_for_alarm(self, alarm: Alarm) -> bool:
        """Wait for the instant of an alarm; False when the clock was rescheduled or stopped meanwhile."""
        schedules = self._schedules
        left = alarm.at - workflow.now()
        if left > timedelta(0):
            summary = (
                f"clock {self.name.letter}: {alarm.kind} {alarm.working_days}, due {self.reading.due_on}"
            )
            await wait_for_condition(lambda: self._schedules != schedules, left, summary)
        return self._schedules == schedules

    async def _compute_further_alarms(self) -> None:
        """All known alarms have fired: have those that follow the last one computed."""
        schedules = self._schedules
        order = self.order.model_copy(update={"alarms_after": self.reading.alarms[-1].at})
        further = await self._compute(order)
        if self._schedules != schedules:
            return
        fresh = any(_alarm_key(one) not in self.fired for one in further.alarms)
        self.reading = further
        if not (fresh or self._all_past()):
            # The clock has no further alarms until it is rescheduled.
            await workflow.wait_condition(lambda: self._schedules != schedules)

    def _all_past(self) -> bool:
        """Whether every alarm that was computed lies in the past."""
        return self.reading.alarms[-1].at <= workflow.now()

    def _next(self) -> Alarm | None:
        """The next alarm to fire; None when all have fired.

        Alarms can be missed, as when a clock runs again after months. They do not fire one by one: of several
        reminders or reports in the past only the last fires, and no reminder once the last day has ended.
        """
        now = workflow.now()
        past = [one for one in self.reading.alarms if one.at <= now]
        reminders = [one for one in past if one.kind is AlarmKind.REMINDER]
        reports = [one for one in past if one.kind is AlarmKind.ESCALATION]
        missed = reminders if now >= self.reading.due_at else reminders[:-1]
        missed += reports if self._all_past() else reports[:-1]
        self.fired |= {_alarm_key(one) for one in missed}
        return next((one for one in self.reading.alarms if _alarm_key(one) not in self.fired), None)

    def _was_sent(self, alarm: Alarm) -> bool:
        """Whether an alarm is a reminder that was sent, perhaps for an earlier date; it is not sent again."""
        return alarm.kind is AlarmKind.REMINDER and _alarm_key(alarm) in self.fired

    def _reminders(self) -> list[Alarm]:
        return [one for one in self.reading.alarms if one.kind is AlarmKind.REMINDER]

    def _fire(self, alarm: Alarm) -> None:
        self.fired.add(_alarm_key(alarm))
        self._on_alarm(self, alarm)


def _alarm_key(alarm: Alarm) -> tuple[AlarmKind, int]:
    """What identifies an alarm. It fires once, even if its instant moves."""
    return alarm.kind, alarm.working_days
