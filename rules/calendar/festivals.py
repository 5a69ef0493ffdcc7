"""Days that a holiday notice still to come may change: by the published principles, or by all notices so far.

Since 2025-01-01 the 全国年节及纪念日放假办法, in its fourth revision, goes with published principles of
arrangement (`by_the_principles`). Before, and where the province counts by `OpenYears.FURTHEST_SEEN`, the
arrangements of each festival seen since 2014 bound a date.

How the figures were found. For each year 2014 to 2026 every day off and make-up day of the State
Council's notices was measured from the festival's main day (正月初一, 10月1日 …). The furthest of each
is the range below. Within it any block of consecutive days off counts as possible that

- contains the statutory days and at least as many weekdays as there are statutory days, because one
  that falls on a weekend is given in lieu (全国年节及纪念日放假办法第六条), and
- is made up for: each weekday off beyond the statutory number is worked on a weekend day before or after
  the block. Only once were days given without that, two of them, by the extension of 2020-01-27.

This allows more than was ever seen, never less. Neither is a promise: a notice may go beyond both, and the
principles themselves except special circumstances (除个别特殊情形外).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations

from rules.calendar.published_holidays import is_rest_day, statutory_days
from rules.values.due_dates import OpenYears
from rules.values.law import InForce, Law, in_force


@dataclass(frozen=True, slots=True)
class ObservedRange:
    """The furthest arrangements of a festival seen since 2014, in days from its main day.

    `first_off` is the first weekday off, `last_off` the last day off of any kind. `unexchanged`: most
    weekdays off ever given without a make-up day. `always`: given every year.
    """

    first_off: int
    last_off: int
    first_make_up: int
    last_make_up: int
    unexchanged: int = 0
    always: bool = True


ONE_DAY = ObservedRange(first_off=-1, last_off=2, first_make_up=-3, last_make_up=3)
"""Festivals of one statutory day: off from the eve (2017-04-03) to two days after (2022-01-03)."""

SPRING = ObservedRange(first_off=-1, last_off=8, first_make_up=-6, last_make_up=11, unexchanged=2)
"""From 正月初一: off from the eve (2015) to the ninth day (2020, extended); make-up 2017-01-22 and
2026-02-28 were the furthest."""

LABOUR = ObservedRange(first_off=-1, last_off=4, first_make_up=-8, last_make_up=10)
"""From 1 May: 2018-04-30 to 05-05 since 2020; make-up 2023-04-23 and 2024-05-11."""

NATIONAL = ObservedRange(first_off=0, last_off=6, first_make_up=-11, last_make_up=11)
"""From 1 October: seven days each year; make-up 2026-09-20 and 2019-10-12."""

NATIONAL_WITH_MID_AUTUMN = ObservedRange(first_off=0, last_off=7, first_make_up=-11, last_make_up=11)
"""As before, one day longer (2017, 2020, 2025), and from Mid-Autumn on where that comes first (2023)."""

VICTORY = ObservedRange(first_off=0, last_off=2, first_make_up=0, last_make_up=3, always=False)
"""3 September, in the seventieth year of the victory alone (2015-09-03, 09-04; make-up 09-06); a day
further than then, for the day in lieu if it falls on a Saturday."""

VICTORY_DAY = (9, 3)
VICTORY_DAYS_OFF = 1
"""The commemoration itself; the second weekday off was exchanged."""

JOINS_NATIONAL_DAY_WITHIN = 4
"""Up to this many days before 1 October Mid-Autumn has been given together with it (2015-09-27 and
2023-09-29 were; 2026-09-25 and 2018-09-24 were not). No year since 2014 had it on 26 September."""

FESTIVALS = {
    "元旦": ONE_DAY,
    "春节": SPRING,
    "清明节": ONE_DAY,
    "劳动节": LABOUR,
    "端午节": ONE_DAY,
    "中秋节": ONE_DAY,
    "国庆节": NATIONAL,
}
EVE = "农历除夕"
"""A statutory day of the Spring Festival under a name of its own."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One way to give a festival: `off` are the weekdays off and `weekend` the days that may be worked
    for them, as ordinals; `owed` of these are worked, and never fewer than `least_worked`."""

    off: tuple[int, ...]
    weekend: tuple[int, ...]
    owed: int
    least_worked: int

    def touched(self) -> tuple[int, int]:
        """First and last day that it may change."""
        days = (*self.off, *(self.weekend if self.owed else ()))
        return min(days), max(days)


@dataclass(frozen=True, slots=True)
class Festival:
    """A festival of one year with every arrangement that counts as possible."""

    name: str
    arrangements: tuple[Arrangement, ...]
    always: bool
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Principles:
    """How the days off of festivals are arranged, in calendar days from the day named."""

    spring_days: int
    """From the eve (农历除夕)."""
    labour_days: int
    national_days: int
    national_days_with_autumn: int
    other_days: int
    """New Year, 清明, 端午 and 中秋; the day alone where it is a Wednesday."""
    days_worked_in_a_row: int


PRINCIPLES = (
    InForce(
        Principles(8, 5, 7, 8, 3, 6),
        since=date(2025, 1, 1),
        law=Law("全国年节及纪念日放假办法", "第七条"),
    ),
)
"""The article lays down the six days in a row; the lengths were published with the revision
(国务院令第795号). Both are RECALLED; the notices for 2025 and 2026 keep to them."""

WEDNESDAY = 2
ONE_DAY_FESTIVALS = frozenset({"元旦", "清明节", "端午节", "中秋节"})


@cache
def festivals(year: int, rule: OpenYears = OpenYears.PRINCIPLES) -> tuple[Festival, ...]:
    """The festivals of a year in order, with every arrangement that a notice may give them by the rule.

    Before the principles, and for a Mid-Autumn some days before National Day, of which they say nothing, the
    arrangements seen since 2014 count. Empty after 2100, where the lunar tables end.
    """
    seen = _as_seen(year)
    if rule is OpenYears.FURTHEST_SEEN or date(year, 1, 1) < PRINCIPLES[0].since:
        return seen
    principles = in_force(PRINCIPLES, date(year, 1, 1)).value
    # A day of commemoration as in 2015 is none of the festivals.
    narrowed = (by_the_principles(year, one, principles) for one in seen if one.always)
    return tuple(sorted(narrowed, key=lambda festival: festival.first))


def by_the_principles(year: int, festival: Festival, principles: Principles) -> Festival:
    """The arrangements of a festival that the principles leave, each with the exact days to be worked.

    A make-up day may lie as far off as was ever seen; the days worked in a row before and after the days
    off are limited.
    """
    blocks = tuple(_blocks(year, festival, principles))
    if not blocks:
        return festival
    weekend = sorted({day for one in festival.arrangements for day in one.weekend})
    found = []
    for first, last, owed in blocks:
        off = tuple(day for day in range(first, last + 1) if not _is_rest_day(day))
        outside = [day for day in weekend if not first <= day <= last]
        for worked in combinations(outside, owed):
            if all(
                _worked_in_a_row(day, first, last, worked) <= principles.days_worked_in_a_row
                for day in worked
            ):
                found.append(Arrangement(off, worked, owed, owed))
    spans = [arrangement.touched() for arrangement in found]
    return Festival(
        festival.name, tuple(found), festival.always, min(s[0] for s in spans), max(s[1] for s in spans)
    )


def _blocks(year: int, festival: Festival, principles: Principles) -> Iterator[tuple[int, int, int]]:
    """First and last day off, and the weekend days owed for them, by the principles."""
    statutory = [
        day.toordinal()
        for day, names in statutory_days(year).items()
        for name in names
        if ("春节" if name == EVE else name) in festival.name.split("、")
    ]
    main = min(statutory)
    if festival.name in ONE_DAY_FESTIVALS:
        yield from _single(main, principles)
        return
    if festival.name == "春节":
        length = principles.spring_days
    elif festival.name == "劳动节":
        length = principles.labour_days
    elif "中秋节" not in festival.name:
        length = principles.national_days
    elif main == date(year, 10, 1).toordinal():
        length = principles.national_days_with_autumn
    else:
        return
    weekdays = sum(not _is_rest_day(day) for day in range(main, main + length))
    yield main, main + length - 1, weekdays - len(statutory)


def _single(main: int, principles: Principles) -> Iterator[tuple[int, int, int]]:
    """A festival of one day: that day alone, or three in a row; Wednesday stands alone, and only beside a
    Tuesday or a Thursday a day has to be exchanged."""
    weekday = date.fromordinal(main).weekday()
    lengths = (1,) if weekday == WEDNESDAY else (1, principles.other_days)
    for length in lengths:
        for first in range(main - length + 1, main + 1):
            off = sum(not _is_rest_day(day) for day in range(first, first + length))
            if off - 1 in ((0, 1) if abs(weekday - WEDNESDAY) == 1 else (0,)):
                yield first, first + length - 1, off - 1


def _worked_in_a_row(day: int, first: int, last: int, worked: tuple[int, ...]) -> int:
    """How many days in a row are worked around a make-up day; `first` to `last` are off."""

    def works(at: int) -> bool:
        return not first <= at <= last and (at in worked or not _is_rest_day(at))

    before, after = day, day
    while works(before - 1):
        before -= 1
    while works(after + 1):
        after += 1
    return after - before + 1


@cache
def _as_seen(year: int) -> tuple[Festival, ...]:
    named: dict[str, list[date]] = {}
    for day, names in statutory_days(year).items():
        for name in names:
            named.setdefault("春节" if name == EVE else name, []).append(day)
    if not named:
        return ()
    found = [_victory_festival(year)]
    if _given_together(named.get("中秋节"), named["国庆节"]):
        autumn = named.pop("中秋节")
        found.append(_national_with(autumn[0], named.pop("国庆节")))
    for name, days in named.items():
        main_day = days[1] if name == "春节" and _has_eve(year) else days[0]
        found.append(_festival(name, main_day, days, len(days), FESTIVALS[name]))
    return tuple(sorted(found, key=lambda festival: festival.first))


def first_day_in_december(year: int, rule: OpenYears = OpenYears.PRINCIPLES) -> int | None:
    """The first day of December before `year`, as an ordinal, that the year's notice may change, if any."""
    new_year = date(year, 1, 1).toordinal()
    touched = [festival.first for festival in festivals(year, rule) if festival.first < new_year]
    return min(touched, default=None)


def _has_eve(year: int) -> bool:
    return any(EVE in names for names in statutory_days(year).values())


def _given_together(autumn: list[date] | None, national: list[date]) -> bool:
    """Whether Mid-Autumn, a statutory day since 2008, is close enough to National Day."""
    return autumn is not None and (national[0] - autumn[0]).days <= JOINS_NATIONAL_DAY_WITHIN


def _national_with(autumn: date, days: list[date]) -> Festival:
    """National Day and a Mid-Autumn close to it, given as one block."""
    seen = NATIONAL_WITH_MID_AUTUMN
    first_off = min(seen.first_off, (autumn - days[0]).days)
    ranged = ObservedRange(first_off, seen.last_off, seen.first_make_up, seen.last_make_up)
    return _festival("国庆节、中秋节", days[0], days, len(days) + 1, ranged)


def _victory_festival(year: int) -> Festival:
    day = date(year, *VICTORY_DAY)
    return _festival("胜利日", day, [day], VICTORY_DAYS_OFF, VICTORY)


def _festival(
    name: str, main_day: date, statutory: list[date], entitled: int, seen: ObservedRange
) -> Festival:
    found = tuple(dict.fromkeys(_arrangements(main_day, statutory, entitled, seen)))
    spans = [arrangement.touched() for arrangement in found]
    return Festival(name, found, seen.always, min(s[0] for s in spans), max(s[1] for s in spans))


def _arrangements(
    main_day: date, statutory: list[date], entitled: int, seen: ObservedRange
) -> Iterator[Arrangement]:
    """Every block in the range seen with the statutory days and at least as many weekdays off as are due."""
    main = main_day.toordinal()
    latest_first, earliest_last = statutory[0].toordinal(), statutory[-1].toordinal()
    rest = [main + k for k in range(seen.first_make_up, seen.last_make_up + 1) if _is_rest_day(main + k)]
    for first in range(main + seen.first_off, latest_first + 1):
        for last in range(earliest_last, main + seen.last_off + 1):
            off = tuple(day for day in range(first, last + 1) if not _is_rest_day(day))
            owed = len(off) - entitled
            if owed < 0:
                continue
            weekend = tuple(day for day in rest if not first <= day <= last)
            yield Arrangement(off, weekend, owed, max(0, owed - seen.unexchanged))


def _is_rest_day(ordinal: int) -> bool:
    return is_rest_day(date.fromordinal(ordinal))
