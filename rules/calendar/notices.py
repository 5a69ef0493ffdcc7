"""Holiday notices read together: which count, and what may be wrong with one before it is loaded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from rules.application.bureaus import listed_bureau
from rules.calendar.festivals import first_day_in_december
from rules.calendar.published_holidays import (
    NEW_YEAR_REACHES_BACK_TO,
    STATUTORY_HOLIDAYS,
    WEEKLY_REST,
    governing_year,
    is_rest_day,
    statutory_days,
)
from rules.values.law import Finding, Law


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

    It replaces whatever was known of the year. A notice that `amends` changes only the days it names, as the
    extension of 2020-01-27 did. New Year's arrangement may reach into the December before `year`.
    """

    year: int
    number: str
    published_on: date
    days_off: tuple[DaysOff, ...]
    make_up_days: tuple[date, ...] = ()
    amends: bool = False
    days_given: int = 0
    """Weekdays off beyond the statutory number without a make-up day; stated, so that a forgotten make-up
    day is noticed."""

    def text(self) -> str:
        """The content of the notice in one fixed form."""
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
        """The content of the closure in one fixed form."""
        return f"{self.bureau}|{self.day}|{self.name}"


IN_LIEU = Law("全国年节及纪念日放假办法", "第六条")
LOCAL_HOLIDAYS = Law("全国年节及纪念日放假办法", "第四条")

FINGERPRINT_DIGITS = 8
"""Enough to tell two readings of one notice apart in a case's history."""


def fingerprint(texts: Iterable[str]) -> str:
    """A short digest that changes when any of the texts does."""
    return sha256("\n".join(texts).encode()).hexdigest()[:FINGERPRINT_DIGITS]


def notices_in_effect(notices: Iterable[HolidayNotice]) -> tuple[HolidayNotice, ...]:
    """The notices that count, in the order in which they take effect.

    Of several full notices for one year the one published last holds, and what amended an earlier one
    ceases with it. Of two published on one day the one loaded later holds.
    """
    standing: list[HolidayNotice] = []
    for notice in sorted(notices, key=lambda each: each.published_on):
        if not notice.amends:
            standing = [earlier for earlier in standing if earlier.year != notice.year]
        standing.append(notice)
    return tuple(standing)


def changes_from(notice: HolidayNotice) -> date:
    """The first day whose counting a notice may change.

    An amendment changes the days it names. A whole year's notice replaces what was known of the year, and
    of the days of December before it that New Year's arrangement may take.
    """
    named = (*(span.first for span in notice.days_off), *notice.make_up_days)
    if notice.amends:
        return min(named, default=date(notice.year, 1, 1))
    december = date(notice.year - 1, *NEW_YEAR_REACHES_BACK_TO)
    bounded = first_day_in_december(notice.year)
    return min(*named, december, december if bounded is None else date.fromordinal(bounded))


def notice_problems(notice: HolidayNotice) -> tuple[Finding, ...]:
    """Every error in a notice, so that it need not be returned twice."""
    whole_year = () if notice.amends else (*_missing_statutory_days(notice), *_unbalanced(notice))
    return (*_misplaced_days(notice), *_contradictions(notice), *whole_year)


def closure_problems(closures: Iterable[Closure]) -> tuple[Finding, ...]:
    """The errors in closures: bureaus that do not exist, and closures named twice."""
    found: list[Finding] = []
    seen: set[tuple[str, date]] = set()
    for closure in closures:
        if listed_bureau(closure.bureau) is None:
            zh, en = f"没有编号为 {closure.bureau} 的社会保险局", f"there is no bureau {closure.bureau}"
            found.append(Finding("closure_of_unknown_bureau", LOCAL_HOLIDAYS, zh, en))
        if (closure.bureau, closure.day) in seen:
            zh = f"{closure.bureau} 的 {closure.day} 重复"
            en = f"{closure.day} is named twice for bureau {closure.bureau}"
            found.append(Finding("closure_twice", LOCAL_HOLIDAYS, zh, en))
        seen.add((closure.bureau, closure.day))
    return tuple(found)


def _misplaced_days(notice: HolidayNotice) -> Iterator[Finding]:
    """Days that the notice cannot decide, and make-up days that are working days anyway."""
    off = [day for span in notice.days_off for day in span.days()]
    for day in (*off, *notice.make_up_days):
        if notice.year not in (day.year, governing_year(day)):
            zh = f"{day} 不属于 {notice.year} 年，也不在上年最后一周"
            en = f"{day} lies neither in {notice.year} nor in the last week before it"
            yield Finding("day_outside_year", STATUTORY_HOLIDAYS, zh, en)
    for day in notice.make_up_days:
        if not is_rest_day(day):
            zh, en = f"调休上班日 {day} 不是周六或周日", f"make-up day {day} is no Saturday or Sunday"
            yield Finding("make_up_on_weekday", WEEKLY_REST, zh, en)


def _contradictions(notice: HolidayNotice) -> Iterator[Finding]:
    off: set[date] = set()
    for span in notice.days_off:
        for day in span.days():
            if day in off:
                zh, en = f"放假日 {day} 重复", f"{day} is declared off twice"
                yield Finding("day_off_twice", STATUTORY_HOLIDAYS, zh, en)
            off.add(day)
    for day in sorted(set(notice.make_up_days)):
        if day in off:
            zh, en = f"{day} 既放假又上班", f"{day} is both a day off and a make-up day"
            yield Finding("off_and_worked", STATUTORY_HOLIDAYS, zh, en)
        if notice.make_up_days.count(day) > 1:
            zh, en = f"调休上班日 {day} 重复", f"make-up day {day} is named twice"
            yield Finding("make_up_twice", STATUTORY_HOLIDAYS, zh, en)


def _missing_statutory_days(notice: HolidayNotice) -> Iterator[Finding]:
    """Statutory holidays that the notice omits: it replaces the year, so they would be working days."""
    off = {day for span in notice.days_off for day in span.days()}
    for day, names in statutory_days(notice.year).items():
        if day not in off:
            zh = f"法定节假日 {day}（{'、'.join(names)}）未列入放假日"
            en = f"statutory holiday {day} ({', '.join(names)}) is not declared off"
            yield Finding("statutory_day_missing", STATUTORY_HOLIDAYS, zh, en)


def _unbalanced(notice: HolidayNotice) -> Iterator[Finding]:
    """Weekdays off must equal the statutory days (one on a weekend is given in lieu) and make-up days.

    This holds for every notice since 2014 except for days given freely: one in 2015, two in 2020.
    """
    off = {day for span in notice.days_off for day in span.days() if not is_rest_day(day)}
    statutory = sum(len(names) for names in statutory_days(notice.year).values())
    expected = statutory + len(set(notice.make_up_days)) + notice.days_given
    if statutory and len(off) != expected:
        zh = (
            f"放假占用 {len(off)} 个工作日，应为 {expected} 个：法定 {statutory} 天、"
            f"调休上班 {len(set(notice.make_up_days))} 天、另给 {notice.days_given} 天（days_given）"
        )
        en = (
            f"{len(off)} weekdays are off but {expected} should be: {statutory} statutory days, "
            f"{len(set(notice.make_up_days))} make-up days, {notice.days_given} given freely (days_given)"
        )
        yield Finding("days_unbalanced", IN_LIEU, zh, en)
