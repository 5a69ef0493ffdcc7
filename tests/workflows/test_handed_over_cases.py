"""A long case hands everything over to a further run, and nobody but its own end ends it."""

import ast
import asyncio
import inspect
from datetime import timedelta
from typing import Any

import pytest
from case_proofs import Held, held, prove
from soon_handed_over import SoonHandedOver
from staff import (
    amendment,
    approval,
    correction,
    dispute,
    hold,
    refusal,
    resumption,
    send,
    settlement,
    submit,
    supplement,
)
from stored_histories import replay_history
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import WorkflowExecutionStatus
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails

from activities.contracts import REVIEW_APPLICATION
from activities.officers.register import OfficerRegister
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.asking import ask
from desk.client.visibility import find
from desk.web.live import follow_case
from engine.sandbox import PrecompilingRunner
from models.messages.arrangements import Officers
from models.messages.progress import Progress
from models.messages.requests import Approvable
from models.messages.stages import Event, Party, Stage
from models.messages.steps import ReviewAnswer, ReviewOrder
from province import (
    BUREAUS,
    CHANGCHUN,
    PATIENCE_SECONDS,
    SIPING,
    STRICT,
    YANBIAN,
    Handle,
    Province,
    account,
    advance,
    application,
    arranged,
)
from rules.values.due_dates import Clock
from rules.values.moves import Material
from worker import WORKFLOWS, accepted_officers
from workflows import handing_over
from workflows.case.acceptance import Acceptance
from workflows.case.approvals import Approvals
from workflows.case.context import CaseContext
from workflows.case.corrections import Corrections
from workflows.case.disputes import Disputes
from workflows.case.duplicate_months import DuplicateMonths
from workflows.case.exchange import Exchange
from workflows.case.inbox import Inbox
from workflows.case.procedure import Procedure
from workflows.case.ruling import Rulings
from workflows.case.status import StatusBoard
from workflows.corrections.holds import Holds
from workflows.corrections.open_requests import OpenRequests
from workflows.corrections.record_completions import RecordCompletions
from workflows.corrections.reopening import Reopenings
from workflows.identifiers import RUNNING_CASES
from workflows.months.arrears import Arrears
from workflows.months.certified_service import CertifiedService
from workflows.months.left_behind import LeftBehind
from workflows.transfer_case import TransferCase
from workflows.withdrawals import Withdrawals

FIELD = "base/2020-01..2020-12"


class SecondReviewHeld(TransferInActivities):
    """The second review takes a while."""

    released: asyncio.Event

    @REVIEW_APPLICATION.implements
    async def review_application(self, request: ReviewOrder) -> ReviewAnswer:
        if request.version == 2:
            await self.released.wait()
        answer: ReviewAnswer = await TransferInActivities.review_application(self, request)
        return answer


class AnsweredLater(PrecompilingRunner):
    """Answers of local activities reach a case one workflow task after the one that records them, as they do
    in SDK 1.35 when a query came with that task: the history is longer then than it is at their replay."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        instance = super().create_instance(det)
        activate = instance.activate

        def with_a_longer_history(act: WorkflowActivation) -> WorkflowActivationCompletion:
            if not act.is_replaying and all(job.resolve_activity.is_local for job in act.jobs):
                act.history_length += SoonHandedOver.MOST_EVENTS
            return activate(act)

        instance.activate = with_a_longer_history  # type: ignore[method-assign]
        return instance


async def short_runs(province: Province, **officers: Officers) -> tuple[Handle, Held]:
    """A case whose runs are short, of which the posting waits for two officers unless said."""
    await platform_of_short_runs(province, **officers or {"posting": Officers.TWO_OFFICERS})
    await province.start_bureaus(*BUREAUS)
    await province.seed(account())
    before = await held(province)
    handle = await province.apply(application())
    return handle, before


async def platform_of_short_runs(province: Province, **officers: Officers) -> None:
    kinds = [SoonHandedOver if kind is TransferCase else kind for kind in WORKFLOWS]
    worker = await province.platform(workflows=kinds, arranged=arranged(**officers))
    await province.running.enter_async_context(worker)


async def runs_of(province: Province, handle: Handle) -> int:
    query = f"WorkflowId = '{handle.id}'"
    return (await province.client.count_workflows(query)).count


async def shown(province: Province, handle: Handle) -> Progress:
    """Where the case stands, asked as a desk asks."""
    return await ask(province.client, handle.id.removeprefix("transfer/"), TransferCase.progress)


async def handed_over(province: Province, handle: Handle, times: int = 1) -> None:
    """Have copies of a message come until the case has been handed over so many times more."""
    first = await runs_of(province, handle)
    copied = dispute()

    async def more() -> bool:
        await send(handle, copied.model_copy(update={"message_id": "x", "by": Party.APPLICANT}))
        return await runs_of(province, handle) >= first + times

    await province.until(more)


async def test_a_long_case_goes_on_in_a_further_run_with_all_it_has(province: Province) -> None:
    handle, before = await short_runs(province)
    await province.awaiting(handle, Approvable.POSTING)
    first = approval(Approvable.POSTING, "in-01")
    await submit(handle, first)
    stood = await shown(province, handle)
    await handed_over(province, handle, times=2)
    stands = await shown(province, handle)
    assert [one.by for one in stands.approvals] == [("in-01",)]
    changed = {name for name in Progress.model_fields if getattr(stands, name) != getattr(stood, name)}
    assert changed <= {"clocks"}
    assert [one.due_at for one in stands.clocks] == [one.due_at for one in stood.clocks]
    assert (await submit(handle, first)).duplicate
    assert "already" in await refusal(handle, approval(Approvable.POSTING, "in-01"))
    await submit(handle, approval(Approvable.POSTING, "in-02"))
    assert (await handle.result()).stage is Stage.CLOSED
    journal = await handle.query(TransferCase.journal)
    asked = [one for one in journal if one.event is Event.APPROVAL_AWAITED]
    assert len(asked) == 1, "what waited before waits on, and is not asked for again"
    await prove(province, before, handle)


async def test_a_dispute_a_correction_and_the_clocks_outlive_a_run(province: Province) -> None:
    handle, before = await short_runs(province)
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, dispute())
    await advance(province.env, handle, timedelta(days=40))
    await handed_over(province, handle)
    stands = await shown(province, handle)
    assert (stands.stage, len(stands.open_fields)) == (Stage.IN_DISPUTE, 1)
    overdue = [one.clock for one in stands.clocks if one.overdue]
    assert overdue, "a clock that ran out has run out"
    await submit(handle, settlement(Party.TRANSFER_IN))
    await submit(handle, settlement(Party.TRANSFER_OUT))
    await submit(handle, amendment({FIELD: None}))
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING, "in-01"))
    await submit(handle, approval(Approvable.POSTING, "in-02"))
    assert (await handle.result()).stage is Stage.CLOSED
    await prove(province, before, handle)


async def test_a_case_on_hold_outlives_a_run_with_its_clocks_standing_still(province: Province) -> None:
    handle, before = await short_runs(province)
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, hold())
    stood = await shown(province, handle)
    await handed_over(province, handle)
    stands = await shown(province, handle)
    assert (stands.stage, stands.waiting_on) == (Stage.ON_HOLD, Party.APPLICANT)
    assert [one.paused_since for one in stands.clocks] == [one.paused_since for one in stood.clocks]
    await advance(province.env, handle, timedelta(days=40))
    await submit(handle, resumption())
    await submit(handle, approval(Approvable.POSTING, "in-01"))
    await submit(handle, approval(Approvable.POSTING, "in-02"))
    ended = await handle.result()
    assert (ended.stage, [one.overdue for one in ended.clocks if one.clock is Clock.TAKE_IN]) == (
        Stage.CLOSED,
        [False],
    )
    (record,) = (await handle.query(TransferCase.record)).holds
    assert record.until is not None
    await prove(province, before, handle)


async def test_papers_handed_in_are_not_asked_for_again_when_their_review_was_interrupted(
    province: Province,
) -> None:
    store = province.stores[CHANGCHUN]
    register = OfficerRegister(CHANGCHUN, store, accepted_officers(province.client))
    desk = SecondReviewHeld(CHANGCHUN, store, register=register)
    desk.released = asyncio.Event()
    await platform_of_short_runs(province)
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, review_application=desk.review_application)
    await province.seed(account())
    before = await held(province)
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await submit(handle, supplement(Material.APPLICATION_FORM, Material.POSTING_DOCUMENT))
    await handed_over(province, handle)
    desk.released.set()
    assert (await handle.result()).stage is Stage.CLOSED
    journal = await handle.query(TransferCase.journal)
    assert [one.event for one in journal].count(Event.MATERIALS_ASKED_FOR) == 1
    await prove(province, before, handle)


async def test_a_case_handed_over_before_its_first_review_was_taken_up_comes_to_its_end(
    province: Province,
) -> None:
    """The first review is never drawn up; the one that follows does as well."""
    await platform_of_short_runs(province)
    async with province.worker_at(CHANGCHUN), province.worker_at(YANBIAN):
        await province.seed(account())
    before = await held(province)
    handle = await province.apply(application())

    async def review_asked_for() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        return REVIEW_APPLICATION.name in {one.activity_type.name for one in pending}

    await province.until(review_asked_for)
    await handed_over(province, handle)
    await province.start_bureaus(*BUREAUS)
    assert (await handle.result()).stage is Stage.CLOSED
    await prove(province, before, handle)


async def test_a_run_is_replayed_to_where_it_was_handed_over(province: Province) -> None:
    """Whoever asks for a run that has just been handed over has it replayed."""
    province.runner = AnsweredLater(restrictions=STRICT)
    handle, before = await short_runs(province)
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, hold())
    await submit(handle, resumption())
    await handed_over(province, handle)
    await submit(handle, approval(Approvable.POSTING, "in-01"))
    await submit(handle, approval(Approvable.POSTING, "in-02"))
    assert (await handle.result()).stage is Stage.CLOSED
    await prove(province, before, handle)
    runs = [one.run_id async for one in province.client.list_workflows(f"WorkflowId = '{handle.id}'")]
    for run in runs:
        of_run = province.client.get_workflow_handle(handle.id, run_id=run)
        await replay_history(await of_run.fetch_history(), SoonHandedOver)


async def test_a_case_is_listed_once_however_many_runs_it_has(province: Province) -> None:
    handle, _ = await short_runs(province)
    await province.awaiting(handle, Approvable.POSTING)
    await handed_over(province, handle)
    # The further run may be on the list before the end of the one before.
    await province.listed(handle, RUNNING_CASES)
    rows, _ = await find(province.client, [f"WorkflowId = '{handle.id}'"], 50)
    assert [row.broken_off for row in rows] == [None]


async def test_a_page_that_follows_a_case_follows_it_into_its_further_runs(province: Province) -> None:
    handle, _ = await short_runs(province)
    await province.awaiting(handle, Approvable.POSTING)
    told = asyncio.Event()
    case = handle.id.removeprefix("transfer/")
    following = asyncio.create_task(follow_case(province.client, case, told.set))
    await handed_over(province, handle)
    ended, _ = await asyncio.wait({following}, timeout=1)
    assert not ended
    told.clear()
    await submit(handle, approval(Approvable.POSTING, "in-01"))
    await asyncio.wait_for(told.wait(), PATIENCE_SECONDS)
    await submit(handle, approval(Approvable.POSTING, "in-02"))
    await handle.result()
    await asyncio.wait_for(following, PATIENCE_SECONDS)


async def test_a_request_to_cancel_is_refused_and_journalled(province: Province) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    before = await held(province)
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await handle.cancel()
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    (line,) = [one for one in await handle.query(TransferCase.journal) if one.event is Event.MESSAGE_REFUSED]
    assert "cancel" in line.detail
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED
    assert (await handle.describe()).status is WorkflowExecutionStatus.COMPLETED
    await prove(province, before, handle)


NOT_HANDED_OVER = {
    "context": {"faults", "state", "clocks", "_arrangements", "under_way", "_asked_at_once", "history"},
    "inbox": {"handlers", "vouching", "came", "_signals", "_announced"},
    "board": {"_keeping", "_listed", "_page"},
    "ruling": {
        *("orders", "pending", "under_execution", "_accepted_at"),
        *("_orders_done", "_awaiting_money", "_not_begun"),
    },
    "acceptance": {"accepted"},
    "exchange": {"bank", "embedded"},
    "corrections": {"_putting_clocks_back"},
    "completions": {"asked", "_answers"},
    "withdrawals": {"pending"},
    "reopenings": {"request", "dossier", "_refused"},
}
"""What a further run makes anew, or what is empty whenever a case is handed over."""
PARTS: dict[str, type[Any]] = {
    "context": CaseContext,
    "approvals": Approvals,
    "duplicates": DuplicateMonths,
    "exchange": Exchange,
    "corrections": Corrections,
    "requests": OpenRequests,
    "completions": RecordCompletions,
    "holds": Holds,
    "reopenings": Reopenings,
    "withdrawals": Withdrawals,
    "disputes": Disputes,
    "ruling": Rulings,
    "acceptance": Acceptance,
    "arrears": Arrears,
    "left_behind": LeftBehind,
    "service": CertifiedService,
    "procedure": Procedure,
    "inbox": Inbox,
    "board": StatusBoard,
}
"""The parts of a case, by the attribute under which the case has them."""


@pytest.mark.parametrize("part", PARTS)
def test_what_a_part_remembers_is_handed_over_or_made_anew(part: str) -> None:
    """A field that a part gets later has to be looked at: it is taken over, or it is named above."""
    taken = {
        node.attr
        for node in ast.walk(ast.parse(inspect.getsource(handing_over.take_over)))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == part
    }
    assert fields_of(PARTS[part]) - taken - NOT_HANDED_OVER.get(part, set()) <= {*PARTS, "state"}


def fields_of(part: type[Any]) -> set[str]:
    """The attributes that a part sets when it is made."""
    source = inspect.getsource(part)
    return {
        node.attr
        for made in ast.walk(ast.parse(source))
        if isinstance(made, ast.FunctionDef) and made.name == "__init__"
        for node in ast.walk(made)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
        and isinstance(node.ctx, ast.Store)
    }
