"""Every deed a case can ask for: its name, what it takes, what it gives. No deed is done here.

Workflow code reads this module and nothing else of this layer, so no store is within its reach; a desk
marks the method that does a deed with `@DEED.done_here`, and the type checker holds both to it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from temporalio import activity

from models.messages import (
    Arrival,
    AuditReport,
    BooksSummary,
    BooksToCompare,
    CaseOrder,
    CertificateAnswer,
    ClockOrder,
    Filing,
    FormOrder,
    HistoryAnswer,
    HistoryQuestion,
    LetterDelivery,
    LetterOrder,
    LetterRegistration,
    NoticeOrder,
    Review,
    SeedBatch,
    SeedResult,
    TakeInOrder,
    TakenIn,
)
from models.papers import (
    ClockReading,
    ContactLetter,
    Dossier,
    InformationForm,
    Paper,
    Remittance,
    ResultNotice,
)

Asked = TypeVar("Asked", bound=Paper | str)
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


REVIEW_APPLICATION = Deed("review_application", CaseOrder, Review)
ISSUE_CERTIFICATE = Deed("issue_certificate", CaseOrder, CertificateAnswer)
SEND_CONTACT_LETTER = Deed("send_contact_letter", LetterOrder, ContactLetter)
REGISTER_CONTACT_LETTER = Deed("register_contact_letter", LetterDelivery, LetterRegistration)
DRAW_UP_INFORMATION_FORM = Deed("draw_up_information_form", FormOrder, InformationForm)
REMIT_AND_END_RELATIONSHIP = Deed("remit_and_end_relationship", InformationForm, Remittance)
RECEIVE_INFORMATION = Deed("receive_information", InformationForm, Arrival)
RECEIVE_FUNDS = Deed("receive_funds", Remittance, Arrival)
TAKE_IN = Deed("take_in", TakeInOrder, TakenIn)
NOTIFY_APPLICANT = Deed("notify_applicant", NoticeOrder, ResultNotice)
FILE_DOSSIER = Deed("file_dossier", Dossier, Filing)

AIM_CLOCK = Deed("aim_clock", ClockOrder, ClockReading)

SEED_ACCOUNTS = Deed("seed_accounts", SeedBatch, SeedResult)
TELL_HISTORY = Deed("tell_history", HistoryQuestion, HistoryAnswer)
SUMMARISE_BOOKS = Deed("summarise_books", str, BooksSummary)
COMPARE_BOOKS = Deed("compare_books", BooksToCompare, AuditReport)

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
