"""The working calendar: which days a bureau works, and which text says so of each day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property, lru_cache

from rules.calendar.festivals import first_day_in_december
from rules.calendar.notices import Closure, HolidayNotice, fingerprint, notices_in_effect
from rules.calendar.published_holidays import (
    LAST_PUBLISHED_YEAR,
    LIBRARY,
    WEEKLY_REST,
    DayFact,
    declared_facts,
    english_name,
    governing_year,
    is_rest_day,
    projected_facts,
)
from rules.values.due_dates import CountedDay, DayKind, OpenYears

LINES_KEPT = 1 << 16
"""How many explained days a calendar keeps in memory: about four years of periods of 15 days."""

WORKED = frozenset({DayKind.WORKDAY, DayKind.MAKE_UP})


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year of a calendar; days as ordinals, in order.

    `plain` is `working` without projected holidays: what is certain while the year is unpublished.
    `closed` are the weekdays that loaded notices and closures take away.
    `unsettled_from` is the first day that a notice still to come may change, after `last` if none.
    """

    working: tuple[int, ...]
    plain: tuple[int, ...]
    closed: tuple[int, ...]
    unsettled_from: int
    last: int


@dataclass(frozen=True)
class WorkingCalendar:
    """Published holidays, the notices and closures loaded over them, and the bureau that counts.

    Without arguments: the calendar of the installed `holidays` library alone. Closures bind only the
    bureau they name. `known_through` treats later years as not yet published.
    `open_years` says what a year without a notice may bring.
    """

    notices: tuple[HolidayNotice, ...] = ()
    closures: tuple[Closure, ...] = ()
    bureau: str = ""
    known_through: int = LAST_PUBLISHED_YEAR
    open_years: OpenYears = OpenYears.PRINCIPLES
    _bureaus: dict[str, "WorkingCalendar"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _tables: dict[int, YearTable] = field(default_factory=dict, init=False, repr=False, compare=False)
    _facts: dict[int, Mapping[date, DayFact]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def at(self, bureau: str) -> "WorkingCalendar":
        """The same calendar as this bureau counts by: with its own closures, and no others.

        Bureaus without any share one calendar, so that its days are worked out once.
        """
        own = tuple(closure for closure in self.closures if closure.bureau == bureau)
        key = bureau if own else ""
        known = self._bureaus.get(key)
        if known is None:
            known = self._bureaus[key] = replace(self, bureau=key, closures=own)
        return known

    @cached_property
    def version(self) -> str:
        """Library version, notices with a digest of their content, digest of closures; for the history."""
        parts = [LIBRARY]
        if self.known_through != LAST_PUBLISHED_YEAR:
            parts.append(f"through {self.known_through}")
        if self.open_years is not OpenYears.PRINCIPLES:
            parts.append(f"open years by {self.open_years}")
        parts += [f"{notice.number} {fingerprint([notice.text()])}" for notice in self._in_effect]
        if self.closures:
            parts.append(f"closures {fingerprint(sorted(closure.text() for closure in self.closures))}")
        return "; ".join(parts)

    def is_published(self, year: int) -> bool:
        """Whether the year rests on a notice, loaded or in the library, and not on a projection."""
        return year <= self.known_through or year in self._loaded_years

    def fact(self, day: date) -> DayFact:
        """What the day is, why, and where that is laid down."""
        exceptional = self._facts_of(day.year).get(day)
        if exceptional is not None:
            return exceptional
        rests = is_rest_day(day)
        open_year = "" if self.is_published(day.year) else str(day.year)
        return _ordinary_day(rests, open_year)

    def is_working_day(self, day: date) -> bool:
        """Whether the day counts: a weekday not declared off, or a declared make-up day (调休上班)."""
        return self.fact(day).kind in WORKED

    @cached_property
    def line(self) -> Callable[[int, int], CountedDay]:
        """The explained line of a day, by ordinal, with this number if it counts and None if it does not."""
        return lru_cache(maxsize=LINES_KEPT)(self._line)

    def _line(self, ordinal: int, number: int) -> CountedDay:
        day = date.fromordinal(ordinal)
        fact = self.fact(day)
        counted = number if fact.kind in WORKED else None
        return CountedDay(day, fact.kind, counted, fact.zh, fact.en, fact.source)

    def table(self, year: int) -> YearTable:
        """The working days of a year, worked out once. Raises ValueError outside years 1 to 9999."""
        known = self._tables.get(year)
        if known is None:
            known = self._tables[year] = self._work_out(year)
        return known

    def _work_out(self, year: int) -> YearTable:
        first, last = date(year, 1, 1), date(year, 12, 31)
        working = plain = self._worked_days(first, last, self._facts_of(year))
        unsettled = last.toordinal() + 1
        loaded = self._loaded_facts(year)
        if not self.is_published(year):
            plain = self._worked_days(first, last, loaded)
            unsettled = first.toordinal()
        elif not self.is_published(year + 1):
            unsettled = first_day_in_december(year + 1, self.open_years) or unsettled
        off = (day for day, fact in loaded.items() if fact.kind not in WORKED)
        closed = tuple(sorted(day.toordinal() for day in off if not is_rest_day(day)))
        return YearTable(working, plain, closed, unsettled, last.toordinal())

    @staticmethod
    def _worked_days(first: date, last: date, facts: Mapping[date, DayFact]) -> tuple[int, ...]:
        worked = []
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            fact = facts.get(day)
            if fact.kind in WORKED if fact is not None else not is_rest_day(day):
                worked.append(ordinal)
        return tuple(worked)

    def _facts_of(self, year: int) -> Mapping[date, DayFact]:
        """Every day of the year that is not an ordinary weekday or weekend day."""
        known = self._facts.get(year)
        if known is None:
            known = self._facts[year] = self._library_facts(year) | self._loaded_facts(year)
        return known

    def _library_facts(self, year: int) -> dict[date, DayFact]:
        """The library's facts of the days that no loaded notice governs."""
        facts = dict(projected_facts(year, year <= self.known_through))
        for day, fact in declared_facts(year).items():
            if governing_year(day) <= self.known_through:
                facts[day] = fact
        return {day: fact for day, fact in facts.items() if governing_year(day) not in self._loaded_years}

    def _loaded_facts(self, year: int) -> dict[date, DayFact]:
        """The facts of the year's days by loaded notices, in order, then by this bureau's closures."""
        facts: dict[date, DayFact] = {}
        for notice in self._in_effect:
            if notice.year in (year, year + 1):
                facts |= {day: fact for day, fact in _notice_facts(notice).items() if day.year == year}
        for closure in self.closures:
            if closure.bureau == self.bureau and closure.day.year == year:
                worked = facts.get(closure.day) or self._library_facts(year).get(closure.day)
                if worked.kind in WORKED if worked else not is_rest_day(closure.day):
                    source = f"本局放假日 {closure.bureau}"
                    facts[closure.day] = DayFact(DayKind.CLOSURE, closure.name, closure.name, source)
        return facts

    @cached_property
    def _in_effect(self) -> tuple[HolidayNotice, ...]:
        return notices_in_effect(self.notices)

    @cached_property
    def _loaded_years(self) -> frozenset[int]:
        return frozenset(notice.year for notice in self.notices if not notice.amends)


def _notice_facts(notice: HolidayNotice) -> dict[date, DayFact]:
    facts = {}
    for span in notice.days_off:
        fact = DayFact(DayKind.HOLIDAY, span.name, english_name(span.name, notice.year), notice.number)
        facts.update(dict.fromkeys(span.days(), fact))
    make_up = DayFact(DayKind.MAKE_UP, "调休上班", "make-up working day", notice.number)
    return facts | dict.fromkeys(notice.make_up_days, make_up)


@cache
def _ordinary_day(rests: bool, open_year: str) -> DayFact:
    """A day about which nothing is declared; `open_year` names a year whose notice is still to come."""
    kind = DayKind.WEEKEND if rests else DayKind.WORKDAY
    zh, en = ("周休息日", "weekly rest day") if rests else ("工作日", "working day")
    if open_year:
        zh, en = f"{zh}（{open_year}年放假通知未公布）", f"{en} ({open_year} notice not published)"
    return DayFact(kind, zh, en, str(WEEKLY_REST))
