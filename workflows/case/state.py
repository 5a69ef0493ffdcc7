"""The state of a case: its papers, its journal, where it stands, and which part writes each field."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.bank_statement import AwaitedFunds
    from models.messages.clocks import ClockPause, ClockReading, DutySpan
    from models.messages.disputes import HoldRecord
    from models.messages.dossier import JournalEntry
    from models.messages.duplicates import ClearedDuplicates, DuplicateNotice
    from models.messages.papers import (
        EntryPaper,
        InformationForm,
        Reconciliation,
        Remittance,
        ResultNotice,
    )
    from models.messages.progress import Fault
    from models.messages.requests import Certification, Choice
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import (
        ArrearsPayment,
        CaseOrder,
        CasePapers,
        CertificateAnswer,
        LetterRegistration,
        RecordCompletion,
        Review,
        TakenIn,
        WrittenNotice,
    )
    from models.officers.vouching import SealedAct, key_of
    from rules.values.bounds import REFUSALS
    from rules.values.charged_days import PromptDuty, StepOwner
    from rules.values.law import MissingPaper, Refusal
    from rules.values.money import NO_MONEY, Fen

OTHERS = (
    "further messages of other kinds; nothing was done",
    "其他各类消息，未作处理",
)


@dataclass
class CaseState:
    """The papers of a case in the order they come in, its journal, and where it stands.

    Every part of the case reads all of it. Each field is written by the one module named above it, which
    `tests/workflows/test_state_owners.py` checks.
    """

    # Written by workflows.case.acceptance:
    order: CaseOrder
    review: Review | None = None
    certificate: CertificateAnswer | None = None
    entry: EntryPaper | None = None
    registration: LetterRegistration | None = None
    certifications: list[Certification] = field(default_factory=list)
    """The certifications of service that came while the case was under way."""

    # Written by workflows.corrections.record_completions:
    completions: list[RecordCompletion] = field(default_factory=list)
    """Records that a bureau has completed before the form, or confirmed."""

    # Written by workflows.months.arrears:
    arrears_payments: list[ArrearsPayment] = field(default_factory=list)

    # Written by workflows.months.left_behind:
    written_notice: WrittenNotice | None = None

    # Written by workflows.case.context:
    position: tuple[Stage, Party] = (Stage.APPLICATION_RECEIVED, Party.TRANSFER_IN)
    """The stage that the transfer itself has reached, and the party that owes the next step."""
    notice: ResultNotice | None = None
    """The latest notice to the applicant."""
    earlier_notices: list[ResultNotice] = field(default_factory=list)

    # Written by workflows.faults:
    fault: Fault | None = None
    """Why the case cannot go on; None while it can."""

    # Written by workflows.corrections.reopening:
    clocks_before: tuple[ClockReading, ...] = ()
    """The clocks of a reopened case as they stood when it was closed."""

    # Written by workflows.case.disputes:
    dispute: tuple[Stage, Party] | None = None
    """The position in a dispute; while there is one, it replaces `position`."""

    # Written by workflows.corrections.holds:
    held: tuple[Stage, Party] | None = None
    """The position while the case is on hold; it then replaces `position`."""
    holds: list[HoldRecord] = field(default_factory=list)
    """Every time on hold, the latest last."""

    # Written by workflows.case.exchange:
    forms: list[InformationForm] = field(default_factory=list)
    """Every version of the information form, the latest last."""
    remittances: list[Remittance] = field(default_factory=list)
    """Every movement of money, in either direction."""
    arrived: list[int] = field(default_factory=list)
    """The sequence numbers of the movements that have arrived."""
    information_since: datetime | None = None
    """When the latest version delivered reached the transfer-in bureau."""
    funds_since: datetime | None = None
    """When the latest money reached the transfer-in bureau."""
    reconciliation: Reconciliation | None = None
    taken_in: TakenIn | None = None
    """The last posting; None again once it is reversed."""

    # Written by workflows.case.payment_rail:
    awaited_funds: AwaitedFunds | None = None
    """A remittance by the bank that is not complete."""
    bank_references: list[str] = field(default_factory=list)
    """The arrivals on the bank's statement that the case was told of."""

    # Written by workflows.case.duplicate_months:
    offer: DuplicateNotice | None = None
    choice: Choice | None = None
    replaced_offers: int = 0
    """How many notices no longer agreed with the bureau's books."""
    replaced_offer: str = ""
    """The number of the latest of them."""
    clearing: bool = False
    """Whether the clearing of months paid twice has begun: the taking in can no longer change."""
    cleared: ClearedDuplicates | None = None

    # Written by workflows.case.ruling_orders:
    restored: bool = False
    """Whether the transfer-out bureau has restored the relationship that it had ended."""

    # Written by workflows.transfer_case:
    ended_at: datetime | None = None

    # Written by workflows.case.state, by its own methods, which every part calls:
    journal: list[JournalEntry] = field(default_factory=list)
    refusals_at: dict[str, int] = field(default_factory=dict)
    """The journal line of refused messages that are alike in party, paper, sentence and officer."""
    holdings: list[StepOwner[Party]] = field(default_factory=list)
    owed: list[tuple[tuple[Stage, Party], datetime]] = field(default_factory=list)
    """The step owed at present, by whom and since when; before it the one owed last."""
    duties: list[DutySpan] = field(default_factory=list)
    acts: list[SealedAct] = field(default_factory=list)
    """The requests of officers that the case has accepted, each with its seal."""

    def acts_about(self, number: str) -> tuple[SealedAct, ...]:
        """The requests of officers about a paper, a notice or a ruling."""
        return tuple(act for act in self.acts if act.about == number)

    @property
    def stage(self) -> Stage:
        """The stage that the case has reached; in a dispute, that of the dispute."""
        return self._current_position[0]

    @property
    def waiting_on(self) -> Party:
        """The party that owes the next step."""
        return self._current_position[1]

    @property
    def _current_position(self) -> tuple[Stage, Party]:
        """The position on hold, else in a dispute, else that of a step that cannot be done, else in the
        procedure."""
        if beside := self.held or self.dispute:
            return beside
        return (Stage.CANNOT_GO_ON, Party.PROVINCE) if self.fault is not None else self.position

    @property
    def form(self) -> InformationForm | None:
        """The latest version of the information form; None before there is one."""
        return self.forms[-1] if self.forms else None

    @property
    def settled(self) -> bool:
        """Whether the transfer itself is complete: posted, and the person notified of this posting."""
        told_of = self.notice.taken_in if self.notice else ""
        return self.taken_in is not None and self.taken_in.number == told_of

    @property
    def counted_twice(self) -> bool:
        """Whether months taken in are paid twice and not cleared. False where the case cannot go on: then
        nothing but a ruling ends it."""
        twice = self.taken_in is not None and self.taken_in.duplicate_months
        none_left = self.cleared is not None or (self.offer is not None and not self.offer.periods)
        return bool(twice) and not none_left and self.fault is None

    @property
    def sequence(self) -> int:
        """The number of the next movement of money."""
        return len(self.remittances) + 1

    def note(
        self,
        party: Party,
        event: Event,
        paper: str | None = None,
        *,
        detail: str = "",
        detail_zh: str = "",
        officer: str = "",
    ) -> None:
        """Write a line of the journal, at the time of the workflow."""
        act = next(
            (one for one in reversed(self.acts) if officer and one.request["officer"] == officer), None
        )
        self.journal.append(
            JournalEntry(
                at=workflow.now(),
                party=party,
                event=event,
                paper=paper,
                detail=detail,
                detail_zh=detail_zh,
                officer=officer,
                key=key_of(act.request) if act else "",
                demonstration=act.demonstration if act else False,
            )
        )

    def note_refusal(self, party: Party, paper: str | None, said: tuple[str, str], officer: str = "") -> None:
        """Write a line about a refused message, or count it on the line that exists already.

        Any number of messages can be refused; the journal has `REFUSALS` lines for them and one for the rest.
        """
        key = _refusal_key(party, paper, said[0], officer)
        if key not in self.refusals_at and len(self.refusals_at) >= REFUSALS:
            party, paper, said, officer = Party.NOBODY, None, OTHERS, ""
            key = _refusal_key(party, paper, said[0], officer)
        if (at := self.refusals_at.get(key)) is None:
            self.refusals_at[key] = len(self.journal)
            self.note(party, Event.MESSAGE_REFUSED, paper, detail=said[0], detail_zh=said[1], officer=officer)
            return
        line = self.journal[at]
        self.journal[at] = line.model_copy(update={"count": line.count + 1, "last_at": workflow.now()})

    def restore_journal(self, journal: Iterable[JournalEntry], acts: Iterable[SealedAct]) -> None:
        """Continue the journal of a case that is reopened, and the requests of its officers."""
        self.journal = [*journal, *self.journal]
        self.acts = [*acts, *self.acts]

    def keep_act(self, act: SealedAct) -> None:
        """Keep an officer's request while the case accepts it."""
        self.acts.append(act)

    def forget_act(self, act: SealedAct) -> None:
        """Forget a request that the case has refused after all."""
        self.acts.remove(act)

    def assign_step(self, party: Party, since: datetime) -> None:
        """Record which party owes the next step from an instant on, not before the last change."""
        if self.holdings and self.holdings[-1].party is party:
            return
        if self.holdings:
            since = max(since, self.holdings[-1].since)
        self.holdings.append(StepOwner(since, party))

    def on_hold_since(self, anchored_at: datetime) -> tuple[ClockPause, ...]:
        """The times on hold from an instant on: a clock that starts then does not run in them."""
        return tuple(
            ClockPause(since=max(one.since, anchored_at), until=one.until)
            for one in self.holds
            if one.until is None or one.until > anchored_at
        )

    def owe(self, since: datetime) -> None:
        """Record since when the next step is owed. A step owed again at once was owed all the time."""
        duty = (self.stage, self.waiting_on)
        if self.owed and self.owed[-1][0] == duty:
            return
        if len(self.owed) > 1 and self.owed[-2][0] == duty and self.owed[-1][1] == since:
            self.owed.pop()
        else:
            self.owed = [*self.owed[-1:], (duty, since)]

    @property
    def duty_since(self) -> datetime | None:
        """Since when the present step is owed; None before the case has begun."""
        return self.owed[-1][1] if self.owed else None

    def add_duty(self, duty: PromptDuty, since: datetime, until: datetime) -> None:
        """Record how long a duty took that the measures require promptly (及时)."""
        span = DutySpan(duty=duty, since=since, until=until)
        if span not in self.duties:
            self.duties.append(span)

    def refusals(self) -> tuple[Refusal, ...]:
        """Every ground of refusal that either bureau has found so far."""
        answers = (self.review, self.certificate, self.registration)
        return tuple(refusal for answer in answers if answer for refusal in answer.refusals)

    def missing(self) -> tuple[MissingPaper, ...]:
        """Every paper the applicant still has to hand in."""
        return self.review.missing if self.review else ()

    def sent(self) -> tuple[Fen, Fen]:
        """The amounts that have left the transfer-out bureau, less those sent back: individual account and
        pooled fund, in fen."""
        return _net(self.remittances)

    def received(self) -> tuple[Fen, Fen]:
        """The amounts that have arrived at the transfer-in bureau, less those sent back: individual account
        and pooled fund, in fen."""
        here = [one for one in self.remittances if one.purpose.goes_back or one.sequence in self.arrived]
        return _net(here)

    def papers(self) -> CasePapers:
        """The papers that exist so far."""
        order = self.order
        return CasePapers(
            application=order.form(),
            completions=tuple(self.completions),
            certificate=self.certificate.certificate if self.certificate else None,
            entry=self.entry,
            information_forms=tuple(self.forms),
            remittances=tuple(self.remittances),
            notice=self.notice,
            written_notice=self.written_notice,
            arrears_payments=tuple(self.arrears_payments),
            certifications=tuple(self.certifications),
            earlier_notices=tuple(self.earlier_notices),
        )


def _refusal_key(*parts: str | None) -> str:
    return "\n".join(part or "" for part in parts)


def _net(remittances: list[Remittance]) -> tuple[Fen, Fen]:
    individual, pooled = NO_MONEY, NO_MONEY
    for one in remittances:
        sign = -1 if one.purpose.goes_back else 1
        individual = Fen(individual + sign * one.individual)
        pooled = Fen(pooled + sign * one.pooled)
    return individual, pooled
