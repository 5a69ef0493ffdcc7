"""How the workflows of a rate have a step done: at a bureau, or at the province."""

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ACCEPT_ORDER, ActivityContract
    from models.messages.papers import Paper
    from models.officers.orders import OfficersOrder, OrderToAccept
    from rules.values.officers import Right
    from workflows.faults import refusal_of
    from workflows.identifiers import PLATFORM_QUEUE, bureau_queue
    from workflows.steps import run_step

Request = TypeVar("Request", bound=Paper)
Result = TypeVar("Result", bound=Paper)

AFTER_A_REFUSAL = timedelta(hours=1)
"""Between a bureau's refusal of an order and the next time it is asked, when it may have its papers back."""
PROVINCE = ""
"""In place of a bureau's key: the province itself."""


async def run_at(bureau: str, step: ActivityContract[Request, Result], asked: Request) -> Result:
    """Have a step done, retried until it is; a bureau without a worker is waited for.

    A forged answer, and the refusal of an order, are noted in the log: the step is asked for again.
    """

    def noted(en: str, zh: str) -> None:
        workflow.logger.warning("%s at %s: %s", step.name, bureau or "province", en)

    queue = bureau_queue(bureau) if bureau else PLATFORM_QUEUE
    while True:
        try:
            return await run_step(step, asked, queue, bureau or "province", noted)
        except ActivityError as failed:
            if (said := refusal_of(failed)) is None:
                raise
            noted(*said)
        await workflow.sleep(AFTER_A_REFUSAL)


async def require_accepted(order: OfficersOrder | None, digest: str) -> None:
    """Have the province verify and file an officer's order about a rate; `digest` is that of what is ordered.

    Raises ApplicationError when the province refuses it.
    """
    answer = await run_at(
        PROVINCE, ACCEPT_ORDER, OrderToAccept(order=order, right=Right.PUBLISH_RATE, digest=digest)
    )
    if found := answer.refusals:
        en, zh = " ".join(one.en for one in found), "".join(one.zh for one in found)
        raise ApplicationError(en, zh, type="Refused", non_retryable=True)
