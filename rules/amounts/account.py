"""The individual account year by year: what was credited, its interest, and each year's balance."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rules.amounts.contributions import PaidStretch
from rules.amounts.interest import (
    ClosedYear,
    YearCredits,
    close_account_year,
    leave_in_year,
    months_of_interest,
)
from rules.values.money import NO_MONEY, WHOLE, Fen, Rate, half_up
from rules.values.record import CreditRounding

NO_CREDITS = YearCredits()
NOTHING = ClosedYear(NO_MONEY, NO_MONEY, NO_MONEY)

ShareOf = Callable[[PaidStretch], Rate | None]
"""The share of a stretch's base that goes to an account; None when the stretch is no part of it."""


def share_before_1998(stretch: PaidStretch) -> Rate | None:
    """Before 1998 the booked share, which the person paid (人社厅发〔2017〕7号第八条)."""
    return stretch.booked if stretch.counts is None else None


def share_that_moves(stretch: PaidStretch) -> Rate | None:
    """From 1998 on the share that counts, whatever was booked (7号第八条)."""
    return stretch.counts


def share_as_booked(stretch: PaidStretch) -> Rate | None:
    """From 1998 on the booked share, or the one that counts if none is: linking moves the whole account."""
    return stretch.counts if stretch.counts is None or stretch.booked is None else stretch.booked


def share_on_record(stretch: PaidStretch) -> Rate | None:
    """From 1998 on the booked share, raised to the share that counts where lower (7号第八条)."""
    if stretch.counts is None or stretch.booked is None:
        return stretch.counts
    return max(stretch.booked, stretch.counts)


def credits_by_year(
    parts: Iterable[PaidStretch], share_of: ShareOf, rounding: CreditRounding = CreditRounding.YEARLY
) -> dict[int, YearCredits]:
    """The credits of each year, exact to the millionth of a fen (month products: 劳办发〔1997〕116号).

    With `CreditRounding.MONTHLY` every month's credit is a whole fen, half up.
    """
    sums: dict[int, tuple[int, int]] = {}
    for part in parts:
        share = share_of(part)
        if share is None:
            continue
        credit = part.base * share
        if rounding is CreditRounding.MONTHLY:
            credit = half_up(credit, WHOLE) * WHOLE
        credited, products = sums.get(part.year, (0, 0))
        sums[part.year] = (
            credited + credit * part.months,
            products + credit * months_of_interest(part.first, part.last),
        )
    return {year: YearCredits(*of_year) for year, of_year in sums.items()}


def with_credits(
    credits: Mapping[int, YearCredits], more: Mapping[int, YearCredits]
) -> dict[int, YearCredits]:
    """The credits of two sources to one account, added up by year."""
    nothing = YearCredits()
    both = {year: (credits.get(year, nothing), more.get(year, nothing)) for year in {*credits, *more}}
    return {
        year: YearCredits(one.credited + other.credited, one.products + other.products)
        for year, (one, other) in both.items()
    }


@dataclass(frozen=True, slots=True)
class YearlyAccount:
    """An account from the year `first` to the year of transfer, which is the last of `years`."""

    first: int
    years: tuple[ClosedYear, ...]

    @property
    def balance(self) -> Fen:
        """The balance of the account at the transfer."""
        return self.years[-1].balance

    @property
    def this_year(self) -> Fen:
        """The credits of the year of transfer: principal only."""
        return self.years[-1].credited


def yearly_account(
    taken_over: Mapping[int, Fen],
    credits: Mapping[int, YearCredits],
    years: range,
    rates: Mapping[int, Rate],
) -> YearlyAccount:
    """The account through `years`, of which the last is the year of transfer (劳办发〔1997〕116号).

    Every year but the last bears interest at its rate, even without paid months; the last is principal only.
    `taken_over` are balances in fen that join the account, by the year at whose end each stood.
    """
    if not any(taken_over.values()) and not credits:
        return YearlyAccount(years[0], (NOTHING,) * len(years))
    closed = []
    balance = NO_MONEY
    for year in years[:-1]:
        opening = Fen(balance + taken_over.get(year - 1, NO_MONEY))
        closed.append(close_account_year(opening, credits.get(year, NO_CREDITS), rates[year]))
        balance = closed[-1].balance
    opening = Fen(balance + taken_over.get(years[-1] - 1, NO_MONEY))
    closed.append(leave_in_year(opening, credits.get(years[-1], NO_CREDITS)))
    return YearlyAccount(years[0], tuple(closed))
