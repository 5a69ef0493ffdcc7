"""Bounds of a due date in a year whose holiday notice is not yet published.

Between receipt and any day, the arrangements of rules/calendar/festivals.py allow a largest and a smallest
number of working days. The due date is never before the day on which the largest number could reach the
period's length, and never after the day on which the smallest must.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import date

from rules.calendar.festivals import Arrangement, Festival, festivals
from rules.calendar.working_calendar import WorkingCalendar


class OpenDays:
    """The days after `received_on` of a calendar, with every change that unpublished notices may bring."""

    def __init__(self, received_on: date, through: int, calendar: WorkingCalendar) -> None:
        self._after = received_on.toordinal()
        rule = calendar.open_years
        self._plain: list[int] = []
        self._closed: list[int] = []
        self._festivals: list[Festival] = []
        for year in range(received_on.year, through + 1):
            self._plain.extend(calendar.table(year).plain)
            self._closed.extend(calendar.table(year).closed)
        for year in range(received_on.year, through + 2):
            if not calendar.is_published(year):
                self._festivals += [each for each in festivals(year, rule) if each.last > self._after]
        self._before = bisect_right(self._plain, self._after)

    def most(self, day: int) -> int:
        """The most working days that may lie after receipt and up to the day."""
        return self._plain_until(day) + sum(
            self._extreme(festival, day, max, self._most_of) for festival in self._within(day)
        )

    def least(self, day: int) -> int:
        """The fewest working days that may lie after receipt and up to the day."""
        return self._plain_until(day) + sum(
            self._extreme(festival, day, min, self._least_of) for festival in self._within(day)
        )

    def _plain_until(self, day: int) -> int:
        return bisect_right(self._plain, day) - self._before

    def _within(self, day: int) -> Iterable[Festival]:
        return (festival for festival in self._festivals if festival.first <= day)

    def _extreme(
        self,
        festival: Festival,
        day: int,
        pick: Callable[[Iterable[int]], int],
        count: Callable[[Arrangement, int], int],
    ) -> int:
        changes = [count(arrangement, day) for arrangement in festival.arrangements]
        return pick(changes if festival.always else [*changes, 0])

    def _most_of(self, arrangement: Arrangement, day: int) -> int:
        return min(arrangement.owed, self._in(arrangement.weekend, day)) - self._off(arrangement, day)

    def _least_of(self, arrangement: Arrangement, day: int) -> int:
        elsewhere = len(arrangement.weekend) - self._in(arrangement.weekend, day)
        return max(0, arrangement.least_worked - elsewhere) - self._off(arrangement, day)

    def _off(self, arrangement: Arrangement, day: int) -> int:
        """Weekdays off that would have counted; a day on which the bureau is closed anyway would not."""
        closed = sum(1 for off in self._closed if off in arrangement.off and self._after < off <= day)
        return self._in(arrangement.off, day) - closed

    def _in(self, days: tuple[int, ...], day: int) -> int:
        return max(0, bisect_right(days, day) - bisect_right(days, self._after))


def bounds(
    received_on: date, working_days: int, due_on: date, calendar: WorkingCalendar
) -> tuple[date, date]:
    """The earliest and latest day on which the period may end; both contain the projected `due_on`."""
    days = OpenDays(received_on, due_on.year + 1, calendar)
    projected = due_on.toordinal()
    last = date(due_on.year + 1, 12, 31).toordinal()
    earliest = _first(received_on.toordinal() + 1, projected, lambda day: days.most(day) >= working_days)
    latest = _first(projected, last, lambda day: days.least(day) >= working_days)
    return date.fromordinal(earliest), date.fromordinal(latest)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number for which a condition holds that, once true, stays true; `high` when none before."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
