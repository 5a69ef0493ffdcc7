"""The province's calendar file: a holiday notice, closures of single bureaus, or both."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from models.files import written_values
from models.files.written_values import wrong
from models.messages.application import BureauKey
from rules.calendar.notices import Closure, DaysOff, HolidayNotice, changes_from
from rules.calendar.published_holidays import FIRST_PUBLISHED_YEAR
from rules.calendar.working_calendar import WorkingCalendar

LAST_YEAR = 2100
"""The last year of the lunar tables, which give the statutory days of a year."""

MOST_DAYS_GIVEN = 10
"""A notice never gave more than a week freely; a larger number is a typing error."""


def _day(value: Any) -> date:
    """A TOML day, or a written one."""
    return value if type(value) is date else written_values.day(value)


Day = Annotated[date, BeforeValidator(_day)]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class DaysOffEntry(_Entry):
    """The days `from` to `to`, both included, off for one festival."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    name: ShortText

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise wrong("period", "ends before it begins", "结束早于开始")
        return self

    def days_off(self) -> DaysOff:
        """The entry as a value."""
        return DaysOff(self.first, self.last, self.name)


class ClosureEntry(_Entry):
    """A day on which one bureau is closed."""

    bureau: BureauKey
    day: Day
    name: ShortText

    def closure(self) -> Closure:
        """The entry as a value."""
        return Closure(self.bureau, self.day, self.name)


class NoticeEntry(_Entry):
    """A State Council notice (国务院办公厅关于……年部分节假日安排的通知); see `rules.calendar.notices`."""

    year: Annotated[int, Field(strict=True, ge=FIRST_PUBLISHED_YEAR, le=LAST_YEAR)]
    number: ShortText
    published_on: Day
    days_off: tuple[DaysOffEntry, ...] = ()
    make_up_days: tuple[Day, ...] = ()
    amends: bool = False
    days_given: Annotated[int, Field(strict=True, ge=0, le=MOST_DAYS_GIVEN)] = 0

    def notice(self) -> HolidayNotice:
        """The entry as a value."""
        return HolidayNotice(
            year=self.year,
            number=self.number,
            published_on=self.published_on,
            days_off=tuple(entry.days_off() for entry in self.days_off),
            make_up_days=self.make_up_days,
            amends=self.amends,
            days_given=self.days_given,
        )


class CalendarFile(_Entry):
    """The whole file: at most one notice, and closures of any year."""

    notice: NoticeEntry | None = None
    closures: tuple[ClosureEntry, ...] = ()

    @property
    def number(self) -> str:
        """The name of the file: the notice's number, or the bureaus and days of its closures."""
        if self.notice:
            return self.notice.number
        return "; ".join(sorted({f"{closure.bureau} {closure.day}" for closure in self.closures}))

    @property
    def changes_from(self) -> date:
        """The first day whose counting the file may change. Raises ValueError for an empty file."""
        days = [closure.day for closure in self.closures]
        return min([*days, changes_from(self.notice.notice())] if self.notice else days)

    @property
    def bureaus(self) -> tuple[str, ...]:
        """The bureaus whose calendar it changes; empty where it changes that of all of them."""
        return () if self.notice else tuple(sorted({closure.bureau for closure in self.closures}))

    def content(self) -> str:
        """The content in one fixed form: two files that say the same have the same content."""
        return self.model_dump_json(by_alias=True)


def loaded(calendar: WorkingCalendar, files: Iterable[CalendarFile]) -> WorkingCalendar:
    """A calendar with these files applied to it, in their order."""
    files = tuple(files)
    notices = tuple(file.notice.notice() for file in files if file.notice)
    closures = tuple(entry.closure() for file in files for entry in file.closures)
    return replace(calendar, notices=(*calendar.notices, *notices), closures=(*calendar.closures, *closures))
