"""Reminders before a clock's last day ends and reports after it, to the instant."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar.notices import Closure
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_on, nth_working_day_after, working_days_between
from rules.clocks.alarms import alarms, escalations, working_days_late
from rules.clocks.clocks import end_of, last_day
from rules.values.due_dates import CHINA_TIME, Alarm, AlarmKind, Pause

BASE = WorkingCalendar()
A_DAY = timedelta(days=1)
FIVE = time(17)

days = st.dates(min_value=date(2014, 1, 1), max_value=date(2026, 12, 31))
hours = st.sampled_from([None, FIVE])


def told(found: tuple[Alarm, ...]) -> list[tuple[str, str, int]]:
    """The alarms as a clerk would list them."""
    return [(alarm.at.strftime("%m-%d %H:%M"), alarm.kind, alarm.working_days) for alarm in found]


def test_a_clock_over_national_day_reminds_and_reports_on_working_days() -> None:
    assert told(alarms(date(2026, 10, 14), 2, BASE)) == [
        ("10-09 00:00", "reminder", 5),
        ("10-12 00:00", "reminder", 3),
        ("10-14 00:00", "reminder", 1),
        ("10-15 00:00", "overdue", 0),
        ("10-22 00:00", "escalation", 5),
        ("10-29 00:00", "escalation", 10),
    ]


def test_with_office_hours_a_clock_runs_out_and_is_reported_at_close_of_business() -> None:
    assert told(alarms(date(2026, 10, 14), 1, BASE, FIVE))[-2:] == [
        ("10-14 17:00", "overdue", 0),
        ("10-21 17:00", "escalation", 5),
    ]


def test_a_closure_of_the_bureau_moves_its_reminders() -> None:
    prefecture_day = Closure("222400", date(2026, 9, 3), "延边朝鲜族自治州成立纪念日")
    calendar = WorkingCalendar(closures=(prefecture_day,)).at("222400")
    assert told(alarms(date(2026, 9, 4), 0, calendar))[1] == ("09-01 00:00", "reminder", 3)
    assert told(alarms(date(2026, 9, 4), 0, BASE))[1] == ("09-02 00:00", "reminder", 3)


@given(days, st.integers(0, 4), hours)
def test_alarms_come_in_order_and_each_day_only_once(due: date, times: int, close: time | None) -> None:
    found = alarms(due, times, BASE, close)
    assert all(one.at < next_one.at for one, next_one in pairwise(found))
    kinds = [AlarmKind.REMINDER] * 3 + [AlarmKind.OVERDUE] + [AlarmKind.ESCALATION] * times
    assert [alarm.kind for alarm in found] == kinds


@given(days)
def test_a_reminder_comes_on_a_working_day_with_as_many_left_as_it_says(received: date) -> None:
    due, _ = due_on(received, 15, BASE)
    for alarm in alarms(due, 0, BASE)[:3]:
        day = alarm.at.date()
        assert BASE.is_working_day(day)
        assert (alarm.at.time(), alarm.at.tzinfo) == (time(), CHINA_TIME)
        assert working_days_between(day - A_DAY, due, BASE) == alarm.working_days


@given(days, st.integers(0, 60), st.integers(1, 3))
def test_further_reports_go_on_where_the_last_ones_ended(due: date, late: int, times: int) -> None:
    after = nth_working_day_after(due, late, BASE) if late else due
    found = escalations(due, after, times, BASE)
    assert found[0].working_days == late // 5 * 5 + 5
    first, further = escalations(due, due, times, BASE), escalations(due, due, times + 2, BASE)
    assert escalations(due, last_day(first[-1].at), 2, BASE) == further[-2:]


def test_a_clock_that_begins_late_does_not_remind_of_days_it_does_not_have() -> None:
    since = datetime(2026, 10, 11, 16, 0, tzinfo=UTC)
    assert told(alarms(date(2026, 10, 14), 0, BASE, since=since)) == [
        ("10-14 00:00", "reminder", 1),
        ("10-15 00:00", "overdue", 0),
    ]


def test_a_clock_computed_for_the_past_still_says_that_it_ran_out() -> None:
    found = alarms(date(2026, 10, 14), 0, BASE, since=datetime(2026, 11, 2, tzinfo=UTC))
    assert found == (Alarm(end_of(date(2026, 10, 14)), AlarmKind.OVERDUE, 0),)


def test_no_number_of_reports_below_zero_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="below zero"):
        alarms(date(2026, 10, 14), -1, BASE)


@pytest.mark.parametrize(
    ("done", "late"),
    [
        ("2026-09-30", 0),
        ("2026-09-29", 0),
        ("2026-10-07", 0),
        ("2026-10-08", 1),
        ("2026-10-10", 3),
        ("2026-10-11", 3),
    ],
)
def test_lateness_is_counted_in_working_days(done: str, late: int) -> None:
    assert working_days_late(date(2026, 9, 30), date.fromisoformat(done), BASE) == late


def november(number: int) -> date:
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("pauses", "late"),
    [
        ([(6, 16)], 7),
        ([(6, 9), (8, 16)], 7),
        ([(1, 16)], 4),
        ([(1, 10), (17, 18)], 7),
        ([(6, None)], 3),
    ],
    ids=["while late", "two at once", "begun before it was late", "two", "not ended"],
)
def test_a_day_on_which_the_clock_was_paused_is_no_late_day(
    pauses: list[tuple[int, int | None]], late: int
) -> None:
    """November 2026 has no holidays; the last day was Tuesday the 3rd, and it was done on the 20th."""
    held = [Pause(november(since), november(until) if until else None) for since, until in pauses]
    assert working_days_late(november(3), november(20), BASE, held) == late


@given(days, st.integers(1, 60), st.integers(0, 40), st.integers(0, 40))
def test_a_report_says_by_how_many_days_a_step_is_late_without_those_on_hold(
    due: date, times: int, since: int, more: int
) -> None:
    held = [Pause(due + since * A_DAY, due + (since + more) * A_DAY)]
    for alarm in escalations(due, due, times % 4 + 1, BASE, pauses=held):
        assert working_days_late(due, last_day(alarm.at), BASE, held) == alarm.working_days
