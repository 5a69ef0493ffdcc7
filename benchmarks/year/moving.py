"""One case of the simulated year on the server: its time is moved to what is due next, which is then done."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper

from benchmarks.year.offices import Offices
from benchmarks.year.plans import Plan
from benchmarks.year.staff import Payment, PlannedAct, Staff, bureau_of, paid_at
from desk.client.arrivals import submit_statement
from desk.client.asking import BEGINS
from desk.client.case_numbers import case_number
from desk.client.opening import open_case
from desk.officers.signing import demonstration_of, seal_request
from models.messages.bank_statement import StatementLine
from models.messages.dossier import CaseRecord
from models.messages.progress import Progress
from models.messages.requests import REQUESTS, Receipt, StaffRequest
from rules.values.due_dates import CHINA_TIME
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

SECRET = b"a simulated year of the province"
A_MOMENT = timedelta(minutes=1)
"""The time, by the case's clock, in which steps without staff are done."""
PATIENCE_SECONDS = 300
"""The real time that one move of a case may take."""
MOST_REFUSALS = 5
PUT_OFF = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
LOOK_SECONDS, LOOK_AGAIN_SECONDS = 0.05, 0.8


class Stuck(Exception):
    """The driver does not know how a case can go on; the message says where it stands."""


class BreakTooLong(Exception):
    """The driver was off for too long: the cases' clocks run on, and something would now be done too late."""


class BeginsLater(Interceptor):
    """Has the server start a workflow at an instant of the simulated year, by the workflow's id."""

    def __init__(self) -> None:
        self.begins: dict[str, datetime] = {}

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Delayed(next, self.begins)


class _Delayed(OutboundInterceptor):
    def __init__(self, next: OutboundInterceptor, begins: Mapping[str, datetime]) -> None:
        super().__init__(next)
        self.begins = begins

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        if at := self.begins.get(input.id):
            input.start_delay = at - datetime.now(UTC)
        return await super().start_workflow(input)


@dataclass
class CaseNote:
    """What the driver knows of a case, so that it can continue it after a break."""

    due: datetime
    started: bool = False
    planned: str = ""
    """What is handed in when it is due, as `PlannedAct.about`; '' if the case is only looked at again."""
    refused: int = 0
    provisional: bool = False
    """Whether a due date has rested on a year without a notice."""
    done: list[str] = field(default_factory=list)
    """What has been handed in, each as `PlannedAct.about`."""

    @property
    def kinds(self) -> Counter[str]:
        """What has been handed in, counted by kind."""
        return Counter(about.split()[0] for about in self.done)


class DrivenCase:
    """A case that the driver of the year moves."""

    def __init__(
        self, plan: Plan, skipper: TimeSkipper, begins: BeginsLater, staff: Staff, offices: Offices
    ) -> None:
        self.plan = plan
        self.note = CaseNote(due=plan.applied_at)
        self.case_no = case_number(plan.application, SECRET)
        self.ended: Progress | None = None
        self._skipper = skipper
        self._begins = begins
        self._staff = staff
        self._offices = offices
        self._ahead = timedelta(0)
        """How far the case's clock is ahead of the machine's."""
        self._due: PlannedAct | Payment | None = None
        self._request: StaffRequest | None = None
        named = case_workflow_id(self.case_no)
        self._handle = skipper.client.get_workflow_handle_for(TransferCase.run, named)

    @property
    def now(self) -> datetime:
        """The present instant by the case's clock."""
        return (datetime.now(UTC) + self._ahead).astimezone(CHINA_TIME)

    @property
    def _planned_before(self) -> bool:
        """Whether the driver has been restarted since something was planned."""
        return self.ended is None and self.note.planned != "" and self._due is None

    async def move(self) -> None:
        """Do what is due, then find out what is due next, or that the case has ended. Raises Stuck."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            if not self.note.started:
                await self._begin()
            else:
                await self.to(self.note.due)
                if self._planned_before and await self._was_done():
                    return
                await self._act()
            if self.ended is None:
                await self._look()

    async def _begin(self) -> None:
        self._begins.begins[self._handle.id] = self.plan.applied_at
        opened = await open_case(self._skipper.client, self.plan.application, SECRET)
        if not opened.new:
            await self._see_clock()
        del self._begins.begins[self._handle.id]
        self.note.started = True
        await self.to(self.plan.applied_at + A_MOMENT)

    async def resume(self) -> None:
        """Find out the time of a case that an earlier run of the driver has begun.

        Raises BreakTooLong when its clock has passed the day on which something is due next.
        """
        await self._see_clock()
        if self.ended is not None and self.note.planned not in ("", *self.note.done):
            self._did(self.note.planned)
        if self.ended is None and self.now.date() > self.note.due.date():
            raise BreakTooLong

    async def _see_clock(self) -> DescribeWorkflowExecutionResponse:
        """The server's description of the case, which says whether it has ended and the time of its clock."""
        described = await self._handle.describe()
        raw = described.raw_description
        if described.status is not WorkflowExecutionStatus.RUNNING:
            self.ended = await self._handle.result()
        elif raw.workflow_extended_info.HasField("time_skipping_info"):
            skipping = raw.workflow_extended_info.time_skipping_info
            self._ahead = skipping.current_time.ToDatetime(UTC) - datetime.now(UTC)
        return raw

    async def _at_rest(self) -> DescribeWorkflowExecutionResponse:
        """Wait, in real time, until no step is under way: the case has ended, or waits for staff or for a
        bureau that is away. The server is asked, as moving the clock by a moment costs it far more."""
        pause = LOOK_SECONDS
        while True:
            raw = await self._see_clock()
            if self.ended is not None or not _busy(raw):
                return raw
            await asyncio.sleep(pause)
            pause = min(pause * 2, LOOK_AGAIN_SECONDS)

    async def to(self, instant: datetime) -> None:
        """Move the case's clock, if it is not there yet, and wait for the steps under way."""
        by = instant - self.now
        if self.ended is not None or by <= timedelta(0):
            return
        try:
            goes_on = await self._skipper.fast_forward(self._handle, by)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            goes_on = False
        if goes_on:
            self._ahead += by
        else:
            self.ended = await self._handle.result()

    async def _act(self) -> None:
        """Hand in what is due, if anything: a case may only be due to be looked at again."""
        due = self._due
        if self.ended is not None or due is None:
            return
        if isinstance(due, Payment):
            await self._pay(due)
            return
        assert self._request is not None
        try:
            await self._handle.execute_update(
                due.action.value, self._request, id=self._request.message_id, result_type=Receipt
            )
            self._did(due.about)
        except WorkflowUpdateFailedError as refused:
            self.note.refused += 1
            if self.note.refused > MOST_REFUSALS:
                raise Stuck(f"case {self.plan.number}: {due.about}: {refused.cause}") from None

    async def _was_done(self) -> bool:
        """Whether the planned act was done before the driver was restarted; if not, it is planned again."""
        planned, at = self.note.planned, self.note.due
        await self._look()
        if self.note.planned == planned and self.ended is None:
            self.note.due = at
            return False
        self._did(planned)
        return True

    def _did(self, about: str) -> None:
        self.note.done.append(about)

    async def _pay(self, payment: Payment) -> None:
        line = StatementLine(
            reference=f"{self.case_no}.{payment.about.rpartition(' ')[2]}",
            value_date=self.now.date(),
            remittance=payment.remittance,
            amount=payment.amount,
        )
        bureau = self._paid_at
        await submit_statement(self._skipper.client, bureau, [line])
        self._did(payment.about)

    async def _look(self) -> None:
        """Plan what is due next: a step that waits for a bureau that is away, or an act of staff."""
        raw = await self._at_rest()
        if self.ended is not None:
            return
        self._due = self._request = None
        self.note.planned = ""
        if raw.pending_activities:
            later = [one.next_attempt_schedule_time.ToDatetime(UTC) for one in raw.pending_activities]
            back = max(min(later), self.now).astimezone(CHINA_TIME)
            self.note.due = back.replace(second=0, microsecond=0) + 2 * A_MOMENT
            return
        record = await self._asked()
        self.note.provisional |= any(clock.provisional for clock in record.progress.clocks)
        await self._plan_next(record)

    async def _asked(self) -> CaseRecord:
        """The case's own record; it is asked again if the case has only just begun."""
        while True:
            try:
                return await self._handle.query(TransferCase.record)
            except RPCError as error:
                if BEGINS not in error.message:
                    raise
                await asyncio.sleep(LOOK_SECONDS)

    async def _plan_next(self, record: CaseRecord) -> None:
        due = self._staff.next(self.plan, record)
        if due is None or due.about in self.note.done:
            raise Stuck(
                f"case {self.plan.number} stands at {record.progress.stage}, waits on "
                f"{record.progress.waiting_on}, and {due.about if due else 'nothing'} is to be done"
            )
        self._due = due
        self.note.planned = due.about
        if isinstance(due, Payment):
            self._paid_at = paid_at(due, record)
            by = self.plan.draw(f"officer for {due.about}")
            self.note.due, _ = self._offices.acts_at(self._paid_at, self.note.due, due.days, by)
            return
        bureau = bureau_of(due.by, record.progress)
        by = self.plan.draw(f"officer for {due.about}")
        self.note.due, officer = self._offices.acts_at(bureau, self.note.due, due.days, by)
        request = REQUESTS[due.action].model_validate(
            {
                **due.content,
                "message_id": f"year/{self.case_no}/{due.about.replace(' ', '/')}/{self.note.refused}",
                "by": due.by,
                "officer": f"{due.role}-{officer}",
            }
        )
        self._request = seal_request(due.action, request, record, demonstration_of(self._skipper.client))


def _busy(raw: DescribeWorkflowExecutionResponse) -> bool:
    """Whether a step is under way or a workflow task is pending; postponed steps only wait."""
    under_way = (one.state != PUT_OFF or one.attempt == 1 for one in raw.pending_activities)
    return raw.HasField("pending_workflow_task") or any(under_way)
