"""What a case has gathered: its papers, its journal, and where it stands."""

from dataclasses import dataclass, field
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.bank_statement import AwaitedFunds
    from models.messages.clocks import DutySpan
    from models.messages.dossier import JournalEntry
    from models.messages.duplicates import ClearedDuplicates, DuplicateNotice
    from models.messages.papers import EntryPaper, InformationForm, Reconciliation, Remittance, ResultNotice
    from models.messages.requests import Choice
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import (
        CaseOrder,
        CasePapers,
        CertificateAnswer,
        LetterRegistration,
        Review,
        TakenIn,
    )
    from rules.values.charged_days import Holding
    from rules.values.law import MissingPaper, Refusal
    from rules.values.money import NO_MONEY, Fen


@dataclass
class CaseState:
    """The papers of a case in the order they come in. Nothing here decides anything."""

    order: CaseOrder
    position: tuple[Stage, Party] = (Stage.APPLICATION_RECEIVED, Party.TRANSFER_IN)
    """How far the transfer itself has come, and whose the next step is."""
    dispute: tuple[Stage, Party] | None = None
    """The same of a dispute, which covers the procedure while it lasts."""
    review: Review | None = None
    certificate: CertificateAnswer | None = None
    entry: EntryPaper | None = None
    registration: LetterRegistration | None = None
    forms: list[InformationForm] = field(default_factory=list)
    remittances: list[Remittance] = field(default_factory=list)
    """Every movement of money, whichever way."""
    arrived: list[int] = field(default_factory=list)
    """The sequence numbers of the movements that have arrived."""
    awaited_funds: AwaitedFunds | None = None
    """What is on its way by the bank and not all here."""
    bank_references: list[str] = field(default_factory=list)
    """The arrivals of which the bank's statement has told the case."""
    information_since: datetime | None = None
    funds_since: datetime | None = None
    reconciliation: Reconciliation | None = None
    taken_in: TakenIn | None = None
    notice: ResultNotice | None = None
    offer: DuplicateNotice | None = None
    choice: Choice | None = None
    clearing: bool = False
    """Months paid twice are being cleared, or are: what was taken in stands from now on."""
    cleared: ClearedDuplicates | None = None
    restored: bool = False
    ended_at: datetime | None = None
    journal: list[JournalEntry] = field(default_factory=list)
    holdings: list[Holding[Party]] = field(default_factory=list)
    duties: list[DutySpan] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        """What has been reached."""
        return (self.dispute or self.position)[0]

    @property
    def waiting_on(self) -> Party:
        """Whose the next step is."""
        return (self.dispute or self.position)[1]

    @property
    def form(self) -> InformationForm | None:
        """The information form as it stands."""
        return self.forms[-1] if self.forms else None

    @property
    def settled(self) -> bool:
        """The transfer itself is complete: posted, and the person told."""
        told_of = self.notice.taken_in if self.notice else ""
        return self.taken_in is not None and self.taken_in.number == told_of

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
        """Write a line of the journal, at the time of the engine."""
        self.journal.append(
            JournalEntry(
                at=workflow.now(),
                party=party,
                event=event,
                paper=paper,
                detail=detail,
                detail_zh=detail_zh,
                officer=officer,
            )
        )

    def hold(self, party: Party, since: datetime) -> None:
        """From an instant on the next step is this party's; never earlier than the change before it."""
        if self.holdings and self.holdings[-1].party is party:
            return
        if self.holdings:
            since = max(since, self.holdings[-1].since)
        self.holdings.append(Holding(since, party))

    def refusals(self) -> tuple[Refusal, ...]:
        """Every ground found so far, by whichever bureau."""
        answers = (self.review, self.certificate, self.registration)
        return tuple(refusal for answer in answers if answer for refusal in answer.refusals)

    def missing(self) -> tuple[MissingPaper, ...]:
        """Every paper the applicant still has to hand in."""
        return self.review.missing if self.review else ()

    def sent(self) -> tuple[Fen, Fen]:
        """Individual account and pooled fund, in fen: what has left the transfer-out bureau, less what the
        other has sent back."""
        return _net(self.remittances)

    def received(self) -> tuple[Fen, Fen]:
        """The same at the transfer-in bureau: of what came, the part it has not sent back."""
        here = [one for one in self.remittances if one.purpose.goes_back or one.sequence in self.arrived]
        return _net(here)

    def papers(self) -> CasePapers:
        """The papers that exist so far."""
        return CasePapers(
            certificate=self.certificate.certificate if self.certificate else None,
            entry=self.entry,
            information_forms=tuple(self.forms),
            remittances=tuple(self.remittances),
            notice=self.notice,
        )


def _net(remittances: list[Remittance]) -> tuple[Fen, Fen]:
    individual, pooled = NO_MONEY, NO_MONEY
    for one in remittances:
        sign = -1 if one.purpose.goes_back else 1
        individual = Fen(individual + sign * one.individual)
        pooled = Fen(pooled + sign * one.pooled)
    return individual, pooled
