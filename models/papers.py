"""The official papers of a transfer, as they cross from one bureau to the other. Money in fen."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from models.application import TransferApplication
from models.stages import Event, Party, Stage
from rules.findings import Finding, MissingPaper, Refusal
from rules.law import Law
from rules.money import Fen
from rules.months import Month
from rules.record import AmountLines, ContributionRange, YearLine
from rules.schemes import Scheme


class Paper(BaseModel):
    """A paper once drawn up is never altered; a correction is a further version."""

    # Values stay out of error texts, which end in logs and histories.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ContributionCertificate(Paper):
    """《参保缴费凭证》, by the transfer-out bureau (吉社保〔2020〕6号第七条第一项)."""

    number: str
    case_no: str
    bureau: str
    scheme: Scheme
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    registered_home: str
    insured_from: Month | None
    insured_to: Month | None
    months_paid: int
    account_balance: Fen
    """The individual account as it stands in the books, in fen; interest of the running year not included."""
    issued_on: date


class ContactLetter(Paper):
    """《基本养老保险关系转移接续联系函》, by the transfer-in bureau (第七条第三项)."""

    number: str
    case_no: str
    bureau_in: str
    bureau_out: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    scheme_from: Scheme
    scheme_to: Scheme
    certificate: str
    sent_on: date


class InformationForm(Paper):
    """《基本养老保险关系转移接续信息表》, by the transfer-out bureau (第七条第一项)."""

    number: str
    case_no: str
    version: int
    bureau_out: str
    bureau_in: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    scheme_from: Scheme
    scheme_to: Scheme
    record: tuple[ContributionRange, ...]
    years: tuple[YearLine, ...]
    lines: AmountLines
    months: int
    adjusted_record_balance: Fen
    provisional_rate_years: tuple[int, ...]
    findings: tuple[Finding, ...]
    drawn_up_on: date


class Remittance(Paper):
    """Funds on their way (基金划转), and with them the end of the relationship (第七条第一项)."""

    number: str
    case_no: str
    bureau_out: str
    bureau_in: str
    information_form: str
    individual: Fen
    pooled: Fen
    sent_on: date
    sent_at: datetime
    """When the deed was taken up at the bureau: a platform that is down makes nobody late."""
    relationship_ended_on: date

    @property
    def total(self) -> Fen:
        """What arrives in one sum, in fen."""
        return Fen(self.individual + self.pooled)


class Difference(Paper):
    """One thing in which two papers, or a paper and the money, disagree."""

    field: str
    expected: str
    found: str


class Reconciliation(Paper):
    """Whether information and funds agree to the fen (第七条第二项、第三项)."""

    differences: tuple[Difference, ...]
    law: Law

    @property
    def agreed(self) -> bool:
        return not self.differences


class ResultNotice(Paper):
    """What the applicant is told at the end (第七条第三项) or on refusal (第六条), all of it at once."""

    number: str
    case_no: str
    accepted: bool
    refusals: tuple[Refusal, ...] = ()
    missing: tuple[MissingPaper, ...] = ()
    individual: Fen = Field(default=Fen(0))
    pooled: Fen = Field(default=Fen(0))
    months: int = 0
    duplicate_months: tuple[Month, ...] = ()
    told_on: date
    told_at: datetime


class ClockReading(Paper):
    """A statutory clock as it stands. `due_at` is the instant the last day ends."""

    clock: str
    owed_by: Party
    law: Law
    working_days: int
    received_on: date
    due_on: date
    due_at: datetime
    provisional: bool
    earliest: date
    latest: date
    calendar: str
    stopped_at: datetime | None = None
    overdue: bool = False


class JournalEntry(Paper):
    """One line of a case's journal: when, who, what, on which paper."""

    at: datetime
    party: Party
    event: Event
    paper: str | None = None


class Dossier(Paper):
    """The full file of a case (案卷): every paper, every clock, the journal."""

    case_no: str
    outcome: Stage
    application: TransferApplication
    certificate: ContributionCertificate | None
    contact_letter: ContactLetter | None
    information_form: InformationForm | None
    remittance: Remittance | None
    reconciliation: Reconciliation | None
    notice: ResultNotice
    clocks: tuple[ClockReading, ...]
    journal: tuple[JournalEntry, ...]
