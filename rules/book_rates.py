"""The shares that count for a transfer: of the individual account, and of the pooled fund.

Booked rate against the rate that counts (人社厅发〔2017〕7号第八条; the same in 人社部发〔2009〕187号):

    before 1998-01-01        what the person paid; the record stays as it is
    1998-01-01 … 2005-12-31  11 %
    from 2006-01-01           8 %
    booked higher            the excess does not move, the record is not changed
    booked lower             the counting rate moves, the transfer-out bureau lifts its record to it

Art. 8 is written for the way from enterprise to government. The other way the whole balance moves
(人社部规〔2017〕1号); the same table is applied there too, by analogy: a government record booked at 8 %, the
only rate since that scheme began, is not touched by it.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache

from rules.law import TRANSFER_PROCEDURE, InForce, Law, in_force
from rules.money import Rate
from rules.months import Month
from rules.schemes import GOVERNMENT_SCHEME_BEGAN, Scheme

BOOK_RATES = Law(TRANSFER_PROCEDURE, "第八条")
LEAVING_GOVERNMENT = Law(TRANSFER_PROCEDURE, "第七条第四项")

INDIVIDUAL_ACCOUNT_SHARE = (
    InForce(Rate(110_000), since=date(1998, 1, 1), law=BOOK_RATES),
    InForce(Rate(80_000), since=date(2006, 1, 1), law=BOOK_RATES),
)
"""The share of the contribution base that counts for the individual account, parts per million."""

POOLED_FUND_SHARE = {
    Scheme.ENTERPRISE: (InForce(Rate(120_000), since=date(1998, 1, 1), law=BOOK_RATES),),
    Scheme.GOVERNMENT: (InForce(Rate(120_000), since=GOVERNMENT_SCHEME_BEGAN, law=LEAVING_GOVERNMENT),),
}
"""The share of the actual bases that moves from the pooled fund, parts per million, by the scheme left.

It is this share whatever the unit really paid: 20 %, 16 %, the reduced or waived contributions of 2020
(no text to the contrary found; waived months count as paid), or a flexible worker's own part
(人社部发〔2009〕187号). Pooled money bears no interest.
"""


def _share_in(shares: Sequence[InForce[Rate]], month: Month) -> Rate | None:
    try:
        return in_force(shares, date(month.year, month.number, 1)).value
    except LookupError:
        return None


@cache
def individual_account_share(month: Month) -> Rate | None:
    """The share that counts in a month; None before 1998, when the record stands as booked (7号第八条)."""
    return _share_in(INDIVIDUAL_ACCOUNT_SHARE, month)


@cache
def pooled_fund_share(scheme: Scheme, month: Month) -> Rate | None:
    """The pooled share of a month's base, None where none moves (7号第七条第四项, 第八条).

    Raises KeyError for the resident scheme, which has no pooled fund.
    """
    return _share_in(POOLED_FUND_SHARE[scheme], month)


def _changes() -> dict[int, tuple[int, ...]]:
    days = {line.since for line in INDIVIDUAL_ACCOUNT_SHARE}
    days |= {line.since for lines in POOLED_FUND_SHARE.values() for line in lines}
    return {
        year: tuple(sorted(day.month for day in days if day.year == year))
        for year in {day.year for day in days}
    }


MONTHS_OF_CHANGE = _changes()
"""The months, by year, in which any share changes; between them one share holds."""
