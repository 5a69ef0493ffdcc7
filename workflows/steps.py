"""Running a step as an activity of a bureau or of the platform."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ActivityContract, Request, Result
    from workflows.faults import CONTRADICTIONS, contradiction_of
    from workflows.identifiers import PLATFORM_QUEUE, REFUSED_ENCODING, UNPROVEN, bureau_queue


ACTIVITY_TIMEOUT = timedelta(minutes=10)
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
"""A worker without heartbeat for so long counts as dead; its step is retried, see `activities.heartbeat`."""
RETRY_UNTIL_DONE = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
"""A step is retried until it is done. A bureau that is down still owes the step, and its clock runs on."""
UNLESS_IT_CANNOT_BE_DONE = dataclasses.replace(
    RETRY_UNTIL_DONE, non_retryable_error_types=list(CONTRADICTIONS)
)
"""Steps that contradict a bureau's books the case itself repeats, and counts them (`workflows.faults`)."""
ASKED_ANEW_AFTER = timedelta(days=1)
"""A step that nobody has done is asked for anew: whoever the server admits to a queue can fail it and put its
next attempt off as far as it likes. What was asked before is done no more, and a repeated step changes
nothing."""
AFTER_A_FORGERY = timedelta(seconds=5)
"""The pause between a forged answer and the next request for the step."""
FORGED = (
    "an answer that was not written by who was asked; the step was asked for again",
    "答复并非由被请求方作出，已重新请求办理",
)


async def run_step(
    step: ActivityContract[Request, Result],
    asked: Request,
    queue: str,
    on_refused: Callable[[str, str], None],
    retry_policy: RetryPolicy | None = None,
    within: timedelta = ACTIVITY_TIMEOUT,
) -> Result:
    """Run a step as an activity on a task queue, retried until the party asked has done it.

    Whoever the server admits to a queue can answer or fail an activity. An answer or a failure that was not
    written with the key is never accepted: `on_refused` is called, and the step is asked for again. Raises
    ActivityError when the step contradicts the books of the party asked, or is refused by its papers.
    """
    by_queue = RETRY_UNTIL_DONE if queue == PLATFORM_QUEUE else UNLESS_IT_CANNOT_BE_DONE
    while True:
        try:
            given: RawValue | None = await workflow.execute_activity(
                step.name,
                asked,
                result_type=RawValue,
                task_queue=queue,
                start_to_close_timeout=within,
                schedule_to_close_timeout=ASKED_ANEW_AFTER,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                retry_policy=retry_policy or by_queue,
            )
        except ActivityError as failed:
            if not _unproven(failed):
                if _time_is_over(failed):
                    continue
                raise
        else:
            if (answer := proven_answer(step, given)) is not None:
                return answer
        on_refused(*FORGED)
        await workflow.sleep(AFTER_A_FORGERY)


def _unproven(failed: ActivityError) -> bool:
    """Whether a failure was not written by the party asked."""
    return isinstance(failed.cause, ApplicationError) and failed.cause.type == UNPROVEN


def _time_is_over(failed: ActivityError) -> bool:
    """Whether nobody has done the step in time, or its next attempt would come too late."""
    return isinstance(failed.cause, TimeoutError) or failed.retry_state is RetryState.TIMEOUT


def proven_answer(step: ActivityContract[Request, Result], given: RawValue | None) -> Result | None:
    """The answer to a step; None where it was not written by the party asked, or has no content."""
    if given is None or given.payload.metadata.get("encoding") == REFUSED_ENCODING:
        return None
    answer: Result = workflow.payload_converter().from_payload(given.payload, step.gives)
    return answer


class CannotBeDone(Exception):
    """A step contradicts the books of the party asked, or that party refuses it: a sentence in each
    language."""

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh
        super().__init__(en)


PROVINCE = ""
"""In place of a bureau's key: the province itself."""


async def step_outside_cases(
    bureau: str,
    step: ActivityContract[Request, Result],
    asked: Request,
    within: timedelta = ACTIVITY_TIMEOUT,
) -> Result:
    """Have a bureau, or the province, do a step that belongs to no case, retried until it is done.

    A forged answer is noted in the log: the step is asked for again. Raises CannotBeDone where no retry
    helps.
    """

    def noted(en: str, zh: str) -> None:
        workflow.logger.warning("%s at %s: %s", step.name, by, en)

    queue, by = bureau_queue(bureau) if bureau else PLATFORM_QUEUE, bureau or "province"
    try:
        return await run_step(step, asked, queue, noted, UNLESS_IT_CANNOT_BE_DONE, within)
    except ActivityError as failed:
        if (why := contradiction_of(failed)) is None:
            raise
        en, zh = why
        noted(en, zh)
        raise CannotBeDone(f"{en}.", f"{zh}。") from None
