"""The working days of a case by party, and how late its clocks are, by the calendar that was published."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from temporalio.client import Client

from activities.province import deadlines
from desk.client.publication import calendar_of, published_notices
from models.messages.clocks import Responsibility, ResponsibilityOrder
from models.messages.progress import Progress
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import Clock, china_day

Published = Callable[[Client], Awaitable[WorkingCalendar]]
"""Gives the calendar that the province counts by. Raises NoAnswer."""


async def published_calendar(client: Client) -> WorkingCalendar:
    """The calendar, asked of the province's platform. Raises NoAnswer."""
    return calendar_of(await published_notices(client))


async def responsibility_of(client: Client, progress: Progress, now: datetime) -> Responsibility | None:
    """The days so far by party; None before any have passed. Raises NoAnswer."""
    return charged(progress, now, await published_calendar(client)) if progress.holdings else None


def charged(progress: Progress, now: datetime, calendar: WorkingCalendar) -> Responsibility | None:
    """The same by a calendar that is known."""
    if not progress.holdings:
        return None
    order = ResponsibilityOrder(
        bureau=progress.bureau_in,
        holdings=progress.holdings,
        until=progress.until or now,
        duties=progress.duties,
    )
    return deadlines.charged_days(order, calendar)


def days_late(progress: Progress, now: datetime, calendar: WorkingCalendar) -> dict[Clock, int]:
    """By how many working days each clock that still runs is late now."""
    late = [clock for clock in progress.clocks if clock.overdue and clock.stopped_at is None]
    return {clock.clock: deadlines.days_late(clock, china_day(now), calendar) for clock in late}
