"""A bureau one release ahead answers with a field the platform does not know: its case waits."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.contrib.pydantic import PydanticPayloadConverter

from activities.contracts import REVIEW_APPLICATION
from activities.officers.register import OfficerRegister
from activities.transfer_in.transfer_in import TransferInActivities
from engine.encryption import codec
from models.messages.progress import Progress
from models.messages.stages import Stage
from models.messages.steps import ReviewAnswer, ReviewOrder
from province import CHANGCHUN, PATIENCE_SECONDS, YANBIAN, Province, account, application
from worker import accepted_officers
from workflows.transfer_case import TransferCase


def one_release_ahead(desk: TransferInActivities) -> Callable[..., Any]:
    """The review as a newer bureau gives it."""

    @activity.defn(name=REVIEW_APPLICATION.name)
    async def review_application(order: ReviewOrder) -> dict[str, Any]:
        answer: ReviewAnswer = await TransferInActivities.review_application(desk, order)
        return {**answer.model_dump(mode="json"), "field_of_the_next_release": True}

    return review_application


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Let the platform, too, know the new field."""

    def read_with(extra: Any) -> None:
        ReviewAnswer.model_config["extra"] = extra
        ReviewAnswer.model_rebuild(force=True)
        # A newer program has worked out nothing of its types yet.
        monkeypatch.setattr(codec, "_PYDANTIC", PydanticPayloadConverter())

    yield lambda: read_with("ignore")
    read_with("forbid")


async def failed_tasks(handle: "WorkflowHandle[TransferCase, Progress]") -> int:
    history = await handle.fetch_history()
    failed = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    return sum(event.event_type == failed for event in history.events)


async def test_a_case_waits_for_the_platform_to_be_upgraded_and_then_goes_on(
    province: Province, upgrade: Callable[[], None]
) -> None:
    store = province.stores[CHANGCHUN]
    accepted = accepted_officers(province.client)
    desk = TransferInActivities(CHANGCHUN, store, register=OfficerRegister(CHANGCHUN, store, accepted))
    await province.start_platform()
    await province.start_bureaus(YANBIAN)
    await province.start_bureaus(CHANGCHUN, review_application=one_release_ahead(desk))
    await province.seed(account())
    handle = await province.apply(application())
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await failed_tasks(handle):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    upgrade()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await handle.result()).stage is Stage.CLOSED
