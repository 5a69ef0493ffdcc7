"""A notice on its way to the cases: two officers, the province's register, every running clock aimed anew."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.province_desk import PROVINCE
from desk.publication import Refused, calendar_of, draft_of, sign, take_back, told
from models.calendar import Publication, PublicationStage
from models.clocks import ClockReading
from models.holiday_notice import CalendarFile
from models.store import Store
from province import CHANGCHUN, Province, application
from rules.working_days import nth_working_day_after
from rules.working_calendar import WorkingCalendar
from workflows.names import CALENDAR_PUBLISHED, RUNNING_CASES, calendar_workflow_id
from workflows.transfer_case import TransferCase

MAKER, CHECKER = "province-01", "province-02"
PATIENCE = timedelta(seconds=20)


def closure(day: date, name: str = "防汛抢险") -> CalendarFile:
    """Changchun is closed on a day."""
    return CalendarFile.model_validate({"closures": [{"bureau": CHANGCHUN, "day": day, "name": name}]})


async def clock_a(handle: WorkflowHandle[TransferCase, Any]) -> ClockReading:
    (clock,) = (one for one in (await handle.query(TransferCase.progress)).clocks if one.clock == "A")
    return clock


async def test_a_notice_checked_by_a_second_officer_moves_every_running_clock(province: Province) -> None:
    """Nobody is in at either bureau, and clock A runs."""
    await province.start_platform()
    first = await province.apply(application())
    second = await province.apply(application(registered_home="222402"))
    before = await running(first), await running(second)
    file = closure(nth_working_day_after(before[0].received_on, 3, WorkingCalendar()))
    draft = draft_of(file)
    proposed = await sign(province.client, draft, MAKER, PATIENCE)
    assert isinstance(proposed, Publication)
    assert (proposed.stage, proposed.checker) == (PublicationStage.AWAITING_CHECK, None)
    assert await clock_a(first) == before[0], "one officer alone moves nothing"
    assert (await told(province.client)).notices == ()
    published = await sign(province.client, draft, CHECKER, PATIENCE)
    assert isinstance(published, Publication)
    assert published.stage is PublicationStage.ANNOUNCED
    assert (published.maker, published.checker) == (MAKER, CHECKER)
    assert published.told == (await province.client.count_workflows(RUNNING_CASES)).count
    for handle, was in zip((first, second), before, strict=True):
        clock = await clock_a(handle)
        assert clock.due_on == nth_working_day_after(was.due_on, 1, WorkingCalendar())
        assert [(one.before, one.after) for one in clock.moved] == [(was.due_on, clock.due_on)]
        assert file.number in clock.moved[0].why
        assert clock.calendar == published.version


async def running(handle: WorkflowHandle[TransferCase, Any]) -> ClockReading:
    """Clock A once it runs."""
    import asyncio

    async with asyncio.timeout(10):
        while not (await handle.query(TransferCase.progress)).clocks:
            await asyncio.sleep(0.05)
    return await clock_a(handle)
