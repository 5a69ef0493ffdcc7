"""The yearly table with a row for each base: it adds up to the years, whatever the record looks like."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from paid_months import ENTERPRISE, GOVERNMENT, paid

from rules.amounts.amounts import transfer_amount
from rules.application.identity import is_male
from rules.values.money import Fen, fen_from_yuan
from rules.values.months import Month
from rules.values.record import ContributionRange, History, Opening

ON = date(2026, 3, 2)


def test_a_year_with_two_bases_has_two_rows_that_add_up_to_its_credit() -> None:
    history = History(GOVERNMENT, (paid("2024-01", "2024-05", "6000.01"), paid("2024-06", "2024-12", "6500")))
    amount = transfer_amount(history, ENTERPRISE, ON)
    assert [(str(row.first), str(row.last), row.months, row.base) for row in amount.bases] == [
        ("2024-01", "2024-05", 5, fen_from_yuan("6000.01")),
        ("2024-06", "2024-12", 7, fen_from_yuan("6500")),
    ]
    assert sum(row.credited or 0 for row in amount.bases) == amount.years[0].credited
    assert [row.own for row in amount.bases] == [row.credited for row in amount.bases]


def test_months_whose_money_is_in_the_opening_have_a_row_without_a_credit() -> None:
    opening = Opening(2015, fen_from_yuan("15210.40"), pooled_base_sum=fen_from_yuan("165600"))
    record = (paid("2015-01", "2015-12", "2300"), paid("2016-01", "2016-12", "3300"))
    amount = transfer_amount(History(ENTERPRISE, record, opening), GOVERNMENT, ON)
    assert [(row.first.year, row.credited) for row in amount.bases] == [
        (2015, None),
        (2016, fen_from_yuan("3168.00")),
    ]
    assert amount.openings == (opening,)


def test_a_rule_of_the_other_scheme_cuts_no_row_in_two() -> None:
    rates = {year: 30_000 for year in range(2014, 2016)}
    history = History(ENTERPRISE, (paid("2014-01", "2014-12", "4700"),), rates=rates)  # type: ignore[arg-type]
    (row,) = transfer_amount(history, GOVERNMENT, ON).bases
    assert (str(row.first), str(row.last), row.months) == ("2014-01", "2014-12", 12)


def test_from_1998_to_2005_nobody_can_tell_which_part_the_person_paid() -> None:
    rates = {year: 30_000 for year in range(2003, 2016)}
    history = History(ENTERPRISE, (paid("2005-01", "2006-12", "1000"),), rates=rates)  # type: ignore[arg-type]
    before, after = transfer_amount(history, GOVERNMENT, ON).bases
    assert (before.share, before.own) == (110_000, None)
    assert (after.share, after.own) == (80_000, after.credited)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(100_000, 3_000_000)), min_size=1, max_size=12))
def test_rows_add_up_to_every_year_and_to_all_months(parts: list[tuple[int, int]]) -> None:
    first, ranges = Month(2014, 10), []
    for months, base in parts:
        last = first.plus(months - 1)
        if last > Month(2026, 2):
            break
        ranges.append(ContributionRange(first, last, Fen(base)))
        first = last.plus(1)
    amount = transfer_amount(History(GOVERNMENT, tuple(ranges)), ENTERPRISE, ON)
    assert sum(row.months for row in amount.bases) == amount.months
    for year in amount.years:
        rows = [row for row in amount.bases if row.first.year == year.year]
        assert sum(row.credited or 0 for row in rows) == year.credited
        assert sum(row.base * row.months for row in rows) == year.base_sum


def test_the_seventeenth_digit_of_an_id_number_tells_the_sex() -> None:
    assert is_male("22020219750930117X")
    assert not is_male("222401198604120247")
