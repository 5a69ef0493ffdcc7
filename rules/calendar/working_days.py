"""Working days and due dates (工作日): counted, bounded, and explained day by day.

Day 0 is the day of receipt, whether or not it is a working day, and never counts (民法典第二百零一条).
Days are those of the Gregorian calendar (第二百条); periods in months or years (第二百零二条) do not occur
here. Since the last day counted is a working day, a period never ends on a holiday and 第二百零三条 never
moves it; that article's hour is `rules.clocks.clocks.end_of`. The measures say nothing else (第二百零四条).
"""

from bisect import bisect_left, bisect_right
from datetime import date

from rules.calendar.provisional import bounds
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import CountedDay, DayKind, DueDate
from rules.values.law import CIVIL_CODE, Law

DAY_ZERO = str(Law(CIVIL_CODE, "第二百零一条"))
RECEIPT_ZH, RECEIPT_EN = "收到之日，不计入", "day of receipt, not counted"


def due_on(received_on: date, working_days: int, calendar: WorkingCalendar) -> tuple[date, bool]:
    """The last day of a period and whether a notice still to come may change it: `due_date` unexplained.

    Raises ValueError for a period of less than one day, or one that ends past year 9999.
    """
    _check(working_days)
    after = received_on.toordinal()
    year = received_on.year
    table = calendar.table(year)
    index = bisect_right(table.working, after) + working_days - 1
    provisional = False
    while index >= len(table.working):
        index -= len(table.working)
        provisional = provisional or max(after + 1, table.unsettled_from) <= table.last
        year += 1
        table = calendar.table(year)
    due = table.working[index]
    return date.fromordinal(due), provisional or table.unsettled_from <= due


def due_date(received_on: date, working_days: int, calendar: WorkingCalendar) -> DueDate:
    """The last day of so many working days after the day of receipt, explained (民法典第二百至二百零三条).

    Where the period reaches days that a notice still to come may change, the date is projected from the
    statutory holidays alone, `provisional`, and bounded by the arrangements seen since 2014. Raises
    ValueError for a period of less than one day, or one that ends past year 9999.
    """
    last, provisional = due_on(received_on, working_days, calendar)
    earliest, latest = bounds(received_on, working_days, last, calendar) if provisional else (last, last)
    return DueDate(
        received_on=received_on,
        working_days=working_days,
        due_on=last,
        provisional=provisional,
        earliest=earliest,
        latest=latest,
        calendar=calendar.version,
        days=_explained(received_on, last, calendar),
    )


def working_days_between(after: date, until: date, calendar: WorkingCalendar) -> int:
    """How many working days lie after one day and up to another, the latter included; 0 when none do."""
    count = 0
    for year in range(after.year, until.year + 1):
        working = calendar.table(year).working
        first = bisect_right(working, after.toordinal()) if year == after.year else 0
        last = bisect_right(working, until.toordinal()) if year == until.year else len(working)
        count += last - first
    return max(0, count)


def nth_working_day_after(day: date, n: int, calendar: WorkingCalendar) -> date:
    """The n-th working day after a day. Raises ValueError when n is less than one."""
    return due_on(day, n, calendar)[0]


def nth_working_day_before(day: date, n: int, calendar: WorkingCalendar) -> date:
    """The n-th working day before a day: on its evening n working days are left until `day`.

    Raises ValueError when n is less than one.
    """
    _check(n)
    year = day.year
    working = calendar.table(year).working
    index = bisect_left(working, day.toordinal()) - n
    while index < 0:
        year -= 1
        working = calendar.table(year).working
        index += len(working)
    return date.fromordinal(working[index])


def _explained(received_on: date, last: date, calendar: WorkingCalendar) -> tuple[CountedDay, ...]:
    """Every day from receipt to the last, each with its number or the reason why it has none."""
    days = [CountedDay(received_on, DayKind.RECEIPT, None, RECEIPT_ZH, RECEIPT_EN, DAY_ZERO)]
    number = 1
    line = calendar.line
    for ordinal in range(received_on.toordinal() + 1, last.toordinal() + 1):
        day = line(ordinal, number)
        days.append(day)
        number += day.number is not None
    return tuple(days)


def _check(working_days: int) -> None:
    if working_days < 1:
        raise ValueError("a period has at least one working day")
