"""China's holidays by the `holidays` library, divided into law, notices, and projection.

The library answers for every year, published or not: past its last notice it projects the statutory
days alone. Which years rest on a notice is read from its record of exchanged days (调休), because every
notice since 2001 has an exchange.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import MappingProxyType
from typing import Any

import holidays.version

from rules.values.due_dates import DayKind
from rules.values.law import Law

LIBRARY = f"holidays {holidays.version.__version__}"
STATUTORY_HOLIDAYS = Law("全国年节及纪念日放假办法", "第二条")


def _module_of_china() -> Any:
    """The library's module of China alone, from its file.

    An import by name loads its package with the modules of 250 countries, which takes half of the time of a
    command that only counts days. A table of our own cannot replace it: statutory days of years to come need
    the library's lunar calendar, and days need names in both languages.
    """
    file = Path(holidays.__file__).parent / "countries" / "china.py"
    spec = spec_from_file_location("holidays_of_china", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_CHINA = _module_of_china()
_DECLARED: Mapping[int, Any] = _CHINA.ChinaStaticHolidays.special_public_holidays
_DECLARED_IN_LIEU: Mapping[int, Any] = _CHINA.ChinaStaticHolidays.special_public_holidays_observed

FIRST_PUBLISHED_YEAR = min(_DECLARED)
LAST_PUBLISHED_YEAR = max(_DECLARED)
"""The last year for which the installed library holds a State Council notice."""

NEW_YEAR_REACHES_BACK_TO = (12, 25)
"""A make-up day for New Year lies in the week before it, so the notice of the coming year governs the
last week of December (2018-12-29 was worked and 2018-12-31 was off by the notice for 2019)."""


@dataclass(frozen=True, slots=True)
class DayFact:
    """What a day is, why, and where that is laid down."""

    kind: DayKind
    zh: str
    en: str
    source: str


def governing_year(day: date) -> int:
    """The year whose notice decides about a day: its own, or the next in the last week of December."""
    return day.year + ((day.month, day.day) >= NEW_YEAR_REACHES_BACK_TO)


@cache
def statutory_days(year: int) -> Mapping[date, tuple[str, ...]]:
    """Each statutory holiday of the year with its Chinese names (全国年节及纪念日放假办法第二条).

    On a Saturday or Sunday too; without days in lieu. Empty after 2100, where the library's lunar tables end.
    """
    declared = {day for day, _ in _declared(year)}
    named = _listed(year, "zh_CN", observed=False)
    return MappingProxyType(
        {day: tuple(name.split("; ")) for day, name in sorted(named.items()) if day not in declared}
    )


@cache
def english_name(zh: str, year: int) -> str:
    """The English name of a statutory holiday of the year; the Chinese one where there is none."""
    chinese = _listed(year, "zh_CN", observed=False)
    english = _listed(year, "en_US", observed=False)
    for day, name in chinese.items():
        if zh in name.split("; "):
            return english[day].split("; ")[name.split("; ").index(zh)]
    return zh


@cache
def projected_facts(year: int, published: bool) -> Mapping[date, DayFact]:
    """Statutory holidays and the weekdays off in their lieu (第六条), by day; no exchanged days.

    All that is known of a year without a notice, and the basis of one with a notice.
    """
    source = _notice_of(year) if published else f"{STATUTORY_HOLIDAYS} ({LIBRARY})"
    chinese = _listed(year, "zh_CN")
    english = _listed(year, "en_US")
    declared = {day for day, _ in _declared(year)}
    return MappingProxyType(
        {
            day: DayFact(DayKind.HOLIDAY, chinese[day], english[day], source)
            for day in sorted(chinese)
            if day not in declared
        }
    )


@cache
def declared_facts(year: int) -> Mapping[date, DayFact]:
    """The days that notices declared beyond the statutory ones: exchanged, make-up and special days."""
    facts = {}
    chinese = _listed(year, "zh_CN")
    english = _listed(year, "en_US")
    for off, worked in (*_declared(year), *_declared(year + 1)):
        source = _notice_of(governing_year(off))
        if off.year == year and worked is None:
            facts[off] = DayFact(DayKind.HOLIDAY, chinese[off], english[off], source)
        elif off.year == year:
            zh, en = f"调休放假（{worked}上班）", f"day off, worked on {worked} instead"
            facts[off] = DayFact(DayKind.DAY_OFF, zh, en, source)
        if worked is not None and worked.year == year:
            zh, en = f"调休上班（{off}放假）", f"make-up working day for {off}"
            facts[worked] = DayFact(DayKind.MAKE_UP, zh, en, source)
    return MappingProxyType(facts)


def _listed(year: int, language: str, observed: bool = True) -> Mapping[date, str]:
    listed: Mapping[date, str] = _CHINA.China(years=year, language=language, observed=observed)
    return listed


def _declared(year: int) -> Iterator[tuple[date, date | None]]:
    """Each declared day off listed under the year, with the weekend day worked in exchange, if any."""
    for table in (_DECLARED, _DECLARED_IN_LIEU):
        entries = table.get(year, ())
        for entry in (entries,) if entries and isinstance(entries[0], int) else entries:
            off = date(year, entry[0], entry[1])
            if isinstance(entry[2], int):
                yield off, date(entry[4] if len(entry) > 4 else year, entry[2], entry[3])
            else:
                yield off, None


def _notice_of(year: int) -> str:
    return f"国务院办公厅{year}年放假通知 ({LIBRARY})"


WEEKLY_REST = Law("国务院关于职工工作时间的规定", "第七条")
"""Saturday and Sunday are the weekly rest days, since 1995-05-01. Days before that are counted as if it
had held; no case of these measures reaches back so far."""

SATURDAY = 5
"""`date.weekday()` of the first rest day of the week."""


def is_rest_day(day: date) -> bool:
    """Whether the day is a weekly rest day (周休息日), before any notice changes it."""
    return day.weekday() >= SATURDAY
