"""Due dates as values: each explains itself day by day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The time all of China keeps, without summer time since 1992. A fixed offset, because the time zone
database is a file of the machine, and a due date must not depend on whether it is there."""


def china_day(instant: datetime) -> date:
    """The calendar day of an instant in China."""
    return instant.astimezone(CHINA_TIME).date()


def china_midnight(day: date) -> datetime:
    """The instant at which a day begins in China."""
    return datetime.combine(day, time(), CHINA_TIME)


class Clock(StrEnum):
    """The statutory periods. `rules.clocks.clocks` holds the length and the article of each."""

    REVIEW = "review"
    """From the application to the contact letter or the refusal."""
    TRANSFER_OUT = "transfer_out"
    """From the contact letter to form sent, funds sent and relationship ended."""
    TAKE_IN = "take_in"
    """From both information and funds to money posted and person told."""
    WRITTEN_NOTICE = "written_notice"
    """From the contact letter to the notice of months of one-off contributions that stay behind."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _CLOCK_TITLES[self]

    @property
    def letter(self) -> str:
        """The letter by which people name it, on screens and in rulings: A to D."""
        return "ABCD"[tuple(Clock).index(self)]


_CLOCK_TITLES = {
    Clock.REVIEW: ("review", "审核"),
    Clock.TRANSFER_OUT: ("transfer-out", "转出"),
    Clock.TAKE_IN: ("taking in", "接续"),
    Clock.WRITTEN_NOTICE: ("written notice", "书面告知"),
}


class OpenYears(StrEnum):
    """What a year whose holiday notice is not published yet may bring; it bounds provisional due dates."""

    PRINCIPLES = "principles"
    """Arrangements by the principles that go with the 放假办法 since 2025; the default."""
    FURTHEST_SEEN = "furthest_seen"
    """Every arrangement like those seen since 2014."""


class DayKind(StrEnum):
    """Why a day counts or does not."""

    RECEIPT = "receipt"
    """Day 0, the day of receipt, never counted (民法典第二百零一条)."""
    WORKDAY = "workday"
    MAKE_UP = "make_up"
    """A weekend day declared a working day (调休上班)."""
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    """A statutory holiday, by name."""
    DAY_OFF = "day_off"
    """A weekday declared off in exchange for a make-up day."""
    CLOSURE = "closure"
    """A closure of this bureau alone."""
    PAUSED = "paused"
    """A working day on which the period was paused."""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day between receipt and due date. `number` is its ordinal when it counts, else None."""

    day: date
    kind: DayKind
    number: int | None
    zh: str
    en: str
    source: str
    """The source of the day's kind: a notice, the library, or the law on working hours."""

    @property
    def counted(self) -> bool:
        return self.number is not None


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a period of working days, with the days that lead to it.

    `provisional` says the period reaches into a year whose holiday notice is not published;
    `earliest` and `latest` then bound what the date can become, and equal `due_on` otherwise.
    """

    received_on: date
    working_days: int
    due_on: date
    provisional: bool
    earliest: date
    latest: date
    calendar: str
    days: tuple[CountedDay, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that are not counted: those after `from_day`, up to and including `until_day`.

    The day something is handed over still counts, the day it comes back is day 0 (民法典第二百零一条). A
    pause without `until_day` has not ended. `day_over`: it began after the last hour of `from_day`.
    """

    from_day: date
    until_day: date | None = None
    day_over: bool = False


@dataclass(frozen=True, slots=True)
class Suspended:
    """A period that is paused and therefore has no due date; `left` working days remain to be counted."""

    received_on: date
    working_days: int
    since: date
    left: int


class AlarmKind(StrEnum):
    """The kinds of alarm of a running clock."""

    REMINDER = "reminder"
    """To the party that owes: so many working days are left, the due day included."""
    OVERDUE = "overdue"
    """The last day has ended: recorded once, and reported to the province for the first time."""
    ESCALATION = "escalation"
    """Reported to the province again: so many working days late."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An instant at which a clock raises an alarm; `working_days` are those left, or those late."""

    at: datetime
    kind: AlarmKind
    working_days: int
