"""What corrections do to the clocks of both bureaus: three readings of one history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from corrected_periods import (
    Period,
    Round,
    take_in_after_corrections,
    transfer_out_after_corrections,
)
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_date
from rules.clocks.clocks import (
    EFFECT_ON_TAKE_IN,
    EFFECT_ON_TRANSFER_OUT,
)
from rules.values.due_dates import DueDate, Suspended
from rules.values.form_fields import CorrectionEffect
from rules.values.law import in_force

BASE = WorkingCalendar()
A_DAY = timedelta(days=1)
RUN_ON, PAUSE, RESTART = CorrectionEffect

LETTER = Period(date(2026, 9, 17), 15)
FORM_SENT = date(2026, 9, 24)
BOTH_IN = Period(FORM_SENT, 15)
ROUND = Round(date(2026, 9, 29), date(2026, 10, 12))
OPEN = Round(date(2026, 9, 29))
TODAY = date(2026, 10, 13)


def clock_b(effect: CorrectionEffect, *rounds: Round, period: Period = LETTER) -> DueDate | Suspended:
    """Clock B of a letter received on 17 September and a form sent on the 24th."""
    return transfer_out_after_corrections(period, FORM_SENT, rounds, effect, BASE)


def clock_c(effect: CorrectionEffect, *rounds: Round, period: Period = BOTH_IN) -> DueDate | Suspended:
    """Clock C of information and funds that were both in on 24 September."""
    return take_in_after_corrections(period, rounds, effect, BASE)


def due_on(found: DueDate | Suspended) -> date:
    """The due date, where there must be one."""
    assert isinstance(found, DueDate)
    return found.due_on


@pytest.mark.parametrize(
    ("clock", "effect", "due"),
    [
        (clock_b, RUN_ON, date(2026, 10, 14)),
        (clock_b, PAUSE, date(2026, 10, 16)),
        (clock_b, RESTART, date(2026, 10, 26)),
        (clock_c, RUN_ON, date(2026, 10, 22)),
        (clock_c, PAUSE, date(2026, 10, 29)),
        (clock_c, RESTART, date(2026, 11, 2)),
    ],
)
def test_one_history_under_all_three_readings(
    clock: Callable[..., DueDate | Suspended], effect: CorrectionEffect, due: date
) -> None:
    found = clock(effect, ROUND)
    assert due_on(found) == due
    assert isinstance(found, DueDate)
    assert found.working_days == 15


def test_by_default_the_clock_of_the_wrong_form_runs_on_and_the_other_restarts() -> None:
    assert in_force(EFFECT_ON_TRANSFER_OUT, TODAY).value is RUN_ON
    assert in_force(EFFECT_ON_TAKE_IN, TODAY).value is RESTART


@pytest.mark.parametrize("effect", CorrectionEffect)
def test_without_a_correction_all_readings_give_the_ordinary_due_date(effect: CorrectionEffect) -> None:
    for found, period in ((clock_b(effect), LETTER), (clock_c(effect), BOTH_IN)):
        assert found == due_date(period.anchored_on, 15, BASE)


@pytest.mark.parametrize(("effect", "left"), [(PAUSE, 13), (RESTART, 15)])
def test_while_a_correction_is_open_clock_c_has_no_due_date(effect: CorrectionEffect, left: int) -> None:
    found = clock_c(effect, OPEN)
    assert isinstance(found, Suspended)
    assert (found.since, found.left) == (OPEN.asked_on, left)


def test_an_open_correction_does_not_stop_clock_b_under_any_reading() -> None:
    for effect in CorrectionEffect:
        assert due_on(clock_b(effect, OPEN)) == due_on(clock_b(effect, ROUND))


def test_between_two_rounds_the_form_is_again_out_of_the_bureaus_hands() -> None:
    second = Round(date(2026, 10, 14), date(2026, 10, 15))
    assert due_on(clock_b(PAUSE, ROUND, second)) == date(2026, 10, 20)


def test_rounds_that_are_open_together_are_waited_for_once() -> None:
    inside = Round(date(2026, 9, 30), date(2026, 10, 9))
    for clock in (clock_b, clock_c):
        for effect in (RUN_ON, PAUSE):
            assert clock(effect, inside, ROUND) == clock(effect, ROUND)


def test_a_ruling_that_extends_the_clock_counts_under_every_reading() -> None:
    for effect in CorrectionEffect:
        longer = clock_b(effect, ROUND, period=replace(LETTER, extension=5))
        assert isinstance(longer, DueDate)
        assert longer.working_days == 20


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Round, ...]:
    """Answered rounds after the form was sent, perhaps several at once."""
    spans = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=3))
    return tuple(
        Round(FORM_SENT + begins * A_DAY, FORM_SENT + (begins + lasts) * A_DAY) for begins, lasts in spans
    )


@given(rounds())
def test_running_on_is_never_later_than_a_pause_and_a_pause_never_later_than_a_restart(
    answered: tuple[Round, ...],
) -> None:
    for clock in (clock_b, clock_c):
        dates = [due_on(clock(effect, *answered)) for effect in (RUN_ON, PAUSE, RESTART)]
        assert dates == sorted(dates)


@given(rounds(), st.integers(0, 10), st.sampled_from(CorrectionEffect))
def test_a_longer_extension_is_due_later_under_every_reading(
    answered: tuple[Round, ...], extension: int, effect: CorrectionEffect
) -> None:
    for clock, period in ((clock_b, LETTER), (clock_c, BOTH_IN)):
        granted = [replace(period, extension=days) for days in (extension, extension + 1)]
        shorter, longer = (due_on(clock(effect, *answered, period=each)) for each in granted)
        # A day within which a pause begins counts, unless it would be the last one.
        assert shorter < longer or (effect is PAUSE and shorter == longer)
