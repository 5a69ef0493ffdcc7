"""The working week of government bodies and public institutions."""

from datetime import date

from rules.law import Law

WEEKLY_REST = Law("国务院关于职工工作时间的规定", "第七条")
"""Saturday and Sunday are the weekly rest days, since 1995-05-01. Days before that are counted as if it
had held; no case of these measures reaches back so far."""

SATURDAY = 5
"""`date.weekday()` of the first rest day of the week."""


def is_rest_day(day: date) -> bool:
    """Whether the day is a weekly rest day (周休息日), before any notice changes it."""
    return day.weekday() >= SATURDAY
