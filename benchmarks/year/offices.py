"""When somebody is at a bureau of the simulated year: office hours, leave, days the bureau is away."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from benchmarks.year.plans import Settings
from benchmarks.year.shares import Shares, happens, one_of
from models.files.arrangements_file import ArrangementsFile, BureauArrangements, CorrectionArrangements
from models.messages.arrangements import Officers, Rail
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after
from rules.values.due_dates import CHINA_TIME
from rules.values.form_fields import CorrectionEffect
from rules.values.officers import PROVINCE

A_DAY = timedelta(days=1)
BUILT_IN = "built_in"
"""The reading under which a correction acts on each clock as `rules.clocks.clocks` has it."""
READINGS = (BUILT_IN, *CorrectionEffect)


def arrangements(shares: Shares, settings: Settings, keys: Sequence[str], reading: str) -> ArrangementsFile:
    """What the bureaus have arranged: an officer before money leaves and before it is posted, some by bank.

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
    """The bureaus' officers in the simulated year; the province's too, which is never away."""

    def __init__(self, settings: Settings, shares: Shares, calendar: WorkingCalendar) -> None:
        self.settings = settings
        self.shares = shares
        self.calendar = calendar
        self._off = cache(self._drawn_off)
        self._away = cache(self._drawn_away)

    def acts_at(self, bureau: str, since: datetime, days: int, by: Random) -> tuple[datetime, int]:
        """When an officer of a bureau acts who takes so many working days from an instant, and which officer.

        Not before the instant, and only on a day on which somebody is there: one on leave is stood in for on
        the next day, or comes to it when back.
        """
        number = 1 + by.randrange(self.shares.officers.at_a_bureau)
        day = since.astimezone(CHINA_TIME).date()
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
            at = datetime.combine(day, time(), CHINA_TIME) + timedelta(minutes=by.randrange(first, last))
            if at > since:
                return at, number
            day += A_DAY

    def back_at(self, bureau: str, now: datetime) -> datetime | None:
        """When a bureau is back that is away at an instant; None for one that is not."""
        for first, last in self._away(bureau):
            if first <= now.astimezone(CHINA_TIME).date() <= last:
                opens = self.shares.officers.hours[0][0]
                day = self._first_day_there(bureau, last + A_DAY)
                return datetime.combine(day, time(), CHINA_TIME) + timedelta(minutes=opens)
        return None

    def away_days(self, bureau: str) -> int:
        """For how many calendar days a bureau is away in the year."""
        return sum((last - first).days + 1 for first, last in self._away(bureau))

    def _first_day_there(self, bureau: str, day: date) -> date:
        """The first working day from a day on, on which a bureau is not away."""
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
        """The days on which an officer is on leave, whatever day of the week."""
        by = Random(f"{self.settings.seed}/leave/{bureau}/{officer}")
        officers = self.shares.officers
        spells = [self._spell(by, officers.leave_days) for _ in range(officers.leaves)]
        return frozenset(day for first, last in spells for day in _days(first, last))

    def _spell(self, by: Random, lengths: dict[int, int]) -> tuple[date, date]:
        """So many calendar days of the year, from any day on."""
        first = date(self.settings.year, 1, 1) + timedelta(days=by.randrange(365))
        return first, first + timedelta(days=one_of(lengths, by) - 1)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += A_DAY
