"""When a running clock raises alarms: reminders before its last day ends, then reports to the province.

The measures set the periods and say nothing of reminders; all of this is the project's own rule, by the
figures in `rules.clocks.clocks`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count, islice

from rules.calendar.paused_periods import working_days_outside
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after, nth_working_day_before, working_days_between
from rules.clocks.clocks import (
    MEASURES_SINCE,
    OVERDUE_REPEATED_AFTER_WORKING_DAYS,
    REMINDERS_AT_WORKING_DAYS_LEFT,
    end_of,
)
from rules.values.due_dates import Alarm, AlarmKind, Pause, china_midnight
from rules.values.law import JILIN_MEASURES, InForce, Law

A_DAY = timedelta(days=1)


def alarms(
    due_on: date,
    times: int,
    calendar: WorkingCalendar,
    close_of_business: time | None = None,
    since: datetime | None = None,
) -> tuple[Alarm, ...]:
    """All alarms of a clock, in order: reminders, the end of its last day, and `times` further reports.

    Reminders at `since` or before are left out: when a clock begins late or again, nobody is told of more
    days than there are. The end of the last day is always included, even when it has passed: it is the first
    report to the province. `calendar` is that of the acting bureau, `close_of_business` its office hours
    (民法典第二百零三条). Raises ValueError when `times` is below zero.
    """
    reminders = [alarm for alarm in _reminders(due_on, calendar) if since is None or alarm.at > since]
    overdue = Alarm(end_of(due_on, close_of_business), AlarmKind.OVERDUE, 0)
    return (*reminders, overdue, *escalations(due_on, due_on, times, calendar, close_of_business))


def escalations(
    due_on: date,
    after: date,
    times: int,
    calendar: WorkingCalendar,
    close_of_business: time | None = None,
    pauses: Sequence[Pause] = (),
) -> tuple[Alarm, ...]:
    """The next `times` reports to the province after a day: one after every five further working days.

    With the day of the last one it continues from there. `pauses` have all ended. Raises ValueError when
    `times` is below zero.
    """
    if times < 0:
        raise ValueError("a number of reports is not below zero")
    every = OVERDUE_REPEATED_AFTER_WORKING_DAYS
    first = working_days_late(due_on, after, calendar, pauses) // every + 1
    late = (number * every for number in count(first))
    return tuple(
        Alarm(
            end_of(_nth_day_late(due_on, days, calendar, pauses), close_of_business),
            AlarmKind.ESCALATION,
            days,
        )
        for days in islice(late, times)
    )


def working_days_late(
    due_on: date, done_on: date, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> int:
    """How many working days after the last day a step was done; 0 up to the last day.

    Also 0 on the days off right after it. Days on which the clock was paused do not count, as they do not
    count before its last day (own rule). Whether a step was late at all depends on the instant
    (民法典第二百零三条), see `rules.clocks.clocks.end_of`.
    """
    return working_days_outside(pauses, due_on, done_on, calendar)


def _nth_day_late(due_on: date, n: int, calendar: WorkingCalendar, pauses: Sequence[Pause]) -> date:
    """The day on which a step is `n` working days late; every pause has ended."""
    day = nth_working_day_after(due_on, n, calendar)
    while missing := n - working_days_late(due_on, day, calendar, pauses):
        day = nth_working_day_after(day, missing, calendar)
    return day


def _reminders(due_on: date, calendar: WorkingCalendar) -> Iterator[Alarm]:
    """One at the beginning of the last 5, 3 and 1 working days, the due day being the last of them.

    At 00:00 of that day, so that the reminder is there when the office opens, all the days it names are still
    whole, and none goes out on a day off on which nobody reads it.
    """
    for left in REMINDERS_AT_WORKING_DAYS_LEFT:
        day = nth_working_day_before(due_on + A_DAY, left, calendar)
        yield Alarm(china_midnight(day), AlarmKind.REMINDER, left)


SILENCE_IN_DISPUTE = (InForce(5, since=MEASURES_SINCE, law=Law(JILIN_MEASURES, "第九条")),)
"""Working days without an answer after which a dispute may be referred unanswered. The project's own rule:
a third of the bureau's own period for its whole half of the transfer, and time enough to state a position."""


def whole_days_of_silence(asked_on: date, on: date, calendar: WorkingCalendar) -> int:
    """The whole working days that a bureau has let pass without an answer, as of the day `on`.

    The day on which it was asked is not counted (民法典第二百零一条), nor is the day `on`, which has not
    ended. `calendar` is that of the bureau that was asked. 0 when none has passed; raises nothing.
    """
    return working_days_between(asked_on, on - timedelta(days=1), calendar)
