"""How long silence is negotiation (第九条)."""

from datetime import date

import pytest

from rules.calendar.notices import Closure
from rules.calendar.working_calendar import WorkingCalendar
from rules.clocks.alarms import SILENCE_IN_DISPUTE, whole_days_of_silence
from rules.values.law import in_force

CALENDAR = WorkingCalendar()


@pytest.mark.parametrize(
    ("asked_on", "on", "passed"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), 0),
        (date(2026, 3, 2), date(2026, 3, 3), 0),
        (date(2026, 3, 2), date(2026, 3, 4), 1),
        (date(2026, 3, 2), date(2026, 3, 9), 4),
        (date(2026, 3, 2), date(2026, 3, 10), 5),
        (date(2025, 9, 28), date(2025, 10, 10), 3),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_neither_the_day_of_asking_nor_today_is_a_day_of_silence(
    asked_on: date, on: date, passed: int
) -> None:
    assert whole_days_of_silence(asked_on, on, CALENDAR) == passed


def test_a_bureau_that_is_closed_is_not_silent() -> None:
    closed = WorkingCalendar(closures=(Closure("222400", date(2026, 9, 3), "自治州成立纪念日"),))
    asked_on, on = date(2026, 9, 2), date(2026, 9, 10)
    assert whole_days_of_silence(asked_on, on, closed.at("222400")) == 4
    assert whole_days_of_silence(asked_on, on, closed.at("220100")) == 5


def test_five_working_days_are_the_projects_own_rule() -> None:
    rule = in_force(SILENCE_IN_DISPUTE, date(2026, 3, 2))
    assert (rule.value, rule.law.article) == (5, "第九条")
