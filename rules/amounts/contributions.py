"""The contribution record by months: the months of its ranges, and which of them move.

Ranges are only how people write months down: cutting or joining them changes nothing. For sums over years
the months are kept together as stretches (one year, one base, one set of shares), since a working life has
hundreds of months but few changes of base.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rules.amounts.one_off import OneOffCheck, unproven_months
from rules.amounts.rates import MONTHS_OF_CHANGE, individual_account_share
from rules.values.money import MONTHS_IN_A_YEAR, Fen, Rate
from rules.values.months import Month, months_between
from rules.values.record import ContributionRange, History, MonthKind, MonthsApart

STAYS = frozenset({MonthKind.PILOT, MonthKind.ARREARS})
"""Pilot years (人社部规〔2017〕1号) and months never paid (a provincial answer, grade C) do not move."""


@dataclass(frozen=True, slots=True)
class ContributionMonth:
    """One month of a record; `base` in fen, `booked` as in the range it came from."""

    month: Month
    base: Fen
    booked: Rate | None
    kind: MonthKind


class PaidStretch(NamedTuple):
    """The months `first` to `last` of one year, both included, on one base and under the same shares.

    `counts` is the share of the base that counts for the individual account; None before 1998, where the
    record counts as booked (7号第八条).
    """

    year: int
    first: int
    last: int
    base: Fen
    booked: Rate | None
    counts: Rate | None
    kind: MonthKind

    @property
    def months(self) -> int:
        return self.last - self.first + 1

    @property
    def begins(self) -> Month:
        return Month(self.year, self.first)

    @property
    def ends(self) -> Month:
        return Month(self.year, self.last)


def by_month(ranges: Iterable[ContributionRange]) -> tuple[ContributionMonth, ...]:
    """Every month of the ranges, in order of time. A month in two ranges comes out twice."""
    months = (
        ContributionMonth(month, part.base, part.booked, part.kind)
        for part in ranges
        for month in months_between(part.first, part.last)
    )
    return tuple(sorted(months, key=lambda paid: paid.month))


def stretches(ranges: Iterable[ContributionRange]) -> Iterator[PaidStretch]:
    """The ranges divided at the end of each year and wherever a share changes (7号第八条)."""
    for part in ranges:
        for year in range(part.first.year, part.last.year + 1):
            first = part.first.number if year == part.first.year else 1
            last = part.last.number if year == part.last.year else MONTHS_IN_A_YEAR
            for change in MONTHS_OF_CHANGE.get(year, ()):
                if first < change <= last:
                    yield _stretch(part, year, first, change - 1)
                    first = change
            yield _stretch(part, year, first, last)


def _stretch(part: ContributionRange, year: int, first: int, last: int) -> PaidStretch:
    counts = individual_account_share(Month(year, first))
    return PaidStretch(year, first, last, part.base, part.booked, counts, part.kind)


def kinds_that_stay(
    history: History, on: date, check: OneOffCheck = OneOffCheck.APPLY
) -> frozenset[MonthKind]:
    """The kinds of months that do not move on that day (1号; 94号第一条至第三条)."""
    if unproven_months(history.ranges, on, check):
        return STAYS | {MonthKind.ONE_OFF_WITHOUT_PAPERS}
    return STAYS


def months_apart(
    history: History, on: date, check: OneOffCheck = OneOffCheck.APPLY
) -> tuple[MonthsApart, ...]:
    """The months that stay on that day, by their kind (1号; 94号第一条至第三条)."""
    stays = kinds_that_stay(history, on, check)
    months: dict[MonthKind, list[Month]] = {}
    for one in by_month(part for part in history.ranges if part.kind in stays):
        months.setdefault(one.kind, []).append(one.month)
    return tuple(MonthsApart(kind, len(of), of[0], of[-1]) for kind, of in sorted(months.items()))


def moving_ranges(
    history: History, on: date, check: OneOffCheck = OneOffCheck.APPLY
) -> tuple[ContributionRange, ...]:
    """The ranges whose months move to the other scheme, in order of time (1号; 94号第一条至第三条).

    What an earlier transfer brought moves on whole: it was checked when it first moved (own reading).
    """
    stays = kinds_that_stay(history, on, check)
    moving = [part for part in history.ranges if part.kind not in stays]
    moving += (part for one in history.brought for part in one.ranges)
    return tuple(sorted(moving, key=lambda part: part.first))
