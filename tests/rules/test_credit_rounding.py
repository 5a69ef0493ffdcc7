"""Credits to the fen by the year or by the month: one named rule, and the difference said."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from paid_months import ENTERPRISE, GOVERNMENT, codes, paid

from rules.amounts.amounts import transfer_amount
from rules.amounts.brought_accounts import opening_brought, year_of_transfer
from rules.amounts.duplicates import PaidRecord, months_of, refund_for
from rules.values.money import Fen, yuan
from rules.values.months import Month
from rules.values.record import BroughtAccount, ContributionRange, CreditRounding, History

ON = date(2019, 9, 2)
RATES = {2016: Decimal("0.0831"), 2017: Decimal("0.0712"), 2018: Decimal("0.0829")}
THIRDS = History(GOVERNMENT, (paid("2018-01", "2018-12", "3333.33"),))


def test_twelve_months_on_a_third_credit_what_was_paid_month_by_month() -> None:
    yearly, monthly = (
        transfer_amount(replace(THIRDS, credit_rounding=rule), ENTERPRISE, ON) for rule in CreditRounding
    )
    # 8 % of 3,333.33 is 266.6664: 266.67 a month, and 3,199.9968 a year.
    assert [yuan(one.years[0].credited) for one in (yearly, monthly)] == ["3200.00", "3200.04"]
    # 6.5 months of interest at 8.29 %: of 266.6664 it is 143.6932, of 266.67 it is 143.6951.
    assert [yuan(one.lines.individual) for one in (yearly, monthly)] == ["3343.69", "3343.74"]
    assert yearly.lines.pooled == monthly.lines.pooled


def test_the_findings_say_by_how_much_the_other_rule_would_differ() -> None:
    yearly, monthly = (
        transfer_amount(replace(THIRDS, credit_rounding=rule), ENTERPRISE, ON) for rule in CreditRounding
    )
    (said,) = (one for one in yearly.findings if one.code == "credits_rounded_yearly")
    assert "多 0.05 元" in said.zh
    assert "0.05 yuan more" in said.en
    (said,) = (one for one in monthly.findings if one.code == "credits_rounded_monthly")
    assert "少 0.05 元" in said.zh
    assert "0.05 yuan less" in said.en


def test_where_both_rules_agree_nothing_is_said() -> None:
    whole = History(GOVERNMENT, (paid("2018-01", "2018-12", "6000"),))
    assert not {"credits_rounded_yearly", "credits_rounded_monthly"} & set(
        codes(transfer_amount(whole, ENTERPRISE, ON))
    )


def month_by_month(ranges: tuple[ContributionRange, ...]) -> int:
    """The account from 2016 to 2018, in fen, each month's credit a whole fen: a plain loop over months."""
    paid_in = {
        (year, month): part.base
        for part in ranges
        for year in RATES
        for month in range(1, 13)
        if part.first <= Month(year, month) <= part.last
    }
    balance = Decimal(0)
    for year, rate in RATES.items():
        credited = products = Decimal(0)
        for month in range(1, 13):
            credit = (Decimal(paid_in.get((year, month), 0)) * 8 / 100).quantize(Decimal(1), ROUND_HALF_UP)
            credited += credit
            products += credit * (13 - month)
        interest = [balance * rate, products * rate / 12]
        balance += credited + sum(one.quantize(Decimal(1), ROUND_HALF_UP) for one in interest)
    return int(balance)


@st.composite
def records(draw: st.DrawFn) -> tuple[ContributionRange, ...]:
    parts: list[ContributionRange] = []
    first = Month(2016, 1).plus(draw(st.integers(0, 5)))
    while first <= Month(2018, 12) and len(parts) < 4:
        last = min(first.plus(draw(st.integers(0, 14))), Month(2018, 12))
        parts.append(ContributionRange(first, last, Fen(draw(st.integers(1, 3_000_000)))))
        first = last.plus(draw(st.integers(1, 4)))
    return tuple(parts)


@settings(max_examples=80, deadline=None)
@given(records())
def test_the_account_by_months_is_that_of_a_plain_loop(ranges: tuple[ContributionRange, ...]) -> None:
    history = History(GOVERNMENT, ranges, credit_rounding=CreditRounding.MONTHLY)
    assert transfer_amount(history, ENTERPRISE, ON).lines.individual == month_by_month(ranges)


@settings(max_examples=80, deadline=None)
@given(records())
def test_clearing_a_whole_record_refunds_what_was_paid_month_by_month(
    ranges: tuple[ContributionRange, ...],
) -> None:
    record = PaidRecord(GOVERNMENT, "222400", ranges, True, CreditRounding.MONTHLY)
    months = months_of(record)
    bases = {month: part.base for part in ranges for month in months if part.first <= month <= part.last}
    paid_in = sum((bases[month] * 8 + 50) // 100 for month in months)
    assert refund_for(record, frozenset(months), ON) == paid_in


@settings(max_examples=40, deadline=None)
@given(records(), st.sampled_from(CreditRounding), st.sampled_from(CreditRounding))
def test_moving_on_under_another_rule_neither_adds_nor_loses_a_fen(
    ranges: tuple[ContributionRange, ...], first_rule: CreditRounding, later_rule: CreditRounding
) -> None:
    on = date(2018, 12, 28)
    first = transfer_amount(History(GOVERNMENT, ranges, credit_rounding=first_rule), ENTERPRISE, on)
    left_in = year_of_transfer(first.years, on)
    opening = opening_brought(first.lines, ranges, left_in, ENTERPRISE, later_rule)
    again = History(ENTERPRISE, (), brought=(BroughtAccount(opening, ranges),), credit_rounding=later_rule)
    assert transfer_amount(again, GOVERNMENT, on).lines.individual == first.lines.individual
