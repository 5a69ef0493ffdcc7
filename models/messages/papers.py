"""The official papers of a transfer, as they cross from one bureau to the other. Money in fen."""

import hashlib
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from models.contacts.bureaus import BureauContact
from models.messages.application import TransferApplication
from models.messages.stages import Stage
from rules.values.law import Finding, Law, MissingPaper, Refusal
from rules.values.money import Fen, Rate
from rules.values.months import Month, months_between
from rules.values.moves import Scheme
from rules.values.record import (
    AccountCredit,
    AmountLines,
    Arrears,
    BaseLine,
    ContributionRange,
    CreditRounding,
    MonthKind,
    MonthsApart,
    Opening,
    RecognisedService,
    YearLine,
)


class Paper(BaseModel):
    """A paper once drawn up is never altered; a correction is a further version."""

    # Values stay out of error texts, which end in logs and histories.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def paper_digest(body: str) -> str:
    """The SHA-256 of a paper as it is kept, the same at the bureau that issued it and the one it reached."""
    return hashlib.sha256(body.encode()).hexdigest()


class Anchor(Paper):
    """The last link of a store's chain as a paper was filed after it: its number and its value."""

    link: int
    chain: str


class Done(Paper):
    """The answer of a step that was done at a bureau."""

    started_at: datetime
    """When the bureau's worker began the step, by the service's clock: an outage of the platform makes nobody
    late, and the waiting time of a closed office is on record."""
    anchor: Anchor | None = None
    """Where the chain of the issuing bureau stood; the store fills it in as it files the paper. Whoever
    receives the paper can check the store against everything filed before it. None on received papers."""


class ApplicationForm(Paper):
    """《养老保险关系转移接续申请表》 as the transfer-in bureau has it; its number is that of the case."""

    number: str
    case_no: str
    application: TransferApplication = Field(repr=False)


class ContributionCertificate(Paper):
    """《参保缴费凭证》, by the transfer-out bureau (吉社保〔2020〕6号第七条第一项).

    Here and on the other papers `number` is the id by which the system names a paper, and `official_number`
    what is printed on it; `agency` is the bureau that draws the paper up, None where the province's file says
    nothing of it.
    """

    number: str
    official_number: str = ""
    agency: BureauContact | None = None
    case_no: str
    bureau: str
    scheme: Scheme
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    registered_home: str
    home_address: str | None = Field(default=None, repr=False)
    personal_number: str | None = Field(default=None, repr=False)
    insured_from: Month | None
    insured_to: Month | None
    months_paid: int
    """The months that move, as the information form will state them."""
    recognised_months: int = 0
    """Months of recognised service (视同缴费年限) beside those paid."""
    account_balance: Fen
    """The individual account that moves, in fen, as of this day: line ④; without interest of this year."""
    months_apart: tuple[MonthsApart, ...] = ()
    balance_apart: Fen = Fen(0)
    """What of the individual account stays, in fen: of those months, or booked beyond what counts."""
    arrears: tuple[Arrears, ...] = ()
    """Months owed by the person or by the unit, with what is owed for them."""
    issued_on: date
    version: int = 1
    """A certificate issued again, after arrears were paid, is a further version."""

    @property
    def months_in_arrears(self) -> int:
        """The months for which the person owes the personal part."""
        return sum(one.months for one in self.months_apart if one.kind is MonthKind.ARREARS)


class ContactLetter(Done):
    """《基本养老保险关系转移接续联系函》, by the transfer-in bureau (第七条第三项).

    The account of `agency` is where the transfer-out bureau is to send the funds.
    """

    number: str
    official_number: str = ""
    agency: BureauContact | None = None
    case_no: str
    bureau_in: str
    bureau_out: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    scheme_from: Scheme
    scheme_to: Scheme
    certificate: str
    certificate_official_number: str = ""
    personal_number: str | None = Field(default=None, repr=False)
    """原个人编号, as the application or the certificate has it."""
    sent_on: date


class FormerEmployersForm(Paper):
    """《机关事业单位辞职辞退等人员基本养老保险关系转移申请表》, at the transfer-out bureau (7号第九条).

    It takes the place of the contact letter for leavers, and clock B starts with it.
    """

    number: str
    case_no: str
    bureau_in: str
    bureau_out: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    scheme_from: Scheme
    scheme_to: Scheme
    received_on: date


EntryPaper = ContactLetter | FormerEmployersForm
"""The paper on which the transfer-out bureau starts to work."""


class FieldChange(Paper):
    """One field of a form as it was and as it is; values are hidden, one may be a name."""

    field: str
    before: str = Field(repr=False)
    after: str = Field(repr=False)


class FormHead(Paper):
    """The head of an information form beside name and ID number; None where the record does not say."""

    personal_number: str | None = Field(default=None, repr=False)
    home_address: str | None = Field(default=None, repr=False)
    started_work: Month | None = None
    """参加工作时间"""
    first_paid: Month | None = None
    """本人首次缴费时间, wherever the month was paid."""
    here_from: Month | None = None
    """本地参保起止时间: the months of this bureau's own record."""
    here_to: Month | None = None
    recognised_service: tuple[RecognisedService, ...] = ()
    """视同缴费年限, as loaded here or as the forms of earlier transfers state it."""

    @property
    def recognised_months(self) -> int:
        """The months recognised, each once."""
        spans = (months_between(one.first, one.last) for one in self.recognised_service)
        return len({month for span in spans for month in span})


class InformationForm(Done):
    """《基本养老保险关系转移接续信息表》, by the transfer-out bureau (第七条第一项).

    A correction is a further version under the same official number; `changes` says in which fields it
    differs from the one before. `years` is the account by years, `bases` the same months with a row for each
    base, and `openings` the balances the account begins with.
    """

    number: str
    official_number: str = ""
    agency: BureauContact | None = None
    head: FormHead = FormHead()
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
    bases: tuple[BaseLine, ...] = ()
    openings: tuple[Opening, ...] = ()
    credits: tuple[AccountCredit, ...] = ()
    """One-off subsidies in the account that moves (一次性补贴)."""
    lines: AmountLines
    months: int
    adjusted_record_balance: Fen
    months_apart: tuple[MonthsApart, ...] = ()
    """The months of the record that stay at the transfer-out bureau."""
    arrears_waived: bool = False
    """Whether the person has given up paying the months in arrears among them (是否放弃补缴)."""
    provisional_rate_years: tuple[int, ...]
    findings: tuple[Finding, ...]
    drawn_up_on: date
    credit_rounding: CreditRounding = CreditRounding.YEARLY
    """The rule by which its amounts, and those of its later versions, are computed."""
    changes: tuple[FieldChange, ...] = ()
    by: str = Field(default="", exclude_if=lambda by: not by)
    """The answer, the ruling or the published rate that this version was drawn up on; '' of the first."""

    @property
    def rates(self) -> dict[int, Rate]:
        """The rates by which it was computed, by year, borrowed ones included."""
        return {one.year: one.rate for one in self.years if one.rate is not None}


class RemittancePurpose(StrEnum):
    """Why money moves between the two bureaus."""

    TRANSFER = "transfer"
    """The funds themselves (基金划转), from the transfer-out to the transfer-in bureau."""
    SUPPLEMENT = "supplement"
    """What a correction or a ruling adds (补划), the same way."""
    SURPLUS = "surplus"
    """What a correction takes back (退回多划), from the transfer-in to the transfer-out bureau."""
    RETURN = "return"
    """All of it, by ruling (退回), the same way."""

    @property
    def goes_back(self) -> bool:
        return self in (RemittancePurpose.SURPLUS, RemittancePurpose.RETURN)


class Remittance(Done):
    """Money on its way between the bureaus of a case (基金划转); amounts in fen.

    `bureau_out` and `bureau_in` are those of the case, whichever way the money goes. A part may be negative
    where a correction moves money from the one fund to the other; the total is what the rail carries.
    """

    number: str
    case_no: str
    sequence: int
    """The n-th movement of money in the case, from 1."""
    purpose: RemittancePurpose = RemittancePurpose.TRANSFER
    bureau_out: str
    bureau_in: str
    information_form: str
    individual: Fen
    pooled: Fen
    sent_on: date

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
    short_individual: Fen = Fen(0)
    """What the form promises for the individual account and did not come, in fen; negative when too much."""
    short_pooled: Fen = Fen(0)

    @property
    def agreed(self) -> bool:
        return not self.differences


class ResultNotice(Done):
    """What the applicant is told at the end (第七条第三项) or on refusal (第六条), all of it at once.

    After a correction of the taking in the applicant gets a further version.
    """

    number: str
    official_number: str = ""
    agency: BureauContact | None = None
    case_no: str
    version: int = 1
    outcome: Stage
    taken_in: str = ""
    """The number of the taking in this tells of."""
    refusals: tuple[Refusal, ...] = ()
    missing: tuple[MissingPaper, ...] = ()
    individual: Fen = Field(default=Fen(0))
    pooled: Fen = Field(default=Fen(0))
    months: int = 0
    recognised_months: int = 0
    """Months of recognised service that add up with them; they carry no money."""
    duplicate_months: tuple[Month, ...] = ()
    months_apart: tuple[MonthsApart, ...] = ()
    """What stayed at the transfer-out bureau, and why by its kind."""
    arrears_waived: bool = False
    why_apart: tuple[Finding, ...] = ()
    remedies: tuple[Finding, ...] = ()
    """What can be done against a refusal."""
    told_on: date


class DeliveryMeans(StrEnum):
    """How a notice has reached the person."""

    COUNTER = "counter"
    POST = "post"
    MESSAGE = "message"
    LEFT = "left"
    ANNOUNCEMENT = "announcement"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _MEANS[self]


_MEANS = {
    DeliveryMeans.COUNTER: ("at the counter, signed for", "当面送达并签收"),
    DeliveryMeans.POST: ("by post", "邮寄送达"),
    DeliveryMeans.MESSAGE: ("by electronic message", "电子送达"),
    DeliveryMeans.LEFT: ("left at the home of who would not take it", "留置送达"),
    DeliveryMeans.ANNOUNCEMENT: ("by announcement", "公告送达"),
}


class DeliveryProof(Done):
    """《送达回证》: how and when a notice has reached the person, what shows it, and who says so."""

    number: str
    case_no: str
    notice: str
    version: int
    outcome: Stage
    """What the notice tells."""
    means: DeliveryMeans
    delivered_on: date
    receipt: str = Field(repr=False)
    officer: str
