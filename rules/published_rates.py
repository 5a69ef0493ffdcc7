"""The yearly rates at which individual accounts bear interest (个人账户记账利率), as far as published.

One rate a year for both schemes since 2016, announced every June for the year before by the ministries of
human resources and of finance (人社部发〔2017〕31号; floor and tax: 社会保险法第十四条). The texts of the
single announcements were not in hand: each line says where its figure was read and how good that is.

Not here, because it was set by each province and no official table was found: the enterprise scheme before
2016. Such rates come with the history (`History.rates`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from rules.law import Law
from rules.money import Rate
from rules.schemes import Scheme

UNIFIED_RATES = Law("人社部发〔2017〕31号", "统一和规范职工养老保险个人账户记账利率办法")
"""Rates are uniform from 2016 and announced each June; the number of the article was not in hand."""

BOTH = frozenset({Scheme.GOVERNMENT, Scheme.ENTERPRISE})
GOVERNMENT = frozenset({Scheme.GOVERNMENT})


class Grade(StrEnum):
    """How good the source of a figure is."""

    REPORTED = "reported"
    """News or guides that agree with each other; the announcement itself was not read."""
    WEAK = "weak"
    """Only tables kept by third parties."""
    NO_OFFICIAL_TEXT = "no_official_text"
    """Media and software alone, and a search for the announcement found none: open."""


@dataclass(frozen=True, slots=True)
class PublishedRate:
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
    PublishedRate(2014, Rate(50_000), GOVERNMENT, Grade.REPORTED, _PARAMETERS_2016),
    PublishedRate(2015, Rate(50_000), GOVERNMENT, Grade.REPORTED, _PARAMETERS_2016),
    PublishedRate(2016, Rate(83_100), BOTH, Grade.REPORTED, _PARAMETERS_2016),
    PublishedRate(2017, Rate(71_200), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    PublishedRate(2018, Rate(82_900), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    PublishedRate(2019, Rate(76_100), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    PublishedRate(2020, Rate(60_400), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    # One page prints 6.69 under 2022, another the figure of 2020 there.
    PublishedRate(2021, Rate(66_900), BOTH, Grade.WEAK, _THIRD_PARTY_SERIES),
    PublishedRate(2022, Rate(61_200), BOTH, Grade.WEAK, _THIRD_PARTY_SERIES),
    PublishedRate(2023, Rate(39_700), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    PublishedRate(2024, Rate(26_200), BOTH, Grade.REPORTED, _SERIES_2016_TO_2024),
    PublishedRate(2025, Rate(15_000), BOTH, Grade.NO_OFFICIAL_TEXT, _RATE_OF_2025),
)

WITHOUT_OFFICIAL_TEXT = frozenset(
    line.year for line in PUBLISHED_RATES if line.grade is Grade.NO_OFFICIAL_TEXT
)


def _of(scheme: Scheme) -> Mapping[int, Rate]:
    return MappingProxyType({line.year: line.rate for line in PUBLISHED_RATES if scheme in line.schemes})


RATES_BY_SCHEME: Mapping[Scheme, Mapping[int, Rate]] = MappingProxyType(
    {scheme: _of(scheme) for scheme in Scheme}
)
"""The same lines, by scheme and year."""
