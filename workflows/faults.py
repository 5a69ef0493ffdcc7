"""Steps that a bureau cannot do: after a few equal failures the case shows it, with an owner and an end.

An activity that raises ValueError says that its order contradicts the books of its bureau, which retrying
does not change; the same holds where the bureau refuses an order that its papers do not support. A store or
a worker that is down is waited for without limit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import MORE_OFFICERS, ORDER_REFUSED
    from models.messages.arrangements import Officers
    from models.messages.progress import Fault
    from models.messages.stages import Event, Party
    from workflows.case.permissions import Refused
    from workflows.case.state import CaseState
    from workflows.waiting import wait_for_condition

Done = TypeVar("Done")
Reason = tuple[str, str]
"""English and Chinese; the Chinese is empty where the bureau's program gives English only."""

IN_ITS_OWN_WORDS = ("ValueError", "NotVerified")
"""Those of the types below whose message says plainly what is wrong, and names no person."""
CONTRADICTIONS = (
    *IN_ITS_OWN_WORDS,
    "ValidationError",
    "AssertionError",
    "IntegrityError",
    "ChoiceMissing",
    "MissingRates",
    "OutOfScope",
    "UnusableHistory",
    "WrongFormField",
)
"""The errors an activity raises when a request contradicts its books. The engine knows an error only by its
name: every kind of ValueError has to be listed here."""
TIMES = 5
"""After so many equal failures in a row a step counts as one that cannot be done."""
PAUSE = timedelta(seconds=1)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(days=1)
"""The step is tried again after a minute, then after twice as long each time: it may have been repaired."""


class StepGivenUp(Refused):
    """A step that cannot be done is given up, because the province has ruled."""


class Faults:
    """Decides when a step that failed is asked for again, and shows that the case cannot go on meanwhile.

    The province owns such a case: no bureau is charged for its days, and a ruling can always end it.
    """

    def __init__(self, state: CaseState) -> None:
        self.state = state
        self.ruled: Callable[[], bool] = lambda: False
        """Whether a ruling waits for the procedure to stop."""
        self.under_ruling: Callable[[], bool] = lambda: False
        """Whether a ruling is being carried out."""

    async def done(
        self,
        party: Party,
        step: str,
        attempt: Callable[[], Awaitable[Done]],
        shielded: "Collection[asyncio.Task[Any]]",
    ) -> Done:
        """The result of a step, asked for until its bureau has done it; `shielded` are tasks not cancelled.

        Raises StepGivenUp when it cannot be done and the province has ruled.
        """
        failures = 0
        while True:
            try:
                given = await attempt()
            except ActivityError as failed:
                if (why := contradiction_of(failed)) is None:
                    raise
                failures += 1
                await self._pause_after(failures, party, step, why, asyncio.current_task() in shielded)
            else:
                self._clear_fault(step)
                return given

    async def _pause_after(self, failures: int, party: Party, step: str, why: Reason, shielded: bool) -> None:
        """Pause before a step that has failed so many times is asked for again.

        Raises StepGivenUp when a ruling has been made; a step that is not shielded is cancelled then.
        """
        if failures < TIMES:
            await workflow.sleep(PAUSE)
            return
        if self.under_ruling():
            raise _given_up(step, why)
        self._enter(party, step, why)
        pause = min(SHORTEST_PAUSE * 2 ** (failures - TIMES), LONGEST_PAUSE)
        if not await wait_for_condition(self.ruled, pause, "before a failed step is tried again"):
            return
        if shielded:
            raise _given_up(step, why)
        await workflow.wait_condition(self.under_ruling)
        raise _given_up(step, why)

    def _clear_fault(self, step: str) -> None:
        """Remove the fault: its step was done after all."""
        if self.state.fault is not None and self.state.fault.step == step:
            self.state.note(self.state.fault.party, Event.GOES_ON_AGAIN, step)
            self.clear()

    def clear(self) -> None:
        """Show again the stage of the case's procedure."""
        if self.state.fault is not None:
            self.state.fault = None
            self.state.assign_step(self.state.waiting_on, workflow.now())

    def _enter(self, party: Party, step: str, why: Reason) -> None:
        if self.state.fault is not None and self.state.fault.step == step:
            return
        en, zh = why
        self.state.fault = Fault(step=step, party=party, reason=en, reason_zh=zh, since=workflow.now())
        self.state.note(party, Event.CANNOT_GO_ON, step, detail=en, detail_zh=zh)
        self.state.assign_step(self.state.waiting_on, workflow.now())


def gave_up(procedure: "asyncio.Task[Any]") -> bool:
    """Whether a procedure has ended because a ruling was made on a step that could not be done."""
    return not procedure.cancelled() and isinstance(procedure.exception(), StepGivenUp)


def more_officers_of(failed: ActivityError) -> Officers | None:
    """How many officers a bureau has arranged for, if it has refused an order because they are too few."""
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.type == MORE_OFFICERS:
        return Officers(cause.details[1])
    return None


def refusal_of(failed: ActivityError) -> Reason | None:
    """Why a bureau has refused an order that its papers do not support; None for other failures."""
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.type == ORDER_REFUSED:
        return cause.message, str(*cause.details[:1])
    return None


def contradiction_of(failed: ActivityError) -> Reason | None:
    """Why a step cannot be done, by its bureau, without personal data; None for other failures."""
    if (said := refusal_of(failed)) is not None:
        return said[0].rstrip("."), said[1].rstrip("。")
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.type in CONTRADICTIONS:
        en = cause.message if cause.type in IN_ITS_OWN_WORDS else cause.type
        return en, "该环节与该机构账目不符，详情见系统日志"
    return None


def _given_up(step: str, why: Reason) -> StepGivenUp:
    en, zh = why
    return StepGivenUp(
        f"The step '{step}' cannot be done: {en}.",
        f"环节“{step}”无法办理：{zh}。",
    )
