"""Due dates of periods of working days with pauses, explained and bounded like any other due date.

Neither the measures nor 民法典第二百至二百零四条 know a pause. It is an optional rule of this system,
see `rules.values.form_fields.CorrectionEffect`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.calendar.provisional import OpenDays
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import DAY_ZERO, RECEIPT_EN, RECEIPT_ZH, due_date, working_days_between
from rules.values.due_dates import CountedDay, DayKind, DueDate, Pause, Suspended

PAUSED_ZH, PAUSED_EN = "期限中止，不计入", "the period is paused, not counted"
OWN_RULE = "CorrectionEffect.PAUSE"
"""The source stated for a paused day: this system's own rule."""

Count = Callable[[date, date, WorkingCalendar], int]
"""How many working days lie after one day and up to another."""


@dataclass(frozen=True, slots=True)
class CountedStretch:
    """Days that count: those after `after`, up to and including `until`; with None, all that follow."""

    after: date
    until: date | None


def due_with_pauses(
    anchored_on: date,
    working_days: int,
    pauses: Sequence[Pause],
    extension: int,
    calendar: WorkingCalendar,
) -> DueDate | Suspended:
    """The last day of a period whose pauses are not counted (days as in 民法典第二百零一条).

    `extension` is what a ruling added, in working days. Pauses may overlap and come in any order; a day in
    several is left out once, and one that begins after the last day changes nothing. One that begins on the
    last day, before that is over, leaves it out: nobody is late for a step that could not be done. While a
    pause has not ended there is no due date, unless the period was surely over before it. A provisional date
    is bounded as in `rules.calendar.working_days.due_date`, each stretch between pauses by itself.

    Raises ValueError for a period of less than one day, an extension below zero, or a pause that ends before
    it begins.
    """
    _check(working_days, pauses, extension)
    length = working_days + extension
    stretches = _stretches(anchored_on, pauses, length, calendar)
    position, left = _walk(stretches, length, _least, calendar)
    if position == len(stretches):
        return Suspended(anchored_on, length, since=stretches[-1].until or anchored_on, left=left)
    latest = due_date(stretches[position].after, left, calendar).latest
    position, left = _walk(stretches, length, _most, calendar)
    earliest = due_date(stretches[position].after, left, calendar).earliest
    position, left = _walk(stretches, length, working_days_between, calendar)
    due = due_date(stretches[position].after, left, calendar)
    counted = (*stretches[:position], CountedStretch(stretches[position].after, due.due_on))
    return replace(
        due,
        received_on=anchored_on,
        working_days=length,
        provisional=any(_is_unsettled(stretch, calendar) for stretch in counted),
        # Festivals have always been longer than the projection, which may reach a pause that they do not.
        earliest=min(earliest, due.due_on),
        latest=max(latest, due.due_on),
        days=tuple(_explained(anchored_on, counted, calendar)),
    )


def working_days_outside(pauses: Sequence[Pause], after: date, until: date, calendar: WorkingCalendar) -> int:
    """How many working days after one day and up to another no pause leaves out; 0 when none.

    A pause leaves out the days after its first, up to and including its last; one without an end leaves out
    all that follow.
    """
    left_out = 0
    for pause in joined(pauses):
        ends = until if pause.until_day is None else min(pause.until_day, until)
        left_out += working_days_between(max(pause.from_day, after), ends, calendar)
    return working_days_between(after, until, calendar) - left_out


def joined(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """The same days in as few pauses as possible, in order, so that no day is left out twice."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: (pause.from_day, pause.day_over)):
        before = found[-1] if found else None
        if before is None or (before.until_day is not None and before.until_day < pause.from_day):
            found.append(pause)
        elif before.until_day is not None:
            ends = None if pause.until_day is None else max(before.until_day, pause.until_day)
            found[-1] = replace(before, until_day=ends)
    return tuple(found)


def _stretches(
    anchored_on: date, pauses: Sequence[Pause], length: int, calendar: WorkingCalendar
) -> tuple[CountedStretch, ...]:
    """The stretches between the pauses; the last one has no end, unless a pause has none."""
    found = []
    after, left = anchored_on, length
    for pause in joined(pauses):
        if pause.until_day is not None and pause.until_day <= after:
            continue
        until = max(after, pause.from_day)
        if _keeps_from_the_last_day(pause, after, left, calendar):
            until -= timedelta(days=1)
        found.append(CountedStretch(after, until))
        if pause.until_day is None:
            return tuple(found)
        left -= working_days_between(after, until, calendar)
        after = pause.until_day
    return (*found, CountedStretch(after, None))


def _keeps_from_the_last_day(pause: Pause, after: date, left: int, calendar: WorkingCalendar) -> bool:
    """Whether a pause begins within the last of the `left` working days after a day, and takes any."""
    first, ends = pause.from_day, pause.until_day
    if pause.day_over or first <= after or not calendar.is_working_day(first):
        return False
    takes_any = ends is None or working_days_between(first, ends, calendar) > 0
    return takes_any and working_days_between(after, first, calendar) == left


def _walk(
    stretches: Sequence[CountedStretch], length: int, count: Count, calendar: WorkingCalendar
) -> tuple[int, int]:
    """In which stretch a period ends, by position, and how many working days of it are left to count there.

    The position after the last when it ends in none.
    """
    left = length
    for position, stretch in enumerate(stretches):
        counted = left if stretch.until is None else count(stretch.after, stretch.until, calendar)
        if counted >= left:
            return position, left
        left -= counted
    return len(stretches), left


def _most(after: date, until: date, calendar: WorkingCalendar) -> int:
    return OpenDays(after, until.year, calendar).most(until.toordinal())


def _least(after: date, until: date, calendar: WorkingCalendar) -> int:
    return OpenDays(after, until.year, calendar).least(until.toordinal())


def _is_unsettled(stretch: CountedStretch, calendar: WorkingCalendar) -> bool:
    """Whether a notice still to come may change a day of the stretch."""
    if stretch.until is None:
        return False
    first, last = stretch.after.toordinal() + 1, stretch.until.toordinal()
    years = range(stretch.after.year, stretch.until.year + 1)
    tables = (calendar.table(year) for year in years)
    return any(max(first, table.unsettled_from) <= min(last, table.last) for table in tables)


def _explained(
    anchored_on: date, counted: Sequence[CountedStretch], calendar: WorkingCalendar
) -> Iterator[CountedDay]:
    """Every day from the anchor to the last, each with its number or the reason why it has none."""
    yield CountedDay(anchored_on, DayKind.RECEIPT, None, RECEIPT_ZH, RECEIPT_EN, DAY_ZERO)
    number = 1
    last = counted[-1].until or anchored_on
    for ordinal in range(anchored_on.toordinal() + 1, last.toordinal() + 1):
        line = calendar.line(ordinal, number)
        if line.counted and not any(_holds(stretch, line.day) for stretch in counted):
            line = replace(
                line, kind=DayKind.PAUSED, number=None, zh=PAUSED_ZH, en=PAUSED_EN, source=OWN_RULE
            )
        number += line.counted
        yield line


def _holds(stretch: CountedStretch, day: date) -> bool:
    return stretch.until is not None and stretch.after < day <= stretch.until


def _check(working_days: int, pauses: Sequence[Pause], extension: int) -> None:
    if working_days < 1:
        raise ValueError("a period has at least one working day")
    if extension < 0:
        raise ValueError("an extension is not below zero")
    if any(pause.until_day is not None and pause.until_day < pause.from_day for pause in pauses):
        raise ValueError("a pause does not end before it begins")
