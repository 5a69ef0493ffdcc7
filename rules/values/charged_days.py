"""The working days of a case by the party they are charged to; who owed a step and when; prompt duties."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from rules.values.law import JILIN_MEASURES, Law

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class StepOwner(Generic[P]):
    """Which party owes the next step, from this instant on."""

    since: datetime
    party: P


@dataclass(frozen=True, slots=True)
class DayRange:
    """Working days in a row, `first` to `last`, with whatever days off lie between them."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Share(Generic[P]):
    """The working days charged to one party: how many, and which."""

    party: P
    working_days: int
    ranges: tuple[DayRange, ...]


@dataclass(frozen=True, slots=True)
class ResponsibilityLedger(Generic[P]):
    """Every working day of a case, each charged to exactly one party. The day of application is day 0."""

    applied_on: date
    closed_on: date
    shares: tuple[Share[P], ...]
    calendar: str

    @property
    def total(self) -> int:
        """All working days after the application, up to and including the close."""
        return sum(share.working_days for share in self.shares)


class PromptDuty(StrEnum):
    """The duties the measures require 及时 (promptly) without saying within how many days."""

    TELL_OF_DUPLICATES = "tell_of_duplicates"
    REPORT_ERROR = "report_error"
    SEND_CONTACT_LETTER = "send_contact_letter"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _DUTIES[self][0]

    @property
    def law(self) -> Law:
        """The article that wants it done promptly."""
        return Law(JILIN_MEASURES, _DUTIES[self][1])


_DUTIES = {
    PromptDuty.TELL_OF_DUPLICATES: (("tell the person of months paid twice", "告知重复缴费"), "第四条"),
    PromptDuty.REPORT_ERROR: (("tell the transfer-out bureau of an error", "告知转出地更正"), "第七条第二项"),
    PromptDuty.SEND_CONTACT_LETTER: (("send the contact letter", "发出联系函"), "第七条第三项"),
}


@dataclass(frozen=True, slots=True)
class Promptness:
    """How many working days a duty without a limit took; 0 when it was done on the day it arose."""

    duty: PromptDuty
    working_days: int
