"""What moves in linking with the resident scheme, and what months paid twice give back."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_linking import balance, refunds

from rules.amounts.amounts import transfer_amount
from rules.amounts.contributions import by_month
from rules.amounts.duplicates import PaidRecord, clear, duplicate_periods, months_of, options
from rules.amounts.interest import MissingRates, UnpublishedRate
from rules.amounts.residents import AidRefund, months_that_count, resident_refund
from rules.values.law import RESIDENT_LINKING, Law
from rules.values.money import Fen, Rate, fen_from_yuan, yuan
from rules.values.months import Month, months_between
from rules.values.moves import Scheme
from rules.values.record import BroughtAccount, ContributionRange, History, MonthKind, Opening, ResidentYear

G, E, R = Scheme.GOVERNMENT, Scheme.ENTERPRISE, Scheme.RESIDENT
ON = date(2026, 3, 2)
checked = settings(max_examples=60, deadline=None)


def resident(year: int, own: str, collective: str = "0.00", **more: str) -> ContributionRange:
    paid = ResidentYear(
        fen_from_yuan(own),
        fen_from_yuan(collective),
        **{name: fen_from_yuan(amount) for name, amount in more.items()},
    )
    return ContributionRange(Month(year, 1), Month(year, 12), Fen(0), None, MonthKind.RESIDENT, paid)


def employed(first: str, last: str, base: str = "4000.00") -> ContributionRange:
    return ContributionRange(Month.parse(first), Month.parse(last), fen_from_yuan(base))


def months(first: str, last: str) -> frozenset[Month]:
    return frozenset(months_between(Month.parse(first), Month.parse(last)))


FARMER = History(
    R,
    tuple(resident(year, "1200.00", "240.00", subsidy="120.00") for year in (2023, 2024, 2025)),
    Opening(2025, fen_from_yuan("5000.00")),
)
"""A farmer whose account stood at 5,000.00 at the end of 2025."""


def test_worked_example_9_the_overlap_is_refunded_by_month() -> None:
    year = [resident(2023, "1200.00", "240.00", subsidy="120.00")]
    overlap = months("2023-09", "2023-12")
    assert yuan(resident_refund(year, overlap, overlap)) == "480.00"


def test_years_without_overlap_refund_nothing() -> None:
    years = [resident(2021, "1200.00"), resident(2022, "1200.00"), resident(2023, "1000.00")]
    overlap = months("2022-12", "2023-01")
    assert yuan(resident_refund(years, overlap, overlap)) == "183.33"
    assert yuan(resident_refund(years, months("2023-01", "2023-01"), overlap)) == "83.33"
    assert resident_refund(years, frozenset(), overlap) == 0


def test_what_others_gave_goes_back_by_the_procedure_and_stays_by_the_words_of_the_rules() -> None:
    year = [resident(2023, "1200.00", "240.00", aid="120.00", subsidy="60.00")]
    overlap = months("2023-01", "2023-06")
    assert yuan(resident_refund(year, overlap, overlap)) == "780.00"
    assert yuan(resident_refund(year, overlap, overlap, AidRefund.STAYS)) == "720.00"


@pytest.mark.parametrize("joined", [E, G])
def test_the_whole_resident_balance_moves_and_no_pooled_money(joined: Scheme) -> None:
    amount = transfer_amount(FARMER, joined, ON)
    assert [yuan(value) for _, value in amount.lines.numbered()] == [
        *("0.00", "5000.00", "0.00", "5000.00", "0.00", "5000.00")
    ]
    assert amount.months == 36
    assert months_that_count(R, amount.months) == 0
    found = {one.code: one.law for one in amount.findings}
    assert found["whole_resident_balance"] == Law(RESIDENT_LINKING, "第五条")
    assert found["resident_overlap_is_cleared"] == Law(RESIDENT_LINKING, "第七条")
    assert amount.adjusted_record_balance == amount.lines.individual


def test_what_was_paid_this_year_moves_without_interest() -> None:
    paying = replace(FARMER, ranges=(*FARMER.ranges, resident(2026, "2000.00", subsidy="160.00")))
    lines = transfer_amount(paying, E, ON).lines
    assert (yuan(lines.to_last_year), yuan(lines.this_year_principal)) == ("5000.00", "2160.00")


def test_a_resident_account_takes_no_rate_of_employee_accounts_and_borrows_none() -> None:
    later = date(2027, 3, 2)
    for published in ({}, {2026: Rate(26_200)}):
        with pytest.raises(MissingRates) as missing:
            transfer_amount(replace(FARMER, published=published), E, later)
        assert missing.value.years == (2026,)
    known = replace(FARMER, rates={2026: Rate(20_000)})
    assert yuan(transfer_amount(known, E, later).lines.individual) == "5100.00"


@pytest.mark.parametrize("left", [E, G])
def test_the_whole_employee_account_moves_as_booked_and_no_pooled_money(left: Scheme) -> None:
    booked = replace(employed("2024-01", "2025-12"), booked=Rate(90_000))
    amount = transfer_amount(History(left, (booked,)), R, ON)
    as_counted = transfer_amount(History(left, (employed("2024-01", "2025-12"),)), R, ON)
    assert amount.lines.pooled == 0
    assert amount.lines.individual > as_counted.lines.individual
    assert amount.adjusted_record_balance == amount.lines.individual
    assert months_that_count(left, amount.months) == 24
    assert {one.code: one.law for one in amount.findings}["whole_employee_balance"] == Law(
        RESIDENT_LINKING, "第六条"
    )


def test_one_off_months_without_papers_move_with_the_whole_account() -> None:
    one_off = replace(employed("2015-01", "2019-12"), kind=MonthKind.ONE_OFF_WITHOUT_PAPERS)
    history = History(E, (one_off, employed("2020-01", "2020-12")), rates={2015: Rate(35_000)})
    assert (transfer_amount(history, G, ON).months, transfer_amount(history, R, ON).months) == (12, 72)


def test_resident_money_taken_in_earlier_moves_on_and_its_months_count_for_nothing() -> None:
    joined = History(E, (employed("2020-01", "2020-12"),))
    brought = BroughtAccount(Opening(2025, fen_from_yuan("5000.00")), FARMER.ranges)
    alone, both = (transfer_amount(one, G, ON) for one in (joined, replace(joined, brought=(brought,))))
    assert both.lines.individual - alone.lines.individual == fen_from_yuan("5000.00")
    assert (both.months, both.lines.pooled) == (alone.months, alone.lines.pooled)


FARMED = PaidRecord(R, "222400", FARMER.ranges, taken_in=True)
WORKED = PaidRecord(E, "220100", (employed("2023-09", "2024-02"),))
TAUGHT = PaidRecord(G, "220100", (employed("2024-02", "2024-03"),))


def test_a_month_that_residents_have_too_is_kept_by_the_employee_scheme_without_a_choice() -> None:
    (period,) = duplicate_periods((FARMED, WORKED))
    (only,) = options((FARMED, WORKED), period, ON)
    assert (only.keep, only.cleared, yuan(only.refund)) == (1, (0,), "720.00")
    done = clear((FARMED, WORKED), [None], ON)
    assert yuan(done.refund) == "720.00"
    assert len(done.kept[0]) == 36 - 6
    assert done.kept[1] == months_of(WORKED)


def test_in_three_schemes_the_person_chooses_between_the_two_of_employees() -> None:
    records = (FARMED, WORKED, TAUGHT)
    periods = duplicate_periods(records)
    assert [str(one.first) for one in periods] == ["2023-09", "2024-02", "2024-03"]
    offered = [options(records, one, ON) for one in periods]
    assert [[way.keep for way in ways] for ways in offered] == [[1], [1, 2], [2]]
    # Twelfths of 1,440.00; in February one of 4,000.00 × 8 % with it.
    assert [yuan(way.refund) for ways in offered for way in ways] == [
        *("600.00", "440.00", "440.00", "120.00")
    ]
    done = clear(records, [None, 1, None], ON)
    assert yuan(done.refund) == "1160.00"


def test_the_refunds_of_single_periods_add_up_to_that_of_all() -> None:
    odd = PaidRecord(R, "222400", (resident(2023, "100.00"),), taken_in=True)
    here = PaidRecord(E, "220100", (employed("2023-02", "2023-02"), employed("2023-04", "2023-04")))
    periods = duplicate_periods((odd, here))
    single = [options((odd, here), one, ON)[0].refund for one in periods]
    assert [yuan(one) for one in single] == ["8.33", "8.34"]
    assert clear((odd, here), [None, None], ON).refund == sum(single) == fen_from_yuan("16.67")


amounts = st.integers(0, 10_000_000).map(Fen)
paid_years = st.dictionaries(
    st.integers(2015, 2024), st.tuples(amounts.filter(bool), amounts, amounts, amounts), max_size=8
)
worked_months = st.frozensets(st.integers(0, 143).map(lambda ahead: Month(2014, 1).plus(ahead)), max_size=60)


def residents(years: dict[int, tuple[Fen, Fen, Fen, Fen]]) -> tuple[ContributionRange, ...]:
    return tuple(
        ContributionRange(
            Month(year, 1), Month(year, 12), Fen(0), None, MonthKind.RESIDENT, ResidentYear(*paid)
        )
        for year, paid in sorted(years.items())
    )


@checked
@given(paid_years, worked_months)
def test_refund_and_months_are_those_of_a_plain_count(
    years: dict[int, tuple[Fen, Fen, Fen, Fen]], working: frozenset[Month]
) -> None:
    farmed = PaidRecord(R, "222400", residents(years), taken_in=True)
    worked = PaidRecord(
        E, "220100", tuple(ContributionRange(one, one, Fen(400_000)) for one in sorted(working))
    )
    periods = duplicate_periods((farmed, worked))
    done = clear((farmed, worked), [None] * len(periods), ON)
    plain = refunds(
        {year: own + collective + aid for year, (own, collective, aid, _) in years.items()},
        [(one.year, one.number) for one in working],
    )
    assert done.refunds == (sum(plain.values()), 0)
    assert sum(options((farmed, worked), one, ON)[0].refund for one in periods) == done.refund
    both = {month.month for month in by_month(farmed.ranges)} | working
    assert len(done.kept[0]) + len(done.kept[1]) == len(both)
    assert not set(done.kept[0]) & working


@checked
@given(paid_years, amounts, st.lists(st.integers(0, 60_000).map(Rate), min_size=12, max_size=12))
def test_the_balance_that_moves_is_that_of_a_plain_count(
    years: dict[int, tuple[Fen, Fen, Fen, Fen]], opening: Fen, rates: list[Rate]
) -> None:
    given_rates = dict(zip(range(2014, 2026), rates, strict=True))
    history = History(R, residents(years), Opening(2014, opening), given_rates)
    amount = transfer_amount(history, E, ON, unpublished=UnpublishedRate.WAIT)
    paid = {year: sum(one) for year, one in years.items()}
    assert amount.lines.individual == balance(opening, paid, given_rates, range(2015, 2027))
    assert amount.lines.total == amount.lines.individual
