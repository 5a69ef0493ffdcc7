"""The rates of contributions, of what moves and of yearly interest, each with its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from rules.values.law import TRANSFER_PROCEDURE, InForce, Law, in_force
from rules.values.money import Fen, Rate, rate_from_percent, share
from rules.values.months import Month, count_months
from rules.values.moves import GOVERNMENT_SCHEME_BEGAN, Scheme

UNIT_CONTRIBUTION = (
    InForce(rate_from_percent("20"), since=date(1995, 3, 1), law=Law("国发〔1995〕6号", "附件")),
    InForce(rate_from_percent("20"), since=date(1997, 7, 16), law=Law("国发〔1997〕26号", "第三条")),
    InForce(rate_from_percent("16"), since=date(2019, 5, 1), law=Law("国办发〔2019〕13号", "第一条")),
)
"""The employer's rates, which only the books need. Rates and documents are recalled from general knowledge,
not read in a retrieved text; 20 is the usual ceiling, and what was paid below it differed by place."""


def unit_contribution(base: Fen, month: Month) -> Fen:
    """The employer's contribution for a month on a monthly base, in fen, half up.

    Before the first rule the amount is zero. Source: `UNIT_CONTRIBUTION`.
    """
    day = date(month.year, month.number, 1)
    if day < UNIT_CONTRIBUTION[0].since:
        return Fen(0)
    rate: Rate = in_force(UNIT_CONTRIBUTION, day).value
    return share(base, rate)


def unit_contributions(base: Fen, first: Month, last: Month) -> Fen:
    """The employer's contributions for every month from `first` to `last` on one monthly base, in fen.

    The same to a fen as month by month (`unit_contribution`); zero when `last` comes first.
    """
    turns = [Month.of(one.since) for one in UNIT_CONTRIBUTION]
    begins = [first, *(turn for turn in turns if first < turn <= last)]
    ends = [*(turn.plus(-1) for turn in begins[1:]), last]
    parts = zip(begins, ends, strict=True)
    return Fen(sum(count_months(begin, end) * unit_contribution(base, begin) for begin, end in parts))


BOOK_RATES = Law(TRANSFER_PROCEDURE, "第八条")
LEAVING_GOVERNMENT = Law(TRANSFER_PROCEDURE, "第七条第四项")

INDIVIDUAL_ACCOUNT_SHARE = (
    InForce(Rate(110_000), since=date(1998, 1, 1), law=BOOK_RATES),
    InForce(Rate(80_000), since=date(2006, 1, 1), law=BOOK_RATES),
)
"""The share of the contribution base that counts for the individual account, parts per million."""

OWN_CONTRIBUTION_SHARE = (
    InForce(Rate(80_000), since=date(2006, 1, 1), law=Law("国发〔2005〕38号", "第六条")),
)
"""The share of the base that the person pays, parts per million, since the account holds nothing else. The
government scheme has had the same since its start (国发〔2015〕2号第三条). Both articles are recalled, not
read in a retrieved text."""

POOLED_FUND_SHARE = {
    Scheme.ENTERPRISE: (InForce(Rate(120_000), since=date(1998, 1, 1), law=BOOK_RATES),),
    Scheme.GOVERNMENT: (InForce(Rate(120_000), since=GOVERNMENT_SCHEME_BEGAN, law=LEAVING_GOVERNMENT),),
    Scheme.RESIDENT: (),
}
"""The share of the actual bases that moves from the pooled fund, parts per million, by the scheme left; the
resident scheme has no such fund.

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
    """The share that counts in a month; None before 1998, when the record counts as booked (7号第八条)."""
    return _share_in(INDIVIDUAL_ACCOUNT_SHARE, month)


@cache
def own_contribution_share(month: Month) -> Rate | None:
    """The person's share of a month's base; None before 2006, when the account held more than that."""
    return _share_in(OWN_CONTRIBUTION_SHARE, month)


@cache
def pooled_fund_share(scheme: Scheme, month: Month) -> Rate | None:
    """The pooled share of a month's base, None where none moves (7号第七条第四项, 第八条)."""
    return _share_in(POOLED_FUND_SHARE[scheme], month)


def _changes() -> dict[int, tuple[int, ...]]:
    days = {line.since for line in INDIVIDUAL_ACCOUNT_SHARE}
    days |= {line.since for lines in POOLED_FUND_SHARE.values() for line in lines}
    return {
        year: tuple(sorted(day.month for day in days if day.year == year))
        for year in {day.year for day in days}
    }


MONTHS_OF_CHANGE = _changes()
"""The months, by year, in which any share changes; between them all stay the same."""


UNIFIED_RATES = Law("人社部发〔2017〕31号", "统一和规范职工养老保险个人账户记账利率办法")
"""Rates are uniform from 2016 and announced each June; the number of the article was not available."""

BOTH = frozenset({Scheme.GOVERNMENT, Scheme.ENTERPRISE})
GOVERNMENT = frozenset({Scheme.GOVERNMENT})


class Grade(StrEnum):
    """How reliable the source of a figure is."""

    REPORTED = "reported"
    """News or guides that agree; the announcement itself was not read."""
    WEAK = "weak"
    """Only tables kept by third parties."""
    NO_OFFICIAL_TEXT = "no_official_text"
    """Media and software alone, and a search for the announcement found none: open."""


@dataclass(frozen=True, slots=True)
class YearlyRate:
    """One year's rate in parts per million, for the accounts of `schemes`."""

    year: int
    rate: Rate
    schemes: frozenset[Scheme]
    grade: Grade
    source: str


_PARAMETERS_2016 = "https://www.1renshi.com/news/8665.html"
_SERIES_2016_TO_2024 = "https://www.163.com/dy/article/KE9FH59Q05446M2K.html"
_THIRD_PARTY_SERIES = "https://www.gateiolink.net/post/status/18589634"
_RATE_OF_2025 = "https://m.163.com/mobile/article/KJBIOTL30519Q647.html"

PUBLISHED_RATES = (
    # 2014 stands for its last three months, the first of the government scheme.
    YearlyRate(2014, Rate(50_000), GOVERNMENT, Grade.REPORTED, _PARAMETERS_2016),
    YearlyRate(2015, Rate(50_000), GOVERNMENT, Grade.REPORTED, _PARAMETERS_2016),
    YearlyRate(2016, Rate(83_100), BOTH, Grade.REPORTED, _PARAMETERS_2016),
    YearlyRate(2017, Rate(71_200), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    YearlyRate(2018, Rate(82_900), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    YearlyRate(2019, Rate(76_100), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    YearlyRate(2020, Rate(60_400), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    # One page prints 6.69 under 2022, another the figure of 2020 there.
    YearlyRate(2021, Rate(66_900), BOTH, Grade.WEAK, _THIRD_PARTY_SERIES),
    YearlyRate(2022, Rate(61_200), BOTH, Grade.WEAK, _THIRD_PARTY_SERIES),
    YearlyRate(2023, Rate(39_700), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    YearlyRate(2024, Rate(26_200), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    YearlyRate(2025, Rate(15_000), BOTH, Grade.NO_OFFICIAL_TEXT, _RATE_OF_2025),
)

WITHOUT_OFFICIAL_TEXT = frozenset(
    line.year for line in PUBLISHED_RATES if line.grade is Grade.NO_OFFICIAL_TEXT
)


def _of(scheme: Scheme) -> Mapping[int, Rate]:
    return MappingProxyType({line.year: line.rate for line in PUBLISHED_RATES if scheme in line.schemes})


RATES_BY_SCHEME: Mapping[Scheme, Mapping[int, Rate]] = MappingProxyType(
    {scheme: _of(scheme) for scheme in Scheme}
)
"""The same rates, by scheme and year."""
