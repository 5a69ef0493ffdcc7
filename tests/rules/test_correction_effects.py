"""What corrections do to the clocks of both bureaus: three readings of one history, each explained."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_date
from rules.clocks.clocks import (
    EFFECT_ON_TAKE_IN,
    EFFECT_ON_TRANSFER_OUT,
    take_in_after_corrections,
    transfer_out_after_corrections,
)
from rules.values.due_dates import DueDate, Suspended
from rules.values.form_fields import CorrectedPeriod, CorrectionEffect, Period, Waiting
from rules.values.law import in_force

BASE = WorkingCalendar()
A_DAY = timedelta(days=1)
RUN_ON, PAUSE, RESTART = CorrectionEffect

LETTER = Period(date(2026, 9, 17), 15)
FORM_SENT = date(2026, 9, 24)
BOTH_IN = Period(FORM_SENT, 15)
ROUND = Waiting(date(2026, 9, 29), date(2026, 10, 12))
OPEN = Waiting(date(2026, 9, 29))
TODAY = date(2026, 10, 13)


def clock_b(effect: CorrectionEffect, *rounds: Waiting, period: Period = LETTER) -> CorrectedPeriod:
    """Clock B of a letter received on 17 September and a form sent on the 24th."""
    return transfer_out_after_corrections(period, FORM_SENT, rounds, effect, BASE, TODAY)


def clock_c(effect: CorrectionEffect, *rounds: Waiting, period: Period = BOTH_IN) -> CorrectedPeriod:
    """Clock C of information and funds that were both in on 24 September."""
    return take_in_after_corrections(period, rounds, effect, BASE, TODAY)


def due_on(found: CorrectedPeriod) -> date:
    """The due date, where there must be one."""
    assert isinstance(found.due, DueDate)
    return found.due.due_on


@pytest.mark.parametrize(
    ("clock", "effect", "due", "zh", "en"),
    [
        (
            clock_b,
            RUN_ON,
            "2026-10-14",
            "信息表有误不算履行，期限继续计算；15个工作日，到期日2026-10-14；更正用时5个工作日。",
            "a wrong form does not fulfil the duty, so the period runs on; "
            "15 working days from 2026-09-17, due on 2026-10-14; corrections took 5 working days.",
        ),
        (
            clock_b,
            PAUSE,
            "2026-10-16",
            "信息表发出后至要求更正之日不计入期限；15个工作日，到期日2026-10-16；更正用时5个工作日。",
            "days between sending a form and being asked to correct it are not counted; "
            "15 working days from 2026-09-17, due on 2026-10-16; corrections took 5 working days.",
        ),
        (
            clock_b,
            RESTART,
            "2026-10-26",
            "期限自最后一次要求更正之日重新计算；15个工作日，到期日2026-10-26；更正用时5个工作日。",
            "the period runs anew from the last request to correct; "
            "15 working days from 2026-09-29, due on 2026-10-26; corrections took 5 working days.",
        ),
        (
            clock_c,
            RUN_ON,
            "2026-10-22",
            "期限自信息与资金到齐起计算，不因更正而停止；15个工作日，到期日2026-10-22；更正用时5个工作日。",
            "the period runs from the day both were in and does not stop for a correction; "
            "15 working days from 2026-09-24, due on 2026-10-22; corrections took 5 working days.",
        ),
        (
            clock_c,
            PAUSE,
            "2026-10-29",
            "更正期间不计入期限；15个工作日，到期日2026-10-29；更正用时5个工作日。",
            "days on which a correction was open are not counted; "
            "15 working days from 2026-09-24, due on 2026-10-29; corrections took 5 working days.",
        ),
        (
            clock_c,
            RESTART,
            "2026-11-02",
            "期限自更正后信息与资金一致之日重新计算；15个工作日，到期日2026-11-02；更正用时5个工作日。",
            "the period runs anew from the day on which information and funds agreed again; "
            "15 working days from 2026-10-12, due on 2026-11-02; corrections took 5 working days.",
        ),
    ],
)
def test_one_history_under_all_three_readings(
    clock: object, effect: CorrectionEffect, due: str, zh: str, en: str
) -> None:
    assert callable(clock)
    found = clock(effect, ROUND)
    assert (found.effect, due_on(found), found.waited) == (effect, date.fromisoformat(due), 5)
    assert (found.zh, found.en) == (zh, en)


def test_by_default_the_clock_of_the_wrong_form_runs_on_and_the_other_restarts() -> None:
    assert in_force(EFFECT_ON_TRANSFER_OUT, TODAY).value is RUN_ON
    assert in_force(EFFECT_ON_TAKE_IN, TODAY).value is RESTART


@pytest.mark.parametrize("effect", CorrectionEffect)
def test_without_a_correction_all_readings_give_the_ordinary_due_date(effect: CorrectionEffect) -> None:
    for found, period in ((clock_b(effect), LETTER), (clock_c(effect), BOTH_IN)):
        assert found.due == due_date(period.anchored_on, 15, BASE)
        assert found.waited == 0
        assert "没有更正" in found.zh


@pytest.mark.parametrize(("effect", "left"), [(PAUSE, 13), (RESTART, 15)])
def test_while_a_correction_is_open_clock_c_has_no_due_date(effect: CorrectionEffect, left: int) -> None:
    found = clock_c(effect, OPEN)
    assert isinstance(found.due, Suspended)
    assert (found.due.since, found.due.left, found.waited) == (OPEN.asked_on, left, 6)
    assert f"尚余{left}个工作日" in found.zh
    assert f"stands still since 2026-09-29 with {left} working days left" in found.en


def test_an_open_correction_does_not_stop_clock_b_under_any_reading() -> None:
    for effect in CorrectionEffect:
        assert due_on(clock_b(effect, OPEN)) == due_on(clock_b(effect, ROUND))


def test_between_two_rounds_the_form_is_again_out_of_the_bureaus_hands() -> None:
    second = Waiting(date(2026, 10, 14), date(2026, 10, 15))
    assert due_on(clock_b(PAUSE, ROUND, second)) == date(2026, 10, 20)
    assert clock_b(PAUSE, ROUND, second).waited == 6


def test_rounds_that_are_open_together_are_waited_for_once() -> None:
    inside = Waiting(date(2026, 9, 30), date(2026, 10, 9))
    for clock in (clock_b, clock_c):
        for effect in (RUN_ON, PAUSE):
            assert clock(effect, inside, ROUND).due == clock(effect, ROUND).due
            assert clock(effect, inside, ROUND).waited == 5


def test_a_ruling_that_extends_the_clock_counts_under_every_reading() -> None:
    for effect in CorrectionEffect:
        longer = clock_b(effect, ROUND, period=replace(LETTER, extension=5))
        assert isinstance(longer.due, DueDate)
        assert longer.due.working_days == 20


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Waiting, ...]:
    """Answered rounds after the form was sent, perhaps several at once."""
    spans = draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=3))
    return tuple(
        Waiting(FORM_SENT + begins * A_DAY, FORM_SENT + (begins + lasts) * A_DAY) for begins, lasts in spans
    )


@given(rounds())
def test_running_on_is_never_later_than_a_pause_and_a_pause_never_later_than_a_restart(
    answered: tuple[Waiting, ...],
) -> None:
    for clock in (clock_b, clock_c):
        dates = [due_on(clock(effect, *answered)) for effect in (RUN_ON, PAUSE, RESTART)]
        assert dates == sorted(dates)
        waited = {clock(effect, *answered).waited for effect in CorrectionEffect}
        assert len(waited) == 1


@given(rounds(), st.integers(0, 10), st.sampled_from(CorrectionEffect))
def test_a_longer_extension_is_due_later_under_every_reading(
    answered: tuple[Waiting, ...], extension: int, effect: CorrectionEffect
) -> None:
    for clock, period in ((clock_b, LETTER), (clock_c, BOTH_IN)):
        granted = [replace(period, extension=days) for days in (extension, extension + 1)]
        shorter, longer = (due_on(clock(effect, *answered, period=each)) for each in granted)
        assert shorter < longer
