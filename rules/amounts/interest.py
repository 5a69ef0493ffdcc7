"""Interest on the individual account: month products, and the rate each year needs.

Formula (月积数法, 劳办发〔1997〕116号):

    balance(y)  = balance(y-1) × (1 + rate) + credits(y) + interest on credits(y)
    interest on credits(y) = rate ÷ 12 × Σ credit(n) × (12 − n + 1),  n the month, 1 to 12

No text on rounding was found. Rule of this project: to the fen, half up, at each yearly
figure (the year's credits, the interest on the opening balance, the interest on the credits); inside a
year nothing is rounded. Only the individual account bears interest; pooled money does not
(人社部发〔2009〕187号).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rules.amounts.rates import RATES_BY_SCHEME
from rules.values.law import Law
from rules.values.money import MONTHS_IN_A_YEAR, WHOLE, Fen, Rate, half_up
from rules.values.moves import Scheme

MONTH_PRODUCTS = Law("劳办发〔1997〕116号", "个人账户记账利息月积数法")
"""Interest by month products. The number of the article was not available."""


class UnpublishedRate(StrEnum):
    """What to do until the rate of the year just ended is published, each June (no rule found)."""

    LAST_PUBLISHED = "last_published"
    """Use the last published rate and mark the form provisional: the 15 working days do not wait for
    June. When the rate is published, a supplementary form and remittance settle the difference."""
    WAIT = "wait"
    """Refuse to compute: the year counts as missing."""


class MissingRates(ValueError):
    """Years whose interest rate is neither published here nor given with the history."""

    def __init__(self, years: Iterable[int]) -> None:
        self.years = tuple(sorted(years))
        super().__init__(f"no interest rate for {', '.join(map(str, self.years))}; give it with the history")


@dataclass(frozen=True, slots=True)
class YearRates:
    """The rate of every year asked for; `provisional` names the years that borrow an earlier one."""

    by_year: Mapping[int, Rate]
    provisional: tuple[int, ...] = ()


class YearCredits(NamedTuple):
    """The credits of one year to an account, exact: `credited` and `products` in millionths of a fen.

    `products` weighs the credit of month n with the 12 − n + 1 months it bears interest.
    """

    credited: int = 0
    products: int = 0


class ClosedYear(NamedTuple):
    """An account at the end of a year, in fen: balance = opening + credited + interest."""

    credited: Fen
    interest: Fen
    balance: Fen


def months_of_interest(first: int, last: int) -> int:
    """Σ (12 − n + 1) for the months n from `first` to `last` of one year (劳办发〔1997〕116号)."""
    return (last - first + 1) * (2 * MONTHS_IN_A_YEAR + 2 - first - last) // 2


def close_account_year(opening: Fen, credits: YearCredits, rate: Rate) -> ClosedYear:
    """One year of the account, with interest to 31 December (劳办发〔1997〕116号); fen, half up."""
    credited = half_up(credits.credited, WHOLE)
    interest = half_up(opening * rate, WHOLE) + half_up(
        credits.products * rate, WHOLE * WHOLE * MONTHS_IN_A_YEAR
    )
    return ClosedYear(Fen(credited), Fen(interest), Fen(opening + credited + interest))


def leave_in_year(opening: Fen, credits: YearCredits) -> ClosedYear:
    """The year of transfer: principal only; the bureau that then holds the account credits its interest.

    劳办发〔1997〕116号 and 劳社厅发〔1999〕22号, written for the enterprise scheme; for the government
    scheme it follows from line ③ of the same form.
    """
    credited = half_up(credits.credited, WHOLE)
    return ClosedYear(Fen(credited), Fen(0), Fen(opening + credited))


def rates_for(
    scheme: Scheme,
    years: range,
    given: Mapping[int, Rate],
    unpublished: UnpublishedRate = UnpublishedRate.LAST_PUBLISHED,
) -> YearRates:
    """The rate of each year, parts per million: `given`, otherwise as published (人社部发〔2017〕31号).

    The last of `years` is the year just ended; only it may borrow, as `unpublished` says. What
    counts is whether a rate is known now, not on the day asked about: asking again after June gives the
    final figure. Raises MissingRates with every year that has no rate.
    """
    known = {**RATES_BY_SCHEME[scheme], **given}
    missing = [year for year in years if year not in known]
    if not missing:
        return YearRates(known)
    borrower = years[-1]
    earlier = [year for year in known if year < borrower]
    if missing != [borrower] or not earlier or unpublished is UnpublishedRate.WAIT:
        raise MissingRates(missing)
    return YearRates({**known, borrower: known[max(earlier)]}, provisional=(borrower,))
