"""Contributions paid afterwards in one sum, and the papers they need."""

from datetime import date

import pytest

from rules.amounts.one_off import OneOffCheck, OneOffNotice, one_off_notice, unproven_months
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.record import ContributionRange, MonthKind

ON = date(2021, 9, 1)
EARLIER, LATER = Month(2010, 1), Month(2015, 1)


def one_off(months: int, kind: MonthKind, first: Month = EARLIER) -> ContributionRange:
    return ContributionRange(first, first.plus(months - 1), Fen(100_000), kind=kind)


WITH, WITHOUT = MonthKind.ONE_OFF, MonthKind.ONE_OFF_WITHOUT_PAPERS


@pytest.mark.parametrize(
    ("ranges", "stay"),
    [
        pytest.param((one_off(36, WITHOUT),), 36, id="three years without papers"),
        pytest.param((one_off(35, WITHOUT),), 0, id="a month less needs none"),
        pytest.param((one_off(12, WITHOUT), one_off(24, WITH, LATER)), 12, id="three years in all"),
        pytest.param((one_off(48, WITH),), 0, id="all proven"),
        pytest.param((one_off(48, MonthKind.REGULAR),), 0, id="paid month by month"),
        pytest.param((), 0, id="no months"),
    ],
)
def test_unproven_months_stay_when_one_off_months_come_to_three_years(
    ranges: tuple[ContributionRange, ...], stay: int
) -> None:
    assert unproven_months(ranges, ON) == stay
    assert unproven_months(ranges, ON, OneOffCheck.OFF) == 0


def test_papers_are_asked_for_since_the_rule_exists() -> None:
    ranges = (one_off(36, WITHOUT),)
    assert unproven_months(ranges, date(2016, 11, 27)) == 0
    assert unproven_months(ranges, date(2016, 11, 28)) == 36


def test_the_person_is_told_within_ten_working_days() -> None:
    notice = one_off_notice((one_off(40, WITHOUT),), ON)
    assert notice is not None
    assert (notice.months, notice.working_days) == (40, 10)
    assert notice.law.document == "人社厅发〔2019〕94号"


@pytest.mark.parametrize(
    ("months", "on", "check"),
    [
        (12, ON, OneOffCheck.APPLY),
        (40, ON, OneOffCheck.OFF),
        (40, date(2019, 9, 28), OneOffCheck.APPLY),
    ],
)
def test_no_notice_is_owed_when_nothing_stays_or_no_time_limit_held(
    months: int, on: date, check: OneOffCheck
) -> None:
    notice: OneOffNotice | None = one_off_notice((one_off(months, WITHOUT),), on, check)
    assert notice is None
