"""How the workflows of a rate have a step done: at a bureau, or at the province."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ACCEPT_ORDER, ActivityContract, Request, Result
    from models.officers.orders import OfficersOrder, OrderToAccept
    from models.rates.messages import RateRefusal
    from rules.values.officers import Right
    from workflows.faults import refusal_of
    from workflows.identifiers import PLATFORM_QUEUE, bureau_queue
    from workflows.refusals import update_refused_for
    from workflows.steps import run_step
    from workflows.waiting import wait_for_condition


FIRST_PAUSE, LONGEST_PAUSE = timedelta(days=1), timedelta(days=7)
"""Between a bureau's refusal and the next time it is asked: each twice as long as the one before."""
PROVINCE = ""
"""In place of a bureau's key: the province itself."""


class GivenUp(Exception):
    """A step that a bureau refuses is asked for no more: an officer has said so."""


class RateSteps:
    """Has the steps of one publication or settlement done, and remembers what a bureau refuses meanwhile."""

    def __init__(self) -> None:
        self._refused: dict[str, RateRefusal] = {}
        self._said = 0
        self._given_up = False

    @property
    def refused(self) -> tuple[RateRefusal, ...]:
        """What is refused now, by each bureau."""
        return tuple(self._refused.values())

    def ask_again(self) -> None:
        """Ask every bureau that refuses now, without waiting for its day."""
        self._said += 1

    def give_up(self) -> None:
        """Ask for nothing more that a bureau refuses."""
        self._given_up = True

    async def run_at(self, bureau: str, step: ActivityContract[Request, Result], asked: Request) -> Result:
        """Have a step done, retried until it is; a bureau without a worker is waited for.

        A bureau that refuses is asked again after a day, then after twice as long each time up to a week, and
        whenever an officer says so; after `give_up` no more, which raises GivenUp. A forged answer is noted
        in the log: the step is asked for again.
        """
        result = await self.run_unless(bureau, step, asked)
        assert result is not None
        return result

    async def run_unless(
        self,
        bureau: str,
        step: ActivityContract[Request, Result],
        asked: Request,
        needless: Callable[[], Awaitable[bool]] | None = None,
    ) -> Result | None:
        """The same; None where a bureau has refused and the step has become `needless` since."""

        def noted(en: str, zh: str) -> None:
            workflow.logger.warning("%s at %s: %s", step.name, bureau or "province", en)

        queue, pause = bureau_queue(bureau) if bureau else PLATFORM_QUEUE, FIRST_PAUSE
        while True:
            try:
                given = await run_step(step, asked, queue, bureau or "province", noted)
            except ActivityError as failed:
                if (said := refusal_of(failed)) is None:
                    raise
                noted(*said)
            else:
                self._refused.pop(bureau, None)
                return given
            await self._pause(bureau, said, pause)
            if self._given_up:
                del self._refused[bureau]
                raise GivenUp
            pause = min(2 * pause, LONGEST_PAUSE)
            if needless is not None and await needless():
                del self._refused[bureau]
                return None

    async def _pause(self, bureau: str, said: tuple[str, str], pause: timedelta) -> None:
        """Wait until a bureau that has refused is asked again."""
        now, before = workflow.now(), self._said
        self._refused[bureau] = RateRefusal(
            bureau=bureau, en=said[0], zh=said[1], refused_at=now, asked_again_at=now + pause
        )
        await wait_for_condition(
            lambda: self._given_up or self._said > before, pause, "before a bureau is asked again"
        )


async def require_accepted(steps: RateSteps, order: OfficersOrder | None, digest: str) -> None:
    """Have the province verify and file an officer's order about a rate; `digest` is that of what is ordered.

    Raises ApplicationError when the province refuses it.
    """
    answer = await steps.run_at(
        PROVINCE, ACCEPT_ORDER, OrderToAccept(order=order, right=Right.PUBLISH_RATE, digest=digest)
    )
    if answer.refusals:
        raise update_refused_for(answer.refusals)
