"""Trial calculations per second, for a working life of thirty years in the enterprise scheme.

Each calculation checks the record, computes the account in two parts through thirty years, and builds thirty
yearly lines as frozen values; the time grows with the number of ranges, not of months. A record written month
by month has twelve times the ranges and takes several times as long.
"""

import time
from collections.abc import Callable
from datetime import date
from functools import partial

from benchmarks.plain_loop import Paid, plain_lines
from rules.amounts.amounts import transfer_amount
from rules.amounts.contributions import by_month
from rules.amounts.interest import rates_for
from rules.values.money import Fen, Rate
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History

TARGET = 2_000
"""Thirty-year calculations per second on one core."""

FIRST, LEAVING = 1996, 2025
LEFT_IN = date(LEAVING, 9, 1)
ROUND_SECONDS = 0.5
ROUNDS = 5


def thirty_years(months_in_a_range: int = 12) -> History:
    """A record of 1996 to August 2025 with a new base after each range, the first two years as booked."""
    ranges = []
    first = Month(FIRST, 1)
    while first <= Month(LEAVING, 8):
        last = min(first.plus(months_in_a_range - 1), Month(LEAVING, 8))
        base = Fen(200_000 + (first.year - FIRST) * 15_000 + first.number)
        booked = Rate(40_000) if first.year < 1998 else None
        ranges.append(ContributionRange(first, last, base, booked))
        first = last.plus(1)
    return History(Scheme.ENTERPRISE, tuple(ranges), rates={y: Rate(30_000) for y in range(FIRST, 2016)})


def a_second(work: Callable[[], object]) -> float:
    """How often the work is done per second, in the best of some rounds, as other work disturbs."""
    best = 0.0
    for _ in range(ROUNDS):
        done, started = 0, time.perf_counter()
        while (spent := time.perf_counter() - started) < ROUND_SECONDS:
            work()
            done += 1
        best = max(best, done / spent)
    return best


def run() -> None:
    """Measure and print. Fails when the rules and the plain loop disagree."""
    for name, history in (
        ("new base each year, 30 ranges", thirty_years()),
        ("new base each month, 356 ranges", thirty_years(1)),
    ):
        lines = transfer_amount(history, Scheme.GOVERNMENT, LEFT_IN).lines
        paid: list[Paid] = [
            (part.month.year, part.month.number, part.base, part.booked) for part in by_month(history.ranges)
        ]
        rates = _rates(history)
        plain = plain_lines(paid, LEAVING, (1998, 1), rates)
        if plain != (lines.before_1998, lines.to_last_year, lines.this_year_principal, lines.pooled):
            raise AssertionError("the rules and the plain loop disagree")
        rules_rate = a_second(partial(transfer_amount, history, Scheme.GOVERNMENT, LEFT_IN))
        loop_rate = a_second(partial(plain_lines, paid, LEAVING, (1998, 1), rates))
        print(f"thirty-year calculation, {name}")
        print(f"  rules, checked, with yearly table and findings  {rules_rate:>9,.0f} a second per core")
        print(f"  plain loop over the months, sums alone          {loop_rate:>9,.0f} a second per core")
    print(
        f"  target {TARGET:,} a second for 30 ranges; the time goes into ranges and yearly lines, not months"
    )


def _rates(history: History) -> dict[int, int]:
    return dict(rates_for(history.scheme, range(FIRST, LEAVING), history.rates).by_year)


if __name__ == "__main__":
    run()
