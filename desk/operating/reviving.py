"""`starter.py revive`: a case that was ended from outside goes on where it was."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated

import typer

from desk.client.session import with_client
from desk.commands.staff_options import CaseArgument
from desk.language import say
from desk.problems import BadInput
from desk.screens.screen import JsonOption, console, print_json

if TYPE_CHECKING:
    from temporalio.client import Client, WorkflowHandle

OperatorOption = Annotated[str, typer.Option("--officer", help="Id of the operator who acts; never a name.")]


def revive(case: CaseArgument, officer: OperatorOption, as_json: JsonOption = False) -> None:
    """Bring back a case that was ended from outside; it goes on where it was, and nothing is done twice."""
    with_client(lambda client: _revive(client, case, officer))
    if as_json:
        print_json({"case_no": case, "revived": True})
        return
    console().print(
        say(
            f"case {case} goes on where it was ended; `starter.py show {case}` shows it",
            f"案件 {case} 已从中断处恢复运行，可用 `starter.py show {case}` 查看",
        ),
        markup=False,
        soft_wrap=True,
    )


async def _revive(client: Client, case: str, officer: str) -> None:
    """Reset the case's workflow to its last step. Raises BadInput where nothing is to be revived."""
    from temporalio.api.common.v1 import WorkflowExecution
    from temporalio.api.enums.v1 import ResetReapplyType
    from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

    from desk.client.asking import handle_of, how_broken_off

    if await how_broken_off(client, case) is None:
        raise BadInput(
            say(
                f"Case {case} was not ended from outside; there is nothing to revive.",
                f"案件 {case} 未被从外部终止，无需恢复。",
            )
        )
    handle = handle_of(client, case)
    run = (await handle.describe()).run_id
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=run),
            reason=f"revived by {officer}",
            workflow_task_finish_event_id=await _last_step(handle),
            request_id=str(uuid.uuid4()),
            reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
        )
    )


async def _last_step(handle: WorkflowHandle[object, object]) -> int:
    """The number of the last event to which the engine can go back. Raises BadInput where there is none."""
    from temporalio.api.enums.v1 import EventType

    steps = (
        EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
    )
    last = 0
    async for event in handle.fetch_history_events():
        if event.event_type in steps:
            last = event.event_id
    if not last:
        raise BadInput(
            say(
                "The case was ended before it had taken a step; hand the application in on another day.",
                "该案在办理任何环节之前已被终止，请另日重新提交申请。",
            )
        )
    return last
