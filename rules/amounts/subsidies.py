"""One-off subsidies for years served before there was an account (一次性补贴), credited without a base.

Whoever left an authority for an enterprise had a subsidy paid into the individual account by the finance
bureau (劳社部发〔2001〕13号). It bears interest with the account and moves with it; as no unit paid a
contribution for it, the pooled fund gives nothing for it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from rules.amounts.account import NO_CREDITS
from rules.amounts.interest import YearCredits, months_of_interest
from rules.values.law import Law
from rules.values.money import WHOLE, Fen
from rules.values.record import AccountCredit, History, YearLine

ONE_OFF_SUBSIDY = Law("劳社部发〔2001〕13号", "第一条")


class SubsidyInterest(StrEnum):
    """Whether a subsidy bears interest in the year in which it was credited; no text was found."""

    FROM_MONTH = "from_month"
    """The default: from the month of the credit on, by month products like any credit."""
    FROM_NEXT_YEAR = "from_next_year"
    """Principal only in that year."""


def with_subsidies(
    credits: Mapping[int, YearCredits],
    subsidies: Iterable[AccountCredit],
    interest: SubsidyInterest = SubsidyInterest.FROM_MONTH,
) -> dict[int, YearCredits]:
    """The credits of each year, subsidies included, in millionths of a fen (劳社部发〔2001〕13号第一条)."""
    sums = dict(credits)
    for one in subsidies:
        credited, products = sums.get(one.month.year, NO_CREDITS)
        number, amount = one.month.number, one.amount * WHOLE
        months = months_of_interest(number, number) if interest is SubsidyInterest.FROM_MONTH else 0
        sums[one.month.year] = YearCredits(credited + amount, products + amount * months)
    return sums


def outside_openings(history: History) -> tuple[AccountCredit, ...]:
    """The subsidies whose money is in no balance taken over: those of later years."""
    closed = history.opening.year if history.opening else 0
    own = (one for one in history.credits if one.month.year > closed)
    brought = ((one.opening.year, part) for one in history.brought for part in one.credits)
    return (*own, *(part for year, part in brought if part.month.year > year))


def credited_by_months(subsidies: Iterable[AccountCredit], years: Iterable[YearLine]) -> dict[int, Fen]:
    """The credits of each year without the subsidies, in fen."""
    credited = {line.year: line.credited for line in years}
    for one in subsidies:
        credited[one.month.year] = Fen(credited[one.month.year] - one.amount)
    return credited
