"""Unpublished years: what is counted as possible is what has been seen, and the real date lies within."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar.festivals import (
    FESTIVALS,
    JOINS_NATIONAL_DAY_WITHIN,
    LABOUR,
    NATIONAL,
    NATIONAL_WITH_MID_AUTUMN,
    ONE_DAY,
    SPRING,
    VICTORY_DAY,
    festivals,
)
from rules.calendar.notices import Closure, DaysOff, HolidayNotice, notice_problems
from rules.calendar.published_holidays import LAST_PUBLISHED_YEAR, governing_year, statutory_days
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_date, due_on
from rules.values.due_dates import OpenYears

BASE = WorkingCalendar()
YEARS = range(2014, 2027)
UNPUBLISHED = LAST_PUBLISHED_YEAR + 1
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def declared(year: int) -> Iterator[tuple[str, date, bool]]:
    """Festival, day and whether it was worked, for each day a year's notices named; by the second source."""
    for table, worked in ((chinese_calendar.holidays, False), (chinese_calendar.workdays, True)):
        for day, name in table.items():
            if governing_year(day) == year:
                yield NAMES[name], day, worked


def notice_of(year: int) -> HolidayNotice:
    """A year's notices as one, by the second source."""
    days = list(declared(year))
    return HolidayNotice(
        year=year,
        number=f"{year}",
        published_on=date(year - 1, 11, 25),
        days_off=tuple(DaysOff(day, day, name) for name, day, worked in days if not worked),
        make_up_days=tuple(day for _, day, worked in days if worked),
        days_given={2015: 1, 2020: 2}.get(year, 0),
    )


def main_days(year: int) -> dict[str, date]:
    found: dict[str, date] = {}
    for day, names in statutory_days(year).items():
        for name in names:
            found.setdefault(name, day)
    return found


def given_with_national_day(year: int) -> bool:
    autumn, national = main_days(year)["中秋节"], main_days(year)["国庆节"]
    return (national - autumn).days <= JOINS_NATIONAL_DAY_WITHIN


def offsets(names: set[str], years: list[int]) -> tuple[int, int, int, int]:
    """First weekday off, last day off, first and last make-up day, from each festival's main day."""
    off: list[int] = []
    weekdays_off: list[int] = []
    worked_days: list[int] = []
    for year in years:
        main = main_days(year)
        for name, day, worked in declared(year):
            if name in names:
                offset = (day - main["国庆节" if "国庆节" in names else name]).days
                (worked_days if worked else off).append(offset)
                if not worked and day.weekday() < 5:
                    weekdays_off.append(offset)
    return min(weekdays_off), max(off), min(worked_days), max(worked_days)


def test_the_ranges_are_the_furthest_seen_since_2014() -> None:
    apart = [year for year in YEARS if not given_with_national_day(year)]
    together = [year for year in YEARS if given_with_national_day(year)]
    everywhere = list(YEARS)
    seen_one_day = [
        offsets({name}, apart if name == "中秋节" else everywhere)
        for name in ("元旦", "清明节", "端午节", "中秋节")
    ]
    first, last, first_worked, last_worked = zip(*seen_one_day, strict=True)
    assert (min(first), max(last), min(first_worked), max(last_worked)) == (
        ONE_DAY.first_off,
        ONE_DAY.last_off,
        ONE_DAY.first_make_up,
        ONE_DAY.last_make_up,
    )
    for name, seen in (("春节", SPRING), ("劳动节", LABOUR)):
        expected = (seen.first_off, seen.last_off, seen.first_make_up, seen.last_make_up)
        assert offsets({name}, everywhere) == expected
    alone, merged = offsets({"国庆节"}, apart), offsets({"国庆节", "中秋节"}, together)
    assert alone[:2] == (NATIONAL.first_off, NATIONAL.last_off)
    assert merged[1] == NATIONAL_WITH_MID_AUTUMN.last_off
    for seen in (NATIONAL, NATIONAL_WITH_MID_AUTUMN):
        assert (seen.first_make_up, seen.last_make_up) == (
            min(alone[2], merged[2]),
            max(alone[3], merged[3]),
        )


@pytest.mark.parametrize("year", YEARS)
def test_each_notice_since_2014_pays_for_its_days_off(year: int) -> None:
    assert notice_problems(notice_of(year)) == ()


def test_the_notices_since_2014_loaded_by_hand_give_the_published_calendar() -> None:
    loaded = WorkingCalendar(notices=tuple(map(notice_of, YEARS)), known_through=2013)
    for year in YEARS:
        assert loaded.table(year).working == BASE.table(year).working
    assert not loaded.is_published(2027)


@pytest.mark.parametrize("rule", OpenYears)
@pytest.mark.parametrize("year", YEARS)
def test_had_a_notice_been_unknown_the_real_due_date_would_lie_within_the_bounds(
    year: int, rule: OpenYears
) -> None:
    unknown = WorkingCalendar(known_through=year - 1, open_years=rule)
    received = date(year - 1, 11, 1)
    checked = 0
    while received.year <= year:
        for length in (10, 15):
            real, still_open = due_on(received, length, BASE)
            due = due_date(received, length, unknown)
            if due.provisional and not still_open:
                assert due.earliest <= real <= due.latest, (received, length)
                checked += 1
            elif not due.provisional:
                assert due.due_on == real, (received, length)
        received += timedelta(days=1)
    assert checked > (600 if rule is OpenYears.PRINCIPLES else 700)


@settings(max_examples=150)
@given(
    received=st.dates(min_value=date(2013, 11, 1), max_value=date(2026, 9, 1)),
    length=st.integers(min_value=1, max_value=60),
    years_unknown=st.integers(min_value=0, max_value=1),
    rule=st.sampled_from(OpenYears),
)
def test_bounds_hold_for_any_length_and_contain_the_projected_date(
    received: date, length: int, years_unknown: int, rule: OpenYears
) -> None:
    real, still_open = due_on(received, length, BASE)
    unknown = WorkingCalendar(known_through=received.year - years_unknown, open_years=rule)
    due = due_date(received, length, unknown)
    assert received < due.earliest <= due.due_on <= due.latest
    if not still_open:
        assert due.earliest <= real <= due.latest


@pytest.mark.parametrize("name", ["元旦", "清明节", "端午节", "中秋节"])
def test_no_arrangement_has_a_statutory_day_worked_on_a_weekend(name: str) -> None:
    for year in range(2014, 2041):
        (day,) = [day for day, names in statutory_days(year).items() if name in names]
        for festival in festivals(year):
            if festival.name == name:
                assert not [one for one in festival.arrangements if day.toordinal() in one.weekend], day


def test_the_last_week_of_december_is_governed_by_the_notice_of_the_coming_year() -> None:
    assert governing_year(date(2018, 12, 24)) == 2018
    assert governing_year(date(2018, 12, 25)) == 2019


def test_bounds_are_no_wider_than_they_must_be() -> None:
    """New Year is over and paid for by mid-January; only days inside a festival's reach are uncertain."""
    seen = WorkingCalendar(known_through=2026, open_years=OpenYears.FURTHEST_SEEN)
    calm = due_date(date(2026, 12, 15), 15, seen)
    assert (calm.provisional, calm.earliest, calm.due_on, calm.latest) == (
        True,
        date(2027, 1, 6),
        date(2027, 1, 6),
        date(2027, 1, 6),
    )
    autumn = due_date(date(2027, 9, 10), 15, seen)
    assert (autumn.earliest, autumn.due_on, autumn.latest) == (
        date(2027, 9, 30),
        date(2027, 10, 7),
        date(2027, 10, 9),
    )


def test_the_principles_of_2025_leave_fewer_days_open() -> None:
    """Mid-Autumn of 2027 is a Wednesday and stands alone; National Day is seven days, 1 to 7 October."""
    due = due_date(date(2027, 9, 10), 15, WorkingCalendar(known_through=2026))
    # Without National Day's own make-up days the 15th working day is 8 October, the first after the holiday.
    assert (due.earliest, due.due_on, due.latest) == (date(2027, 10, 7), date(2027, 10, 7), date(2027, 10, 8))
    spring = due_date(date(2027, 2, 1), 15, WorkingCalendar(known_through=2026))
    # Off from the eve, 5 February, to the 12th. Of two days worked for it one is 31 January, since seven in a
    # row would be too many, the other the 13th or the 14th: 3 + 1 + 5 + 5 days by 26 February, the 15th on 1
    # March. By the statutory days alone, which the bounds hold too, it is 26 February.
    assert (spring.earliest, spring.latest) == (date(2027, 2, 26), date(2027, 3, 1))


def test_each_notice_since_2025_keeps_to_the_principles() -> None:
    for year in (2025, 2026):
        notice = notice_of(year)
        off = {day.toordinal() for span in notice.days_off for day in span.days() if day.weekday() < 5}
        worked = {day.toordinal() for day in notice.make_up_days}
        fitting = [
            max(
                (
                    one
                    for one in festival.arrangements
                    if set(one.off) <= off and (not one.owed or set(one.weekend) <= worked)
                ),
                key=lambda one: len(one.off),
            )
            for festival in festivals(year)
        ]
        assert {day for one in fitting for day in one.off} == off, year
        assert {day for one in fitting if one.owed for day in one.weekend} == worked, year


def test_before_2025_the_principles_change_nothing() -> None:
    for year in range(2014, 2025):
        assert festivals(year) == festivals(year, OpenYears.FURTHEST_SEEN)


def test_new_year_on_a_friday_leaves_december_firm_by_the_principles() -> None:
    firm, seen = (WorkingCalendar(known_through=2026, open_years=rule) for rule in OpenYears)
    assert due_on(date(2026, 12, 10), 15, firm) == (date(2026, 12, 31), False)
    assert due_on(date(2026, 12, 10), 15, seen) == (date(2026, 12, 31), True)


def test_a_period_within_a_published_year_is_firm_up_to_the_days_new_year_may_take() -> None:
    calendar = WorkingCalendar(known_through=2026, open_years=OpenYears.FURTHEST_SEEN)
    assert due_on(date(2026, 12, 10), 14, calendar) == (date(2026, 12, 30), False)
    last_day = due_date(date(2026, 12, 10), 15, calendar)
    assert (last_day.due_on, last_day.provisional) == (date(2026, 12, 31), True)
    assert last_day.latest > last_day.due_on


def test_a_loaded_notice_makes_the_date_firm() -> None:
    unknown = WorkingCalendar(known_through=2025)
    received = date(2025, 12, 19)
    assert due_on(received, 15, unknown)[1]
    loaded = WorkingCalendar(notices=(notice_of(2026),), known_through=2025)
    assert due_on(received, 15, loaded) == (date(2026, 1, 12), False)


def test_an_amendment_alone_does_not_make_a_year_firm_but_stands_in_its_bounds() -> None:
    monday = date(2026, 3, 9)
    amendment = HolidayNotice(2026, "x", date(2026, 3, 1), (DaysOff(monday, monday, "x"),), amends=True)
    open_year = WorkingCalendar(notices=(amendment,), known_through=2025)
    due = due_date(date(2026, 3, 6), 1, open_year)
    assert due.provisional
    assert (due.earliest, due.due_on, due.latest) == (date(2026, 3, 10),) * 3


def test_days_of_an_unpublished_year_say_so() -> None:
    due = due_date(date(UNPUBLISHED, 3, 1), 3, BASE)
    assert due.provisional
    assert all(str(UNPUBLISHED) in line.zh and str(UNPUBLISHED) in line.en for line in due.days[1:])


@pytest.mark.parametrize("year", [UNPUBLISHED, 2050, 2099, 2100, 2101, 2500])
def test_no_year_however_far_off_raises(year: int) -> None:
    due = due_date(date(year, 1, 1), 260, BASE)
    assert due.provisional
    assert due.earliest <= due.due_on <= due.latest


def test_every_festival_of_every_year_has_an_arrangement() -> None:
    for year in range(2001, 2101):
        assert all(festival.arrangements for festival in festivals(year)), year
        expected = len(FESTIVALS) + 1 if year >= 2008 else 5
        assert len(festivals(year, OpenYears.FURTHEST_SEEN)) in (expected, expected - 1)
        if year >= 2025:
            assert len(festivals(year)) in (len(FESTIVALS), len(FESTIVALS) - 1)


def test_no_day_inside_the_days_off_is_worked_for_them() -> None:
    for festival in festivals(2026):
        for arrangement in festival.arrangements:
            first, last = arrangement.off[0], arrangement.off[-1]
            assert not any(first < day < last for day in arrangement.weekend), festival.name


def test_the_victory_day_of_2015_is_possible_but_not_certain() -> None:
    received = date(2027, 9, 1)
    seen = WorkingCalendar(known_through=2026, open_years=OpenYears.FURTHEST_SEEN)
    due = due_date(received, 2, seen)
    assert date(2027, *VICTORY_DAY) == due.due_on == due.earliest
    assert due.latest > due.due_on


def test_a_notice_for_one_year_leaves_its_last_week_to_the_notice_for_the_next() -> None:
    loaded = WorkingCalendar(notices=(notice_of(2018),))
    assert loaded.table(2018).working == BASE.table(2018).working
    assert loaded.is_working_day(date(2018, 12, 29))


def test_a_period_is_open_when_it_crosses_an_unpublished_year_into_a_published_one() -> None:
    gap = WorkingCalendar(notices=(notice_of(2026),), known_through=2024)
    assert due_on(date(2025, 12, 19), 15, gap) == (date(2026, 1, 12), True)
    assert due_on(date(2025, 12, 31), 3, gap) == (date(2026, 1, 6), False)


def due_dates_by_hand(received: date, length: int, closed: date | None, rule: OpenYears) -> set[date]:
    """Every due date that any possible National Day of 2026 leads to, counted one by one."""
    (national,) = [festival for festival in festivals(2026, rule) if festival.name == "国庆节"]
    found = set()
    for arrangement in national.arrangements:
        for worked in combinations(arrangement.weekend, arrangement.owed):
            day, counted = received.toordinal(), 0
            while counted < length:
                day += 1
                weekday = date.fromordinal(day).weekday() < 5
                works = day in worked or (weekday and day not in arrangement.off)
                counted += works and date.fromordinal(day) != closed
            found.add(date.fromordinal(day))
    return found


@pytest.mark.parametrize("rule", OpenYears)
@pytest.mark.parametrize("closed", [None, date(2026, 10, 1), date(2026, 10, 6), date(2026, 10, 8)])
@pytest.mark.parametrize(
    "received", [date(2026, 9, 28), date(2026, 10, 2), date(2026, 10, 6), date(2026, 10, 8)]
)
def test_the_bounds_are_the_first_and_last_of_all_dates_counted_by_hand(
    received: date, closed: date | None, rule: OpenYears
) -> None:
    closures = (Closure("222400", closed, "closed"),) if closed else ()
    calendar = WorkingCalendar(closures=closures, known_through=2025, open_years=rule).at("222400")
    for length in range(1, 13):
        by_hand = due_dates_by_hand(received, length, closed, rule)
        due = due_date(received, length, calendar)
        # The bounds hold the projected date too, which the principles may rule out.
        first, last = min(*by_hand, due.due_on), max(*by_hand, due.due_on)
        assert (due.earliest, due.latest) == (first, last), length
