"""Month products, the year after a transfer, and the rate each year needs."""

import pytest

from rules.amounts.interest import (
    MissingRates,
    UnpublishedRate,
    YearCredits,
    close_account_year,
    leave_in_year,
    months_of_interest,
    rates_for,
)
from rules.amounts.rates import PUBLISHED_RATES, RATES_BY_SCHEME, Grade
from rules.values.money import Fen, Rate, fen_from_yuan, percent, rate_from_percent, yuan
from rules.values.moves import Scheme


def test_twelve_equal_credits_by_month_products_and_not_by_the_yearly_formula() -> None:
    """400.00 × 12 at 7.12 %: the yearly formula gives 4 985.06, the one on many web pages 5 383.46."""
    credits = YearCredits(12 * 40_000 * 1_000_000, 78 * 40_000 * 1_000_000)
    closed = close_account_year(Fen(0), credits, rate_from_percent("7.12"))
    assert yuan(closed.balance) == "4985.12"


@pytest.mark.parametrize(("first", "last"), [(1, 12), (10, 12), (1, 1), (12, 12), (3, 7)])
def test_each_credit_bears_interest_to_the_end_of_the_year(first: int, last: int) -> None:
    assert months_of_interest(first, last) == sum(12 - month + 1 for month in range(first, last + 1))


def test_the_year_of_transfer_bears_no_interest() -> None:
    left = leave_in_year(fen_from_yuan("1000"), YearCredits(50_000_000_000, 300_000_000_000))
    assert (yuan(left.credited), left.interest, yuan(left.balance)) == ("500.00", 0, "1500.00")


def test_half_a_fen_is_rounded_up_at_each_yearly_figure() -> None:
    closed = close_account_year(Fen(50), YearCredits(500_000, 0), Rate(10_000))
    assert (closed.credited, closed.interest) == (1, 1)  # 0.5 and 0.5 fen
    under = close_account_year(Fen(49), YearCredits(499_999, 0), Rate(10_000))
    assert (under.credited, under.interest) == (0, 0)


PUBLISHED = {
    2016: "8.31",
    2017: "7.12",
    2018: "8.29",
    2019: "7.61",
    2020: "6.04",
    2021: "6.69",
    2022: "6.12",
    2023: "3.97",
    2024: "2.62",
    2025: "1.5",
}


def test_the_published_rates_since_2016_are_one_for_both_schemes() -> None:
    for scheme in (Scheme.GOVERNMENT, Scheme.ENTERPRISE):
        since = {year: percent(rate) for year, rate in RATES_BY_SCHEME[scheme].items() if year >= 2016}
        assert since == PUBLISHED


def test_before_2016_only_the_government_scheme_has_a_published_rate() -> None:
    earlier = {
        year: percent(rate) for year, rate in RATES_BY_SCHEME[Scheme.GOVERNMENT].items() if year < 2016
    }
    assert earlier == {2014: "5", 2015: "5"}
    assert min(RATES_BY_SCHEME[Scheme.ENTERPRISE]) == 2016


def test_every_published_rate_says_where_it_was_read_and_how_good_that_is() -> None:
    assert all(line.source.startswith("https://") for line in PUBLISHED_RATES)
    assert {line.year: line.grade for line in PUBLISHED_RATES if line.grade is not Grade.REPORTED} == {
        2021: Grade.WEAK,
        2022: Grade.WEAK,
        2025: Grade.NO_OFFICIAL_TEXT,
    }


def test_a_rate_given_with_the_history_goes_before_the_published_one() -> None:
    found = rates_for(Scheme.ENTERPRISE, range(2015, 2018), {2015: Rate(35_000), 2016: Rate(1)})
    assert [found.by_year[year] for year in (2015, 2016, 2017)] == [35_000, 1, 71_200]
    assert found.provisional == ()


def test_no_years_need_no_rates() -> None:
    assert rates_for(Scheme.ENTERPRISE, range(2015, 2015), {}).provisional == ()


def test_only_the_year_just_ended_may_borrow_a_rate() -> None:
    last = max(PUBLISHED)
    borrowed = rates_for(Scheme.GOVERNMENT, range(last, last + 2), {})
    assert borrowed.by_year[last + 1] == RATES_BY_SCHEME[Scheme.GOVERNMENT][last]
    assert borrowed.provisional == (last + 1,)
    with pytest.raises(MissingRates) as missing:
        rates_for(Scheme.GOVERNMENT, range(last, last + 3), {})
    assert missing.value.years == (last + 1, last + 2)


def test_nothing_can_be_borrowed_from_later_years() -> None:
    with pytest.raises(MissingRates, match="2013"):
        rates_for(Scheme.ENTERPRISE, range(2013, 2014), {})


def test_waiting_makes_the_year_just_ended_a_missing_one() -> None:
    last = max(PUBLISHED)
    with pytest.raises(MissingRates) as missing:
        rates_for(Scheme.GOVERNMENT, range(last, last + 2), {}, UnpublishedRate.WAIT)
    assert missing.value.years == (last + 1,)
