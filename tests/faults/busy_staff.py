"""Staff who do what the open cases wait for, and repeat it as long as no answer comes."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from staff import NAMES, Handle, amendment, approval, choice, correction, sealed
from temporalio.client import (
    Client,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from models.messages.progress import Progress
from models.messages.requests import Approvable, StaffRequest
from models.messages.stages import Party, Stage
from workflows.identifiers import STAGE
from workflows.transfer_case import TransferCase

FIELD, RIGHT = "base/2019-01..2019-12", "5600.00"
ROUND_SECONDS = 0.2
ANSWER_SECONDS = 3
WAITS_FOR_STAFF = (
    "WorkflowType = 'TransferCase' AND ExecutionStatus = 'Running' AND "
    f"{STAGE.name} IN ('{Stage.TAKING_IN}', '{Stage.TO_BE_CORRECTED}', '{Stage.AWAITING_CHOICE}')"
)


class BusyStaff:
    """Hand in one message per step, repeated until it is answered, and have some cases corrected once.

    `to_correct` holds those cases, each with the base on its form, as typed.
    """

    def __init__(self, client: Client, to_correct: Mapping[str, str]) -> None:
        self.client = client
        self.to_correct = to_correct
        self.handed_in: dict[str, int] = {}
        """How often each message has been handed in."""

    async def work(self) -> None:
        """Act in all cases repeatedly until cancelled; an engine or platform that is down is tried again."""
        while True:
            with suppress(RPCError, TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    waiting = [case.id async for case in self.client.list_workflows(WAITS_FOR_STAFF)]
                await asyncio.gather(*(self._act(one) for one in waiting))
            await asyncio.sleep(ROUND_SECONDS)

    async def _act(self, workflow_id: str) -> None:
        handle: Handle = self.client.get_workflow_handle_for(TransferCase.run, workflow_id)
        # A case refuses an action when it is already past that step.
        gone_on = (WorkflowUpdateFailedError, WorkflowQueryFailedError)
        silent = (RPCError, TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError)
        with suppress(*silent, *gone_on):
            async with asyncio.timeout(ANSWER_SECONDS):
                progress = await handle.query(TransferCase.progress)
                if request := self._wanted(progress):
                    number = request.message_id
                    self.handed_in[number] = self.handed_in.get(number, 0) + 1
                    request = await sealed(handle, request)
                    await handle.execute_update(NAMES[type(request)], request, id=number)

    def _wanted(self, progress: Progress) -> StaffRequest | None:
        """What the case waits for, as a message that is the same each time."""
        case_no, version = progress.case_no, progress.form_version
        waiting = {one.what for one in progress.approvals}
        request: StaffRequest | None = None
        if progress.open_fields:
            request, name = amendment({FIELD: RIGHT}), "amend"
        elif Approvable.POSTING in waiting and case_no in self.to_correct and version == 1:
            request, name = correction((FIELD, self.to_correct[case_no], RIGHT)), "correct"
        elif Approvable.POSTING in waiting:
            request, name = approval(Approvable.POSTING), f"posting/{version}"
        elif Approvable.REFUND in waiting:
            request, name = approval(Approvable.REFUND), "refund"
        elif progress.stage is Stage.AWAITING_CHOICE and progress.waiting_on is Party.APPLICANT:
            request, name = choice(1), "choose"
        return request and request.model_copy(update={"message_id": f"{name}/{case_no}"})


def acted_in(staff: BusyStaff, step: str) -> set[str]:
    """The cases in which this step has been handed in."""
    return {number.rpartition("/")[2] for number in staff.handed_in if number.startswith(step)}
