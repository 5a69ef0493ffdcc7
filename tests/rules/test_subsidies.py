"""One-off subsidies without a base: in the account, with interest, and nothing of them in the pooled fund."""

from dataclasses import replace
from datetime import date

import pytest
from paid_months import ENTERPRISE, GOVERNMENT, codes, lines, paid

from rules.amounts.amounts import transfer_amount
from rules.amounts.brought_accounts import opening_brought, year_of_transfer
from rules.amounts.history_problems import history_problems
from rules.amounts.subsidies import SubsidyInterest
from rules.values.money import Fen, yuan
from rules.values.months import Month
from rules.values.record import AccountCredit, BroughtAccount, History, Opening

ON = date(2025, 3, 3)
SUBSIDY = AccountCredit(Month(2024, 3), Fen(10_000_00))
PAID = History(ENTERPRISE, (paid("2024-01", "2024-12", "5000"),))
WITH = replace(PAID, credits=(SUBSIDY,))


def test_a_subsidy_moves_in_the_account_with_its_interest_and_the_pooled_fund_gives_nothing_for_it() -> None:
    without, amount = (transfer_amount(one, GOVERNMENT, ON) for one in (PAID, WITH))
    # Month products of 2024 at 2.62 %: 400 × 78 = 31,200 and 10,000 × 10 = 100,000.
    assert lines(without) == ["0.00", "4868.12", "0.00", "4868.12", "7200.00", "12068.12"]
    assert lines(amount) == ["0.00", "15086.45", "0.00", "15086.45", "7200.00", "22286.45"]
    assert (amount.months, amount.credits) == (12, (SUBSIDY,))
    assert yuan(amount.years[0].credited) == "14800.00"
    assert [yuan(line.credited or Fen(0)) for line in amount.bases] == ["4800.00"]
    assert "one_off_subsidy" in codes(amount)
    assert amount.adjusted_record_balance == amount.lines.individual


def test_by_the_other_reading_a_subsidy_bears_no_interest_in_its_own_year() -> None:
    amount = transfer_amount(WITH, GOVERNMENT, ON, subsidy=SubsidyInterest.FROM_NEXT_YEAR)
    assert lines(amount)[1] == "14868.12"


def test_a_subsidy_of_the_year_of_transfer_moves_as_principal() -> None:
    amount = transfer_amount(
        replace(PAID, credits=(AccountCredit(Month(2025, 2), Fen(500_00)),)), GOVERNMENT, ON
    )
    assert lines(amount)[:4] == ["0.00", "4868.12", "500.00", "5368.12"]
    assert (amount.years[-1].year, amount.years[-1].months, amount.years[-1].rate) == (2025, 0, None)


def test_the_money_of_a_subsidy_up_to_a_balance_taken_over_is_in_that_balance() -> None:
    opening = Opening(2024, Fen(15_086_45), pooled_base_sum=Fen(60_000_00))
    amount = transfer_amount(replace(WITH, opening=opening), GOVERNMENT, ON)
    assert lines(amount) == lines(transfer_amount(WITH, GOVERNMENT, ON))
    assert amount.credits == (SUBSIDY,)


def test_a_subsidy_that_moved_in_its_year_moves_on_as_if_it_had_stayed() -> None:
    before = replace(WITH, ranges=(paid("2024-01", "2024-08", "5000"),))
    first = transfer_amount(before, GOVERNMENT, date(2024, 9, 2))
    left_in = year_of_transfer(first.years, date(2024, 9, 2))
    opening = opening_brought(first.lines, before.ranges, left_in, GOVERNMENT, credits=first.credits)
    there = History(GOVERNMENT, (), brought=(BroughtAccount(opening, before.ranges, first.credits),))
    moved = transfer_amount(there, ENTERPRISE, ON)
    stayed = transfer_amount(before, GOVERNMENT, ON)
    assert moved.lines.individual == stayed.lines.individual
    assert moved.lines.pooled == first.lines.pooled
    assert moved.credits == (SUBSIDY,)


@pytest.mark.parametrize(
    ("history", "field"),
    [
        (replace(WITH, scheme=GOVERNMENT), "month"),
        (replace(PAID, credits=(SUBSIDY, SUBSIDY)), "month"),
        (replace(PAID, credits=(AccountCredit(Month(2025, 4), Fen(1)),)), "month"),
        (replace(PAID, credits=(AccountCredit(Month(1997, 12), Fen(1)),)), "month"),
        (replace(PAID, credits=(AccountCredit(Month(2024, 3), Fen(0)),)), "amount"),
    ],
    ids=["government scheme", "one month twice", "still to come", "before there were shares", "nothing"],
)
def test_a_subsidy_that_cannot_be_is_refused_with_its_field(history: History, field: str) -> None:
    assert ("credits", 0, field) in {problem.path for problem in history_problems(history, ON)}
