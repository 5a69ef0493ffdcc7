"""What a case asks of bureaus and province, what they answer, and what a case tells those who ask."""

from datetime import date, datetime

from pydantic import Field

from models.messages.application import TransferApplication
from models.messages.papers import (
    ApplicationForm,
    ContactLetter,
    ContributionCertificate,
    DeliveryMeans,
    DeliveryProof,
    Done,
    EntryPaper,
    FormerEmployersForm,
    InformationForm,
    Paper,
    Reconciliation,
    Remittance,
    ResultNotice,
)
from models.messages.requests import Certification
from models.messages.stages import Stage
from models.officers.orders import OfficersOrder
from models.officers.rosters import RosterChange
from models.officers.vouching import SealedAct
from rules.values.law import Finding, MissingPaper, Refusal
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import ApplicationRoute, Scheme
from rules.values.record import ContributionRange, CreditRounding, History, RecognisedService


class CaseOrder(Paper):
    """What opens a case: its number, which is a function of the application, and the application.

    `linked` are the cases opened with it, one per earlier place of insurance; `anew_after` is the case in
    which the same application was refused before, '' for none. `handed_over` is what a
    former run of a long case hands over, as JSON (`workflows.handing_over`), with names in it.
    `accepted` is the sealed order of the officer of the transfer-in bureau who has accepted the application;
    `opened_with` is the application as that officer saw it, once papers were added to it. `roster` is the
    part of that bureau's roster by which the transfer-out bureau verifies the order.
    """

    case_no: str
    application: TransferApplication
    linked: tuple[str, ...] = ()
    anew_after: str = ""
    reopened: bool = False
    """The case was closed and goes on from its dossier, under its number."""
    handed_over: str = Field(default="", repr=False)
    accepted: OfficersOrder | None = Field(default=None, repr=False)
    opened_with: TransferApplication | None = Field(default=None, repr=False)
    roster: tuple[RosterChange, ...] = Field(default=(), repr=False)

    def form(self) -> ApplicationForm:
        """The application as a paper."""
        return _form(self.case_no, self.application)

    def form_accepted(self) -> ApplicationForm:
        """The same as the officer has accepted it, whose digest the officer's order lists."""
        return _form(self.case_no, self.opened_with or self.application)


def _form(case_no: str, application: TransferApplication) -> ApplicationForm:
    return ApplicationForm(number=f"application/{case_no}", case_no=case_no, application=application)


class CertificateOrder(Paper):
    """Asks the transfer-out bureau for the certificate; credits are rounded as the province has arranged.

    It is asked for again, as a further version, when the bureau has completed its record. `reviewed` says
    that the transfer-in bureau has accepted the application, `received_at` is as in the order to review it.
    """

    order: CaseOrder
    version: int = 1
    received_at: datetime | None = None
    reviewed: bool = False
    credit_rounding: CreditRounding = CreditRounding.YEARLY


class ArrearsOrder(Paper):
    """Asks the transfer-out bureau to enter that months in arrears were paid; a further payment is a further
    version. `message_id` is that of the request that its officer has sealed."""

    order: CaseOrder
    version: int
    first: Month
    last: Month
    message_id: str
    officer: str


class ArrearsPayment(Done):
    """Months in arrears that were paid and now count: what came from the person and the unit, in fen."""

    number: str
    first: Month
    last: Month
    personal: Fen
    unit: Fen
    entered_on: date


class WrittenNoticeOrder(Paper):
    """Asks the transfer-out bureau to tell the person of the months that its form leaves behind."""

    form: InformationForm


class WrittenNotice(Done):
    """《书面告知》: the one-off months that stay at the transfer-out bureau, why, and how they move later
    (人社厅发〔2019〕94号第三条)."""

    number: str
    case_no: str
    bureau: str
    name: str = Field(repr=False)
    id_number: str = Field(repr=False)
    months: tuple[ContributionRange, ...]
    reasons: tuple[Finding, ...]
    told_on: date


class CompletionOrder(Paper):
    """Has a bureau enter what it has completed before the form exists, or that its record is right as it is.

    `version` counts the answers of a case; `name` is the name as the record is to have it, None to leave it.
    `message_id` is that of the answer that its officer has sealed.
    """

    case_no: str
    id_number: str = Field(repr=False)
    version: int
    message_id: str
    grounds: tuple[str, ...]
    """The codes of the grounds that the answer is about."""
    name: str | None = Field(default=None, repr=False)
    evidence: str = Field(default="", repr=False)
    reason: str = Field(default="", repr=False)
    officer: str


class RecordCompletion(Done):
    """What a bureau has completed, or why its record is right as it is, with the name before and after."""

    number: str
    case_no: str
    bureau: str
    grounds: tuple[str, ...]
    completed: bool
    name_before: str = Field(default="", repr=False)
    name_after: str = Field(default="", repr=False)
    evidence: str = Field(default="", repr=False)
    reason: str = Field(default="", repr=False)
    officer: str


class ReviewOrder(Paper):
    """Asks for a review; a supplemented application is reviewed again, as a further version.

    On the strength of `certificate` the contact letter is sent in the same step if nothing stands against
    it; None while the transfer-out bureau has not answered, or refused, or where no letter is sent.
    `months_in_arrears` are those of the certificate.
    """

    order: CaseOrder
    version: int = 1
    certificate: ContributionCertificate | None = None
    months_in_arrears: int = 0
    received_at: datetime | None = None
    """When the application has reached the platform: the officer who accepted it was in office then."""


class Review(Done):
    """The transfer-in bureau's review: every ground and every missing paper at once (第六条)."""

    refusals: tuple[Refusal, ...]
    missing: tuple[MissingPaper, ...]
    reviewed_on: date


class CertificateAnswer(Done):
    """The certificate, or the grounds that stand against issuing it; neither before the application is
    verified."""

    certificate: ContributionCertificate | None
    refusals: tuple[Refusal, ...]


class ReviewAnswer(Done):
    """The review, and the contact letter if it was sent with it.

    `roster` is the part of the bureau's roster by which the other can verify who has accepted the
    application, where that bureau has not certified yet.
    """

    review: Review
    letter: ContactLetter | None = None
    roster: tuple[RosterChange, ...] = ()


class LetterDelivery(Paper):
    """The contact letter as the platform delivers it, with the instant of receipt, which starts clock B.

    `version` is above 1 when the bureau has completed its record and enters the letter again.
    """

    letter: ContactLetter
    received_at: datetime
    credit_rounding: CreditRounding = CreditRounding.YEARLY
    arrears_waived: bool = False
    one_off_proven: bool = False
    application: TransferApplication | None = Field(default=None, repr=False)
    """The basis for counting again the years that decide the direction of linking."""
    version: int = 1


class LetterRegistration(Done):
    """The transfer-out bureau's entry of the letter, or of the former employer's form."""

    number: str
    received_at: datetime
    refusals: tuple[Refusal, ...] = ()


class RegistrationAnswer(Done):
    """The registration, and with it the information form unless grounds stand against the transfer."""

    registration: LetterRegistration
    form: InformationForm | None = None


class FormDelivery(Paper):
    """The former employer's form as it reaches the transfer-out bureau, which starts clock B."""

    form: FormerEmployersForm
    received_at: datetime
    credit_rounding: CreditRounding = CreditRounding.YEARLY
    arrears_waived: bool = False
    one_off_proven: bool = False
    application: TransferApplication | None = Field(default=None, repr=False)
    """The basis for counting again the years that decide the direction of linking."""
    version: int = 1


class RemittanceOrder(Paper):
    """Asks the transfer-out bureau to send the funds of a form and end the relationship."""

    form: InformationForm
    officers: tuple[str, ...] = ()
    """Who released the funds, where the bureau wants that."""
    approvals: tuple[SealedAct, ...] = Field(default=(), repr=False)
    """The officers' sealed approvals; the bureau checks that it has vouched for them."""


class FundsDelivery(Paper):
    """Money on its way to the transfer-in bureau, and the form it is paid under if that is still to come."""

    remittance: Remittance
    form: InformationForm | None = None


class Arrival(Done):
    """The entry of a form or of money at the bureau it came to; reconciled once both are there."""

    number: str
    arrived_on: date
    reconciliation: Reconciliation | None = None


class TakeInOrder(Paper):
    """Asks the transfer-in bureau to post the funds, all in suspense, merge the record and tell the
    applicant by the notice of this version."""

    form: InformationForm
    notice_version: int = 1
    officers: tuple[str, ...] = ()
    approvals: tuple[SealedAct, ...] = Field(default=(), repr=False)
    """The officers' sealed approvals; the bureau checks that it has vouched for them."""


class TakenIn(Done):
    """What was posted, in fen, and the months now counted here."""

    number: str
    version: int
    individual: Fen
    pooled: Fen
    months: int
    duplicate_months: tuple[Month, ...]
    taken_in_on: date


class TakeInAnswer(Done):
    """What was posted, and the notice by which the applicant was told."""

    taken_in: TakenIn
    notice: ResultNotice


class NoticeOrder(Paper):
    """Asks the transfer-in bureau to tell the applicant what is missing, or how the case ends without the
    funds being taken in, with every reason."""

    case_no: str
    outcome: Stage
    version: int = 1
    refusals: tuple[Refusal, ...] = ()
    missing: tuple[MissingPaper, ...] = ()


class DeliveryOrder(Paper):
    """Has the transfer-in bureau enter how a notice reached the person; version 0 is the latest notice."""

    case_no: str
    version: int = 0
    means: DeliveryMeans
    delivered_on: date
    receipt: str = Field(repr=False)
    officer: str
    order: OfficersOrder | None = None


class DeliveryAnswer(Done):
    """What is on file of the delivery, or what stands against entering it."""

    refusals: tuple[Finding, ...] = ()
    """Why the officer's order was not heard."""
    delivery: DeliveryProof | None = None
    known: bool = False
    """It was on file before, and nothing was entered again."""
    findings: tuple[Finding, ...] = ()


class DeliveriesQuestion(Paper):
    """Asks the transfer-in bureau which notices of a case have reached the person."""

    case_no: str


class Deliveries(Paper):
    """The notices of a case, and the deliveries on file."""

    notices: tuple[ResultNotice, ...] = ()
    deliveries: tuple[DeliveryProof, ...] = ()


class Filing(Done):
    """The dossier is in a bureau's store.

    `ended` says how the case ended and between whom; `papers` are the digests of all papers of the case on
    file at this bureau, by kind, side and version: what is altered or missing later is named by them.
    """

    bureau: str
    filed_on: date
    ended: "EndedCase | None" = None
    papers: dict[str, str] = Field(default={})


class EndedCase(Paper):
    """What an audit asks of a dossier without reading it: outcome, bureaus, and what set the case going."""

    outcome: Stage
    bureau_out: str
    bureau_in: str
    entry: ApplicationRoute


class CasePapers(Paper):
    """The papers of a case so far, every version of each; the application as supplemented."""

    application: ApplicationForm | None = None
    completions: tuple[RecordCompletion, ...] = ()
    certificate: ContributionCertificate | None = None
    entry: EntryPaper | None = None
    information_forms: tuple[InformationForm, ...] = ()
    remittances: tuple[Remittance, ...] = ()
    notice: ResultNotice | None = None
    written_notice: WrittenNotice | None = None
    arrears_payments: tuple[ArrearsPayment, ...] = ()
    certifications: tuple[Certification, ...] = Field(default=(), repr=False)
    earlier_notices: tuple[ResultNotice, ...] = ()


class HistoryQuestion(Paper):
    """Asks a bureau for what it has of a person in a scheme."""

    id_number: str = Field(repr=False)
    scheme: Scheme


class HistoryAnswer(Paper):
    """The record as the books have it, or None when the bureau knows no such relationship."""

    name: str = Field(default="", repr=False)
    history: History | None = None
    recognised_service: tuple[RecognisedService, ...] = ()


class SeedBatch(Paper):
    """Histories for one bureau, as in files: with names and ID numbers, so none shows in `repr`."""

    bureau: str
    histories: tuple[dict[str, object], ...] = Field(repr=False)
    order: OfficersOrder | None = Field(default=None, repr=False)


class SeedResult(Paper):
    """How many histories were new to the store and how many it held already; or why the order was refused."""

    bureau: str
    loaded: int = 0
    known: int = 0
    refusals: tuple[Finding, ...] = ()
