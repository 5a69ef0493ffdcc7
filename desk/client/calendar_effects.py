"""What a calendar file would do to running cases: each clock computed again, and nothing changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from temporalio.client import Client

from activities.province.deadlines import reading_of
from desk.client.asking import ask_each
from models.messages.clocks import ClockOrder, ClockReading
from models.messages.progress import Progress
from rules.calendar.published_holidays import DayFact
from rules.calendar.working_calendar import WORKED, WorkingCalendar
from rules.values.due_dates import china_midnight
from rules.values.law import RESIDENT_LINKING
from workflows.identifiers import DUE_AT, RUNNING_CASES, case_no_of

AT_ONCE = 20
"""How many cases are asked at a time; more would only queue at the platform's worker."""
A_DAY = timedelta(days=1)


class Effect(StrEnum):
    """What becomes of a due date."""

    MOVES = "moves"
    FIRMS_UP = "firms_up"
    TURNS_PROVISIONAL = "turns_provisional"
    TURNS_OVERDUE = "turns_overdue"
    NO_LONGER_OVERDUE = "no_longer_overdue"
    BOUNDS_MOVE = "bounds_move"
    """The date stays, and its earliest or latest day changes."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _EFFECTS[self]


_EFFECTS = {
    Effect.MOVES: ("moves", "变更"),
    Effect.FIRMS_UP: ("firm", "确定"),
    Effect.TURNS_PROVISIONAL: ("provisional", "转为暂定"),
    Effect.TURNS_OVERDUE: ("becomes overdue", "转为逾期"),
    Effect.NO_LONGER_OVERDUE: ("no longer overdue", "不再逾期"),
    Effect.BOUNDS_MOVE: ("bounds move", "暂定范围变更"),
}


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that runs in a case."""

    case_no: str
    reading: ClockReading


@dataclass(frozen=True, slots=True)
class OpenCases:
    """The running clocks of all open cases that have one, and the cases that gave no answer."""

    clocks: tuple[RunningClock, ...]
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherDay:
    """A day that counts under one calendar and not under the other."""

    day: date
    counts: bool
    """Whether it counts under the new one."""
    fact: DayFact


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One clock before and after, and the days that make the difference."""

    case_no: str
    before: ClockReading
    after: ClockReading
    effects: tuple[Effect, ...]
    days: tuple[OtherDay, ...]


async def open_cases(client: Client) -> OpenCases:
    """Ask every open case with a due date for its running clocks. Raises PlatformOff when nobody answers."""
    query = f"{RUNNING_CASES} AND {DUE_AT.name} IS NOT NULL"
    found = [case_no_of(listed.id) async for listed in client.list_workflows(query)]
    answers = await ask_each(client, found, AT_ONCE)
    clocks: list[RunningClock] = []
    silent: list[str] = []
    for case_no, answer in zip(found, answers, strict=True):
        if isinstance(answer, Progress):
            running = (one for one in answer.clocks if one.stopped_at is None and one.paused_since is None)
            clocks += [RunningClock(answer.case_no, one) for one in running]
        elif answer is not None:
            silent.append(case_no)
    return OpenCases(tuple(clocks), tuple(silent))


def changes(
    clocks: Sequence[RunningClock], published: WorkingCalendar, proposed: WorkingCalendar, now: datetime
) -> tuple[ClockChange, ...]:
    """The clocks that would change, by bureau and the new due date."""
    found = [change for clock in clocks if (change := _change(clock, published, proposed, now))]
    return tuple(
        sorted(
            found, key=lambda one: (one.after.bureau, one.after.due_at, one.case_no, one.after.clock.letter)
        )
    )


def _change(
    clock: RunningClock, published: WorkingCalendar, proposed: WorkingCalendar, now: datetime
) -> ClockChange | None:
    before = clock.reading
    after = reading_of(_order(before), proposed)
    effects = tuple(_effects(before, after, now))
    if not effects:
        return None
    days = _other_days(before, after, published.at(before.bureau), proposed.at(before.bureau))
    return ClockChange(clock.case_no, before, after, effects, tuple(days))


def _order(reading: ClockReading) -> ClockOrder:
    """What would be asked of the province's clock steps for this clock."""
    return ClockOrder(
        clock=reading.clock,
        bureau=reading.bureau,
        owed_by=reading.owed_by,
        anchored_at=china_midnight(reading.received_on),
        close_of_business=reading.close_of_business,
        pauses=reading.pauses,
        extension=reading.extension,
        linking=reading.law.document == RESIDENT_LINKING,
    )


def _effects(before: ClockReading, after: ClockReading, now: datetime) -> Iterator[Effect]:
    if before.due_at != after.due_at:
        yield Effect.MOVES
    if before.provisional and not after.provisional:
        yield Effect.FIRMS_UP
    if after.provisional and not before.provisional:
        yield Effect.TURNS_PROVISIONAL
    if after.due_at <= now < before.due_at:
        yield Effect.TURNS_OVERDUE
    if before.due_at <= now < after.due_at:
        yield Effect.NO_LONGER_OVERDUE
    bounds = (before.earliest, before.latest), (after.earliest, after.latest)
    if before.due_at == after.due_at and after.provisional and bounds[0] != bounds[1]:
        yield Effect.BOUNDS_MOVE


def _other_days(
    before: ClockReading, after: ClockReading, published: WorkingCalendar, proposed: WorkingCalendar
) -> Iterator[OtherDay]:
    """The days of the period that count under one of the two calendars only."""
    last = max(before.due_on, after.due_on)
    day = before.received_on + A_DAY
    while day <= last:
        fact = proposed.fact(day)
        if published.is_working_day(day) != (fact.kind in WORKED):
            yield OtherDay(day, fact.kind in WORKED, fact)
        day += A_DAY
