"""The sums of `rules.amounts.amounts` for a plain record, month by month, to compare speed and results.

It handles no openings, kinds of months, problems, findings or yearly table.
"""

from collections.abc import Mapping, Sequence

Paid = tuple[int, int, int, int | None]
"""Year, month, base in fen, booked rate in parts per million."""


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def plain_lines(
    paid: Sequence[Paid], leaving: int, pooled_from: tuple[int, int], rates: Mapping[int, int]
) -> tuple[int, int, int, int]:
    """Lines ①, ②, ③ and ⑤ in fen, for months in chronological order; rates in parts per million."""
    credits = {"before": dict[int, int](), "since": dict[int, int]()}
    products = {"before": dict[int, int](), "since": dict[int, int]()}
    pooled = 0
    for year, month, base, booked in paid:
        if year < 1998:
            part, credit = "before", base * (booked or 0)
        else:
            part, credit = "since", base * (110_000 if year < 2006 else 80_000)
        credits[part][year] = credits[part].get(year, 0) + credit
        products[part][year] = products[part].get(year, 0) + credit * (13 - month)
        if (year, month) >= pooled_from:
            pooled += base
    balances = {"before": 0, "since": 0}
    for year in range(paid[0][0] if paid else leaving, leaving):
        for part, balance in balances.items():
            balances[part] = (
                balance
                + _rounded(credits[part].get(year, 0), 1_000_000)
                + _rounded(balance * rates[year], 1_000_000)
                + _rounded(products[part].get(year, 0) * rates[year], 12 * 10**12)
            )
    this_year = _rounded(credits["since"].get(leaving, 0), 1_000_000)
    return balances["before"], balances["since"], this_year, _rounded(pooled * 120_000, 1_000_000)
