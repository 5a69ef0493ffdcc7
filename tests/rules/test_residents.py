"""Linking with the resident scheme."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.amounts.residents import (
    Linking,
    ResidentYear,
    grounds_against_linking,
    link,
    linking,
    minimum_months,
    overlap_refunds,
    refund_of_second_pension,
)
from rules.values.law import RESIDENT_LINKING, Law
from rules.values.money import Fen, fen_from_yuan, yuan
from rules.values.months import Month, months_between

TO_EMPLOYEE, TO_RESIDENT = Linking.RESIDENT_TO_EMPLOYEE, Linking.EMPLOYEE_TO_RESIDENT


def resident_year(year: int, own: str, collective: str = "0.00") -> ResidentYear:
    return ResidentYear(year, fen_from_yuan(own), fen_from_yuan(collective))


def months(first: str, last: str) -> frozenset[Month]:
    return frozenset(months_between(Month.parse(first), Month.parse(last)))


def test_worked_example_9_the_overlap_is_refunded_by_month() -> None:
    (refund,) = overlap_refunds([resident_year(2023, "1200.00", "240.00")], months("2023-09", "2023-12"))
    assert (refund.year, refund.months, yuan(refund.refund)) == (2023, 4, "480.00")


def test_years_without_overlap_refund_nothing() -> None:
    years = [resident_year(2021, "1200.00"), resident_year(2022, "1200.00"), resident_year(2023, "1000.00")]
    refunds = overlap_refunds(years, months("2022-12", "2023-01"))
    assert [(one.year, yuan(one.refund)) for one in refunds] == [(2022, "100.00"), (2023, "83.33")]


@pytest.mark.parametrize(
    ("on", "least"),
    [
        (date(2014, 7, 1), 180),
        (date(2026, 1, 15), 180),
        (date(2029, 12, 31), 180),
        (date(2030, 1, 1), 186),
        (date(2035, 6, 1), 216),
        (date(2039, 1, 1), 240),
        (date(2060, 1, 1), 240),
    ],
)
def test_the_minimum_is_fifteen_years_and_rises_from_2030_to_twenty(on: date, least: int) -> None:
    assert minimum_months(on) == least


def test_before_the_linking_rules_there_was_no_minimum() -> None:
    with pytest.raises(LookupError):
        minimum_months(date(2014, 6, 30))


@pytest.mark.parametrize(
    ("paid", "on", "way"),
    [
        (180, date(2026, 1, 15), TO_EMPLOYEE),
        (179, date(2026, 1, 15), TO_RESIDENT),
        (180, date(2030, 1, 1), TO_RESIDENT),
        (186, date(2030, 1, 1), TO_EMPLOYEE),
        (0, date(2026, 1, 15), TO_RESIDENT),
    ],
)
def test_the_minimum_decides_the_direction(paid: int, on: date, way: Linking) -> None:
    assert linking(paid, on) is way


def test_linking_waits_for_the_retirement_age_and_ends_with_the_pension() -> None:
    reached = date(2026, 5, 1)
    assert grounds_against_linking(reached, False, reached) == ()
    too_early = grounds_against_linking(reached, False, date(2026, 4, 30))
    assert [ground.code for ground in too_early] == ["before_retirement_age"]
    both = grounds_against_linking(reached, True, date(2026, 4, 30))
    assert [ground.code for ground in both] == ["before_retirement_age", "already_a_pensioner"]
    assert {ground.law for ground in both} == {Law(RESIDENT_LINKING, "第三条")}


YEARS = [resident_year(year, "1200.00", "240.00") for year in (2021, 2022, 2023)]
EMPLOYED = months("2023-09", "2024-12")


def test_towards_the_employee_scheme_the_whole_balance_joins_and_the_years_do_not_count() -> None:
    done = link(TO_EMPLOYEE, fen_from_yuan("5000.00"), YEARS, fen_from_yuan("9000.00"), EMPLOYED)
    assert (yuan(done.refund), yuan(done.moved), yuan(done.account)) == ("480.00", "4520.00", "13520.00")
    assert done.months == 16
    assert done.pooled == 0
    assert done.law == Law(RESIDENT_LINKING, "第五条")


def test_towards_the_resident_scheme_the_whole_account_joins_and_the_years_add_up() -> None:
    done = link(TO_RESIDENT, fen_from_yuan("5000.00"), YEARS, fen_from_yuan("9000.00"), EMPLOYED)
    assert (yuan(done.refund), yuan(done.moved), yuan(done.account)) == ("480.00", "9000.00", "13520.00")
    assert done.months == 36 - 4 + 16
    assert done.pooled == 0
    assert done.law == Law(RESIDENT_LINKING, "第六条")


def test_a_balance_smaller_than_its_own_refund_is_a_wrong_record() -> None:
    with pytest.raises(ValueError, match="larger than the resident balance"):
        link(TO_EMPLOYEE, Fen(100), YEARS, Fen(0), EMPLOYED)


def test_of_two_pensions_the_resident_one_ends_and_the_subsidy_stays() -> None:
    assert yuan(refund_of_second_pension(fen_from_yuan("5000.00"), fen_from_yuan("900.00"))) == "4100.00"
    assert refund_of_second_pension(Fen(2), Fen(2)) == 0
    with pytest.raises(ValueError, match="subsidy"):
        refund_of_second_pension(Fen(1), Fen(2))


amounts = st.integers(0, 10_000_000).map(Fen)
years = st.lists(
    st.builds(ResidentYear, st.integers(2015, 2024), amounts, amounts), unique_by=lambda one: one.year
)
employed = st.frozensets(st.integers(0, 12 * 12).map(lambda ahead: Month(2014, 1).plus(ahead)), max_size=60)


@given(years, employed)
def test_no_year_refunds_more_than_was_paid_and_a_full_year_refunds_all(
    paid: list[ResidentYear], working: frozenset[Month]
) -> None:
    payments = {one.year: one.own + one.collective for one in paid}
    for one in overlap_refunds(paid, working):
        assert 1 <= one.months <= 12
        assert 0 <= one.refund <= payments[one.year]
        assert one.months < 12 or one.refund == payments[one.year]


@given(years, employed, amounts, amounts, st.sampled_from(Linking))
def test_no_fen_and_no_month_is_lost_in_linking(
    paid: list[ResidentYear], working: frozenset[Month], interest: Fen, account: Fen, way: Linking
) -> None:
    balance = Fen(sum(one.own + one.collective for one in paid) + interest)
    done = link(way, balance, paid, account, working)
    assert done.account + done.refund == balance + account
    resident = {month for one in paid for month in months(f"{one.year}-01", f"{one.year}-12")}
    assert done.months == len(working | resident if way is TO_RESIDENT else working)
