"""One case of the demo: it acts as staff, moves the case's own time forward, and follows its journal."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from desk.client.asking import NO_ANSWER
from desk.client.handing_in import CaseRefusal, deliver
from desk.client.request_forms import Envelope, request_of
from desk.client.responsibility import responsibility_of
from desk.language import Words, say
from desk.problems import BadInput
from models.messages.clocks import ClockReading, Responsibility
from models.messages.dossier import JournalEntry
from models.messages.progress import Progress
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import ENDS, Event, Party, Stage
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after
from rules.values.due_dates import CHINA_TIME, Alarm, AlarmKind, Clock, china_day
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

Answer = TypeVar("Answer")

OFFICE_HOUR = time(10)
"""The hour at which staff act."""
LOOK_SECONDS = 0.05
ALARMS = frozenset({Event.REMINDER_SENT, Event.ESCALATED})
"""The events of which each alarm of a clock enters one; the first report says that it is overdue."""
PATIENCE_SECONDS = 120
"""The real time that a story may take; on two cores all five take some seconds."""

_SECOND_OFFICERS = {Party.TRANSFER_IN: "in-02", Party.TRANSFER_OUT: "out-02", Party.PROVINCE: "province-02"}


@dataclass(frozen=True, slots=True)
class Story:
    """What a case demonstrates and how it has to end: at which stage, with which events, late or not."""

    titles: Words
    told: Words
    play: Callable[["DemoCase"], Awaitable[None]]
    end: Stage = Stage.CLOSED
    shows: frozenset[Event] = frozenset()
    late: bool = False


class DemoCase:
    """A case on the real server. `told` is called with each new group of journal entries."""

    def __init__(
        self,
        story: Story,
        case_no: str,
        skipper: TimeSkipper,
        told: Callable[["DemoCase", Sequence[JournalEntry]], None],
        pace_seconds: float = 0,
    ) -> None:
        self.story = story
        self.case_no = case_no
        self.journal: list[JournalEntry] = []
        self.progress: Progress | None = None
        self.charged: Responsibility | None = None
        self.stuck = ""
        """Why the story did not reach its end; '' if it did."""
        self._skipper = skipper
        self._told = told
        self._pace = pace_seconds
        self._calendar = WorkingCalendar()
        self._messages = 0
        self._handle = self.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))

    @property
    def client(self) -> Client:
        return self._skipper.client

    @property
    def days_late(self) -> int:
        """The working days by which all clocks of the case together were late."""
        return sum(clock.working_days_late for clock in self.progress.clocks) if self.progress else 0

    @property
    def as_expected(self) -> bool:
        """Whether it has ended as the story requires, with all its days charged to a party."""
        return (
            self.progress is not None
            and self.progress.stage is self.story.end
            and self.story.shows <= {entry.event for entry in self.journal}
            and (self.days_late > 0) is self.story.late
            and self.charged is not None
        )

    async def play(self) -> None:
        """Play the story to its end; `stuck` keeps the reason if that fails."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.story.play(self)
                ended = await self._handle.result()
                await self.look()
                self.charged = await responsibility_of(self.client, ended, self.journal[-1].at)
        except TimeoutError:
            self.stuck = say(f"not done after {PATIENCE_SECONDS} s", f"{PATIENCE_SECONDS} 秒内未办完")
        except BadInput as bad:
            self.stuck = " ".join(map(str, (bad.summary, *bad.problems)))
        except WorkflowFailureError as failed:
            self.stuck = str(failed.cause)
        except RPCError as refused:
            self.stuck = refused.message

    async def look(self) -> Progress:
        """The progress of the case; reports its new events up to that state and no later ones."""
        progress = await self._asked(TransferCase.progress)
        while True:
            journal = await self._asked(TransferCase.journal)
            standing, progress = progress, await self._asked(TransferCase.progress)
            if standing == progress:
                break
        self.progress = progress
        if new := journal[len(self.journal) :]:
            self.journal += new
            self._told(self, new)
        return progress

    async def _asked(self, question: Callable[[TransferCase], Answer]) -> Answer:
        """The answer to a query, however long a busy machine takes; `play` sets the limit."""
        while True:
            try:
                return await self._handle.query(question)
            except RPCError as error:
                if error.status not in NO_ANSWER:
                    raise

    async def comes_to(self, condition: Callable[[Progress], bool]) -> Progress:
        """Wait until the condition holds; the case's own time hardly moves meanwhile."""
        while not condition(progress := await self.look()):
            if progress.stage in ENDS:
                raise BadInput(say("The case ended before its story did.", "案件提前终结。"))
            await asyncio.sleep(LOOK_SECONDS)
        return progress

    async def awaits(self, what: Approvable, version: int = 1) -> None:
        """Wait until an approval is asked for, for this version of the form or a later one."""
        await self.comes_to(
            lambda progress: (
                what in {one.what for one in progress.approvals} and progress.form_version >= version
            )
        )

    async def clock(self, name: Clock) -> ClockReading:
        """One of the statutory clocks."""
        progress = await self.look()
        return next(clock for clock in progress.clocks if clock.clock is name)

    async def reports(self, name: Clock) -> tuple[Alarm, ...]:
        """The reports to the province that a clock will make; they are computed once it is overdue."""

        def of(progress: Progress) -> tuple[Alarm, ...]:
            alarms = next(clock for clock in progress.clocks if clock.clock is name).alarms
            return tuple(alarm for alarm in alarms if alarm.kind is AlarmKind.ESCALATION)

        return of(await self.comes_to(lambda progress: bool(of(progress))))

    async def alarms_fire(self, alarms: int) -> None:
        """Wait until its clocks have fired this many alarms: those that time skips over fire together."""
        while sum(entry.event in ALARMS for entry in self.journal) < alarms:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def working_days_pass(self, days: int) -> None:
        """Move the case's time to office hours, this many working days after its present day."""
        today = china_day(await self._skipper.get_current_time(self._handle))
        then = nth_working_day_after(today, days, self._calendar)
        await self.wait_until(datetime.combine(then, OFFICE_HOUR, CHINA_TIME))

    async def wait_until(self, instant: datetime) -> None:
        """Move the case's own time, firing its timers; it may already have reached the instant."""
        now = await self._skipper.get_current_time(self._handle)
        if instant > now:
            await self._skipper.fast_forward(self._handle, instant - now)
        await self.look()
        await asyncio.sleep(self._pace)

    async def approve(self, what: Approvable, *, after: int, version: int = 1) -> None:
        """Have a second officer approve, `after` working days after the approval was asked for."""
        await self.awaits(what, version)
        await self.working_days_pass(after)
        await self.submit(StaffAction.APPROVE, what.party, _SECOND_OFFICERS[what.party], what=what)

    async def submit(self, action: StaffAction, party: Party, officer: str, **content: Any) -> None:
        """Hand in an action as its command does. Raises BadInput when the case refuses."""
        self._messages += 1
        envelope = Envelope(self.case_no, officer, party, message_id=f"demo-{self._messages}")
        request, problems = request_of(action, content, envelope)
        if request is None:
            raise BadInput(say(f"{action} cannot be handed in:", f"{action} 有误："), problems)
        answer = await deliver(self.client, action, request, self.case_no)
        if isinstance(answer, CaseRefusal):
            raise BadInput(say(answer.en, answer.zh))
        await self.look()
        await asyncio.sleep(self._pace)
