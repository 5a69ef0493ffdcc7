"""When a closed case can be reopened: in time, with everything still where it was."""

from dataclasses import replace
from datetime import date

import pytest

from rules.rulings.reopening import ClosedCase, obstacles_to_reopening

CLOSED = ClosedCase(
    closed_in_order=True, closed_on=date(2026, 3, 2), within_days=30, refunded=False, all_here=True
)


def test_a_case_can_be_reopened_until_the_last_day_of_the_time_arranged() -> None:
    assert obstacles_to_reopening(CLOSED, date(2026, 4, 1)) == ()
    (late,) = obstacles_to_reopening(CLOSED, date(2026, 4, 2))
    assert late.code == "closed_too_long"
    assert "2026-04-01" in late.en
    assert "2026-04-01" in late.zh


@pytest.mark.parametrize(
    ("case", "codes"),
    [
        (replace(CLOSED, closed_in_order=False, all_here=False), ["not_taken_in"]),
        (replace(CLOSED, refunded=True), ["refunded"]),
        (replace(CLOSED, settled_since=True), ["settled_since"]),
        (replace(CLOSED, all_here=False), ["moved_on"]),
        (replace(CLOSED, moving_with="220300-20260401-ABCDEFGH"), ["leaving"]),
        (replace(CLOSED, refunded=True, all_here=False), ["refunded", "moved_on"]),
    ],
)
def test_everything_that_stands_against_a_reopening_is_told_at_once(
    case: ClosedCase, codes: list[str]
) -> None:
    assert [one.code for one in obstacles_to_reopening(case, date(2026, 3, 3))] == codes
