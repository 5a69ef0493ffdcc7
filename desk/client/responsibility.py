"""Whose the working days of a case were: every one charged to exactly one party."""

from datetime import datetime

from temporalio.client import Client

from activities.contracts import CHARGE_DAYS, COUNT_DAYS_LATE
from desk.client.worker_answers import ask_platform
from models.messages.clocks import LatenessOrder, Responsibility, ResponsibilityOrder
from models.messages.progress import Progress
from models.messages.stages import Party
from rules.values.due_dates import Clock


async def responsibility_of(client: Client, progress: Progress, now: datetime) -> Responsibility | None:
    """Ask the platform to charge the days so far; None before any have passed. Raises NoAnswer."""
    if not progress.holdings:
        return None
    order = ResponsibilityOrder(
        bureau=progress.bureau_in,
        holdings=progress.holdings,
        until=progress.until or now,
        duties=progress.duties,
    )
    return await ask_platform(client, CHARGE_DAYS, order, about=progress.case_no)


async def days_late(client: Client, progress: Progress, now: datetime) -> dict[Clock, int]:
    """By how many working days each clock that still runs is late now. Raises NoAnswer."""
    late = [clock for clock in progress.clocks if clock.overdue and clock.stopped_at is None]
    days = {}
    for clock in late:
        bureau = progress.bureau_out if clock.owed_by is Party.TRANSFER_OUT else progress.bureau_in
        missed = LatenessOrder(bureau=bureau, due_on=clock.due_on, done_at=now)
        counted = await ask_platform(client, COUNT_DAYS_LATE, missed, about=progress.case_no)
        days[clock.clock] = counted.count
    return days
