"""Whether a posting can still be reversed: the bureau's books are asked before that is promised."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.contracts import CHECK_REVERSAL
    from models.messages.corrections import ReversalAnswer, ReversalCheck
    from models.messages.stages import Party
    from workflows.case.context import CaseContext
    from workflows.case.permissions import refused_for
    from workflows.identifiers import bureau_queue
    from workflows.steps import proven_answer

SOON = timedelta(seconds=10)
"""A bureau that is down does not delay what is handed in; a reversal that then fails is visible anyway."""


async def require_reversible(context: CaseContext) -> None:
    """Raises Refused when the transfer-in bureau's books say that the posting cannot be reversed now.

    Another case of the same person may have cleared or moved the months since.
    """
    if context.state.taken_in is None:
        return
    answer = await _asked(context)
    if answer is not None and answer.findings:
        raise refused_for("What was posted remains:", "已接续的记账不变：", answer.findings)


async def _asked(context: CaseContext) -> ReversalAnswer | None:
    """The bureau's answer within seconds; None when there is none."""
    try:
        given: RawValue | None = await workflow.execute_activity(
            CHECK_REVERSAL.name,
            ReversalCheck(case_no=context.order.case_no),
            result_type=RawValue,
            task_queue=bureau_queue(context.bureau(Party.TRANSFER_IN)),
            schedule_to_close_timeout=SOON,
        )
    except ActivityError as failed:
        if is_cancelled_exception(failed):
            raise
        return None
    return proven_answer(CHECK_REVERSAL, given)
