"""Which steps a desk may ask a worker for directly; every other step is asked for by workflows only."""

from collections.abc import Callable
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities import contracts
from activities.contracts import NOT_FOR_DESKS, ActivityContract

_FOR_DESKS = [one for one in vars(contracts).values() if isinstance(one, ActivityContract) and one.for_desks]
FOR_DESKS = frozenset(one.name for one in _FOR_DESKS)
FOR_THE_PROVINCE = frozenset(one.name for one in _FOR_DESKS if one.of_the_province)


class AskedByDesks(Interceptor):
    """Refuses, before anything runs, a step that no workflow has asked for, unless its contract is for desks.

    A workflow's order is written by the platform; the codec reads none that somebody else has written.
    `of_the_province` says, at the platform, whether the question comes from the province's own desk; a bureau
    answers only its own desk.
    """

    def __init__(self, of_the_province: Callable[[], bool] = lambda: True) -> None:
        self.of_the_province = of_the_province

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Asked(next, self)


class _Asked(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, asked: AskedByDesks) -> None:
        super().__init__(next)
        self.asked = asked

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        step = info.activity_type
        if not info.workflow_id and step not in FOR_DESKS:
            raise _refused(
                f"A desk may not ask for the step {step} by itself; nothing was done.",
                f"经办机构不得在案件之外自行要求执行步骤 {step}，未作处理。",
            )
        if not info.workflow_id and step in FOR_THE_PROVINCE and not self.asked.of_the_province():
            raise _refused(
                f"The platform does the step {step} for the province's desk alone; nothing was done.",
                f"省级平台只应省级经办机构的要求执行步骤 {step}，未作处理。",
            )
        return await super().execute_activity(input)


def _refused(en: str, zh: str) -> ApplicationError:
    return ApplicationError(en, zh, type=NOT_FOR_DESKS, non_retryable=True)
