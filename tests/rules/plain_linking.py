"""Oracle for linking with the resident scheme, by year and month, without the project's rules.

It uses no records, kinds, findings or stores: it computes as a clerk would with a table and a pencil.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction


def first_day_to_apply(born_on: date, original: int) -> date:
    """The day of retirement age, found by going through months of birth from the first one concerned."""
    first = {60: (1965, 1), 55: (1970, 1), 50: (1975, 1)}[original]
    step, most = (2, 60) if original == 50 else (4, 36)
    year, month, delay, in_step = *first, 1, 0
    while (year, month) < (born_on.year, born_on.month) and delay < most:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        in_step += 1
        if in_step == step:
            delay, in_step = delay + 1, 0
    if (born_on.year, born_on.month) < first:
        delay = 0
    year, month = born_on.year + original, born_on.month + delay
    while month > 12:
        year, month = year + 1, month - 12
    day = date(year, month, 1)
    last = date(year + (month == 12), month % 12 + 1, 1) - timedelta(days=1)
    return day.replace(day=min(born_on.day, last.day))


def least_months(reached_on: date) -> int:
    """The minimum months: fifteen years; from 2030 half a year more each year, at most twenty years."""
    return 180 + 6 * max(0, min(reached_on.year - 2029, 10))


def years_in_months(paid: Iterable[tuple[int, int]], served: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """How many calendar months are paid or served, and how many are served only.

    A period is a first month and a number of months, with the first included.
    """
    calendar = [""] * 400
    for mark, periods in (("served", served), ("paid", paid)):
        for first, length in periods:
            for at in range(first, first + length):
                calendar[at] = mark
    return sum(one != "" for one in calendar), calendar.count("served")


def _rounded(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


def refunds(yearly: Mapping[int, int], employed: Iterable[tuple[int, int]]) -> dict[int, int]:
    """The refund of each resident year, in fen: a twelfth of its payment for each month also employed."""
    months = {year: len({m for y, m in employed if y == year}) for year in yearly}
    return {year: _rounded(Fraction(yearly[year] * months[year], 12)) for year in yearly if months[year]}


def balance(opening: int, yearly: Mapping[int, int], rates: Mapping[int, int], years: range) -> int:
    """A resident account in fen after `years`: each adds interest on its opening balance, then the payment.

    The last year bears no interest. Rates are in parts per million.
    """
    stands = opening
    for year in years:
        interest = _rounded(Fraction(stands * rates[year], 1_000_000)) if year != years[-1] else 0
        stands += interest + yearly.get(year, 0)
    return stands
