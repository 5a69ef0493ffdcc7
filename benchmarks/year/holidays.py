"""The holiday notices of a simulated year, invented on the principles of real ones."""

from datetime import date, timedelta

from models.files.holiday_notice import CalendarFile, loaded
from rules.calendar.notices import notice_problems
from rules.calendar.published_holidays import is_rest_day, statutory_days
from rules.calendar.working_calendar import WorkingCalendar

SPRING_FESTIVAL = "春节"
REACH = 16
"""The most days between a holiday and a make-up day for it."""


def notice_for(year: int) -> CalendarFile:
    """A whole year's notice: each festival with days off in lieu of its weekend days; eight days in a row for
    the Spring Festival, with make-up days for those beyond the statutory ones."""
    off: set[date] = set()
    for day, names in statutory_days(year).items():
        off.add(day)
        for _ in range(len(names) - (0 if is_rest_day(day) else 1)):
            off.add(_next_weekday(day, off | set(statutory_days(year))))
    added = _spring_festival(year, off)
    worked = _made_up(added, off | added)
    spans = [{"from": day, "to": day, "name": "放假"} for day in sorted(off | added)]
    notice = {"year": year, "number": f"模拟放假〔{year}〕1号", "published_on": date(year - 1, 11, 4)}
    file = CalendarFile.model_validate({"notice": {**notice, "days_off": spans, "make_up_days": worked}})
    assert file.notice is not None
    if problems := notice_problems(file.notice.notice()):
        raise ValueError(f"the invented notice for {year} is none: {problems}")
    return file


def _next_weekday(day: date, off: set[date]) -> date:
    while day in off or is_rest_day(day):
        day += timedelta(days=1)
    return day


def _spring_festival(year: int, off: set[date]) -> set[date]:
    """The weekdays off that extend the Spring Festival to eight days in a row."""
    first = next(day for day, names in statutory_days(year).items() if SPRING_FESTIVAL in "".join(names))
    row = {first + timedelta(days=n) for n in range(8)}
    return {day for day in row if day not in off and not is_rest_day(day)}


def _made_up(added: set[date], off: set[date]) -> list[date]:
    """The make-up days, one weekend day for each added day off, as near as possible."""
    if not added:
        return []
    last = max(added)
    near = sorted(
        (last + timedelta(days=n) for n in range(-REACH, REACH)), key=lambda day: (abs(day - last), day)
    )
    return sorted([day for day in near if is_rest_day(day) and day not in off][: len(added)])


def calendar_of(year: int) -> WorkingCalendar:
    """The calendar of a simulated year and of the part of its cases in the next, with both notices."""
    return loaded(WorkingCalendar(), [notice_for(year), notice_for(year + 1)])
