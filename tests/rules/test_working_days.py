"""Due dates to the day, checked against the table of examples, a second source, and a plain count."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar.notices import Closure, DaysOff, HolidayNotice
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import (
    due_date,
    due_on,
    nth_working_day_after,
    nth_working_day_before,
    working_days_between,
)
from rules.values.due_dates import DayKind, OpenYears

BASE = WorkingCalendar()
YANBIAN = "222400"
PREFECTURE_DAY = "延边朝鲜族自治州成立纪念日"
A_DAY = timedelta(days=1)

EXAMPLES = [
    ("2020-01-20", 15, "2020-02-18", "Spring Festival extended by a second notice"),
    ("2024-09-12", 15, "2024-10-10", "Mid-Autumn and National Day"),
    ("2025-01-20", 10, "2025-02-08", "ends on a make-up Saturday"),
    ("2025-01-20", 15, "2025-02-14", "make-up Sunday 01-26 counts"),
    ("2025-04-28", 15, "2025-05-22", "Labour Day"),
    ("2025-09-28", 15, "2025-10-24", "received on a make-up Sunday"),
    ("2025-12-19", 15, "2026-01-12", "two years; make-up Sunday 2026-01-04"),
    ("2026-09-17", 15, "2026-10-14", "make-up days 09-20 and 10-10"),
]

days = st.dates(min_value=date(2014, 1, 1), max_value=date(2027, 12, 31))
lengths = st.integers(min_value=1, max_value=60)
closed_days = st.frozensets(days, max_size=12)


def closed_on(*closed: date) -> WorkingCalendar:
    """The base calendar as a bureau counts it that is closed on these days."""
    closures = tuple(Closure(YANBIAN, day, "closed") for day in sorted(closed))
    return WorkingCalendar(closures=closures).at(YANBIAN)


@pytest.mark.parametrize(("received", "length", "expected", "why"), EXAMPLES)
def test_the_examples_fall_due_on_their_day(received: str, length: int, expected: str, why: str) -> None:
    due = due_date(date.fromisoformat(received), length, BASE)
    assert due.due_on == date.fromisoformat(expected), why
    assert (due.provisional, due.earliest, due.latest) == (False, due.due_on, due.due_on)


def test_every_day_since_2014_agrees_with_a_second_source() -> None:
    differences = []
    day = date(2014, 1, 1)
    while day <= date(2026, 12, 31):
        if BASE.is_working_day(day) != chinese_calendar.is_workday(day):
            differences.append(day.isoformat())
        day += A_DAY
    assert differences == []


def test_the_day_of_receipt_never_counts_even_when_it_is_worked() -> None:
    wednesday = due_date(date(2025, 6, 11), 1, BASE)
    assert wednesday.due_on == date(2025, 6, 12)
    assert [(line.kind, line.number) for line in wednesday.days] == [
        (DayKind.RECEIPT, None),
        (DayKind.WORKDAY, 1),
    ]


def test_a_make_up_sunday_counts_and_says_which_day_off_it_pays_for() -> None:
    lines = {line.day: line for line in due_date(date(2025, 12, 31), 3, BASE).days}
    assert lines[date(2026, 1, 1)].zh == "元旦"
    assert lines[date(2026, 1, 2)].kind is DayKind.DAY_OFF
    assert lines[date(2026, 1, 2)].zh == "调休放假（2026-01-04上班）"
    assert lines[date(2026, 1, 3)].kind is DayKind.WEEKEND
    assert (lines[date(2026, 1, 4)].kind, lines[date(2026, 1, 4)].number) == (DayKind.MAKE_UP, 1)
    assert lines[date(2026, 1, 4)].source.startswith("国务院办公厅2026年放假通知")


def test_a_day_off_in_lieu_names_its_festival() -> None:
    lines = {line.day: line for line in due_date(date(2026, 4, 3), 1, BASE).days}
    assert lines[date(2026, 4, 6)].zh == "清明节（补假）"
    assert lines[date(2026, 4, 6)].en == "Tomb-Sweeping Day (observed)"


def test_the_last_days_of_december_follow_the_notice_for_the_coming_year() -> None:
    assert BASE.is_working_day(date(2018, 12, 29))
    assert not BASE.is_working_day(date(2018, 12, 31))
    before_that_notice = WorkingCalendar(known_through=2018)
    assert not before_that_notice.is_working_day(date(2018, 12, 29))
    assert before_that_notice.is_working_day(date(2018, 12, 31))


NOTICE_2020 = HolidayNotice(
    year=2020,
    number="国办发明电〔2019〕16号",
    published_on=date(2019, 11, 21),
    days_off=(
        DaysOff(date(2020, 1, 1), date(2020, 1, 1), "元旦"),
        DaysOff(date(2020, 1, 24), date(2020, 1, 30), "春节"),
        DaysOff(date(2020, 4, 4), date(2020, 4, 6), "清明节"),
        DaysOff(date(2020, 5, 1), date(2020, 5, 5), "劳动节"),
        DaysOff(date(2020, 6, 25), date(2020, 6, 27), "端午节"),
        DaysOff(date(2020, 10, 1), date(2020, 10, 8), "国庆节、中秋节"),
    ),
    make_up_days=tuple(
        date(2020, month, day)
        for month, day in [(1, 19), (2, 1), (4, 26), (5, 9), (6, 28), (9, 27), (10, 10)]
    ),
)
EXTENSION_2020 = HolidayNotice(
    year=2020,
    number="国办发明电〔2020〕1号",
    published_on=date(2020, 1, 27),
    days_off=(DaysOff(date(2020, 1, 31), date(2020, 2, 2), "春节延长假期"),),
    amends=True,
)


def test_the_extension_of_2020_moves_a_running_due_date() -> None:
    as_planned = WorkingCalendar(notices=(NOTICE_2020,), known_through=2019)
    as_extended = WorkingCalendar(notices=(NOTICE_2020, EXTENSION_2020), known_through=2019)
    received = date(2020, 1, 20)
    assert due_on(received, 15, as_planned) == (date(2020, 2, 14), False)
    assert due_on(received, 15, as_extended) == (date(2020, 2, 18), False)
    assert as_planned.is_working_day(date(2020, 2, 1))
    lines = {line.day: line for line in due_date(received, 15, as_extended).days}
    assert lines[date(2020, 1, 30)].source == "国办发明电〔2019〕16号"
    assert (lines[date(2020, 2, 1)].kind, lines[date(2020, 2, 1)].source) == (
        DayKind.HOLIDAY,
        "国办发明电〔2020〕1号",
    )


def test_the_extension_loaded_over_the_published_year_changes_only_what_it_names() -> None:
    stayed_open = HolidayNotice(
        2020, "更正", date(2020, 1, 28), (), make_up_days=(date(2020, 2, 1),), amends=True
    )
    amended = WorkingCalendar(notices=(stayed_open,))
    changed = [
        day
        for day in (date(2020, 1, 1) + timedelta(days=n) for n in range(366))
        if amended.is_working_day(day) != BASE.is_working_day(day)
    ]
    assert changed == [date(2020, 2, 1)]


def test_a_due_date_is_open_from_the_first_day_on_that_the_notice_for_the_coming_year_may_change() -> None:
    calendar = WorkingCalendar(known_through=2026, open_years=OpenYears.FURTHEST_SEEN)
    assert due_on(date(2026, 12, 29), 1, calendar) == (date(2026, 12, 30), False)
    assert due_on(date(2026, 12, 30), 1, calendar) == (date(2026, 12, 31), True)


def test_days_of_a_year_without_a_notice_stay_open_though_the_next_year_has_one() -> None:
    calendar = WorkingCalendar(notices=(NOTICE_2020,), known_through=2018)
    assert due_on(date(2019, 12, 29), 3, calendar) == (date(2020, 1, 2), True)
    assert due_on(date(2019, 12, 30), 3, calendar) == (date(2020, 1, 3), True)
    assert due_on(date(2019, 12, 31), 3, calendar) == (date(2020, 1, 6), False)


def test_a_prefecture_holiday_closes_its_own_bureau_alone() -> None:
    province = WorkingCalendar(closures=(Closure(YANBIAN, date(2025, 9, 3), PREFECTURE_DAY),))
    received = date(2025, 8, 29)
    at_yanbian = due_date(received, 5, province.at(YANBIAN))
    assert (due_on(received, 5, province)[0], at_yanbian.due_on) == (date(2025, 9, 5), date(2025, 9, 8))
    assert due_on(received, 5, province.at("220100")) == due_on(received, 5, BASE)
    (closed,) = [line for line in at_yanbian.days if line.kind is DayKind.CLOSURE]
    assert (closed.day, closed.zh, closed.number) == (date(2025, 9, 3), PREFECTURE_DAY, None)


def test_a_bureau_may_close_on_a_make_up_day_and_a_closed_weekend_stays_a_weekend() -> None:
    calendar = closed_on(date(2026, 1, 4), date(2026, 1, 10))
    lines = {line.day: line for line in due_date(date(2026, 1, 1), 6, calendar).days}
    assert lines[date(2026, 1, 4)].kind is DayKind.CLOSURE
    assert lines[date(2026, 1, 10)].kind is DayKind.WEEKEND


def test_the_version_tells_calendars_apart() -> None:
    corrected = HolidayNotice(2020, "国办发明电〔2020〕1号", date(2020, 1, 27), (), amends=True)
    versions = [
        BASE.version,
        WorkingCalendar(notices=(EXTENSION_2020,)).version,
        WorkingCalendar(notices=(corrected,)).version,
        WorkingCalendar(known_through=2019).version,
        closed_on(date(2025, 9, 3)).version,
        closed_on(date(2025, 9, 4)).version,
    ]
    assert len(set(versions)) == len(versions)
    assert BASE.version.startswith("holidays ")
    assert "国办发明电〔2020〕1号" in versions[1]


def test_the_version_of_a_bureau_without_closures_is_that_of_the_base() -> None:
    province = WorkingCalendar(closures=(Closure(YANBIAN, date(2025, 9, 3), PREFECTURE_DAY),))
    assert province.at("220100").version == BASE.version
    assert province.at(YANBIAN).version == province.version
    assert province.at("220100") is province.at("220200")
    assert province.at(YANBIAN) is province.at(YANBIAN)


@pytest.mark.parametrize("length", [0, -1])
def test_a_period_of_no_days_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        due_date(date(2025, 1, 2), length, BASE)
    with pytest.raises(ValueError, match="at least one"):
        nth_working_day_before(date(2025, 1, 2), length, BASE)


def test_reminder_days_cross_the_new_year_backwards() -> None:
    due = date(2026, 1, 12)
    assert [nth_working_day_before(due, left, BASE) for left in (5, 3, 1)] == [
        date(2026, 1, 5),
        date(2026, 1, 7),
        date(2026, 1, 9),
    ]
    assert nth_working_day_before(due, 7, BASE) == date(2025, 12, 31)


def test_no_working_days_lie_between_a_day_and_an_earlier_one() -> None:
    assert working_days_between(date(2025, 3, 10), date(2025, 3, 3), BASE) == 0
    assert working_days_between(date(2026, 3, 10), date(2024, 3, 3), BASE) == 0
    assert working_days_between(date(2025, 3, 10), date(2025, 3, 10), BASE) == 0


@given(received=days, length=lengths, closed=closed_days)
def test_the_quick_count_is_the_count_by_hand(received: date, length: int, closed: frozenset[date]) -> None:
    calendar = closed_on(*closed)
    day, counted = received, 0
    while counted < length:
        day += A_DAY
        counted += calendar.is_working_day(day)
    assert due_on(received, length, calendar)[0] == day
    assert nth_working_day_after(received, length, calendar) == day
    assert working_days_between(received, day, calendar) == length


@given(received=days, length=lengths)
def test_the_certificate_numbers_every_counted_day_and_leaves_none_out(received: date, length: int) -> None:
    due = due_date(received, length, BASE)
    assert [line.day for line in due.days] == [
        received + timedelta(days=n) for n in range((due.due_on - received).days + 1)
    ]
    assert [line.number for line in due.days if line.counted] == list(range(1, length + 1))
    assert due.days[-1].number == length
    assert all(line.counted == BASE.is_working_day(line.day) for line in due.days[1:])
    assert all(line.zh and line.en and line.source for line in due.days)
    assert (due.due_on, due.provisional) == due_on(received, length, BASE)


@given(received=days, length=lengths)
def test_a_longer_period_ends_later(received: date, length: int) -> None:
    assert due_on(received, length, BASE)[0] < due_on(received, length + 1, BASE)[0]


@given(received=days, later=st.integers(min_value=1, max_value=40), length=lengths)
def test_a_later_receipt_never_falls_due_earlier(received: date, later: int, length: int) -> None:
    assert due_on(received, length, BASE)[0] <= due_on(received + timedelta(days=later), length, BASE)[0]


@settings(max_examples=60)
@given(received=days, length=lengths, closed=closed_days, further=st.integers(min_value=1, max_value=30))
def test_a_further_day_off_never_makes_a_due_date_earlier(
    received: date, length: int, closed: frozenset[date], further: int
) -> None:
    fewer = due_date(received, length, closed_on(*closed))
    more = due_date(received, length, closed_on(*closed, received + timedelta(days=further)))
    assert fewer.due_on <= more.due_on
    assert fewer.earliest <= more.earliest
    assert fewer.latest <= more.latest


@given(due=days, left=st.integers(min_value=1, max_value=60))
def test_so_many_working_days_before_the_due_date_so_many_are_left(due: date, left: int) -> None:
    day = nth_working_day_before(due, left, BASE)
    assert BASE.is_working_day(day)
    assert working_days_between(day - A_DAY, due - A_DAY, BASE) == left
