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
    from workflows.faults import contradiction_of
    from workflows.identifiers import PLATFORM_QUEUE, bureau_queue
    from workflows.refusals import update_refused, update_refused_for
    from workflows.steps import UNLESS_IT_CANNOT_BE_DONE, run_step
    from workflows.waiting import wait_for_condition


FIRST_PAUSE, LONGEST_PAUSE = timedelta(days=1), timedelta(days=7)
"""Between a bureau's refusal and the next time it is asked: each twice as long as the one before."""
PROVINCE = ""
"""In place of a bureau's key: the province itself."""


class CannotBeDone(Exception):
    """A step contradicts the books of who was asked for it, or is refused by them: a sentence in each
    language."""

    def __init__(self, en: str, zh: str) -> None:
        self.en, self.zh = en, zh
        super().__init__(en)


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
        whenever an officer says so; after `give_up` no more, which raises GivenUp.
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

        pause = FIRST_PAUSE
        while True:
            try:
                given = await self.attempt(bureau, step, asked)
            except CannotBeDone as refused:
                why = refused
            else:
                self._refused.pop(bureau, None)
                return given
            await self._pause(bureau, why, pause)
            if self._given_up:
                del self._refused[bureau]
                raise GivenUp
            pause = min(2 * pause, LONGEST_PAUSE)
            if needless is not None and await needless():
                del self._refused[bureau]
                return None

    async def attempt(self, bureau: str, step: ActivityContract[Request, Result], asked: Request) -> Result:
        """Have a step done, retried until it is. Raises CannotBeDone where no patience helps.

        A forged answer is noted in the log: the step is asked for again.
        """

        def noted(en: str, zh: str) -> None:
            workflow.logger.warning("%s at %s: %s", step.name, by, en)

        queue, by = bureau_queue(bureau) if bureau else PLATFORM_QUEUE, bureau or "province"
        try:
            return await run_step(step, asked, queue, by, noted, UNLESS_IT_CANNOT_BE_DONE)
        except ActivityError as failed:
            if (why := contradiction_of(failed)) is None:
                raise
            en, zh = why
            noted(en, zh)
            raise CannotBeDone(f"{en}.", f"{zh}。") from None

    async def _pause(self, bureau: str, why: CannotBeDone, pause: timedelta) -> None:
        """Wait until a bureau that has refused is asked again."""
        now, before = workflow.now(), self._said
        self._refused[bureau] = RateRefusal(
            bureau=bureau, en=why.en, zh=why.zh, refused_at=now, asked_again_at=now + pause
        )
        await wait_for_condition(
            lambda: self._given_up or self._said > before, pause, "before a bureau is asked again"
        )


async def require_accepted(steps: RateSteps, order: OfficersOrder | None, digest: str) -> None:
    """Have the province verify and file an officer's order about a rate; `digest` is that of what is ordered.

    Raises ApplicationError when the province refuses it.
    """
    asked = OrderToAccept(order=order, right=Right.PUBLISH_RATE, digest=digest)
    try:
        answer = await steps.attempt(PROVINCE, ACCEPT_ORDER, asked)
    except CannotBeDone as why:
        raise update_refused(why.en, why.zh) from None
    if answer.refusals:
        raise update_refused_for(answer.refusals)
