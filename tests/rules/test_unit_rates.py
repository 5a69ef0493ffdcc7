"""What employers paid, for the opening of the pooled fund."""

import pytest

from rules.money import Fen
from rules.months import Month
from rules.unit_rates import unit_contribution


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
