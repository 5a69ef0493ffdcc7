"""What the engine's listings and its Web UI show of a case: all of it, and each step once."""

from collections import Counter
from unittest.mock import patch

import pytest
from every_stage import bring_to
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata

from models.messages.stages import Party, Stage
from province import Handle, Province, account, application
from workflows.case.status import StatusBoard
from workflows.identifiers import DUE_AT, OVERDUE, STAGE, WAITING_ON
from workflows.transfer_case import TransferCase


async def tasks_that_listed(handle: Handle) -> Counter[int]:
    """For each task of the case, by its number, how often it wrote into the listings."""
    upserts = [
        event.upsert_workflow_search_attributes_event_attributes
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES
    ]
    return Counter(upsert.workflow_task_completed_event_id for upsert in upserts)


async def test_a_case_that_never_rests_is_listed_at_its_beginning_and_its_end(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    await handle.result()
    listed = await tasks_that_listed(handle)
    assert set(listed.values()) == {1}
    assert len(listed) >= 2


async def test_what_happens_within_a_second_is_listed_once(province: Province) -> None:
    handle = await bring_to(province, Stage.TAKING_IN)
    await province.listed(handle, f"{STAGE.name} = '{Stage.TAKING_IN}'")
    stages = len({entry.event for entry in await handle.query(TransferCase.journal)})
    listed = await tasks_that_listed(handle)
    assert set(listed.values()) == {1}
    assert len(listed) < stages


@pytest.mark.parametrize("stage", [Stage.AWAITING_MATERIALS, Stage.TAKING_IN, Stage.BEFORE_THE_PROVINCE])
async def test_a_case_that_waits_is_listed_as_it_stands(province: Province, stage: Stage) -> None:
    handle = await bring_to(province, stage)
    await province.listed(handle, f"{STAGE.name} = '{stage}'")
    progress = await handle.query(TransferCase.progress)
    running = [clock for clock in progress.clocks if clock.stopped_at is None and clock.paused_since is None]
    listed = (await handle.describe()).typed_search_attributes
    assert listed[STAGE] == stage
    assert listed[WAITING_ON] == progress.waiting_on
    assert listed.get(DUE_AT) == min((clock.due_at for clock in running), default=None)
    assert listed[OVERDUE] is False


async def test_a_closed_case_is_listed_as_closed_and_waits_on_nobody(province: Province) -> None:
    await province.start()
    handle = await province.apply(application(status="pensioner"))
    await handle.result()
    listed = (await handle.describe()).typed_search_attributes
    assert (listed[STAGE], listed[WAITING_ON], listed.get(DUE_AT)) == (Stage.REFUSED, Party.NOBODY, None)


async def test_the_web_ui_shows_the_stage_and_every_due_date(province: Province) -> None:
    handle = await bring_to(province, Stage.TAKING_IN)
    await province.listed(handle, f"{STAGE.name} = '{Stage.TAKING_IN}'")
    shown = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    page = shown.current_details
    clocks = (await handle.query(TransferCase.progress)).clocks
    assert Stage.TAKING_IN.titles[1] in page
    assert [clock.clock.letter for clock in clocks] == ["A", "B", "C"]
    assert all(f"({clock.clock.letter}): due {clock.due_on}" in page for clock in clocks)
    assert f"转出 transfer-out (B): due {clocks[1].due_on}" in page


async def test_a_case_that_cannot_be_shown_stands_still_for_all_to_see(province: Province) -> None:
    await province.start()
    with patch.object(StatusBoard, "_web_ui_page", side_effect=RuntimeError("nothing to write on")):
        handle = await province.apply(application(status="pensioner"))

        async def has_failed() -> bool:
            events = (await handle.fetch_history()).events
            return any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED for event in events)

        await province.until(has_failed)
