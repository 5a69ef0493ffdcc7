"""How the workflows of a rate have a step done: at a bureau, or at the province."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ActivityContract, Request, Result
    from models.rates.messages import RateRefusal
    from workflows.steps import CannotBeDone, step_outside_cases
    from workflows.waiting import wait_for_condition


FIRST_PAUSE, LONGEST_PAUSE = timedelta(days=1), timedelta(days=7)
"""The pauses between a bureau's refusal and the next request: each twice as long as the one before."""


class GivenUp(Exception):
    """A step that a bureau refuses is no longer asked for, by an officer's order."""


class RateSteps:
    """Has the steps of one publication or settlement done, and remembers the bureaus' refusals meanwhile."""

    def __init__(self) -> None:
        self._refused: dict[str, RateRefusal] = {}
        self._said = 0
        self._given_up = False

    @property
    def refused(self) -> tuple[RateRefusal, ...]:
        """The present refusals, by bureau."""
        return tuple(self._refused.values())

    def ask_again(self) -> None:
        """Ask every bureau that refuses now, without waiting for its day."""
        self._said += 1

    def give_up(self) -> None:
        """Stop asking for the steps that a bureau refuses."""
        self._given_up = True

    async def run_at(self, bureau: str, step: ActivityContract[Request, Result], asked: Request) -> Result:
        """Have a step done, retried until it is; a bureau without a worker is waited for.

        A bureau that refuses is asked again after a day, then after twice as long each time up to a week, and
        whenever an officer says so; after `give_up` it raises GivenUp instead.
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
        """As `run_at`; None where a bureau has refused and the step has become `needless` since."""

        pause = FIRST_PAUSE
        while True:
            try:
                given = await step_outside_cases(bureau, step, asked)
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

    async def _pause(self, bureau: str, why: CannotBeDone, pause: timedelta) -> None:
        """Wait until a bureau that has refused is asked again."""
        now, before = workflow.now(), self._said
        self._refused[bureau] = RateRefusal(
            bureau=bureau, en=why.en, zh=why.zh, refused_at=now, asked_again_at=now + pause
        )
        await wait_for_condition(
            lambda: self._given_up or self._said > before, pause, "before a bureau is asked again"
        )
