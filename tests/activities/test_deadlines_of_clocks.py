"""The clock desk: due dates to the instant, pauses and extensions, alarms, days late, days charged."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.clock import started_at, today
from activities.province.calendar import ProvinceCalendar
from activities.province.clocks import ClockActivities
from activities.province.deadlines import REPORTS_AHEAD
from models.messages.clocks import (
    ClockOrder,
    ClockPause,
    ClockReading,
    DutySpan,
    LatenessOrder,
    Responsibility,
    ResponsibilityOrder,
)
from models.messages.disputes import Silence, SilenceOrder
from models.messages.stages import Party
from models.store.store import Store
from province import YANBIAN
from rules.calendar.notices import Closure
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.charged_days import PromptDuty, StepOwner
from rules.values.due_dates import CHINA_TIME, AlarmKind, Clock, china_day
from rules.values.law import Law

FIVE = time(17, 0)
EXAMPLES = [
    (date(2020, 1, 20), date(2020, 2, 18)),
    (date(2024, 9, 12), date(2024, 10, 10)),
    (date(2025, 1, 20), date(2025, 2, 14)),
    (date(2025, 4, 28), date(2025, 5, 22)),
    (date(2025, 9, 28), date(2025, 10, 24)),
    (date(2025, 12, 19), date(2026, 1, 12)),
    (date(2026, 9, 17), date(2026, 10, 14)),
]


@pytest.fixture
def desk(store: Store) -> ClockActivities:
    """The province's clock desk, in a province that has published nothing of its own."""
    return ClockActivities(ProvinceCalendar(store))


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), CHINA_TIME)


async def reading_of(
    desk: ClockActivities, received: datetime, clock: Clock = Clock.TRANSFER_OUT, **more: Any
) -> ClockReading:
    asked = {"clock": clock, "bureau": YANBIAN, "owed_by": Party.TRANSFER_OUT, **more}
    order = ClockOrder(anchored_at=received, **asked)
    reading: ClockReading = await ActivityEnvironment().run(desk.compute_deadline, order)
    return reading


@pytest.mark.parametrize("clock", [Clock.REVIEW, Clock.TRANSFER_OUT, Clock.TAKE_IN])
@pytest.mark.parametrize(("received_on", "due_on"), EXAMPLES, ids=str)
async def test_each_clock_runs_fifteen_working_days_to_midnight_in_china(
    desk: ClockActivities, clock: Clock, received_on: date, due_on: date
) -> None:
    reading = await reading_of(desk, noon(received_on), clock)
    assert (reading.clock, reading.working_days) == (clock, 15)
    assert (reading.received_on, reading.due_on) == (received_on, due_on)
    midnight = datetime(due_on.year, due_on.month, due_on.day, 16, tzinfo=UTC)
    assert reading.due_at == midnight, "24:00 in China is 16:00 UTC"
    assert not reading.provisional
    assert (reading.earliest, reading.latest) == (due_on, due_on)
    assert reading.calendar


@pytest.mark.parametrize(
    ("clock", "law"),
    [
        (Clock.REVIEW, "国办发〔2009〕66号第八条"),
        (Clock.TRANSFER_OUT, "第七条第一项"),
        (Clock.TAKE_IN, "第七条第三项"),
    ],
)
async def test_each_clock_names_the_article_that_sets_its_length(
    desk: ClockActivities, clock: Clock, law: str
) -> None:
    assert law in str((await reading_of(desk, noon(date(2026, 3, 2)), clock)).law)


@pytest.mark.parametrize(
    ("closes", "ends_at"),
    [(None, datetime(2026, 3, 23, 16, tzinfo=UTC)), (FIVE, datetime(2026, 3, 23, 9, tzinfo=UTC))],
    ids=["24:00", "17:00"],
)
async def test_the_last_day_ends_when_the_bureau_that_owes_goes_home(
    desk: ClockActivities, closes: time | None, ends_at: datetime
) -> None:
    reading = await reading_of(desk, noon(date(2026, 3, 2)), close_of_business=closes)
    assert (reading.due_on, reading.due_at) == (date(2026, 3, 23), ends_at)
    (overdue,) = (alarm for alarm in reading.alarms if alarm.kind is AlarmKind.OVERDUE)
    assert overdue.at == ends_at


@pytest.mark.parametrize(
    ("stopped_at", "closes", "due_on"),
    [
        (time(10), FIVE, date(2026, 5, 18)),
        (time(18), None, date(2026, 5, 18)),
        (time(18), FIVE, date(2026, 3, 23)),
    ],
    ids=["in office hours", "before midnight", "after the close of business"],
)
async def test_who_is_stopped_within_the_last_day_is_not_late_by_the_time_of_the_pause(
    desk: ClockActivities, stopped_at: time, closes: time | None, due_on: date
) -> None:
    """As by a court's freeze from the last day, 23 March, to 15 May, a Friday."""
    since = datetime.combine(date(2026, 3, 23), stopped_at, CHINA_TIME)
    pause = ClockPause(since=since, until=noon(date(2026, 5, 15)))
    received = noon(date(2026, 3, 2))
    reading = await reading_of(desk, received, close_of_business=closes, pauses=(pause,))
    assert reading.due_on == due_on
    whole = await reading_of(desk, received, close_of_business=closes, pauses=(ClockPause(since=since),))
    assert (whole.due_on, whole.paused_since) == (
        date(2026, 3, 23),
        since if due_on > date(2026, 3, 23) else None,
    )


async def test_a_letter_after_midnight_in_china_is_received_on_the_new_day(desk: ClockActivities) -> None:
    """2024-09-12 15:59 UTC is still the 12th in China, a minute later it is the 13th."""
    before = await reading_of(desk, datetime(2024, 9, 12, 15, 59, tzinfo=UTC))
    after = await reading_of(desk, datetime(2024, 9, 12, 16, 0, tzinfo=UTC))
    assert (before.received_on, before.due_on) == (date(2024, 9, 12), date(2024, 10, 10))
    assert (after.received_on, after.due_on) == (date(2024, 9, 13), date(2024, 10, 11))


async def test_a_period_into_a_year_without_a_notice_is_provisional_and_bounded(
    desk: ClockActivities,
) -> None:
    reading = await reading_of(desk, datetime(2028, 4, 10, 4, tzinfo=UTC))
    assert reading.provisional
    assert reading.earliest <= reading.due_on <= reading.latest
    assert reading.earliest < reading.latest


async def test_the_written_notice_is_due_ten_working_days_after_the_letter(desk: ClockActivities) -> None:
    reading = await reading_of(desk, datetime(2025, 1, 20, 4, tzinfo=UTC), Clock.WRITTEN_NOTICE)
    # Saturday 8 February 2025 was worked for the Spring Festival.
    assert (reading.working_days, reading.due_on) == (10, date(2025, 2, 8))
    assert reading.law == Law("人社厅发〔2019〕94号", "第一条至第三条")


@pytest.mark.parametrize(
    ("pauses", "extension", "due_on", "paused"),
    [
        ((), 0, date(2026, 3, 23), 0),
        ((), 5, date(2026, 3, 30), 0),
        (((date(2026, 3, 4), date(2026, 3, 11)),), 0, date(2026, 3, 30), 5),
        (((date(2026, 3, 4), date(2026, 3, 11)),), 5, date(2026, 4, 7), 5),
        (((date(2026, 3, 4), date(2026, 3, 4)),), 0, date(2026, 3, 23), 0),
        (((date(2026, 3, 25), None),), 0, date(2026, 3, 23), 0),
    ],
    ids=[
        "none",
        "extended",
        "a week",
        "both, over the Tomb-Sweeping holiday",
        "within a day",
        "after the end",
    ],
)
async def test_paused_days_are_left_out_and_a_ruling_adds_days(
    desk: ClockActivities,
    pauses: tuple[tuple[date, date | None], ...],
    extension: int,
    due_on: date,
    paused: int,
) -> None:
    stood_still = tuple(
        ClockPause(since=noon(since), until=noon(until) if until else None) for since, until in pauses
    )
    reading = await reading_of(desk, noon(date(2026, 3, 2)), pauses=stood_still, extension=extension)
    assert reading.due_on == due_on
    assert (reading.paused_working_days, reading.extension, reading.working_days) == (paused, extension, 15)
    assert reading.paused_since is None


async def test_a_clock_that_stands_still_is_silent_and_says_since_when(desk: ClockActivities) -> None:
    since = noon(date(2026, 3, 4))
    reading = await reading_of(desk, noon(date(2026, 3, 2)), pauses=(ClockPause(since=since),))
    assert (reading.paused_since, reading.alarms) == (since, ())
    assert reading.due_on == date(2026, 3, 23), "the earliest day it could still be"


async def test_reminders_then_the_end_then_a_report_every_five_working_days(desk: ClockActivities) -> None:
    received = noon(date(2026, 3, 2))
    reading = await reading_of(desk, received)
    overdue = await reading_of(desk, received, alarms_after=reading.due_at)
    called = (*reading.alarms, *overdue.alarms)
    assert [(alarm.kind, alarm.working_days) for alarm in called] == [
        *((AlarmKind.REMINDER, left) for left in (5, 3, 1)),
        (AlarmKind.OVERDUE, 0),
        *((AlarmKind.ESCALATION, 5 * number) for number in range(1, REPORTS_AHEAD + 1)),
    ]
    assert [alarm.at for alarm in called] == sorted(alarm.at for alarm in called)


@pytest.mark.parametrize("closes", [None, FIVE], ids=["24:00", "17:00"])
async def test_a_clock_long_overdue_is_told_of_further_reports_without_end_or_gap(
    desk: ClockActivities, closes: time | None
) -> None:
    received = noon(date(2026, 3, 2))
    reading = await reading_of(desk, received, close_of_business=closes)
    late: list[int] = []
    for _ in range(4):
        last = reading.alarms[-1].at
        reading = await reading_of(desk, received, close_of_business=closes, alarms_after=last)
        assert {alarm.kind for alarm in reading.alarms} == {AlarmKind.ESCALATION}
        assert min(alarm.at for alarm in reading.alarms) > last
        late += [alarm.working_days for alarm in reading.alarms]
    assert late == list(range(5, 5 * 4 * REPORTS_AHEAD + 1, 5))


@pytest.mark.parametrize(
    ("after", "first"),
    [
        (datetime(2026, 3, 17, 1, tzinfo=UTC), (AlarmKind.REMINDER, 3)),
        (datetime(2026, 3, 23, 15, 59, tzinfo=UTC), (AlarmKind.OVERDUE, 0)),
        (datetime(2026, 3, 23, 16, tzinfo=UTC), (AlarmKind.ESCALATION, 5)),
        (datetime(2026, 3, 30, 15, 59, tzinfo=UTC), (AlarmKind.ESCALATION, 5)),
        (datetime(2026, 3, 30, 16, tzinfo=UTC), (AlarmKind.ESCALATION, 10)),
    ],
    ids=["after the first reminder", "a minute to midnight", "overdue", "a minute to a report", "reported"],
)
async def test_what_has_been_called_out_is_not_called_out_again(
    desk: ClockActivities, after: datetime, first: tuple[AlarmKind, int]
) -> None:
    reading = await reading_of(desk, noon(date(2026, 3, 2)), alarms_after=after)
    assert (reading.alarms[0].kind, reading.alarms[0].working_days) == first
    assert all(alarm.at > after for alarm in reading.alarms)


@pytest.mark.parametrize(
    ("done_at", "days"),
    [
        (datetime(2026, 4, 3, 15, 59, tzinfo=UTC), 0),
        (datetime(2026, 4, 4, 4, tzinfo=UTC), 0),
        (datetime(2026, 4, 6, 16, tzinfo=UTC), 1),
        (datetime(2026, 4, 14, 4, tzinfo=UTC), 6),
    ],
    ids=["in time", "on the holiday after it", "the next working day begins", "a week later"],
)
async def test_days_late_are_working_days_of_the_bureau(
    desk: ClockActivities, done_at: datetime, days: int
) -> None:
    order = LatenessOrder(bureau=YANBIAN, due_on=date(2026, 4, 3), done_at=done_at)
    assert (await ActivityEnvironment().run(desk.count_days_late, order)).count == days


async def test_every_day_is_charged_once_and_a_prompt_duty_by_its_bureaus_own_days(store: Store) -> None:
    """The prefecture's holiday closes Yanbian, but the province's days have to add up without it."""
    closed = WorkingCalendar(closures=(Closure(YANBIAN, date(2026, 9, 3), "州庆"),))
    desk = ClockActivities(ProvinceCalendar(store, closed))
    began, handed_over, ended = (noon(date(2026, 9, day)) for day in (1, 3, 8))
    order = ResponsibilityOrder(
        bureau=YANBIAN,
        holdings=(StepOwner(began, Party.TRANSFER_IN), StepOwner(handed_over, Party.TRANSFER_OUT)),
        until=ended,
        duties=(DutySpan(duty=PromptDuty.SEND_CONTACT_LETTER, since=began, until=handed_over),),
    )
    charged: Responsibility = await ActivityEnvironment().run(desk.charge_days, order)
    assert {share.party: share.working_days for share in charged.ledger.shares} == {
        Party.TRANSFER_IN: 2,
        Party.TRANSFER_OUT: 3,
    }
    assert charged.ledger.total == 5
    assert [duty.working_days for duty in charged.duties] == [1], "the 3rd is no day of Yanbian's"


async def test_a_service_whose_clock_is_set_back_by_days_stops_no_case(desk: ClockActivities) -> None:
    began, later = noon(date(2026, 3, 2)), noon(date(2026, 3, 6))
    holdings = (StepOwner(began, Party.TRANSFER_IN), StepOwner(later, Party.TRANSFER_OUT))
    ended = ResponsibilityOrder(bureau=YANBIAN, holdings=holdings, until=noon(date(2026, 3, 4)))
    charged: Responsibility = await ActivityEnvironment().run(desk.charge_days, ended)
    assert charged.ledger.total == 4
    backwards = ClockPause(since=later, until=began)
    reading = await reading_of(desk, began, pauses=(backwards,))
    assert reading.due_on == (await reading_of(desk, began)).due_on


async def test_a_step_is_dated_by_the_services_clock_and_chinas_calendar() -> None:
    desk = ActivityEnvironment()
    desk.info = replace(desk.info, started_time=datetime(2019, 12, 31, 16, tzinfo=UTC))
    assert desk.run(started_at) == datetime(2019, 12, 31, 16, tzinfo=UTC)
    assert desk.run(today) == date(2020, 1, 1)
    assert china_day(datetime(2019, 12, 31, 15, 59, tzinfo=UTC)) == date(2019, 12, 31)


async def test_silence_is_counted_by_the_calendar_of_the_bureau_that_was_asked(desk: ClockActivities) -> None:
    order = SilenceOrder(bureau=YANBIAN, since=noon(date(2026, 3, 2)), until=noon(date(2026, 3, 9)))
    silence: Silence = await ActivityEnvironment().run(desk.count_silence, order)
    assert (silence.working_days, silence.long_enough) == (4, False)
    later = order.model_copy(update={"until": noon(date(2026, 3, 10))})
    silence = await ActivityEnvironment().run(desk.count_silence, later)
    assert (silence.working_days, silence.long_enough) == (5, True)
