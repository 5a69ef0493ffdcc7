"""The time of a step: by the Temporal service's clock, never by the worker machine's."""

from datetime import date, datetime

from temporalio import activity

from rules.values.due_dates import china_day


def started_at() -> datetime:
    """The instant at which this attempt was handed to the worker, stamped by the service."""
    return activity.info().started_time


def today() -> date:
    """The calendar day in China on which this step is done."""
    return china_day(started_at())
