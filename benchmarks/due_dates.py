"""Due dates per second on one core, compared with a plain loop over a set of days off.

Run with `python -m benchmarks.due_dates`.
"""

from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter

from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_date, due_on

PERIOD = 15
"""The length of clocks A, B and C in working days."""

REPEATS = 5
"""The best of this many rounds counts, as other work on the machine disturbs."""

A_DAY = timedelta(days=1)
PUBLISHED = [date(2022, 1, 1) + timedelta(days=n % 1461) for n in range(20_000)]
"""Days of receipt over four years, as in a province's cases; each day occurs many times."""

FAR_APART = [date(2014, 1, 1) + timedelta(days=n * 16 % 4700) for n in range(290)]
"""Days of receipt whose periods share no day, so that no explanation can be reused."""

OPEN = [date(2027, 1, 1) + timedelta(days=n % 340) for n in range(2_000)]


def plain_loop(days_off: frozenset[date], make_up: frozenset[date]) -> Callable[[date], date]:
    """A due date by a plain loop over days, without explanations and provisional years."""

    def count(received_on: date) -> date:
        day, left = received_on, PERIOD
        while left:
            day += A_DAY
            if day in make_up or (day.weekday() < 5 and day not in days_off):
                left -= 1
        return day

    return count


def exceptions(calendar: WorkingCalendar) -> tuple[frozenset[date], frozenset[date]]:
    """The weekdays off and the make-up days from 2014 to 2027, for the plain loop."""
    days = [date(2014, 1, 1) + timedelta(days=n) for n in range(5113)]
    off = (day for day in days if day.weekday() < 5 and not calendar.is_working_day(day))
    worked = (day for day in days if day.weekday() >= 5 and calendar.is_working_day(day))
    return frozenset(off), frozenset(worked)


def per_second(work: Callable[[date], object], days: list[date]) -> float:
    """How many days of receipt the work handles per second, in its best round."""
    best = float("inf")
    for _ in range(REPEATS):
        started = perf_counter()
        for day in days:
            work(day)
        best = min(best, perf_counter() - started)
    return len(days) / best


def measurements() -> list[tuple[str, float]]:
    """The name of each measurement, and its due dates per second."""
    calendar = WorkingCalendar()
    plain = plain_loop(*exceptions(calendar))
    assert all(plain(day) == due_on(day, PERIOD, calendar)[0] for day in PUBLISHED)
    return [
        ("plain loop: the date alone", per_second(plain, PUBLISHED)),
        ("due_on: date, and whether firm", per_second(lambda day: due_on(day, PERIOD, calendar), PUBLISHED)),
        ("due_date: every day explained", per_second(lambda day: due_date(day, PERIOD, calendar), PUBLISHED)),
        ("due_date: days never seen before", first_time(calendar)),
        ("due_date: open year, with bounds", per_second(lambda day: due_date(day, PERIOD, calendar), OPEN)),
    ]


def first_time(calendar: WorkingCalendar) -> float:
    """Explained due dates per second when each day is explained for the first time."""
    best = 0.0
    for _ in range(REPEATS * 4):
        calendar.__dict__.pop("line", None)
        started = perf_counter()
        for day in FAR_APART:
            due_date(day, PERIOD, calendar)
        best = max(best, len(FAR_APART) / (perf_counter() - started))
    return best


def run() -> None:
    """Print the measurements."""
    print(f"due dates per second, {PERIOD} working days each, one core, best of {REPEATS} rounds")
    for name, rate in measurements():
        print(f"  {name:<34} {rate:>12,.0f}")
    print("  due_on looks the day up in a sorted year; due_date is limited by making one value per day")


if __name__ == "__main__":
    run()
