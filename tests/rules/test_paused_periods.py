"""Periods that are paused: checked by a plain count, explained by days, without a date while open."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rules.calendar.notices import DaysOff, HolidayNotice
from rules.calendar.paused_periods import due_with_pauses
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_date, nth_working_day_before
from rules.values.due_dates import DayKind, DueDate, OpenYears, Pause, Suspended

BASE = WorkingCalendar()
A_DAY = timedelta(days=1)
RECEIVED = date(2026, 9, 17)

days = st.dates(min_value=date(2014, 1, 1), max_value=date(2025, 12, 31))
lengths = st.integers(min_value=1, max_value=30)
steps = st.tuples(st.integers(-3, 40), st.integers(0, 25))


@st.composite
def pauses_after(draw: st.DrawFn, anchored_on: date) -> list[Pause]:
    """Some pauses around and after a day, in any order, perhaps one inside another."""
    found = []
    for begins, lasts in draw(st.lists(steps, max_size=4)):
        first = anchored_on + begins * A_DAY
        found.append(Pause(first, first + lasts * A_DAY))
    return found


histories = days.flatmap(lambda day: st.tuples(st.just(day), lengths, pauses_after(day)))


def counted_by_hand(anchored_on: date, length: int, pauses: Sequence[Pause]) -> date:
    """The last day of a period, found by walking day by day."""

    def paused(day: date) -> bool:
        return any(pause.until_day and pause.from_day < day <= pause.until_day for pause in pauses)

    def begins_on(day: date) -> bool:
        """Whether a pause begins on a day and takes the next working day."""
        after = day + A_DAY
        while not BASE.is_working_day(after):
            after += A_DAY
        return any(pause.from_day == day for pause in pauses) and paused(after)

    day = anchored_on
    while length:
        day += A_DAY
        counts = BASE.is_working_day(day) and not paused(day)
        length -= counts and not (length == 1 and begins_on(day))
    return day


def due(anchored_on: date, length: int, pauses: Sequence[Pause], extension: int = 0) -> DueDate:
    """A due date where there must be one."""
    found = due_with_pauses(anchored_on, length, pauses, extension, BASE)
    assert isinstance(found, DueDate)
    return found


@given(histories)
def test_a_paused_period_ends_where_a_plain_count_ends(history: tuple[date, int, list[Pause]]) -> None:
    found = due(*history)
    assert found.due_on == counted_by_hand(*history)
    assert (found.provisional, found.earliest, found.latest) == (False, found.due_on, found.due_on)


@given(histories)
def test_a_paused_period_explains_every_day(history: tuple[date, int, list[Pause]]) -> None:
    anchored_on, length, pauses = history
    found = due(anchored_on, length, pauses)
    assert [line.day for line in found.days] == [
        anchored_on + number * A_DAY for number in range((found.due_on - anchored_on).days + 1)
    ]
    assert [line.number for line in found.days if line.counted] == list(range(1, length + 1))
    for line in found.days[1:]:
        assert BASE.is_working_day(line.day) == (line.counted or line.kind is DayKind.PAUSED)


@given(histories, st.integers(0, 9), st.integers(1, 9))
def test_a_longer_extension_never_ends_earlier(
    history: tuple[date, int, list[Pause]], extension: int, more: int
) -> None:
    assert due(*history, extension).due_on <= due(*history, extension + more).due_on


@given(histories, st.integers(0, 40))
def test_a_pause_without_a_working_day_changes_nothing(
    history: tuple[date, int, list[Pause]], after: int
) -> None:
    anchored_on, length, pauses = history
    eve = begins = nth_working_day_before(anchored_on + after * A_DAY, 1, BASE)
    while not BASE.is_working_day(eve + A_DAY):
        eve += A_DAY
    assert due(anchored_on, length, [*pauses, Pause(begins, eve)]) == due(anchored_on, length, pauses)


@given(st.dates(min_value=date(2014, 1, 1), max_value=date(2028, 6, 30)), lengths)
def test_a_period_without_a_pause_is_an_ordinary_one(anchored_on: date, length: int) -> None:
    assert due(anchored_on, length, []) == due_date(anchored_on, length, BASE)


def test_nested_and_overlapping_pauses_are_left_out_once() -> None:
    whole = [Pause(date(2026, 9, 21), date(2026, 9, 29))]
    parts = [
        Pause(date(2026, 9, 24), date(2026, 9, 29)),
        Pause(date(2026, 9, 22), date(2026, 9, 23)),
        Pause(date(2026, 9, 21), date(2026, 9, 25)),
    ]
    assert due(RECEIVED, 15, parts) == due(RECEIVED, 15, whole)
    assert due(RECEIVED, 15, whole).due_on == date(2026, 10, 21)


def test_a_paused_day_says_so_and_names_its_rule() -> None:
    lines = {line.day: line for line in due(RECEIVED, 15, [Pause(date(2026, 9, 24), date(2026, 9, 28))]).days}
    assert (lines[date(2026, 9, 24)].kind, lines[date(2026, 9, 24)].number) == (DayKind.WORKDAY, 6)
    assert lines[date(2026, 9, 25)].kind is DayKind.HOLIDAY
    paused = lines[date(2026, 9, 28)]
    assert (paused.kind, paused.number, paused.source) == (DayKind.PAUSED, None, "CorrectionEffect.PAUSE")
    assert lines[date(2026, 9, 29)].number == 7


def test_while_a_pause_is_open_there_is_no_due_date() -> None:
    found = due_with_pauses(RECEIVED, 15, [Pause(date(2026, 9, 24))], 2, BASE)
    assert found == Suspended(RECEIVED, 17, since=date(2026, 9, 24), left=11)


@pytest.mark.parametrize("pause", [Pause(date(2026, 10, 15)), Pause(date(2026, 10, 14), day_over=True)])
def test_an_open_pause_after_the_last_day_comes_too_late(pause: Pause) -> None:
    assert due_with_pauses(RECEIVED, 15, [pause], 0, BASE) == due_date(RECEIVED, 15, BASE)


def test_a_pause_that_begins_within_the_last_day_leaves_that_day_to_be_had_afterwards() -> None:
    """The bureau was stopped in time, and is not late by all the days of the pause."""
    last = date(2026, 10, 14)
    assert due_date(RECEIVED, 15, BASE).due_on == last
    assert due_with_pauses(RECEIVED, 15, [Pause(last)], 0, BASE) == Suspended(RECEIVED, 15, last - A_DAY, 1)
    found = due(RECEIVED, 15, [Pause(last, date(2026, 11, 10))])
    assert found.due_on == date(2026, 11, 11)
    lines = {line.day: line for line in found.days}
    assert (lines[last].kind, lines[found.due_on].number) == (DayKind.PAUSED, 15)


def test_a_paused_period_into_an_unpublished_year_is_provisional_and_bounded() -> None:
    pauses = [Pause(date(2026, 12, 16), date(2026, 12, 21))]
    seen = WorkingCalendar(open_years=OpenYears.FURTHEST_SEEN)
    found = due_with_pauses(date(2026, 12, 8), 45, pauses, 0, seen)
    assert isinstance(found, DueDate)
    after = due_date(date(2026, 12, 21), 39, seen)
    assert found.provisional
    assert (found.due_on, found.earliest, found.latest) == (after.due_on, after.earliest, after.latest)
    assert found.due_on < found.latest


def test_a_stretch_that_begins_when_an_unpublished_year_has_ended_is_settled() -> None:
    """2019 without a notice, 2020 with one: only what was counted in 2019 may still change."""
    new_year = DaysOff(date(2020, 1, 1), date(2020, 1, 1), "元旦")
    notice = HolidayNotice(2020, "of 2020", date(2019, 11, 21), (new_year,))
    calendar = WorkingCalendar(notices=(notice,), known_through=2018)
    pauses = [Pause(date(2020, 1, 3), date(2020, 1, 6))]
    settled = due_with_pauses(date(2019, 12, 31), 3, pauses, 0, calendar)
    open_day = due_with_pauses(date(2019, 12, 30), 3, pauses, 0, calendar)
    assert isinstance(settled, DueDate)
    assert isinstance(open_day, DueDate)
    assert (settled.provisional, open_day.provisional) == (False, True)


def test_a_pause_in_an_unpublished_year_widens_the_bounds_on_both_sides() -> None:
    received = date(2027, 1, 25)
    plain, paused = due(received, 15, []), due(received, 15, [Pause(date(2027, 2, 15), date(2027, 3, 1))])
    assert paused.provisional
    assert paused.earliest <= paused.due_on <= paused.latest
    assert plain.latest < paused.latest


@given(histories.filter(lambda history: history[0].year > 2020))
@example((date(2025, 1, 17), 8, [Pause(date(2025, 2, 4), date(2025, 2, 10))]))
def test_the_bounds_hold_what_the_notices_brought(history: tuple[date, int, list[Pause]]) -> None:
    before = due_with_pauses(*history, 0, WorkingCalendar(known_through=2020))
    assert isinstance(before, DueDate)
    assert before.provisional
    assert before.earliest <= min(before.due_on, due(*history).due_on)
    assert before.latest >= max(before.due_on, due(*history).due_on)


def test_a_period_perhaps_over_before_an_open_pause_has_no_due_date_either() -> None:
    received = date(2027, 1, 25)
    seen = WorkingCalendar(open_years=OpenYears.FURTHEST_SEEN)
    plain = due_date(received, 15, seen)
    assert plain.due_on < plain.latest
    assert isinstance(due_with_pauses(received, 15, [Pause(plain.due_on)], 0, seen), Suspended)
    assert isinstance(due_with_pauses(received, 15, [Pause(plain.latest)], 0, seen), DueDate)


@pytest.mark.parametrize(
    ("length", "pause", "extension", "why"),
    [
        (0, Pause(RECEIVED), 0, "at least one working day"),
        (1, Pause(RECEIVED), -1, "an extension is not below zero"),
        (1, Pause(RECEIVED, RECEIVED - A_DAY), 0, "does not end before it begins"),
    ],
)
def test_what_is_no_period_is_refused(length: int, pause: Pause, extension: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        due_with_pauses(RECEIVED, length, [pause], extension, BASE)
