"""Recovers a store that was set back: lost steps are done again, at the instants of their first time.

They are steps of its bureau, or of the province. A step answers from its papers where they are on file, and
is carried out where they are not. The order in which steps that ran side by side were entered is found by
trying: a paper that states the head of the chain (`models.messages.papers.Anchor`) comes out unchanged only
in the original order. So papers, postings, months and the chain come out as they were, and agree again with
what other bureaus hold.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy.exc import IntegrityError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import contracts
from activities.contracts import ActivityContract
from activities.recovery.provisional_store import ProvisionalStore, provisional
from models.messages.bank_statement import FundsStatus
from models.messages.calendar import CalendarFiling
from models.store.chain import entered_after, head_of, last_entered_at
from models.store.store import Store

CONTRACTS = {one.name: one for one in vars(contracts).values() if isinstance(one, ActivityContract)}
"""Every contract by the name of its activity."""

ENTERED_BY_DESKS = {
    one.name
    for one in (
        contracts.ACCEPT_ORDER,
        contracts.CHANGE_ROSTER,
        contracts.IMPORT_STATEMENT,
        contracts.KEEP_EVIDENCE,
        contracts.MOVE_UNALLOCATED,
        contracts.RECORD_DELIVERY,
        contracts.SEED_ACCOUNTS,
    )
}
"""The steps by which desks have a bureau or the province enter something."""

ENTERED_AT_PROVINCE = {
    one.name
    for one in (
        contracts.ACCEPT_ORDER,
        contracts.CHANGE_ROSTER,
        contracts.ENTER_OUTGOING,
        contracts.FILE_RULING,
        contracts.OPEN_PROVINCE_FILE,
        contracts.PUBLISH_NOTICE,
        contracts.PUBLISH_RATE,
        contracts.USE_RULING_NUMBER,
        contracts.VOUCH,
    )
}
"""The steps that enter something in the province's store; most of the platform's steps only compute."""

QUESTIONS = {
    one.name
    for one in (
        contracts.CHECK_REOPENING,
        contracts.CHECK_REVERSAL,
        contracts.CHECK_TAKEN_IN,
        contracts.FIND_PROVISIONAL_FORMS,
        contracts.RECONCILE,
    )
}
"""The steps by which cases ask a bureau something and that enter nothing."""

RECOVERED_BEFORE = timedelta(days=1)
"""Steps are looked at from this long before a store's last entry; steps that are on file change nothing."""
MOST_OUT_OF_TURN = 6
"""How far from the order of their answers steps are tried, before an order is given up."""
MOST_LINKS = 8
"""The most links that a step may enter before the paper that it answers with."""
MOST_TRIALS = 3_000
"""The most steps tried between one anchor and the next."""
NOT_AS_THEN = (ValueError, LookupError, RuntimeError, ApplicationError, IntegrityError)
"""The errors of a step when what it rests on is missing in the store."""

Steps = Sequence[Callable[..., Any]]
StepsOn = Callable[[Store], Steps]


class AskedBefore(Protocol):
    """One order that the bureau has answered, as the engine has kept it."""

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
    @property
    def answered_at(self) -> datetime: ...


@dataclass(slots=True)
class Recovered:
    """The result: how many steps were looked at, how many of them entered what was missing, and which
    came out differently.

    `otherwise` names a step, its case and the instant. `ahead` has what was entered after everything that the
    engine has kept, by case ('' for none): kinds of papers and steps of postings. Nothing is personal.
    """

    steps: int = 0
    missing: int = 0
    otherwise: list[str] = field(default_factory=list)
    ahead: dict[str, list[str]] = field(default_factory=dict)


async def looked_at_since(store: Store) -> datetime:
    """The instant from which on answers may be missing in the store."""
    async with store.reading() as session:
        last = await last_entered_at(session)
    return last - RECOVERED_BEFORE if last else datetime.fromtimestamp(0, UTC)


async def do_again(store: Store, asked: Iterable[AskedBefore], steps_on: StepsOn) -> Recovered:
    """Do every answered step again, by the steps that `steps_on` makes on a store.

    `asked` is in the order of the answers, of a bureau or of the province. Missing steps are kept part by
    part, each up to a paper that states the head of the chain and has come out unchanged.
    """
    recovery = _Recovery(store, steps_on)
    known = list(asked)
    steps = [_Step.of(one) for one in known if _leaves_something(one)]
    async with store.reading() as session:
        last = (await head_of(session)).link
    missing = [step.after(last) for step in steps if not await recovery.is_done(step)]
    recovered = Recovered(len(steps))
    if known:
        async with store.reading() as session:
            recovered.ahead = await entered_after(session, known[-1].answered_at)
    in_order = any(step.anchor is not None for step in steps)
    while missing:
        left = await recovery.up_to_anchor(missing) if in_order else None
        if left is None:
            # A missing step is known to nobody. The rest is done in the order of the answers, and named.
            in_order = False
            first, *left = missing
            if not await recovery.in_turn(first):
                recovered.otherwise.append(first.name)
        missing = left
    recovered.missing = len(recovery.entered)
    return recovered


def _leaves_something(one: AskedBefore) -> bool:
    return one.step not in QUESTIONS and (bool(one.case) or one.step in ENTERED_BY_DESKS)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """A step as it was done: its order, its answer, and the time within which it was done.

    `anchor` is the link of the chain after which the last paper in its answer was filed; None where no paper
    says so.
    """

    asked: AskedBefore
    began: datetime
    ended: datetime
    anchor: int | None

    @classmethod
    def of(cls, one: AskedBefore) -> "_Step":
        answer = json.loads(one.answer) if one.answer else None
        # An earlier attempt may have done it without its answer arriving.
        before = [
            at for at in map(datetime.fromisoformat, found_in(answer, "started_at")) if at < one.started_at
        ]
        anchor = max((anchor["link"] for anchor in found_in(answer, "anchor")), default=None)
        return cls(one, max(before, default=one.started_at), one.answered_at, anchor)

    def after(self, last: int) -> "_Step":
        """The same step, without its anchor if its paper is on file already, at or before the last link."""
        return self if self.anchor is None or self.anchor >= last else replace(self, anchor=None)

    @property
    def name(self) -> str:
        return f"{self.asked.step} {self.asked.case} {self.asked.started_at.isoformat(timespec='seconds')}"


def found_in(answer: Any, name: str) -> Iterator[Any]:
    """Every value under a name in an answer."""
    if isinstance(answer, dict):
        if answer.get(name) is not None:
            yield answer[name]
        for part in answer.values():
            yield from found_in(part, name)
    elif isinstance(answer, list):
        for part in answer:
            yield from found_in(part, name)


class _Recovery:
    """Does steps again on one store, on trial until their order is known."""

    def __init__(self, store: Store, steps_on: StepsOn) -> None:
        self.store = store
        self.steps_on = steps_on
        self.trials = 0
        self.entered: set[_Step] = set()
        """The steps that were missing. A desk's has its turn on a whole store, too, and enters nothing."""

    async def is_done(self, step: _Step) -> bool:
        """Whether a step finds its papers on file and gives its original answer; else it leaves no trace.

        The answers that desks received are not known, so their steps are done in turn with the others.
        """
        if not step.asked.answer:
            return False
        async with provisional(self.store) as trial, trial.part() as part:
            before = await trial.head()
            done = await self._alike(step, trial) and await trial.head() == before
            if not done:
                await part.rollback()
        return done

    async def in_turn(self, step: _Step) -> bool:
        """Do one step; returns whether it gave its original answer. A step that fails leaves no trace."""
        async with provisional(self.store) as trial, trial.part() as part:
            before = await trial.head()
            try:
                alike = await _done_alike(step, self.steps_on(trial))
            except NOT_AS_THEN:
                await part.rollback()
                return False
            if await trial.head() != before:
                self.entered.add(step)
            return alike

    async def up_to_anchor(self, missing: list[_Step]) -> list[_Step] | None:
        """Do steps again up to the next anchor; returns those left, None when no order leads to it."""
        self.trials = 0
        async with provisional(self.store) as trial:
            head = await trial.head()
            if len(_may_be_next(missing, head.link)) == 1:
                return await self._then(trial, missing[0], missing[1:], None)
            for out_of_turn in range(MOST_OUT_OF_TURN + 1):
                left = await self._onward(trial, missing, out_of_turn)
                if left is not None:
                    return left
        return None

    async def _onward(
        self, trial: ProvisionalStore, missing: list[_Step], out_of_turn: int
    ) -> list[_Step] | None:
        """The same from a further step on; `out_of_turn` says how many may still be passed over."""
        if not missing:
            return []
        head = await trial.head()
        for passed, step in enumerate(_may_be_next(missing, head.link)[: out_of_turn + 1]):
            if self.trials < MOST_TRIALS:
                left = [other for other in missing if other is not step]
                found = await self._then(trial, step, left, out_of_turn - passed)
                if found is not None:
                    return found
        return None

    async def _then(
        self, trial: ProvisionalStore, step: _Step, left: list[_Step], out_of_turn: int | None
    ) -> list[_Step] | None:
        """Do one step, and others up to the next anchor unless `out_of_turn` is None; returns what is left.

        Returns None, and leaves no trace, when the step or what follows does not come out as it was.
        """
        self.trials += 1
        async with trial.part() as part:
            before = await trial.head()
            if await self._alike(step, trial):
                found: list[_Step] | None = left
                entered = await trial.head() != before
                if out_of_turn is not None and step.anchor is None:
                    found = await self._onward(trial, left, out_of_turn)
                if found is not None:
                    self.entered |= {step} if entered else set()
                    return found
            await part.rollback()
        return None

    async def _alike(self, step: _Step, trial: ProvisionalStore) -> bool:
        try:
            # New objects each time: a step that was taken back may have left a roster cached in them.
            return await _done_alike(step, self.steps_on(trial))
        except NOT_AS_THEN:
            return False


def _may_be_next(missing: list[_Step], head: int) -> list[_Step]:
    """The steps that may have been the first of these: no other one ended before they began.

    A step whose paper was filed after the chain's present head comes first; last come steps whose paper was
    filed so much later that others must have come before. Empty when the place of a paper is past.
    """
    if any(one.anchor is not None and one.anchor < head for one in missing):
        return []

    def turn(step: _Step) -> int:
        before = 1 if step.anchor is None else step.anchor - head
        return 0 if before == 0 else 1 if before <= MOST_LINKS else 2

    return sorted((one for one in missing if one.began <= missing[0].ended), key=turn)


async def _done_alike(step: _Step, steps: Steps) -> bool:
    """Whether a step, done again, gives its original answer.

    Not compared are a desk's answer, which is not known, how much of a remittance had come by then, and the
    calendar of that time.
    """
    one = step.asked
    (method,) = (each for each in steps if each.__name__ == one.step)
    contract = CONTRACTS[one.step]
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=step.began, activity_type=one.step)
    given = await environment.run(method, contract.takes.model_validate_json(one.request))
    if not one.answer:
        return True
    answered = contract.gives.model_validate_json(one.answer)
    if isinstance(answered, FundsStatus) and answered.in_since is None:
        return True
    return bool(_without_calendar(given) == _without_calendar(answered))


def _without_calendar(answer: Any) -> Any:
    """The filing of a notice, without the version of the calendar that results from it."""
    if isinstance(answer, CalendarFiling) and answer.filed is not None:
        return answer.model_copy(update={"filed": answer.filed.model_copy(update={"version": ""})})
    return answer
