"""A change of the calendar is announced to every case whose dates it could move, and to few others."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from notices import plain_notice

from activities.province.deadlines import reading_of
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.clocks import ClockOrder, ClockPause, ClockReading
from models.messages.stages import Party
from province import CHANGCHUN, YANBIAN
from rules.calendar.published_holidays import LAST_PUBLISHED_YEAR
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import CHINA_TIME, Clock

NEXT_YEAR = LAST_PUBLISHED_YEAR + 1
DAYS = st.dates(date(LAST_PUBLISHED_YEAR, 9, 1), date(NEXT_YEAR, 4, 30))
NATIONWIDE = WorkingCalendar()


def instant(day: date) -> datetime:
    return datetime.combine(day, time(12), CHINA_TIME)


@st.composite
def orders(draw: st.DrawFn) -> ClockOrder:
    """A clock of any kind, perhaps paused, extended, or overdue and asked for further reports."""
    received = draw(DAYS)
    pauses = []
    if draw(st.booleans()):
        since = received + timedelta(days=draw(st.integers(0, 10)))
        until = draw(st.none() | st.integers(0, 40).map(lambda days: since + timedelta(days=days)))
        pauses.append(ClockPause(since=instant(since), until=instant(until) if until else None))
    return ClockOrder(
        clock=draw(st.sampled_from([Clock.REVIEW, Clock.TRANSFER_OUT, Clock.TAKE_IN])),
        bureau=draw(st.sampled_from([CHANGCHUN, YANBIAN])),
        owed_by=Party.TRANSFER_OUT,
        anchored_at=instant(received),
        close_of_business=draw(st.sampled_from([None, time(17)])),
        pauses=tuple(pauses),
        extension=draw(st.sampled_from([0, 0, 7, 30])),
        alarms_after=draw(
            st.none() | st.integers(0, 120).map(lambda days: instant(received) + timedelta(days))
        ),
    )


@st.composite
def files(draw: st.DrawFn) -> CalendarFile:
    """A whole year's notice, an amendment of one, or closures of a bureau."""
    kind = draw(st.sampled_from(["year", "amendment", "closures"]))
    if kind == "year":
        return plain_notice(draw(st.sampled_from([LAST_PUBLISHED_YEAR, NEXT_YEAR, NEXT_YEAR + 1])))
    first = draw(DAYS)
    if kind == "closures":
        return closed(draw(st.sampled_from([CHANGCHUN, YANBIAN])), first)
    return amended(first, first + timedelta(days=draw(st.integers(0, 6))))


def closed(bureau: str, day: date) -> CalendarFile:
    return CalendarFile.model_validate({"closures": [{"bureau": bureau, "day": day, "name": "停电"}]})


def amended(first: date, last: date) -> CalendarFile:
    span = {"from": first, "to": last, "name": "延长假期"}
    notice = {"year": first.year, "number": "延长", "published_on": first, "amends": True, "days_off": [span]}
    return CalendarFile.model_validate({"notice": notice})


def dates_of(reading: ClockReading) -> Any:
    """All that a reading says but the version of the calendar and the day up to which it has counted."""
    return reading.model_copy(update={"calendar": "", "counted_until": None})


def concerned(reading: ClockReading, file: CalendarFile) -> bool:
    """What `workflows.identifiers.concerned_cases` asks the engine's listings."""
    here = not file.bureaus or reading.bureau in file.bureaus
    return here and (reading.counted_until is None or reading.counted_until >= file.changes_from)


@given(orders(), files(), st.lists(files(), max_size=1))
@example(
    ClockOrder(
        clock=Clock.TRANSFER_OUT,
        bureau=YANBIAN,
        owed_by=Party.TRANSFER_OUT,
        anchored_at=datetime(LAST_PUBLISHED_YEAR, 12, 10, 4, tzinfo=UTC),
    ),
    plain_notice(NEXT_YEAR),
    [],
)
def test_whoever_a_change_moves_is_among_those_it_is_announced_to(
    order: ClockOrder, file: CalendarFile, earlier: list[CalendarFile]
) -> None:
    before = loaded(NATIONWIDE, earlier)
    after = loaded(replace(before), [file])
    old, new = reading_of(order, before), reading_of(order, after)
    if dates_of(old) != dates_of(new):
        assert concerned(old, file)


def test_a_years_notice_is_not_announced_to_a_case_that_ends_in_november() -> None:
    order = ClockOrder(
        clock=Clock.TRANSFER_OUT,
        bureau=YANBIAN,
        owed_by=Party.TRANSFER_OUT,
        anchored_at=instant(date(LAST_PUBLISHED_YEAR, 11, 2)),
    )
    assert not concerned(reading_of(order, NATIONWIDE), plain_notice(NEXT_YEAR))


def test_a_bureaus_closure_is_announced_to_its_own_cases_only() -> None:
    order = ClockOrder(
        clock=Clock.TRANSFER_OUT,
        bureau=YANBIAN,
        owed_by=Party.TRANSFER_OUT,
        anchored_at=instant(date(LAST_PUBLISHED_YEAR, 11, 2)),
    )
    reading = reading_of(order, NATIONWIDE)
    day = date(LAST_PUBLISHED_YEAR, 11, 4)
    assert concerned(reading, closed(YANBIAN, day))
    assert not concerned(reading, closed(CHANGCHUN, day))
