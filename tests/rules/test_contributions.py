"""Ranges in, months out."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.amounts.contributions import by_month, moving_ranges, stretches
from rules.amounts.one_off import OneOffCheck
from rules.amounts.rates import individual_account_share, pooled_fund_share
from rules.values.money import Fen
from rules.values.months import Month, count_months
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History, MonthKind

ON = date(2025, 9, 1)


def paid(first: str, last: str, kind: MonthKind = MonthKind.REGULAR) -> ContributionRange:
    return ContributionRange(Month.parse(first), Month.parse(last), Fen(100_000), kind=kind)


def test_a_range_is_its_months_in_order() -> None:
    months = by_month((paid("2018-01", "2018-01"), paid("2017-11", "2017-12")))
    assert [str(part.month) for part in months] == ["2017-11", "2017-12", "2018-01"]


def test_stretches_end_with_the_year_and_where_a_share_changes() -> None:
    cut = [
        (str(part.begins), str(part.ends), part.counts) for part in stretches([paid("1997-07", "1998-03")])
    ]
    assert cut == [("1997-07", "1997-12", None), ("1998-01", "1998-03", 110_000)]
    reform = [(str(part.begins), str(part.ends)) for part in stretches([paid("2014-08", "2014-12")])]
    assert reform == [("2014-08", "2014-09"), ("2014-10", "2014-12")]


months = st.integers(0, 430).map(Month(1992, 1).plus)


@settings(max_examples=80, deadline=None)
@given(months, months)
def test_stretches_hold_every_month_once_under_the_shares_of_that_month(one: Month, two: Month) -> None:
    first, last = min(one, two), max(one, two)
    cut = list(stretches([ContributionRange(first, last, Fen(1))]))
    assert sum(part.months for part in cut) == count_months(first, last)
    assert all(later.begins == earlier.ends.plus(1) for earlier, later in pairwise(cut))
    for part in cut:
        for number in range(part.first, part.last + 1):
            month = Month(part.year, number)
            assert part.counts == individual_account_share(month)
            for scheme in (Scheme.ENTERPRISE, Scheme.GOVERNMENT):
                assert pooled_fund_share(scheme, part.begins) == pooled_fund_share(scheme, month)


@pytest.mark.parametrize(
    ("month", "account", "pool_of_enterprise", "pool_of_government"),
    [
        ("1997-12", None, None, None),
        ("1998-01", 110_000, 120_000, None),
        ("2005-12", 110_000, 120_000, None),
        ("2006-01", 80_000, 120_000, None),
        ("2014-09", 80_000, 120_000, None),
        ("2014-10", 80_000, 120_000, 120_000),
    ],
)
def test_the_shares_change_on_their_day(
    month: str, account: int | None, pool_of_enterprise: int | None, pool_of_government: int | None
) -> None:
    at = Month.parse(month)
    assert individual_account_share(at) == account
    assert pooled_fund_share(Scheme.ENTERPRISE, at) == pool_of_enterprise
    assert pooled_fund_share(Scheme.GOVERNMENT, at) == pool_of_government


def test_pilot_months_and_arrears_do_not_move() -> None:
    history = History(
        Scheme.GOVERNMENT,
        (
            paid("2015-03", "2016-12"),
            paid("2014-10", "2015-01"),
            paid("2012-01", "2014-09", MonthKind.PILOT),
            paid("2015-02", "2015-02", MonthKind.ARREARS),
        ),
    )
    assert moving_ranges(history, ON) == (paid("2014-10", "2015-01"), paid("2015-03", "2016-12"))


def test_unproven_one_off_months_move_only_while_the_check_is_off() -> None:
    unproven = paid("2016-01", "2018-12", MonthKind.ONE_OFF_WITHOUT_PAPERS)
    history = History(Scheme.ENTERPRISE, (unproven, paid("2019-01", "2019-12")))
    assert moving_ranges(history, ON) == (paid("2019-01", "2019-12"),)
    assert moving_ranges(history, ON, OneOffCheck.OFF) == (unproven, paid("2019-01", "2019-12"))
