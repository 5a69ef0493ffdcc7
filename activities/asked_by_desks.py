"""What a desk may ask a worker for by itself; all else workflows ask for, which know when it is due."""

from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities import contracts
from activities.contracts import NOT_FOR_DESKS, ActivityContract

FOR_DESKS = frozenset(
    one.name for one in vars(contracts).values() if isinstance(one, ActivityContract) and one.for_desks
)


class AskedByDesks(Interceptor):
    """Refuses, before anything runs, a step that no workflow asks for, unless its contract is for desks.

    An order of a workflow is the platform's: the codec reads none that another has written.
    """

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Asked(next)


class _Asked(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        if not info.workflow_id and info.activity_type not in FOR_DESKS:
            raise ApplicationError(
                f"A desk may not ask for the step {info.activity_type} by itself; nothing was done.",
                f"经办机构不得在案件之外自行要求执行步骤 {info.activity_type}，未作处理。",
                type=NOT_FOR_DESKS,
                non_retryable=True,
            )
        return await super().execute_activity(input)
