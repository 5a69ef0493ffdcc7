"""Holiday notices and closures as values: what the province loads over the published calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Consecutive days off, `first` to `last`, both included, under the festival's name."""

    first: date
    last: date
    name: str

    def days(self) -> Iterator[date]:
        """Each day off, in order."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """A State Council notice on the holidays of `year` (国务院办公厅关于……年部分节假日安排的通知).

    It replaces whatever was known of the year. One that `amends` changes only the days it names, as the
    extension of 2020-01-27 did. New Year's arrangement may reach into the December before `year`.
    """

    year: int
    number: str
    published_on: date
    days_off: tuple[DaysOff, ...]
    make_up_days: tuple[date, ...] = ()
    amends: bool = False
    days_given: int = 0
    """Weekdays off beyond the statutory number that no make-up day pays for; stated, so that a forgotten
    make-up day shows."""

    def text(self) -> str:
        """All that the notice says, in one fixed form."""
        off = " ".join(f"{span.first}/{span.last}/{span.name}" for span in self.days_off)
        make_up = " ".join(str(day) for day in self.make_up_days)
        return (
            f"{self.year}|{self.number}|{self.published_on}|{off}|{make_up}|{self.amends}|{self.days_given}"
        )


@dataclass(frozen=True, slots=True)
class Closure:
    """A day on which one bureau alone is closed, such as a prefecture's own holiday.

    Local governments set days off for the festivals of minorities (全国年节及纪念日放假办法第四条).
    """

    bureau: str
    day: date
    name: str

    def text(self) -> str:
        """All that the closure says, in one fixed form."""
        return f"{self.bureau}|{self.day}|{self.name}"
