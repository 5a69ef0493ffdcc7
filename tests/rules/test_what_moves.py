"""What of a record moves, what stays behind, and what the record becomes."""

from dataclasses import replace
from datetime import date

import pytest
from paid_months import ENTERPRISE, GOVERNMENT, TEACHER, WORKER_BALANCE, codes, lines, no_interest, paid

from rules.amounts.amounts import transfer_amount
from rules.amounts.one_off import OneOffCheck
from rules.values.money import rate_from_percent, yuan
from rules.values.record import History, MonthKind

BOOKED = [
    # first, last, booked, what moves of 12 × 100.00, what the record becomes
    pytest.param("2003-01", "2003-12", "11", "132.00", "132.00", None, id="11 % as laid down"),
    pytest.param("2003-01", "2003-12", "12", "132.00", "144.00", "booked_higher", id="above 11 %"),
    pytest.param("2003-01", "2003-12", "9", "132.00", "132.00", "booked_lower", id="below 11 %"),
    pytest.param("2006-01", "2006-12", "11", "96.00", "132.00", "booked_higher", id="11 % kept too long"),
    pytest.param("2006-01", "2006-12", "8", "96.00", "96.00", None, id="8 % as laid down"),
    pytest.param("2006-01", "2006-12", "6", "96.00", "96.00", "booked_lower", id="below 8 %"),
    pytest.param("2006-01", "2006-12", "0", "96.00", "96.00", "booked_lower", id="nothing booked"),
]


@pytest.mark.parametrize(("first", "last", "booked", "moves", "record", "finding"), BOOKED)
def test_the_book_rate_decides_what_moves_and_what_the_record_becomes(
    first: str, last: str, booked: str, moves: str, record: str, finding: str | None
) -> None:
    history = History(ENTERPRISE, (paid(first, last, "100", booked),), rates=no_interest())
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    assert yuan(amount.lines.individual) == moves
    assert yuan(amount.adjusted_record_balance) == record
    assert {"booked_higher", "booked_lower"} & set(codes(amount)) == ({finding} if finding else set())
    assert yuan(amount.lines.pooled) == "144.00"


def test_before_1998_the_booked_contributions_move_and_nothing_from_the_pool() -> None:
    rates = {**no_interest(), 1996: rate_from_percent("10"), 2000: rate_from_percent("5")}
    history = History(ENTERPRISE, (paid("1996-01", "1996-12", "500", "4"),), rates=rates)
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    # 240.00 + 20.00 × 78 × 10 % ÷ 12 = 253.00; 5 % of it in 2000.
    assert lines(amount) == ["265.65", "0.00", "0.00", "265.65", "0.00", "265.65"]
    assert amount.months == 12
    assert "before_1998_as_booked" in codes(amount)


def test_a_lifted_book_rate_recomputes_the_interest_of_the_record() -> None:
    rates = {**no_interest(), 2006: rate_from_percent("10"), 2007: rate_from_percent("10")}
    history = History(ENTERPRISE, (paid("2006-01", "2006-12", "1000", "5"),), rates=rates)
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    assert yuan(amount.adjusted_record_balance) == "1113.20"  # (960 + 52) × 1.1
    assert amount.lines.individual == amount.adjusted_record_balance


def test_an_excess_stays_on_the_record_with_its_interest() -> None:
    rates = {**no_interest(), 2007: rate_from_percent("10")}
    history = History(ENTERPRISE, (paid("2006-01", "2006-12", "1000", "11"),), rates=rates)
    amount = transfer_amount(history, GOVERNMENT, date(2016, 3, 1))
    assert yuan(amount.lines.individual) == "1056.00"  # 960 × 1.1
    assert yuan(amount.adjusted_record_balance) == "1452.00"  # 1 320 × 1.1


def test_pilot_years_before_the_reform_stay_and_do_not_count() -> None:
    pilot = paid("2010-01", "2014-09", "3000", "8", MonthKind.PILOT)
    with_pilot = transfer_amount(
        replace(TEACHER, ranges=(pilot, *TEACHER.ranges)), ENTERPRISE, date(2018, 9, 3)
    )
    without = transfer_amount(TEACHER, ENTERPRISE, date(2018, 9, 3))
    assert (with_pilot.lines, with_pilot.years, with_pilot.months) == (
        without.lines,
        without.years,
        without.months,
    )
    assert set(codes(with_pilot)) - set(codes(without)) == {"pilot_stays"}


def test_months_in_arrears_do_not_count_and_carry_no_money() -> None:
    owed = paid("2018-01", "2018-04", "5000", kind=MonthKind.ARREARS)
    amount = transfer_amount(replace(TEACHER, ranges=(*TEACHER.ranges, owed)), ENTERPRISE, date(2018, 9, 3))
    assert (yuan(amount.lines.total), amount.months) == ("36456.14", 39)
    assert "arrears_do_not_count" in codes(amount)


def one_off(months: str, kind: MonthKind) -> History:
    return History(
        ENTERPRISE,
        (paid("2016-01", months, "3000", kind=kind), paid("2020-01", "2020-12", "4000")),
    )


def test_three_years_paid_in_one_sum_without_papers_stay_behind_and_on_the_record() -> None:
    without_papers = one_off("2018-12", MonthKind.ONE_OFF_WITHOUT_PAPERS)
    amount = transfer_amount(without_papers, GOVERNMENT, date(2021, 9, 1))
    rest = transfer_amount(History(ENTERPRISE, without_papers.ranges[1:]), GOVERNMENT, date(2021, 9, 1))
    assert (amount.lines, amount.months) == (rest.lines, 12)
    (told,) = (finding for finding in amount.findings if finding.code == "one_off_stays")
    assert "within 10 working days of the contact letter" in told.en
    assert "自收到联系函之日起10个工作日内书面告知本人" in told.zh
    proven = transfer_amount(one_off("2018-12", MonthKind.ONE_OFF), GOVERNMENT, date(2021, 9, 1))
    assert amount.adjusted_record_balance == proven.lines.individual
    assert proven.months == 48


@pytest.mark.parametrize(
    ("last", "on", "check"),
    [
        pytest.param("2018-11", date(2021, 9, 1), OneOffCheck.APPLY, id="under three years"),
        pytest.param("2018-12", date(2021, 9, 1), OneOffCheck.OFF, id="check switched off"),
    ],
)
def test_one_off_months_that_need_no_papers_move_like_any_other(
    last: str, on: date, check: OneOffCheck
) -> None:
    unproven = transfer_amount(one_off(last, MonthKind.ONE_OFF_WITHOUT_PAPERS), GOVERNMENT, on, one_off=check)
    regular = transfer_amount(one_off(last, MonthKind.REGULAR), GOVERNMENT, on)
    assert unproven == regular


def test_months_within_the_opening_count_but_carry_no_second_money() -> None:
    history = History(
        ENTERPRISE,
        (paid("1995-01", "2016-12", "1300"), paid("2017-01", "2017-08", "3500")),
        WORKER_BALANCE,
    )
    amount = transfer_amount(history, GOVERNMENT, date(2017, 10, 9))
    assert yuan(amount.lines.total) == "85020.00"
    assert amount.months == 22 * 12 + 8
    assert [line.year for line in amount.years] == [2017]
    assert "opening_holds_the_money" in codes(amount)


def test_a_balance_without_its_months_is_pointed_out() -> None:
    history = History(ENTERPRISE, (paid("2017-01", "2017-08", "3500"),), WORKER_BALANCE)
    assert "opening_without_months" in codes(transfer_amount(history, GOVERNMENT, date(2017, 10, 9)))


def test_both_parts_of_an_opening_bear_interest() -> None:
    amount = transfer_amount(History(ENTERPRISE, (), WORKER_BALANCE), GOVERNMENT, date(2018, 9, 3))
    assert lines(amount)[:4] == ["642.72", "41241.20", "0.00", "41883.92"]  # × 1.0712
