"""What employers paid, for the opening of the pooled fund."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.amounts.rates import unit_contribution, unit_contributions
from rules.values.money import Fen
from rules.values.months import Month, months_between


@pytest.mark.parametrize(
    ("month", "fen"),
    [
        (Month(1994, 12), 0),
        (Month(1996, 7), 20_000),
        (Month(2019, 4), 20_000),
        (Month(2019, 5), 16_000),
    ],
)
def test_the_employers_rate_changes_on_its_day(month: Month, fen: int) -> None:
    assert unit_contribution(Fen(100_000), month) == fen


@given(
    base=st.integers(0, 3_000_000),
    first=st.integers(0, 400),
    months=st.integers(0, 60),
)
def test_all_months_at_once_come_to_what_they_come_to_one_by_one(base: int, first: int, months: int) -> None:
    begins = Month(1990, 1).plus(first)
    ends = begins.plus(months - 1)
    one_by_one = sum(unit_contribution(Fen(base), month) for month in months_between(begins, ends))
    assert unit_contributions(Fen(base), begins, ends) == one_by_one
