"""The contract of every activity: its name, what it takes and what it gives. Nothing runs here.

Workflow code imports this module and nothing else of this layer, so no store is within its reach. A class
marks the method that runs an activity with `@CONTRACT.implements`, the type checker holds the method to the
contract, and a worker registers whatever `implemented_by` finds.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from temporalio import activity

from models.evidence.evidence_files import (
    EvidenceAnswer,
    EvidenceHandedIn,
    EvidenceKept,
    EvidenceQuestion,
)
from models.figures.monthly import BureauMonth, MonthQuestion
from models.messages.arrangements import Arrangements, OfficeHours, OfficeHoursQuestion
from models.messages.audit import (
    BooksQuestion,
    BooksSummary,
    CasesCompared,
    CasesInFull,
    CasesPage,
    CasesQuestion,
    CasesToCompare,
    Judgement,
    NamedCases,
    SuspectBooks,
)
from models.messages.bank_statement import (
    ExpectedFunds,
    ExpectedFundsQuestion,
    FundsStatus,
    StatementAnswer,
    StatementBatch,
    UnallocatedAnswer,
    UnallocatedOrder,
)
from models.messages.calendar import (
    Announced,
    Announcement,
    CalendarFiling,
    CalendarQuestion,
    PublishedCalendar,
    SignedCalendar,
)
from models.messages.clocks import (
    ClockOrder,
    ClockReading,
    LatenessOrder,
    Responsibility,
    ResponsibilityOrder,
    WorkingDays,
)
from models.messages.corrections import (
    AmendmentOrder,
    FieldsAnswer,
    FieldsCheck,
    MoneyOrder,
    ReleaseReservationOrder,
    ReservationReleased,
    Restoration,
    RestoreOrder,
    Reversal,
    ReversalAnswer,
    ReversalCheck,
    ReversalOrder,
)
from models.messages.disputes import (
    PastRulings,
    ProvinceFile,
    RulingAnswer,
    RulingCheck,
    RulingNumber,
    RulingsQuestion,
    Silence,
    SilenceOrder,
)
from models.messages.dossier import (
    Dossier,
    DossierAnswer,
    DossierQuestion,
    PaperQuestion,
    PapersOnFile,
)
from models.messages.duplicates import ClearingAnswer, ClearingOrder, DuplicateNotice, OfferOrder
from models.messages.papers import (
    InformationForm,
    Paper,
    Reconciliation,
    Remittance,
    ResultNotice,
)
from models.messages.reopening import ReopeningAnswer, ReopeningCheck, ReopeningEntry, ReopeningOrder
from models.messages.steps import (
    ArrearsOrder,
    ArrearsPayment,
    Arrival,
    CaseOrder,
    CertificateAnswer,
    CertificateOrder,
    CompletionOrder,
    Deliveries,
    DeliveriesQuestion,
    DeliveryAnswer,
    DeliveryOrder,
    Filing,
    FormDelivery,
    FundsDelivery,
    HistoryAnswer,
    HistoryQuestion,
    LetterDelivery,
    NoticeOrder,
    RecordCompletion,
    RegistrationAnswer,
    RemittanceOrder,
    ReviewAnswer,
    ReviewOrder,
    SeedBatch,
    SeedResult,
    TakeInAnswer,
    TakeInOrder,
    WrittenNotice,
    WrittenNoticeOrder,
)
from models.officers.orders import OfficersOrder, OrderAnswer, OrderToAccept
from models.officers.rosters import RosterAnswer, RosterOrder, RosterPage, RosterQuestion
from models.officers.rulings import RulingDelivery, RulingReceipt
from models.officers.vouching import Vouched, VouchOrder
from models.outbox.outgoing import (
    MessagesQuestion,
    OutboxAnswer,
    OutboxQuestion,
    OutgoingEntered,
    OutgoingOrder,
)
from models.rates.messages import (
    DifferenceOrder,
    DifferenceTaken,
    ProvisionalForms,
    ProvisionalQuestion,
    PublishedRate,
    PublishedRates,
    RateDelivery,
    RateFiling,
    RatesQuestion,
    SignedRate,
    TakenInQuestion,
    TakenInStatus,
)

Request = TypeVar("Request", bound=Paper)
Result = TypeVar("Result", bound=Paper)
Owner = TypeVar("Owner")

ORDER_REFUSED = "OrderRefused"
"""The error type by which a step refuses an order that the papers on file do not support."""

MORE_OFFICERS = "MoreOfficers"
"""The error type by which a bureau says that more officers must approve an order."""

NOT_FOR_DESKS = "NotForDesks"
"""The error type by which a worker refuses a desk a step that only workflows ask for."""

_CONTRACT = "activity_contract"
"""The attribute that marks a method as implementing a contract."""


@dataclass(frozen=True, slots=True)
class ActivityContract(Generic[Request, Result]):
    """The contract of one activity."""

    name: str
    takes: type[Request]
    gives: type[Result]
    for_desks: bool = False
    """Whether a desk may ask for it directly; otherwise only workflows do."""
    of_the_province: bool = False
    """Whether the platform answers it to the province's desk alone. A bureau answers only its own desk."""

    def implements(self, method: Callable[[Owner, Request], Awaitable[Result]]) -> Any:
        """Mark the method that runs this activity."""
        setattr(method, _CONTRACT, self)
        return activity.defn(name=self.name)(method)


def implemented_by(*owners: object) -> list[Callable[..., Any]]:
    """The methods of these objects that implement a contract, for a worker to register."""
    return [
        getattr(owner, name)
        for owner in owners
        for name, member in inspect.getmembers_static(type(owner), inspect.isfunction)
        if hasattr(member, _CONTRACT)
    ]


# At the transfer-in bureau
REVIEW_APPLICATION = ActivityContract("review_application", ReviewOrder, ReviewAnswer)
RECEIVE_INFORMATION = ActivityContract("receive_information", InformationForm, Arrival)
RECEIVE_FUNDS = ActivityContract("receive_funds", FundsDelivery, Arrival)
RECONCILE = ActivityContract("reconcile", InformationForm, Reconciliation)
TAKE_IN = ActivityContract("take_in", TakeInOrder, TakeInAnswer)
NOTIFY_APPLICANT = ActivityContract("notify_applicant", NoticeOrder, ResultNotice)
CHECK_REVERSAL = ActivityContract("check_reversal", ReversalCheck, ReversalAnswer)
REVERSE_TAKING_IN = ActivityContract("reverse_taking_in", ReversalOrder, Reversal)
RETURN_FUNDS = ActivityContract("return_funds", MoneyOrder, Remittance)
OFFER_CHOICE = ActivityContract("offer_choice", OfferOrder, DuplicateNotice)
CLEAR_DUPLICATES = ActivityContract("clear_duplicates", ClearingOrder, ClearingAnswer)

# At the transfer-out bureau
ISSUE_CERTIFICATE = ActivityContract("issue_certificate", CertificateOrder, CertificateAnswer)
GIVE_WRITTEN_NOTICE = ActivityContract("give_written_notice", WrittenNoticeOrder, WrittenNotice)
ENTER_ARREARS_PAYMENT = ActivityContract("enter_arrears_payment", ArrearsOrder, ArrearsPayment)
REGISTER_CONTACT_LETTER = ActivityContract("register_contact_letter", LetterDelivery, RegistrationAnswer)
REGISTER_FORMER_EMPLOYERS_FORM = ActivityContract(
    "register_former_employers_form", FormDelivery, RegistrationAnswer
)
REMIT_AND_END_RELATIONSHIP = ActivityContract("remit_and_end_relationship", RemittanceOrder, Remittance)
AMEND_INFORMATION_FORM = ActivityContract("amend_information_form", AmendmentOrder, InformationForm)
SUPPLEMENT_FUNDS = ActivityContract("supplement_funds", MoneyOrder, Remittance)
RECEIVE_RETURN = ActivityContract("receive_return", Remittance, Arrival)
RELEASE_RESERVATION = ActivityContract("release_reservation", ReleaseReservationOrder, ReservationReleased)
RESTORE_RELATIONSHIP = ActivityContract("restore_relationship", RestoreOrder, Restoration)

# When a yearly rate is published
PUBLISH_RATE = ActivityContract("publish_rate", SignedRate, RateFiling)
READ_RATES = ActivityContract("read_rates", RatesQuestion, PublishedRates, for_desks=True)
ENTER_RATE = ActivityContract("enter_rate", RateDelivery, PublishedRate)
FIND_PROVISIONAL_FORMS = ActivityContract(
    "find_provisional_forms", ProvisionalQuestion, ProvisionalForms, for_desks=True
)
CHECK_TAKEN_IN = ActivityContract("check_taken_in", TakenInQuestion, TakenInStatus)
TAKE_IN_DIFFERENCE = ActivityContract("take_in_difference", DifferenceOrder, DifferenceTaken)

# At the bureau that money comes to, where the bank's statement reports it
AWAIT_FUNDS = ActivityContract("await_funds", Remittance, FundsStatus)
IMPORT_STATEMENT = ActivityContract("import_statement", StatementBatch, StatementAnswer, for_desks=True)
LIST_EXPECTED_FUNDS = ActivityContract(
    "list_expected_funds", ExpectedFundsQuestion, ExpectedFunds, for_desks=True
)
MOVE_UNALLOCATED = ActivityContract("move_unallocated", UnallocatedOrder, UnallocatedAnswer, for_desks=True)

# At every bureau
RECORD_DELIVERY = ActivityContract("record_delivery", DeliveryOrder, DeliveryAnswer, for_desks=True)
LIST_DELIVERIES = ActivityContract("list_deliveries", DeliveriesQuestion, Deliveries, for_desks=True)
CHECK_REOPENING = ActivityContract("check_reopening", ReopeningCheck, ReopeningAnswer)
REOPEN_CASE = ActivityContract("reopen_case", ReopeningOrder, ReopeningEntry)
COMPLETE_RECORD = ActivityContract("complete_record", CompletionOrder, RecordCompletion)
FILE_DOSSIER = ActivityContract("file_dossier", Dossier, Filing)
READ_OUTBOX = ActivityContract("read_outbox", OutboxQuestion, OutboxAnswer, for_desks=True)
READ_DOSSIER = ActivityContract("read_dossier", DossierQuestion, DossierAnswer, for_desks=True)
KEEP_EVIDENCE = ActivityContract("keep_evidence", EvidenceHandedIn, EvidenceKept, for_desks=True)
READ_EVIDENCE = ActivityContract("read_evidence", EvidenceQuestion, EvidenceAnswer, for_desks=True)
FIND_PAPER = ActivityContract("find_paper", PaperQuestion, PapersOnFile, for_desks=True)
SEED_ACCOUNTS = ActivityContract("seed_accounts", SeedBatch, SeedResult, for_desks=True)
READ_HISTORY = ActivityContract("read_history", HistoryQuestion, HistoryAnswer, for_desks=True)
SUMMARISE_BOOKS = ActivityContract("summarise_books", BooksQuestion, BooksSummary)
COUNT_MONTH = ActivityContract("count_month", MonthQuestion, BureauMonth, for_desks=True)
LIST_CASES = ActivityContract("list_case_lines", CasesQuestion, CasesPage)
READ_CASES = ActivityContract("read_cases", NamedCases, CasesInFull)

# At every bureau for its own officers, at the provincial platform for the province's
VOUCH = ActivityContract("vouch", VouchOrder, Vouched)
ACCEPT_ORDER = ActivityContract(
    "accept_order", OrderToAccept, OrderAnswer, for_desks=True, of_the_province=True
)
CHECK_ORDER = ActivityContract(
    "check_order", OfficersOrder, OrderAnswer, for_desks=True, of_the_province=True
)
CHANGE_ROSTER = ActivityContract(
    "change_roster", RosterOrder, RosterAnswer, for_desks=True, of_the_province=True
)
RECEIVE_RULING = ActivityContract("receive_ruling", RulingDelivery, RulingReceipt)
READ_ROSTER = ActivityContract(
    "read_roster", RosterQuestion, RosterPage, for_desks=True, of_the_province=True
)

# At the provincial platform
READ_PROVINCE_OUTBOX = ActivityContract(
    "read_province_outbox", OutboxQuestion, OutboxAnswer, for_desks=True, of_the_province=True
)
READ_PROVINCE_MESSAGES = ActivityContract(
    "read_province_messages", MessagesQuestion, OutboxAnswer, for_desks=True
)
ENTER_OUTGOING = ActivityContract("enter_outgoing", OutgoingOrder, OutgoingEntered)
ARRANGE = ActivityContract("arrange", CaseOrder, Arrangements)
READ_OFFICE_HOURS = ActivityContract("read_office_hours", OfficeHoursQuestion, OfficeHours, for_desks=True)
COMPUTE_DEADLINE = ActivityContract("compute_deadline", ClockOrder, ClockReading)
COUNT_DAYS_LATE = ActivityContract("count_days_late", LatenessOrder, WorkingDays)
COUNT_SILENCE = ActivityContract("count_silence", SilenceOrder, Silence)
CHARGE_DAYS = ActivityContract("charge_days", ResponsibilityOrder, Responsibility)
CHECK_FIELDS = ActivityContract("check_fields", FieldsCheck, FieldsAnswer)
CHECK_RULING = ActivityContract("check_ruling", RulingCheck, RulingAnswer)
USE_RULING_NUMBER = ActivityContract("use_ruling_number", RulingNumber, RulingAnswer)
OPEN_PROVINCE_FILE = ActivityContract("open_province_file", ProvinceFile, Filing)
FILE_RULING = ActivityContract("file_ruling", RulingDelivery, Filing)
LIST_RULINGS = ActivityContract(
    "list_rulings", RulingsQuestion, PastRulings, for_desks=True, of_the_province=True
)
PUBLISH_NOTICE = ActivityContract("publish_notice", SignedCalendar, CalendarFiling)
ANNOUNCE = ActivityContract("announce", Announcement, Announced)
READ_CALENDAR = ActivityContract("read_calendar", CalendarQuestion, PublishedCalendar, for_desks=True)
COMPARE_CASES = ActivityContract("compare_cases", CasesToCompare, CasesCompared)
JUDGE_CASES = ActivityContract("judge_cases", SuspectBooks, Judgement)

CLEAN_CASE = (
    ISSUE_CERTIFICATE,
    REVIEW_APPLICATION,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
    RECEIVE_FUNDS,
    TAKE_IN,
    FILE_DOSSIER,
)
"""The activities of a case without any delay or dispute, in order; the dossier is filed at both bureaus."""
