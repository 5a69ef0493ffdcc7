"""The context of all parts of a case: its state, its clocks, and the activities of bureaus and platform."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        COMPUTE_DEADLINE,
        COUNT_DAYS_LATE,
        ENTER_OUTGOING,
        NOTIFY_APPLICANT,
        ActivityContract,
        Request,
        Result,
    )
    from models.messages.arrangements import Arrangements, Officers
    from models.messages.clocks import ClockOrder, ClockReading, LatenessOrder
    from models.messages.papers import Done, ResultNotice
    from models.messages.requests import Approvable
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import CaseOrder, NoticeOrder
    from models.outbox.outgoing import OutgoingMessage, OutgoingOrder
    from rules.values.due_dates import CHINA_TIME, Alarm, AlarmKind, Clock
    from workflows.case.permissions import Refused
    from workflows.case.state import CaseState
    from workflows.case.statutory_clock import StatutoryClock
    from workflows.faults import Faults, StepGivenUp, more_officers_of, refusal_of
    from workflows.history_length import HistoryLength
    from workflows.identifiers import PLATFORM_QUEUE, bureau_queue
    from workflows.outgoing import messages_of_alarm
    from workflows.steps import HEARTBEAT_TIMEOUT, run_step

Step = TypeVar("Step")

NO_RETRY = RetryPolicy(maximum_attempts=1)
"""For local activities. While one waits for a retry, the workflow task is written into the history again and
again, up to the engine's limit; an activity that waits in a queue is written once."""
OUTAGE = timedelta(days=1)
"""The journal notes a step for which the bureau's worker started later than this."""
BETWEEN = "{:%Y-%m-%d %H:%M} – {:%Y-%m-%d %H:%M}"


class CaseContext:
    """Holds the state and the clocks of a case, and has bureaus, province and platform run activities."""

    def __init__(self, order: CaseOrder, state: CaseState | None = None) -> None:
        self.state = state or CaseState(order)
        if order.reopened and state is None:
            self.state.position = (Stage.TO_BE_REOPENED, Party.TRANSFER_IN)
        self.clocks: dict[Clock, StatutoryClock] = {}
        self._arrangements: Arrangements | None = None
        self.under_way: set[asyncio.Task[Any]] = set()
        self._asked_at_once = 0
        self.history = HistoryLength()
        self.faults = Faults(self.state)

    @property
    def arrangements(self) -> Arrangements:
        """The bureaus' arrangements when the case was opened. Raises RuntimeError before that."""
        if self._arrangements is None:
            raise RuntimeError("the case has not been opened")
        return self._arrangements

    def arrange(self, arrangements: Arrangements) -> None:
        """Record the arrangements, which the case keeps to its end."""
        self._arrangements = arrangements

    def arrange_officers(self, what: Approvable, officers: Officers) -> None:
        """Record that a bureau has arranged for more officers than when the case was opened."""
        self._arrangements = self.arrangements.with_officers(what, officers)

    @property
    def order(self) -> CaseOrder:
        return self.state.order

    def bureau(self, party: Party) -> str:
        """The key of the bureau that is a party of the case."""
        application = self.order.application
        return application.bureau_out if party is Party.TRANSFER_OUT else application.bureau_in

    async def ask(
        self,
        party: Party,
        step: ActivityContract[Request, Result],
        asked: Request,
        *,
        may_be_refused: bool = False,
    ) -> Result:
        """Have a bureau's worker do a step, retried until it is done.

        With `may_be_refused` raises Refused when the bureau's papers do not support the order; otherwise that
        is a step that cannot be done (`Faults`). Raises MoreOfficersNeeded where the bureau has arranged for
        more officers than have approved the order.
        """
        asked_at = workflow.now()
        attempt = partial(self._attempt, party, step, asked, may_be_refused)
        given: Result = await self.faults.done(party, step.name, attempt, self.under_way)
        self.history.look()
        if isinstance(given, Done) and given.started_at - asked_at > OUTAGE:
            waited = BETWEEN.format(*(one.astimezone(CHINA_TIME) for one in (asked_at, given.started_at)))
            self.state.note(party, Event.STARTED_LATE, detail=waited)
        return given

    async def _attempt(
        self, party: Party, step: ActivityContract[Request, Result], asked: Request, may_be_refused: bool
    ) -> Result:
        queue = PLATFORM_QUEUE if party is Party.PROVINCE else bureau_queue(self.bureau(party))
        on_refused = partial(self._note_refusal, party, step.name)
        try:
            return await run_step(step, asked, queue, on_refused)
        except ActivityError as failed:
            if (officers := more_officers_of(failed)) is not None:
                raise MoreOfficersNeeded(officers) from None
            if (said := refusal_of(failed)) is None:
                raise
            on_refused(*said)
            if may_be_refused:
                raise Refused(*said) from None
            raise

    def _note_refusal(self, party: Party, step: str, en: str, zh: str) -> None:
        """Note in the journal that a step was refused by the party asked, or answered by somebody else."""
        self.history.look()
        self.state.note_refusal(party, step, (en, zh))

    async def ask_province(
        self, step: ActivityContract[Request, Result], asked: Request, *, may_be_refused: bool = False
    ) -> Result:
        """Have the provincial bureau do a step on its own store, retried until done. Raises as `ask`."""
        return await self._attempt(Party.PROVINCE, step, asked, may_be_refused)

    async def ask_platform(self, step: ActivityContract[Request, Result], asked: Request) -> Result:
        """Have a rule applied on the platform's own worker, so that no bureau that is down delays it.

        It runs as a local activity. If that fails, because the province's store cannot be read, the step
        is given to the platform's queue and retried until it succeeds.
        """
        try:
            return await self._at_once(step, asked)
        except FailureError as failed:
            if is_cancelled_exception(failed):
                raise
        return await self.ask_province(step, asked)

    async def _at_once(self, step: ActivityContract[Request, Result], asked: Request) -> Result:
        self._asked_at_once += 1
        try:
            given: Result = await workflow.execute_local_activity(
                step.name,
                asked,
                result_type=step.gives,
                start_to_close_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=NO_RETRY,
            )
        finally:
            self._asked_at_once -= 1
        return given

    @property
    def is_idle(self) -> bool:
        """Whether no local activity is running."""
        return not self._asked_at_once

    async def finish_even_if_interrupted(self, step: Coroutine[Any, Any, Step]) -> Step:
        """Run a step to its end even if the procedure is interrupted meanwhile.

        For steps whose result must not be lost: papers are numbered by those before them, and a clock that
        is being rescheduled must run on.
        """
        taken = asyncio.create_task(step)
        self.under_way.add(taken)
        taken.add_done_callback(self.under_way.discard)
        return await asyncio.shield(taken)

    def tell(self, *messages: OutgoingMessage) -> None:
        """Have the province's outbox take messages. Only the close of the case waits for it."""
        order = OutgoingOrder(messages=messages)
        entering = asyncio.create_task(self.ask_province(ENTER_OUTGOING, order))
        self.under_way.add(entering)
        entering.add_done_callback(self.under_way.discard)

    async def interrupted_steps_finished(self) -> None:
        """Wait for the steps that run to their end although the procedure was interrupted."""
        await workflow.wait_condition(lambda: not self.under_way)

    def enter(self, stage: Stage, waiting_on: Party, since: datetime | None = None) -> None:
        """Record the stage that the procedure has reached, and which party owes the next step."""
        self.state.position = (stage, waiting_on)
        self.record_holder(since)

    def record_holder(self, since: datetime | None = None) -> None:
        """Record which party owes the next step, from an instant on; the default is now."""
        self.state.owe(since or workflow.now())
        if self.state.waiting_on is not Party.NOBODY:
            self.state.assign_step(self.state.waiting_on, since or workflow.now())

    async def notify_applicant(self, outcome: Stage, event: Event, **about: Any) -> datetime:
        """Have the transfer-in bureau send the applicant a written notice; returns the instant.

        `about` are the fields of the notice order that say what the notice is about. Every notice of a case
        is a new version.
        """
        order = NoticeOrder(case_no=self.order.case_no, outcome=outcome, version=self.next_notice, **about)
        notice = await self.ask(Party.TRANSFER_IN, NOTIFY_APPLICANT, order)
        self.notified(notice, event)
        return notice.started_at

    @property
    def next_notice(self) -> int:
        """The version of the next notice to the applicant."""
        return self.state.notice.version + 1 if self.state.notice else 1

    def restore_notices(self, notice: ResultNotice, earlier: Iterable[ResultNotice]) -> None:
        """Take over the notices of a case that is reopened."""
        self.state.notice, self.state.earlier_notices = notice, list(earlier)

    def notified(self, notice: ResultNotice, event: Event) -> None:
        """Record a notice that was sent to the applicant; the earlier ones stay."""
        if self.state.notice is not None:
            self.state.earlier_notices.append(self.state.notice)
        self.state.notice = notice
        self.state.note(Party.TRANSFER_IN, event, notice.number)

    def run_clock(self, order: ClockOrder, reading: ClockReading) -> StatutoryClock:
        """Run a clock by its order and reading: a new one, or one of a former run of the case."""
        clock = self.clocks[order.clock] = StatutoryClock(order, reading, self._compute, self._on_alarm)
        return clock

    async def start_clock(self, name: Clock, owed_by: Party, anchored_at: datetime) -> None:
        """Start a clock at an instant, or restart one that has run before."""
        pauses = self.state.on_hold_since(anchored_at)
        if known := self.clocks.get(name):
            await self.finish_even_if_interrupted(known.restart(anchored_at, "restarted", pauses))
        else:
            out, arranged = owed_by is Party.TRANSFER_OUT, self.arrangements
            order = ClockOrder(
                clock=name,
                bureau=self.bureau(owed_by),
                owed_by=owed_by,
                anchored_at=anchored_at,
                close_of_business=arranged.close_out if out else arranged.close_in,
                pauses=pauses,
                linking=self.order.application.move().links_residents,
            )
            self.run_clock(order, await self._compute(order))
        self.state.note(owed_by, Event.CLOCK_STARTED, name)

    async def run_on(self, clock: StatutoryClock, until: datetime, why: str) -> None:
        """Resume a clock from an instant; the times on hold since then do not count."""
        await clock.resume(until, why, self.state.on_hold_since(until))
        if clock.running:
            self.state.note(clock.order.owed_by, Event.CLOCK_RESUMED, clock.name)

    async def stop_clock(self, name: Clock, at: datetime) -> None:
        """Stop a clock whose step was done at an instant; count how many working days it was late."""
        clock = self.clocks.get(name)
        if clock is None or clock.stopped_at is not None:
            return
        reported = clock.overdue
        clock.stop(at)
        if clock.overdue:
            await self.finish_even_if_interrupted(self._stopped_late(clock, at))
        else:
            self.state.note(clock.order.owed_by, Event.CLOCK_STOPPED, name, detail="+0" if reported else "")

    async def _stopped_late(self, clock: StatutoryClock, at: datetime) -> None:
        await self._count_days_late(clock, at)
        owed_by, days = clock.order.owed_by, f"+{clock.working_days_late}"
        self.state.note(owed_by, Event.CLOCK_STOPPED, clock.name, detail=days)

    async def _count_days_late(self, clock: StatutoryClock, at: datetime) -> None:
        order, done_at = clock.order, clock.ran_until(at)
        missed = LatenessOrder(
            bureau=order.bureau, due_on=clock.reading.due_on, done_at=done_at, pauses=order.pauses
        )
        clock.working_days_late = (await self.ask_platform(COUNT_DAYS_LATE, missed)).count

    async def extend_clock(self, name: Clock, working_days: int, why: str) -> None:
        """Extend a clock by a ruling. If its step is done, count again how many working days it was late."""
        clock = self.clocks[name]
        await self.adjust(clock, lambda: clock.extend(working_days, why), why)
        if clock.stopped_at and clock.overdue:
            await self._count_days_late(clock, clock.stopped_at)

    async def reschedule_clocks(self, why: str) -> None:
        """Reschedule every running clock by the current calendar; a clock started later uses it anyway."""
        for clock in list(self.clocks.values()):
            if clock.stopped_at is None:
                await self.adjust(clock, lambda clock=clock: clock.reschedule(why), why)  # type: ignore[misc]

    async def adjust(self, clock: StatutoryClock, change: Callable[[], Awaitable[None]], why: str) -> None:
        """Change a clock, and note every change of its due date in the journal."""
        moved = len(clock.moved)
        await change()
        for one in clock.moved[moved:]:
            self.state.note(
                clock.order.owed_by,
                Event.CLOCK_MOVED,
                clock.name,
                detail=f"{one.before} → {one.after}, {why}",
            )

    async def _compute(self, order: ClockOrder) -> ClockReading:
        return await self.ask_platform(COMPUTE_DEADLINE, order)

    def _on_alarm(self, clock: StatutoryClock, alarm: Alarm) -> None:
        """Note an alarm: reminders for the party that owes the step, lateness for the province too."""
        owes, days = clock.order.owed_by, str(alarm.working_days)
        if alarm.kind is AlarmKind.REMINDER:
            self.state.note(owes, Event.REMINDER_SENT, clock.name, detail=days)
        else:
            if alarm.kind is AlarmKind.OVERDUE:
                self.state.note(owes, Event.CLOCK_OVERDUE, clock.name)
            self.state.note(Party.PROVINCE, Event.ESCALATED, clock.name, detail=days)
        self.tell(*messages_of_alarm(self.order.case_no, self.bureau(owes), clock.current_reading(), alarm))


class MoreOfficersNeeded(Exception):
    """A bureau has arranged for more officers than have approved an order."""

    def __init__(self, officers: Officers) -> None:
        super().__init__(officers)
        self.officers = officers


async def until_stopped(task: "asyncio.Task[Any]") -> None:
    """Wait until a cancelled task has stopped. Raises any other error of it, except a step given up."""
    with suppress(StepGivenUp):
        try:
            await task
        except (asyncio.CancelledError, FailureError) as stopped:
            if not is_cancelled_exception(stopped):
                raise
