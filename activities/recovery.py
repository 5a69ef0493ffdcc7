"""A bureau's store that was set back: what it had done since is done again, at the instants of then.

Each step answers from its papers where they are on file, and is carried out where they are not. Its instant
is that of the first time, and steps are done in the order in which they were answered, so papers, postings
and months come out as they were, and agree with what the other bureau has received.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from temporalio.testing import ActivityEnvironment

from activities import contracts
from activities.contracts import (
    CHANGE_ROSTER,
    IMPORT_STATEMENT,
    KEEP_EVIDENCE,
    MOVE_UNALLOCATED,
    SEED_ACCOUNTS,
    ActivityContract,
)

CONTRACTS = {one.name: one for one in vars(contracts).values() if isinstance(one, ActivityContract)}
"""Every contract by the name of its activity."""

ENTERED_BY_DESKS = {
    one.name for one in (SEED_ACCOUNTS, IMPORT_STATEMENT, MOVE_UNALLOCATED, CHANGE_ROSTER, KEEP_EVIDENCE)
}
"""What desks ask a bureau for that leaves something in its store."""


class AskedBefore(Protocol):
    """One order that the bureau has answered, as the engine remembers it."""

    @property
    def step(self) -> str: ...
    @property
    def case(self) -> str: ...
    @property
    def request(self) -> bytes: ...
    @property
    def answer(self) -> bytes: ...
    @property
    def started_at(self) -> datetime: ...


@dataclass(slots=True)
class Recovered:
    """How many steps were done again or found done, and those that came out otherwise than then.

    `otherwise` names a step, its case and the instant, and nothing personal.
    """

    steps: int = 0
    otherwise: list[str] = field(default_factory=list)


async def do_again(asked: Iterable[AskedBefore], methods: Iterable[Callable[..., Any]]) -> Recovered:
    """Do everything again that a bureau has answered, in the order given, by its own activities."""
    by_step = {method.__name__: method for method in methods}
    recovered = Recovered()
    for one in asked:
        if one.step not in by_step or not (one.case or one.step in ENTERED_BY_DESKS):
            continue
        recovered.steps += 1
        try:
            alike = await _done_alike(one, by_step[one.step])
        except (ValueError, LookupError, RuntimeError):
            # The step contradicts what is in the store now: something is missing that nobody remembers.
            alike = False
        if not alike:
            recovered.otherwise.append(
                f"{one.step} {one.case} {one.started_at.isoformat(timespec='seconds')}"
            )
    return recovered


async def _done_alike(one: AskedBefore, method: Callable[..., Any]) -> bool:
    """Whether a step, done again, gives the answer that it gave then. A desk's answer is not known."""
    contract = CONTRACTS[one.step]
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=_instant_of(one), activity_type=one.step)
    given = await environment.run(method, contract.takes.model_validate_json(one.request))
    return not one.answer or given == contract.gives.model_validate_json(one.answer)


def _instant_of(one: AskedBefore) -> datetime:
    """When the step was done: the beginning of its attempt, or of an earlier one that nobody heard of."""
    instants = sorted(_instants(json.loads(one.answer))) if one.answer else []
    return instants[-1] if instants and instants[-1] < one.started_at else one.started_at


def _instants(answer: Any) -> Iterator[datetime]:
    """Every `started_at` in an answer."""
    if isinstance(answer, dict):
        if isinstance(began := answer.get("started_at"), str):
            yield datetime.fromisoformat(began)
        for part in answer.values():
            yield from _instants(part)
    elif isinstance(answer, list):
        for part in answer:
            yield from _instants(part)
