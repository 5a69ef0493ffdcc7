"""Recorded cases that were informed of a holiday notice, and the publication of one."""

from datetime import timedelta
from typing import Any

from planted_change import BeforeTheChange, ChangedBehindAPatch
from temporalio.client import WorkflowHandle

from desk.client.publication import draft_of, propose_or_check
from models.files.holiday_notice import CalendarFile
from models.messages.clocks import CalendarPublished
from models.messages.stages import Event
from province import CHANGCHUN, PATIENCE_SECONDS, YANBIAN, Handle, Province, application
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after
from workflows.identifiers import CALENDAR_PUBLISHED, calendar_workflow_id
from workflows.transfer_case import TransferCase

RETRY_UNTIL_DONE = timedelta(seconds=PATIENCE_SECONDS)


async def calendar_published(province: Province) -> Handle:
    """A notice changes clock A while both bureaus' workers are off."""
    handle, _ = await notice_published(province, closed_on=3)
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    await handle.result()
    return handle


async def publication(province: Province) -> WorkflowHandle[Any, Any]:
    """The publication of that notice: proposed, checked, filed, announced."""
    return (await notice_published(province, closed_on=4))[1]


async def publication_announced_twice(province: Province) -> WorkflowHandle[Any, Any]:
    """A publication since `ANNOUNCED_TWICE`: a separate workflow makes the second announcement."""
    return (await notice_published(province, closed_on=5))[1]


async def notice_published(province: Province, closed_on: int) -> tuple[Handle, WorkflowHandle[Any, Any]]:
    """A case whose clock has changed, and the publication of a closure on one of its days, by number."""
    await province.start_platform()
    handle = await province.apply(application(status="pensioner"))
    await province.journalled(handle, Event.CLOCK_STARTED)
    (clock,) = (await handle.query(TransferCase.progress)).clocks
    day = nth_working_day_after(clock.received_on, closed_on, WorkingCalendar())
    draft = draft_of(
        CalendarFile.model_validate({"closures": [{"bureau": CHANGCHUN, "day": day, "name": "暴雪"}]})
    )
    await propose_or_check(province.client, draft, "province-01", RETRY_UNTIL_DONE)
    await propose_or_check(province.client, draft, "province-02", RETRY_UNTIL_DONE)
    await province.journalled(handle, Event.CLOCK_MOVED)
    return handle, province.client.get_workflow_handle(calendar_workflow_id(draft.number))


async def notice_twice_computed_twice(province: Province) -> Handle:
    """A notice comes twice in the release before the planted change: clock A is rescheduled each time."""
    earlier = await province.platform(workflows=(BeforeTheChange,))
    await province.running.enter_async_context(earlier)
    return await told_twice(province)


async def notice_twice_computed_once(province: Province) -> Handle:
    """A notice comes twice in the release with the patch: nothing is rescheduled for the copy."""
    later = await province.platform(workflows=(ChangedBehindAPatch,))
    await province.running.enter_async_context(later)
    return await told_twice(province)


async def told_twice(province: Province) -> Handle:
    handle = await province.apply(application(status="pensioner"))
    await province.journalled(handle, Event.CLOCK_STARTED)
    notice = CalendarPublished(message_id="calendar/2026", notice="国办发明电〔2026〕9号", version="2026")
    for _ in range(2):
        await handle.signal(CALENDAR_PUBLISHED, notice)
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    await handle.result()
    return handle


NOTICES = (calendar_published, notice_twice_computed_twice, notice_twice_computed_once)
