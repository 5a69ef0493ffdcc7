"""What a holiday notice still to come may do: the arrangements of each festival seen since 2014.

How the figures were found. For each year 2014 to 2026 every day off and make-up day of the State
Council's notices was measured from the festival's main day (正月初一, 10月1日 …). The furthest of each
is the range below. Within it any block of consecutive days off counts as possible that

- contains the statutory days and at least as many weekdays as there are statutory days, because one
  that falls on a weekend is given in lieu (全国年节及纪念日放假办法第六条), and
- is paid for: each weekday off beyond the statutory number is worked on a weekend day before or after
  the block. Only once were days given for nothing, two of them, by the extension of 2020-01-27.

This allows more than was ever seen, never less. It is no promise: a notice may break new ground.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from rules.calendar.published_holidays import is_rest_day, statutory_days


@dataclass(frozen=True, slots=True)
class Seen:
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


ONE_DAY = Seen(first_off=-1, last_off=2, first_make_up=-3, last_make_up=3)
"""Festivals of one statutory day: off from the eve (2017-04-03) to two days after (2022-01-03)."""

SPRING = Seen(first_off=-1, last_off=8, first_make_up=-6, last_make_up=11, unexchanged=2)
"""From 正月初一: off from the eve (2015) to the ninth day (2020, extended); make-up 2017-01-22 and
2026-02-28 were the furthest."""

LABOUR = Seen(first_off=-1, last_off=4, first_make_up=-8, last_make_up=10)
"""From 1 May: 2018-04-30 to 05-05 since 2020; make-up 2023-04-23 and 2024-05-11."""

NATIONAL = Seen(first_off=0, last_off=6, first_make_up=-11, last_make_up=11)
"""From 1 October: seven days each year; make-up 2026-09-20 and 2019-10-12."""

NATIONAL_WITH_MID_AUTUMN = Seen(first_off=0, last_off=7, first_make_up=-11, last_make_up=11)
"""As before, one day longer (2017, 2020, 2025), and from Mid-Autumn on where that comes first (2023)."""

VICTORY = Seen(first_off=0, last_off=2, first_make_up=0, last_make_up=3, always=False)
"""3 September, in the seventieth year of the victory alone (2015-09-03, 09-04; make-up 09-06); a day
further than then, for the day in lieu if it falls on a Saturday."""

VICTORY_DAY = (9, 3)
VICTORY_DAYS_OFF = 1
"""The commemoration itself, so that its second weekday was exchanged."""

JOINS_NATIONAL_DAY_WITHIN = 4
"""Mid-Autumn up to so many days before 1 October has been given together with it (2015-09-27 and
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


@cache
def festivals(year: int) -> tuple[Festival, ...]:
    """The festivals of a year in order. Empty after 2100, where the lunar tables end."""
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


def first_day_in_december(year: int) -> int | None:
    """The first day of December before `year`, as an ordinal, that the year's notice may change, if any."""
    new_year = date(year, 1, 1).toordinal()
    touched = [festival.first for festival in festivals(year) if festival.first < new_year]
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
    ranged = Seen(first_off, seen.last_off, seen.first_make_up, seen.last_make_up)
    return _festival("国庆节、中秋节", days[0], days, len(days) + 1, ranged)


def _victory_festival(year: int) -> Festival:
    day = date(year, *VICTORY_DAY)
    return _festival("胜利日", day, [day], VICTORY_DAYS_OFF, VICTORY)


def _festival(name: str, main_day: date, statutory: list[date], entitled: int, seen: Seen) -> Festival:
    found = tuple(dict.fromkeys(_arrangements(main_day, statutory, entitled, seen)))
    spans = [arrangement.touched() for arrangement in found]
    return Festival(name, found, seen.always, min(s[0] for s in spans), max(s[1] for s in spans))


def _arrangements(main_day: date, statutory: list[date], entitled: int, seen: Seen) -> Iterator[Arrangement]:
    """Every block of days off in the range seen that gives the statutory days their due."""
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
