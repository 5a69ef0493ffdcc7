"""An officer's order that belongs to no case: the province verifies it and files it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ACCEPT_ORDER
    from models.officers.orders import OfficersOrder, OrderToAccept
    from rules.values.officers import Right
    from workflows.refusals import update_refused, update_refused_for
    from workflows.steps import PROVINCE, CannotBeDone, step_outside_cases


async def require_accepted(right: Right, order: OfficersOrder | None, digest: str) -> None:
    """Have the province verify and file an order that needs a right; `digest` is that of what is ordered.

    Raises ApplicationError when the province refuses it.
    """
    asked = OrderToAccept(order=order, right=right, digest=digest)
    try:
        answer = await step_outside_cases(PROVINCE, ACCEPT_ORDER, asked)
    except CannotBeDone as why:
        raise update_refused(why.en, why.zh) from None
    if answer.refusals:
        raise update_refused_for(answer.refusals)
