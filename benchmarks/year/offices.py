"""When staff are at a bureau of the simulated year: office hours, leave, days on which the bureau is away."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from benchmarks.year.plans import Settings
from benchmarks.year.shares import Shares, happens, one_of
from models.files.arrangements_file import ArrangementsFile, BureauArrangements, CorrectionArrangements
from models.messages.arrangements import Officers, Rail
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after
from rules.values.due_dates import china_day, china_midnight
from rules.values.form_fields import CorrectionEffect
from rules.values.officers import PROVINCE

A_DAY = timedelta(days=1)
BUILT_IN = "built_in"
"""The reading under which a correction affects each clock as in `rules.clocks.clocks`."""
READINGS = (BUILT_IN, *CorrectionEffect)


def arrangements(shares: Shares, settings: Settings, keys: Sequence[str], reading: str) -> ArrangementsFile:
    """The bureaus' arrangements: one officer approves release and posting; some are paid by bank statement.

    With a reading other than `BUILT_IN` both clocks follow that one after a correction.
    """
    corrections = CorrectionArrangements()
    if reading != BUILT_IN:
        effect = CorrectionEffect(reading)
        corrections = CorrectionArrangements(clock_b=effect, clock_c=effect)
    by_bank = BureauArrangements(rail=Rail.BANK_STATEMENT)
    paid = [key for key in keys if happens(shares.bureaus.by_bank, Random(f"{settings.seed}/bank/{key}"))]
    one = Officers.ONE_OFFICER
    return ArrangementsFile(
        defaults=BureauArrangements(release_of_funds=one, posting=one),
        bureaus=dict.fromkeys(paid, by_bank),
        corrections=corrections,
    )


class Offices:
    """The officers of the bureaus in the simulated year, and of the province, which is never away."""

    def __init__(self, settings: Settings, shares: Shares, calendar: WorkingCalendar) -> None:
        self.settings = settings
        self.shares = shares
        self.calendar = calendar
        self._off = cache(self._drawn_off)
        self._away = cache(self._drawn_away)

    def acts_at(self, bureau: str, since: datetime, days: int, by: Random) -> tuple[datetime, int]:
        """When a bureau acts, a number of working days after an instant, and which of its officers.

        This is never before the instant, and only on a day on which the officer is there: the act of one on
        leave is done on the next day by a substitute, or by the officer on return.
        """
        number = 1 + by.randrange(self.shares.officers.at_a_bureau)
        day = china_day(since)
        if days:
            day = nth_working_day_after(day, days, self.calendar)
        while True:
            day = self._first_day_there(bureau, day)
            if day in self._off(bureau, number):
                if happens(self.shares.officers.stand_in, by):
                    number = number % self.shares.officers.at_a_bureau + 1
                day += A_DAY
                continue
            first, last = by.choice(self.shares.officers.hours)
            at = china_midnight(day) + timedelta(minutes=by.randrange(first, last))
            if at > since:
                return at, number
            day += A_DAY

    def back_at(self, bureau: str, now: datetime) -> datetime | None:
        """When a bureau that is away at an instant is back; None for one that is not away."""
        for first, last in self._away(bureau):
            if first <= china_day(now) <= last:
                opens = self.shares.officers.hours[0][0]
                day = self._first_day_there(bureau, last + A_DAY)
                return china_midnight(day) + timedelta(minutes=opens)
        return None

    def away_days(self, bureau: str) -> int:
        """The number of calendar days of the year on which a bureau is away."""
        return sum((last - first).days + 1 for first, last in self._away(bureau))

    def _first_day_there(self, bureau: str, day: date) -> date:
        """The first working day, from this day on, on which a bureau is not away."""
        away = self._away(bureau)
        while not self.calendar.is_working_day(day) or any(first <= day <= last for first, last in away):
            day += A_DAY
        return day

    def _drawn_away(self, bureau: str) -> tuple[tuple[date, date], ...]:
        by = Random(f"{self.settings.seed}/away/{bureau}")
        if bureau == PROVINCE or not happens(self.shares.bureaus.away, by):
            return ()
        return (self._spell(by, self.shares.bureaus.away_days),)

    def _drawn_off(self, bureau: str, officer: int) -> frozenset[date]:
        """The days on which an officer is on leave, weekends included."""
        by = Random(f"{self.settings.seed}/leave/{bureau}/{officer}")
        officers = self.shares.officers
        spells = [self._spell(by, officers.leave_days) for _ in range(officers.leaves)]
        return frozenset(day for first, last in spells for day in _days(first, last))

    def _spell(self, by: Random, lengths: dict[int, int]) -> tuple[date, date]:
        """The first and last day of a random period of the year, of one of these lengths."""
        first = date(self.settings.year, 1, 1) + timedelta(days=by.randrange(365))
        return first, first + timedelta(days=one_of(lengths, by) - 1)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += A_DAY
