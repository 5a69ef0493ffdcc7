"""A case that a random program acts on, with the real server and real stores, and its lawful end."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import date, timedelta
from typing import Any

from every_stage import TWICE
from random_programs import Act, Again, DaysGoBy, Off, On, Program, Trouble, Wait, Way, WrongAction
from random_words import Known, papers_missing, worded
from recorded_months import record_of
from soon_handed_over import SoonHandedOver
from staff import (
    Handle,
    amendment,
    approval,
    asked,
    certification,
    choice,
    resumption,
    ruling,
    send,
    settlement,
    submit,
    supplement,
)
from temporalio import activity
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from desk.client.views.possible import awaited_now
from models.messages.application import TransferApplication
from models.messages.progress import Progress
from models.messages.requests import StaffAction, StaffRequest
from models.messages.stages import Party, Stage
from province import CHANGCHUN, PATIENCE_SECONDS, SIPING, YANBIAN, Province, account, advance, application
from rules.values.orders import Close, Proceed, RestoreRelationship, ReturnFunds
from rules.values.record import MonthKind
from worker import WORKFLOWS
from workflows.transfer_case import TransferCase

A_WHILE = 0.25
"""The delay of a late step or of its report, in seconds."""


class Troubles(Interceptor, ActivityInboundInterceptor):
    """Applies each trouble once, to the first attempt at its step."""

    def __init__(self, program: Program) -> None:
        self.left = dict(program.troubles)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Troubled(next, self.left)


class _Troubled(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, left: dict[str, Trouble]) -> None:
        super().__init__(next)
        self.left = left

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        trouble = self.left.pop(activity.info().activity_type, None)
        if trouble is Trouble.LATE:
            await asyncio.sleep(A_WHILE)
        given = await super().execute_activity(input)
        if trouble is Trouble.TOLD_LATE:
            await asyncio.sleep(A_WHILE)
        if trouble is Trouble.NEVER_TOLD:
            raise ApplicationError("the worker died before it could say so")
        return given


@contextmanager
def unless_refused() -> Iterator[None]:
    """Accept a refusal, also the server's after the case has ended; any other error is raised."""
    try:
        yield
    except WorkflowUpdateFailedError as failed:
        if not isinstance(failed.cause, ApplicationError) or failed.cause.type != "Refused":
            raise
    except RPCError as turned_away:
        if turned_away.status is not RPCStatusCode.NOT_FOUND:
            raise


class RandomCase:
    """All who act in a case, and the messages they have sent."""

    def __init__(self, province: Province, program: Program) -> None:
        self.province = province
        self.program = program
        self.sent: list[tuple[Handle, StaffRequest]] = []
        self.troubles = Troubles(program)
        self.there: dict[str, AsyncExitStack] = {}

    async def make_ready(self) -> None:
        """Start the bureaus' workers and load the records to move."""
        case = SoonHandedOver if self.program.short_runs else TransferCase
        kinds = [case if kind is TransferCase else kind for kind in WORKFLOWS]
        platform = await self.province.platform(workflows=kinds, arranged=self.program.arrangements)
        await self.province.running.enter_async_context(platform)
        for bureau in (CHANGCHUN, YANBIAN, SIPING):
            await self.open(bureau)
        record = record_of(account(), *self._months_apart())
        await self.province.seed(record, *[TWICE] * self.program.paid_twice)
        if self._two_cases:
            await self.province.seed(account(bureau=SIPING, months=[("2025-01", "2025-12", "5000.00")]))

    @property
    def _two_cases(self) -> bool:
        return self.program.elsewhere_too and not self.program.apart

    async def apply(self) -> None:
        """Hand in the application, or both applications."""
        self.handles = [await self.province.apply(self._application(self.program.proven))]
        if self._two_cases:
            elsewhere = self._application(self.program.proven, bureau_out=SIPING)
            self.handles.append(await self.province.apply(elsewhere))

    def _months_apart(self) -> list[dict[str, str]]:
        kind = self.program.apart
        return [{"from": "2016-01", "to": "2018-12", "base": "1500.00", "kind": kind}] if kind else []

    def _application(self, proven: bool, **changes: object) -> TransferApplication:
        beside = ["service_certification"] * self.program.certified + ["one_off_papers"] * proven
        if not self.program.by_form:
            papers = ["identity_document", "application_form", "posting_document"]
            return application(
                materials=[*papers[: 1 if self.program.papers_missing else 3], *beside], **changes
            )
        papers = ["former_employers_form", "departure_document", "identity_document"]
        return application(
            reason="resigned",
            entry="former_employers_form",
            registered_home="220102",
            materials=[*papers[: 2 if self.program.papers_missing else 3], *beside],
            **changes,
        )

    async def move_the_rest(self) -> bool:
        """Apply again for one-off months that stayed behind, with their papers; False if there are none."""
        first = await self.handles[0].result()
        left = self.program.apart is MonthKind.ONE_OFF_WITHOUT_PAPERS and not self.program.proven
        if not left or first.stage is not Stage.CLOSED:
            return False
        again = self._application(proven=True, submitted_on=date(2026, 1, 16))
        self.handles = [await self.province.apply(again)]
        await self.end()
        return True

    async def open(self, bureau: str) -> None:
        if bureau not in self.there:
            self.there[bureau] = stack = AsyncExitStack()
            worker = self.province.worker_at(bureau, self.troubles)
            await stack.enter_async_context(worker)

    async def shut(self, bureau: str) -> None:
        if stack := self.there.pop(bureau, None):
            await stack.aclose()

    async def go(self) -> None:
        """Run the program, one event after the other."""
        for happening in self.program.happenings:
            match happening:
                case Act():
                    await self.act(happening)
                case WrongAction(step=step, by=by, variant=variant, way=way):
                    handle = self._which(variant)
                    request = worded(step, variant, await self.known(handle))
                    await self.bring(handle, request.model_copy(update={"by": by}), way)
                case Again(which=which):
                    if self.sent:
                        await self.bring(*self.sent[which % len(self.sent)], Way.SIGNAL)
                case Off(bureau=bureau):
                    await self.shut(bureau)
                case On(bureau=bureau):
                    await self.open(bureau)
                case Wait():
                    await self.quiet()
                case DaysGoBy(days=days):
                    await self.days_go_by(days)

    async def act(self, act: Act) -> None:
        if not act.haste:
            await self.quiet()
        handle = self._which(act.variant)
        known = await self.known(handle)
        possible = [
            step for step in known.progress.possible if step is not StaffAction.WITHDRAW or not act.pick
        ]
        if possible:
            step = possible[act.pick % len(possible)]
            await self.bring(handle, worded(step, act.variant, known), act.way)

    def _which(self, number: int) -> Handle:
        """The case that an event concerns."""
        return self.handles[number % len(self.handles)]

    async def known(self, handle: Handle) -> Known:
        return Known(
            progress=await asked(handle, TransferCase.progress),
            open_items=await asked(handle, TransferCase.open_corrections),
            offer=await asked(handle, TransferCase.choice),
            number=len(self.sent) + 1,
        )

    async def bring(self, handle: Handle, request: StaffRequest, way: Way) -> None:
        """Hand in by update, signal or both. The bureau's worker has to run, as it vouches for officers."""
        self.sent.append((handle, request))
        if request.by is not Party.PROVINCE:
            await self.open(YANBIAN if request.by is Party.TRANSFER_OUT else CHANGCHUN)
        async with asyncio.timeout(PATIENCE_SECONDS):
            if way is not Way.SIGNAL:
                with unless_refused():
                    await submit(handle, request)
            if way is not Way.UPDATE:
                with unless_refused():
                    await send(handle, request)

    async def quiet(self) -> None:
        """Wait until no step is under way, or a while if a bureau that is off blocks one."""
        for _ in range(40):
            described = [await handle.describe() for handle in self.handles]
            if not any(one.raw_description.pending_activities for one in described):
                return
            await asyncio.sleep(0.03)

    async def days_go_by(self, days: int) -> None:
        """Skip days, with every bureau's worker running: time is not skipped while a step waits."""
        await self.open(CHANGCHUN)
        await self.open(YANBIAN)
        await self.quiet()
        for handle in self.handles:
            with unless_refused():
                await advance(self.province.env, handle, timedelta(days=days))

    async def going(self) -> list[Handle]:
        """The cases that have not ended."""
        return [one for one in self.handles if (await one.describe()).close_time is None]

    async def end(self) -> list[Progress]:
        """Run every worker and do each party's lawful next step until every case has ended."""
        self.troubles.left.clear()
        await self.open(CHANGCHUN)
        await self.open(YANBIAN)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while going := await self.going():
                for handle in going:
                    known = await self.known(handle)
                    for request in lawful(known):
                        await self.bring(handle, by_another_officer(request, known), Way.UPDATE)
                await asyncio.sleep(0.03)
        return [await handle.result() for handle in self.handles]

    async def leave(self) -> None:
        for bureau in list(self.there):
            await self.shut(bureau)


def by_another_officer(request: StaffRequest, known: Known) -> StaffRequest:
    """The request by an officer who has not acted in the case before, as others may have acted for another
    side."""
    return request.model_copy(update={"officer": f"{request.by}-last-{known.number}"})


def lawful(known: Known) -> Sequence[StaffRequest]:
    """The requests of the parties whose step is next that bring the case to its end."""
    progress = known.progress
    if waiting := awaited_now(progress):
        return [approval(waiting[0].what)]
    match progress.stage:
        case Stage.AWAITING_MATERIALS:
            papers = papers_missing(progress)
            return [supplement(*papers)] if papers else [certification("2018-01", "2018-02")]
        case Stage.TO_BE_CORRECTED | Stage.AWAITING_FUNDS if progress.open_fields:
            fields = {one.field for one in progress.open_fields}
            return [amendment({field: "confirmed" if field == "funds" else None for field in fields})]
        case Stage.AWAITING_CHOICE if progress.waiting_on is Party.APPLICANT:
            return [choice(*[1] * (known.offer.open_periods if known.offer else 0))]
        case Stage.ON_HOLD:
            return [resumption(by) for by in (Party.TRANSFER_IN, Party.TRANSFER_OUT)]
        case Stage.IN_DISPUTE:
            return [settlement(by, "最后意见") for by in (Party.TRANSFER_IN, Party.TRANSFER_OUT)]
        case Stage.BEFORE_THE_PROVINCE:
            return [ruling([Proceed()], f"终〔2026〕{known.progress.case_no}-{known.number}号")]
        case Stage.CANNOT_GO_ON:
            return [
                ruling(
                    [ReturnFunds(), RestoreRelationship(), Close()],
                    f"终〔2026〕{known.progress.case_no}-{known.number}号",
                )
            ]
        case _:
            return []
