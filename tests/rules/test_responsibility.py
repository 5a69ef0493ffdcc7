"""Every working day of a case charged to exactly one party, and the parts add up."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.clocks.responsibility import promptness, responsibility
from rules.values.charged_days import DayRange, PromptDuty, Promptness, ResponsibilityLedger, Share, StepOwner
from rules.values.due_dates import CHINA_TIME

BASE = WorkingCalendar()
A_DAY = timedelta(days=1)
IN, OUT, PROVINCE, APPLICANT = "transfer_in", "transfer_out", "province", "applicant"


def at(day: str, hour: int = 10) -> datetime:
    """An hour of a day in 2026, in China."""
    return datetime.fromisoformat(f"2026-{day}T{hour:02d}:00:00+08:00")


def in_brief(ledger: ResponsibilityLedger[str]) -> dict[str, int]:
    """The working days of each party."""
    return {share.party: share.working_days for share in ledger.shares}


def test_a_clean_case_over_national_day() -> None:
    holdings = [
        StepOwner(at("09-14"), IN),
        StepOwner(at("09-17"), OUT),
        StepOwner(at("10-12"), IN),
    ]
    ledger = responsibility(holdings, at("10-16"), BASE)
    assert ledger.shares == (
        Share(
            IN,
            7,
            (
                DayRange(date(2026, 9, 15), date(2026, 9, 17)),
                DayRange(date(2026, 10, 13), date(2026, 10, 16)),
            ),
        ),
        Share(OUT, 13, (DayRange(date(2026, 9, 18), date(2026, 10, 12)),)),
    )
    assert (ledger.applied_on, ledger.closed_on, ledger.total) == (date(2026, 9, 14), date(2026, 10, 16), 20)
    assert ledger.calendar == BASE.version


def test_the_day_of_a_handover_is_the_givers_and_receipt_is_not_counted() -> None:
    holdings = [StepOwner(at("06-08"), IN), StepOwner(at("06-10"), OUT)]
    assert in_brief(responsibility(holdings, at("06-10", 23), BASE)) == {IN: 2, OUT: 0}
    assert in_brief(responsibility(holdings, at("06-11", 0), BASE)) == {IN: 2, OUT: 1}


def test_who_takes_a_case_and_hands_it_on_within_a_day_is_charged_nothing() -> None:
    holdings = [
        StepOwner(at("06-08"), IN),
        StepOwner(at("06-10", 9), PROVINCE),
        StepOwner(at("06-10", 9), APPLICANT),
        StepOwner(at("06-10", 17), OUT),
    ]
    ledger = responsibility(holdings, at("06-12"), BASE)
    assert in_brief(ledger) == {IN: 2, PROVINCE: 0, APPLICANT: 0, OUT: 2}


def test_a_handover_on_a_weekend_passes_on_the_next_working_day() -> None:
    holdings = [StepOwner(at("06-12"), IN), StepOwner(at("06-13"), APPLICANT)]
    assert in_brief(responsibility(holdings, at("06-16"), BASE)) == {IN: 0, APPLICANT: 2}


def test_a_day_begins_at_midnight_in_china_whatever_the_zone_of_the_instant() -> None:
    applied = datetime(2026, 6, 7, 16, 30, tzinfo=UTC)
    before, after = (datetime(2026, 6, 9, hour, 30, tzinfo=UTC) for hour in (15, 16))
    early = responsibility([StepOwner(applied, IN), StepOwner(before, OUT)], at("06-11"), BASE)
    late = responsibility([StepOwner(applied, IN), StepOwner(after, OUT)], at("06-11"), BASE)
    assert in_brief(early) == {IN: 1, OUT: 2}
    assert in_brief(late) == {IN: 2, OUT: 1}


AUTUMN = datetime(2025, 9, 1, tzinfo=CHINA_TIME)
instants = st.integers(0, 180 * 24 * 60).map(lambda minutes: AUTUMN + minutes * timedelta(minutes=1))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[StepOwner[str]], datetime]:
    """A case passed around at random, sometimes several times within a day, over festivals and weekends."""
    moments = [draw(instants)]
    gaps = st.one_of(st.integers(0, 20), st.integers(0, 24 * 40))
    for hours in draw(st.lists(gaps, min_size=1, max_size=12)):
        moments.append(moments[-1] + timedelta(hours=hours))
    parties = st.sampled_from([IN, OUT, PROVINCE, APPLICANT])
    return [StepOwner(moment, draw(parties)) for moment in moments[:-1]], moments[-1]


@given(histories())
def test_the_parts_always_add_up_to_the_whole(history: tuple[list[StepOwner[str]], datetime]) -> None:
    holdings, closed_at = history
    ledger = responsibility(holdings, closed_at, BASE)
    first, last = holdings[0].since.date(), closed_at.date()
    assert ledger.total == working_days_between(first, last, BASE)
    assert [share.party for share in ledger.shares] == list(dict.fromkeys(one.party for one in holdings))


@given(histories())
def test_every_working_day_is_in_exactly_one_range(history: tuple[list[StepOwner[str]], datetime]) -> None:
    holdings, closed_at = history
    ledger = responsibility(holdings, closed_at, BASE)
    days: Counter[date] = Counter()
    for share in ledger.shares:
        own = 0
        for part in share.ranges:
            span = range((part.last - part.first).days + 1)
            working = [day for day in (part.first + n * A_DAY for n in span) if BASE.is_working_day(day)]
            assert working[0] == part.first
            assert working[-1] == part.last
            days.update(working)
            own += len(working)
        assert share.working_days == own
    assert set(days.values()) <= {1}
    assert days.total() == ledger.total


def test_a_history_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="held by somebody"):
        responsibility([], at("06-08"), BASE)
    with pytest.raises(ValueError, match="in order of time"):
        responsibility([StepOwner(at("06-08"), IN), StepOwner(at("06-05"), OUT)], at("06-12"), BASE)
    with pytest.raises(ValueError, match="in order of time"):
        responsibility([StepOwner(at("06-08"), IN)], at("06-05"), BASE)


@pytest.mark.parametrize(
    ("duty", "law"),
    [
        (PromptDuty.TELL_OF_DUPLICATES, "吉社保〔2020〕6号第四条"),
        (PromptDuty.REPORT_ERROR, "吉社保〔2020〕6号第七条第二项"),
        (PromptDuty.SEND_CONTACT_LETTER, "吉社保〔2020〕6号第七条第三项"),
    ],
)
def test_a_duty_without_a_limit_is_measured_in_working_days(duty: PromptDuty, law: str) -> None:
    assert promptness(duty, at("09-30", 9), at("09-30", 17), BASE) == Promptness(duty, 0)
    assert promptness(duty, at("09-30"), at("10-10"), BASE) == Promptness(duty, 3)
    assert str(duty.law) == law
    assert all(duty.titles)
