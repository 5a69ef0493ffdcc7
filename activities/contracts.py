"""Every deed a case can ask for: its name, what it takes, what it gives. No deed is done here.

Workflow code reads this module and nothing else of this layer, so no store is within its reach; a desk
marks the method that does a deed with `@DEED.done_here`, and the type checker holds both to it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from temporalio import activity

from models.messages.arrangements import Arrangements
from models.messages.audit import (
    BooksQuestion,
    BooksSummary,
    CasesCompared,
    CasesInFull,
    CasesPage,
    CasesQuestion,
    CasesToCompare,
    Judged,
    NamedCases,
    Suspicion,
)
from models.messages.bank_statement import (
    ExpectedFunds,
    ExpectedFundsQuestion,
    FundsStanding,
    KeptMoneyAnswer,
    KeptMoneyOrder,
    StatementAnswer,
    StatementBatch,
)
from models.messages.calendar import (
    Announced,
    Announcement,
    CalendarQuestion,
    NoticeFiling,
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
    Release,
    ReleaseOrder,
    Restoration,
    RestoreOrder,
    Reversal,
    ReversalOrder,
)
from models.messages.disputes import (
    PastRulings,
    ProvinceFile,
    RulingAnswer,
    RulingCheck,
    RulingRecord,
    RulingsQuestion,
    Silence,
    SilenceOrder,
)
from models.messages.dossier import Dossier, DossierAnswer, DossierQuestion
from models.messages.duplicates import ClearedDuplicates, ClearingOrder, DuplicateNotice, OfferOrder
from models.messages.papers import (
    ContactLetter,
    InformationForm,
    Paper,
    Reconciliation,
    Remittance,
    ResultNotice,
)
from models.messages.steps import (
    Arrival,
    CaseOrder,
    CertificateAnswer,
    Filing,
    FormDelivery,
    FormOrder,
    HistoryAnswer,
    HistoryQuestion,
    LetterDelivery,
    LetterOrder,
    LetterRegistration,
    NoticeOrder,
    RemittanceOrder,
    Review,
    ReviewOrder,
    SeedBatch,
    SeedResult,
    TakeInOrder,
    TakenIn,
)

Asked = TypeVar("Asked", bound=Paper)
Given = TypeVar("Given", bound=Paper)
Desk = TypeVar("Desk")


@dataclass(frozen=True, slots=True)
class Deed(Generic[Asked, Given]):
    """The contract of one activity."""

    name: str
    takes: type[Asked]
    gives: type[Given]

    def done_here(self, method: Callable[[Desk, Asked], Awaitable[Given]]) -> Any:
        """Mark the method of a desk that does this deed."""
        return activity.defn(name=self.name)(method)


# At the transfer-in bureau
REVIEW_APPLICATION = Deed("review_application", ReviewOrder, Review)
SEND_CONTACT_LETTER = Deed("send_contact_letter", LetterOrder, ContactLetter)
RECEIVE_INFORMATION = Deed("receive_information", InformationForm, Arrival)
RECEIVE_FUNDS = Deed("receive_funds", Remittance, Arrival)
RECONCILE = Deed("reconcile", InformationForm, Reconciliation)
TAKE_IN = Deed("take_in", TakeInOrder, TakenIn)
NOTIFY_APPLICANT = Deed("notify_applicant", NoticeOrder, ResultNotice)
REVERSE_TAKING_IN = Deed("reverse_taking_in", ReversalOrder, Reversal)
RETURN_FUNDS = Deed("return_funds", MoneyOrder, Remittance)
OFFER_CHOICE = Deed("offer_choice", OfferOrder, DuplicateNotice)
CLEAR_DUPLICATES = Deed("clear_duplicates", ClearingOrder, ClearedDuplicates)

# At the transfer-out bureau
ISSUE_CERTIFICATE = Deed("issue_certificate", CaseOrder, CertificateAnswer)
REGISTER_CONTACT_LETTER = Deed("register_contact_letter", LetterDelivery, LetterRegistration)
REGISTER_FORMER_EMPLOYERS_FORM = Deed("register_former_employers_form", FormDelivery, LetterRegistration)
DRAW_UP_INFORMATION_FORM = Deed("draw_up_information_form", FormOrder, InformationForm)
REMIT_AND_END_RELATIONSHIP = Deed("remit_and_end_relationship", RemittanceOrder, Remittance)
AMEND_INFORMATION_FORM = Deed("amend_information_form", AmendmentOrder, InformationForm)
SUPPLEMENT_FUNDS = Deed("supplement_funds", MoneyOrder, Remittance)
RECEIVE_RETURN = Deed("receive_return", Remittance, Arrival)
RELEASE_RESERVATION = Deed("release_reservation", ReleaseOrder, Release)
RESTORE_RELATIONSHIP = Deed("restore_relationship", RestoreOrder, Restoration)

# At the bureau that money comes to, where the bank's statement reports it
AWAIT_FUNDS = Deed("await_funds", Remittance, FundsStanding)
IMPORT_STATEMENT = Deed("import_statement", StatementBatch, StatementAnswer)
TELL_EXPECTED_FUNDS = Deed("tell_expected_funds", ExpectedFundsQuestion, ExpectedFunds)
MOVE_KEPT_MONEY = Deed("move_kept_money", KeptMoneyOrder, KeptMoneyAnswer)

# At every bureau
FILE_DOSSIER = Deed("file_dossier", Dossier, Filing)
TELL_DOSSIER = Deed("tell_dossier", DossierQuestion, DossierAnswer)
SEED_ACCOUNTS = Deed("seed_accounts", SeedBatch, SeedResult)
TELL_HISTORY = Deed("tell_history", HistoryQuestion, HistoryAnswer)
SUMMARISE_BOOKS = Deed("summarise_books", BooksQuestion, BooksSummary)
TELL_CASES = Deed("tell_cases", CasesQuestion, CasesPage)
TELL_CASES_IN_FULL = Deed("tell_cases_in_full", NamedCases, CasesInFull)

# At the provincial platform
ARRANGE = Deed("arrange", CaseOrder, Arrangements)
AIM_CLOCK = Deed("aim_clock", ClockOrder, ClockReading)
COUNT_DAYS_LATE = Deed("count_days_late", LatenessOrder, WorkingDays)
COUNT_SILENCE = Deed("count_silence", SilenceOrder, Silence)
CHARGE_DAYS = Deed("charge_days", ResponsibilityOrder, Responsibility)
CHECK_FIELDS = Deed("check_fields", FieldsCheck, FieldsAnswer)
CHECK_RULING = Deed("check_ruling", RulingCheck, RulingAnswer)
OPEN_PROVINCE_FILE = Deed("open_province_file", ProvinceFile, Filing)
FILE_RULING = Deed("file_ruling", RulingRecord, Filing)
TELL_RULINGS = Deed("tell_rulings", RulingsQuestion, PastRulings)
PUBLISH_NOTICE = Deed("publish_notice", SignedCalendar, NoticeFiling)
ANNOUNCE = Deed("announce", Announcement, Announced)
TELL_CALENDAR = Deed("tell_calendar", CalendarQuestion, PublishedCalendar)
COMPARE_CASES = Deed("compare_cases", CasesToCompare, CasesCompared)
JUDGE_CASES = Deed("judge_cases", Suspicion, Judged)

ROAD = (
    REVIEW_APPLICATION,
    ISSUE_CERTIFICATE,
    SEND_CONTACT_LETTER,
    REGISTER_CONTACT_LETTER,
    DRAW_UP_INFORMATION_FORM,
    REMIT_AND_END_RELATIONSHIP,
    RECEIVE_INFORMATION,
    RECEIVE_FUNDS,
    TAKE_IN,
    NOTIFY_APPLICANT,
    FILE_DOSSIER,
)
"""The deeds of the clean road, in order; the dossier is filed at both bureaus."""
