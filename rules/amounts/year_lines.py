"""The account by years, as the information form shows it."""

from collections.abc import Iterable

from rules.amounts.account import YearlyAccount
from rules.amounts.contributions import PaidStretch
from rules.amounts.interest import YearRates
from rules.values.money import Fen
from rules.values.record import YearLine


def year_lines(
    funded: Iterable[PaidStretch], before: YearlyAccount, since: YearlyAccount, rates: YearRates
) -> tuple[YearLine, ...]:
    """Every year with its months, credits, interest and balance (《信息表》); years without any are left out.

    `funded` are the months that carry money, `before` and `since` the account paid before 1998 and since.
    """
    paid_in: dict[int, tuple[int, int]] = {}
    for part in funded:
        months, bases = paid_in.get(part.year, (0, 0))
        paid_in[part.year] = (months + part.months, bases + part.base * part.months)
    lines = []
    leaving = since.first + len(since.years) - 1
    for year, (old, new) in enumerate(zip(before.years, since.years, strict=True), start=since.first):
        months, bases = paid_in.get(year, (0, 0))
        balance = Fen(old.balance + new.balance)
        if not (months or new.credited) and (year == leaving or not balance):
            continue
        lines.append(
            YearLine(
                year=year,
                months=months,
                base_sum=Fen(bases),
                credited=Fen(old.credited + new.credited),
                interest=Fen(old.interest + new.interest),
                balance=balance,
                rate=None if year == leaving else rates.by_year[year],
                rate_provisional=year in rates.provisional,
            )
        )
    return tuple(lines)
