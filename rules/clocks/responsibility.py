"""Charges every working day of a case to one party, and measures how long prompt duties took.

The measures set periods for single steps and name no one for the whole. This ledger is the system's own
measure; it follows the counting of 民法典第二百零一条, so that it agrees with the statutory clocks.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.values.charged_days import DayRange, PromptDuty, Promptness, ResponsibilityLedger, Share, StepOwner
from rules.values.due_dates import china_day, china_midnight

P = TypeVar("P")
A_DAY = timedelta(days=1)


def responsibility(
    holdings: Sequence[StepOwner[P]], closed_at: datetime, calendar: WorkingCalendar
) -> ResponsibilityLedger[P]:
    """The working days from application to close, each charged to one party (day 0: 民法典第二百零一条).

    `holdings` say since when the case waited for which party, in order, from the application on. A working
    day is charged to the party that held the case as the day began, at 00:00 in China. So the day of a
    handover is charged to the giver, and the receiver's first day is the one after, as the day of receipt is
    not counted against a bureau; the shares agree with the clocks, and the last day needs no rule of its own.
    A party that takes a case and hands it on within a day is charged nothing. `calendar` is one for the whole
    case, without the closures of either bureau, so that the parts add up.

    Parties stand in the order in which they first held the case, also those without a day. Raises ValueError
    for no holdings, and for holdings or a close out of order.
    """
    _check(holdings, closed_at)
    began = [holding.since for holding in holdings]
    applied_on, closed_on = china_day(began[0]), china_day(closed_at)
    days: dict[P, list[list[date]]] = {holding.party: [] for holding in holdings}
    before: P | None = None
    for day in _working_days(applied_on, closed_on, calendar):
        party = holdings[bisect_right(began, china_midnight(day)) - 1].party
        if party != before:
            days[party].append([])
        days[party][-1].append(day)
        before = party
    shares = tuple(
        Share(party, sum(map(len, runs)), tuple(DayRange(run[0], run[-1]) for run in runs))
        for party, runs in days.items()
    )
    return ResponsibilityLedger(applied_on, closed_on, shares, calendar.version)


def promptness(
    duty: PromptDuty, arose_at: datetime, done_at: datetime, calendar: WorkingCalendar
) -> Promptness:
    """How many working days a duty took that is to be done 及时 (第四条, 第七条第二项, 第七条第三项).

    The day on which it arose is not counted; 0 when it was done on that day. `calendar` is that of the bureau
    whose duty it was. The measures set no limit, so this only measures and does not judge.
    """
    return Promptness(duty, working_days_between(china_day(arose_at), china_day(done_at), calendar))


def _working_days(after: date, until: date, calendar: WorkingCalendar) -> Iterator[date]:
    day = after + A_DAY
    while day <= until:
        if calendar.is_working_day(day):
            yield day
        day += A_DAY


def _check(holdings: Sequence[StepOwner[P]], closed_at: datetime) -> None:
    if not holdings:
        raise ValueError("a case is held by somebody from the application on")
    instants = [*(holding.since for holding in holdings), closed_at]
    if instants != sorted(instants):
        raise ValueError("holdings and the close are in order of time")
