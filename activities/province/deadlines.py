"""The deadline of a clock: the statutory number of working days, as instants of a calendar."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from models.messages.clocks import (
    ClockOrder,
    ClockPause,
    ClockReading,
    LatenessOrder,
    Responsibility,
    ResponsibilityOrder,
)
from rules.amounts.one_off import WORKING_DAYS_FOR_NOTICE
from rules.calendar.paused_periods import due_with_pauses
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.clocks.alarms import alarms, escalations, working_days_late
from rules.clocks.clocks import (
    CONTACT_LETTER_WORKING_DAYS,
    LINKING_WORKING_DAYS,
    TAKE_IN_WORKING_DAYS,
    TRANSFER_OUT_WORKING_DAYS,
    end_of,
    last_day,
)
from rules.clocks.responsibility import promptness, responsibility
from rules.values.due_dates import Alarm, Clock, DueDate, Pause, Suspended, china_day
from rules.values.law import InForce, in_force

STATUTORY: dict[Clock, tuple[InForce[int], ...]] = {
    Clock.REVIEW: CONTACT_LETTER_WORKING_DAYS,
    Clock.TRANSFER_OUT: TRANSFER_OUT_WORKING_DAYS,
    Clock.TAKE_IN: TAKE_IN_WORKING_DAYS,
    Clock.WRITTEN_NOTICE: WORKING_DAYS_FOR_NOTICE,
}
"""The clocks that run in a case."""

NO_BUREAU = ""
"""In place of a bureau's key: days are counted without any bureau's closures."""
REPORTS_AHEAD = 6
"""How many further reports to the province are computed at a time, once a clock is overdue; a case that needs
more asks again. Before that none are computed, so that no date of the clock rests on a day after its last."""


def working_days_of(clock: Clock, on: date, linking: bool = False) -> InForce[int]:
    """The statutory length of a clock, in working days; linking with residents has its own article."""
    by_law = {**STATUTORY, **(LINKING_WORKING_DAYS if linking else {})}
    return in_force(by_law[clock], on)


def reading_of(order: ClockOrder, calendar: WorkingCalendar) -> ClockReading:
    """The due date and alarms of a clock by a calendar: a number of working days from receipt, as instants.

    A clock that is paused has no alarms; its due date is the one it would have if it ran on.
    """
    at_bureau = calendar.at(order.bureau)
    received_on = china_day(order.anchored_at)
    length = working_days_of(order.clock, received_on, order.linking)
    due, paused_since = _due(order, received_on, length.value, at_bureau)
    counted = working_days_between(received_on, due.due_on, at_bureau)
    fired = _alarms(order, due.due_on, at_bureau) if paused_since is None else ()
    return ClockReading(
        clock=order.clock,
        owed_by=order.owed_by,
        bureau=order.bureau,
        close_of_business=order.close_of_business,
        pauses=order.pauses,
        law=length.law,
        working_days=length.value,
        received_on=received_on,
        due_on=due.due_on,
        due_at=end_of(due.due_on, order.close_of_business),
        provisional=due.provisional,
        earliest=due.earliest,
        latest=due.latest,
        calendar=due.calendar,
        counted_until=max(due.latest, *(last_day(alarm.at) for alarm in fired)) if fired else None,
        alarms=fired,
        paused_working_days=counted - length.value - order.extension,
        extension=order.extension,
        paused_since=paused_since,
    )


def due_of(reading: ClockReading, calendar: WorkingCalendar) -> DueDate:
    """The due date of a computed clock, with its count day by day (民法典第二百零一条).

    For a clock that is paused, the one it would have if it ran on.
    """
    at_bureau = calendar.at(reading.bureau)
    return _due(reading, reading.received_on, reading.working_days, at_bureau)[0]


def days_late(missed: LatenessOrder | ClockReading, on: date, calendar: WorkingCalendar) -> int:
    """By how many working days a clock is late on a day, without those on which it was paused."""
    return working_days_late(missed.due_on, on, calendar.at(missed.bureau), _pauses(missed.pauses))


def charged_days(order: ResponsibilityOrder, calendar: WorkingCalendar) -> Responsibility:
    """Every working day of a case charged to exactly one party, and how long each prompt duty took.

    The days are counted by the province's calendar, so that the parts add up; the duties by that of the
    bureau that had them. If the service's clock was set back, the case ends at its last change of hands.
    """
    at_bureau = calendar.at(order.bureau)
    until = max([order.until, *(holding.since for holding in order.holdings)])
    return Responsibility(
        ledger=responsibility(order.holdings, until, calendar.at(NO_BUREAU)),
        duties=tuple(promptness(one.duty, one.since, one.until, at_bureau) for one in order.duties),
    )


def _due(
    clock: ClockOrder | ClockReading, received_on: date, length: int, calendar: WorkingCalendar
) -> tuple[DueDate, datetime | None]:
    """The due date of a clock with its pauses and extension, and since when it is paused if it is."""
    pauses = _pauses(clock.pauses, clock.close_of_business)
    due = due_with_pauses(received_on, length, pauses, clock.extension, calendar)
    if not isinstance(due, Suspended):
        return due, None
    over = [pause for pause in pauses if pause.until_day is not None]
    running_on = due_with_pauses(received_on, length, over, clock.extension, calendar)
    assert isinstance(running_on, DueDate)
    return running_on, next(pause.since for pause in clock.pauses if pause.until is None)


def _pauses(pauses: Iterable[ClockPause], closes: time | None = None) -> list[Pause]:
    return [_days(pause.since, pause.until, closes) for pause in pauses]


def _days(since: datetime, until: datetime | None, close_of_business: time | None) -> Pause:
    """The days of a pause; one that ends before it begins, because a clock was set back, has none."""
    first = china_day(since)
    over = since >= end_of(first, close_of_business)
    return Pause(first, None if until is None else china_day(max(since, until)), over)


def _alarms(order: ClockOrder, due_on: date, calendar: WorkingCalendar) -> tuple[Alarm, ...]:
    """The clock's alarms: up to the end of its last day, or only what comes after an instant."""
    closes, after = order.close_of_business, order.alarms_after
    if after is None:
        return alarms(due_on, 0, calendar, closes, since=order.anchored_at)
    before_overdue = alarms(due_on, 0, calendar, closes, since=after)
    ended = max(due_on, _last_ended(after, closes))
    over = [pause for pause in _pauses(order.pauses) if pause.until_day is not None]
    reports = escalations(due_on, ended, REPORTS_AHEAD, calendar, closes, over)
    return (*(alarm for alarm in before_overdue if alarm.at > after), *reports)


def _last_ended(at: datetime, close_of_business: time | None) -> date:
    """The last day that had ended by an instant."""
    day = last_day(at)
    return day if end_of(day, close_of_business) <= at else day - timedelta(days=1)
