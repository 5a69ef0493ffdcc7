"""What a notice does to running clocks: moved, firm, overdue or no longer, and by which days."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
from notices import EXTENSION_2020, NOTICE_2020

from activities.province.deadlines import reading_of
from desk.client.calendar_effects import ClockChange, Effect, RunningClock, changes
from desk.files.calendar_file import read_calendar_file
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.clocks import ClockOrder, ClockPause
from models.messages.stages import Party
from province import CHANGCHUN, YANBIAN
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import CHINA_TIME, Clock, DayKind
from rules.values.law import RESIDENT_LINKING

SAMPLE = Path(__file__).parents[2] / "examples" / "calendar" / "notice-2027-sample.toml"
IN_2019 = WorkingCalendar(known_through=2019)
TODAY = WorkingCalendar()


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), CHINA_TIME)


def over(calendar: WorkingCalendar, **content: object) -> WorkingCalendar:
    return loaded(calendar, [CalendarFile.model_validate(content)])


def clock(calendar: WorkingCalendar, received: date, bureau: str = YANBIAN, **more: object) -> RunningClock:
    asked = {"clock": Clock.TRANSFER_OUT, "bureau": bureau, "owed_by": Party.TRANSFER_OUT, **more}
    order = ClockOrder.model_validate({**asked, "anchored_at": at(received)})
    return RunningClock(f"{CHANGCHUN}-{received:%Y%m%d}-AAAAAAAA", reading_of(order, calendar))


def the_change(
    running: RunningClock, published: WorkingCalendar, proposed: WorkingCalendar, now: datetime
) -> ClockChange:
    (found,) = changes([running], published, proposed, now)
    return found


def test_the_extension_of_2020_moves_a_running_clock_and_names_the_days_that_no_longer_count() -> None:
    as_planned = over(IN_2019, notice=NOTICE_2020)
    as_extended = over(as_planned, notice=EXTENSION_2020)
    found = the_change(clock(as_planned, date(2020, 1, 20)), as_planned, as_extended, at(date(2020, 1, 27)))
    assert (found.before.due_on, found.after.due_on) == (date(2020, 2, 14), date(2020, 2, 18))
    assert found.effects == (Effect.MOVES,)
    assert [(one.day, one.counts, one.fact.zh, one.fact.source) for one in found.days] == [
        (date(2020, 1, 31), False, "春节延长假期", "国办发明电〔2020〕1号"),
        (date(2020, 2, 1), False, "春节延长假期", "国办发明电〔2020〕1号"),
    ]


def test_a_clock_of_a_linking_case_is_counted_again_by_the_article_for_linking() -> None:
    as_planned = over(IN_2019, notice=NOTICE_2020)
    as_extended = over(as_planned, notice=EXTENSION_2020)
    linking = clock(as_planned, date(2020, 1, 20), linking=True)
    found = the_change(linking, as_planned, as_extended, at(date(2020, 1, 27)))
    assert (found.before.law.document, found.after.law) == (RESIDENT_LINKING, found.before.law)


def test_a_case_of_december_firms_up_when_the_notice_for_the_next_year_is_loaded() -> None:
    sample = loaded(WorkingCalendar(), [read_calendar_file(SAMPLE)])
    found = the_change(clock(TODAY, date(2027, 1, 25)), TODAY, sample, at(date(2027, 1, 26)))
    assert found.before.provisional
    assert not found.after.provisional
    assert Effect.FIRMS_UP in found.effects
    assert found.before.earliest <= found.after.due_on <= found.before.latest
    assert {one.fact.kind for one in found.days} >= {DayKind.MAKE_UP, DayKind.HOLIDAY}


@pytest.mark.parametrize(
    ("day", "effect"),
    [(13, ()), (14, ()), (15, (Effect.NO_LONGER_OVERDUE,)), (17, (Effect.NO_LONGER_OVERDUE,)), (20, ())],
)
def test_an_overdue_clock_is_overdue_no_longer_when_days_are_taken_out(
    day: int, effect: tuple[Effect, ...]
) -> None:
    """Due on 14 February; by the extension on the 18th, until midnight."""
    as_planned = over(IN_2019, notice=NOTICE_2020)
    as_extended = over(as_planned, notice=EXTENSION_2020)
    running = clock(as_planned, date(2020, 1, 20))
    found = the_change(running, as_planned, as_extended, at(date(2020, 2, day)))
    assert found.effects == (Effect.MOVES, *effect)
    back = the_change(clock(as_extended, date(2020, 1, 20)), as_extended, as_planned, at(date(2020, 2, day)))
    turned = (Effect.TURNS_OVERDUE,) if effect else ()
    assert back.effects == (Effect.MOVES, *turned)


def test_a_bureaus_closure_concerns_its_own_clocks_alone() -> None:
    closed = over(TODAY, closures=[{"bureau": YANBIAN, "day": "2026-09-03", "name": "州庆"}])
    clocks = [clock(TODAY, date(2026, 9, 1), YANBIAN), clock(TODAY, date(2026, 9, 1), CHANGCHUN)]
    found = changes(clocks, TODAY, closed, at(date(2026, 9, 1)))
    assert [one.after.bureau for one in found] == [YANBIAN]


def test_what_lies_outside_a_clocks_days_changes_nothing() -> None:
    closed = over(TODAY, closures=[{"bureau": YANBIAN, "day": "2026-12-01", "name": "停电"}])
    assert changes([clock(TODAY, date(2026, 9, 1))], TODAY, closed, at(date(2026, 9, 1))) == ()


def test_pauses_extension_and_closing_time_are_counted_again_as_they_were() -> None:
    stood_still = ClockPause(since=at(date(2026, 9, 2)), until=at(date(2026, 9, 8)))
    running = clock(TODAY, date(2026, 9, 1), pauses=(stood_still,), extension=2, close_of_business=time(17))
    assert changes([running], TODAY, TODAY, at(date(2026, 9, 1))) == ()
    closed = over(TODAY, closures=[{"bureau": YANBIAN, "day": "2026-09-10", "name": "停电"}])
    found = the_change(running, TODAY, closed, at(date(2026, 9, 9)))
    assert found.after.due_at > found.before.due_at
    assert (found.after.extension, found.after.paused_working_days) == (2, 4)
    assert found.after.due_at.astimezone(CHINA_TIME).time() == time(17)
