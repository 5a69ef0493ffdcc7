"""How a change is made under running cases, as docs/operations.md describes it; the change is planted."""

import pytest
from planted_change import EACH_NOTICE_ONCE, BeforeTheChange, ChangedBehindAPatch
from stored_histories import history_of, replay
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from models.messages.clocks import CalendarPublished
from models.messages.stages import Event, Stage
from province import CHANGCHUN, YANBIAN, Handle, Province, application
from workflows.identifiers import CALENDAR_PUBLISHED
from workflows.transfer_case import TransferCase

BEFORE, SINCE = "notice_twice_computed_twice", "notice_twice_computed_once"
NOTICE = CalendarPublished(message_id="calendar/2026", notice="国办发明电〔2026〕9号", version="2026")


def markers(history: WorkflowHistory, holding: str) -> int:
    """How many markers of a history hold a text: computed deadlines, or changes a case goes by."""
    recorded = [event for event in history.events if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED]
    return sum(holding in str(event.marker_recorded_event_attributes) for event in recorded)


@pytest.mark.parametrize(("name", "computed", "patched"), [(BEFORE, 3, 0), (SINCE, 2, 1)])
async def test_cases_begun_before_and_after_the_change_both_replay(
    name: str, computed: int, patched: int
) -> None:
    history = history_of(name)
    assert (markers(history, "compute_deadline"), markers(history, EACH_NOTICE_ONCE)) == (computed, patched)
    await replay(name, ChangedBehindAPatch)


async def test_without_the_patch_the_change_would_stop_the_cases_begun_before_it() -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(BEFORE, TransferCase)


async def test_the_earlier_release_cannot_take_a_newer_case_over() -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(SINCE, BeforeTheChange)


async def heard(handle: Handle, times: int, province: Province) -> None:
    """Wait until the case has computed its deadline so many times."""

    async def computed() -> bool:
        return markers(await handle.fetch_history(), "compute_deadline") >= times

    await province.until(computed)


async def test_a_running_case_keeps_to_what_it_began_with(province: Province) -> None:
    """The platform is upgraded between the notice and its copy."""
    async with await province.platform(workflows=(BeforeTheChange,)):
        handle = await province.apply(application(status="pensioner"))
        await province.journalled(handle, Event.CLOCK_STARTED)
        await handle.signal(CALENDAR_PUBLISHED, NOTICE)
        await heard(handle, 2, province)
    later = await province.platform(workflows=(ChangedBehindAPatch,))
    await province.running.enter_async_context(later)
    await handle.signal(CALENDAR_PUBLISHED, NOTICE)
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    assert (await handle.result()).stage is Stage.REFUSED
    history = await handle.fetch_history()
    assert (markers(history, "compute_deadline"), markers(history, EACH_NOTICE_ONCE)) == (3, 0)


async def test_a_case_begun_since_then_heeds_a_notice_once(province: Province) -> None:
    await province.start_platform()
    handle = await province.apply(application(status="pensioner"))
    await province.journalled(handle, Event.CLOCK_STARTED)
    for _ in range(2):
        await handle.signal(CALENDAR_PUBLISHED, NOTICE)
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    await handle.result()
    assert markers(await handle.fetch_history(), "compute_deadline") == 2
