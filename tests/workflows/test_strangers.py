"""Whoever reaches the engine without the keys: polls a bureau's queue, answers its work, calls its
activities, sends messages to its cases. Nothing is read, nothing is believed, and the case goes its way."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select
from staff import withdrawal
from temporalio import activity
from temporalio.client import ActivityFailureError, Client, WorkflowUpdateFailedError
from temporalio.common import RawValue, RetryPolicy
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from engine.encryption.codec import Unreadable, data_converter
from engine.encryption.keys import KeyFile, KeyRing, new_generation
from models.messages.arrangements import Officers
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Stage
from models.messages.steps import CaseOrder
from models.store.tables import PaperRow, PersonRow, PostingRow
from province import CHANGCHUN, TEACHER, YANBIAN, Handle, Province, account, application
from worker import bureau_activities
from workflows.identifiers import bureau_queue
from workflows.transfer_case import TransferCase


def without_keys(client: Client) -> Client:
    """Somebody who reaches the server and writes in the clear."""
    return Client(**(client.config() | {"data_converter": pydantic_data_converter}))


def with_other_keys(client: Client) -> Client:
    """Somebody who encrypts as the project does, with keys of their own and under the platform's name."""
    ring = KeyRing(KeyFile(owner="platform", generations=(new_generation(datetime(2026, 1, 1, tzinfo=UTC)),)))
    return Client(**(client.config() | {"data_converter": data_converter(ring, "platform")}))


STRANGERS = pytest.mark.parametrize("stranger", [without_keys, with_other_keys])


class WorksThere:
    """A stranger's worker at a bureau's queue: sees what it is given and answers as it pleases."""

    def __init__(self, answer: Callable[[Sequence[RawValue]], Any]) -> None:
        self.answer = answer
        self.seen: list[bytes] = []

    @activity.defn(dynamic=True)
    async def anything(self, given: Sequence[RawValue]) -> Any:
        self.seen += [one.payload.SerializeToString() for one in given]
        return self.answer(given)


def fail(_: object) -> None:
    raise ApplicationError("failed by a stranger", {"name": 7}, type="Refused", non_retryable=True)


ANSWERS: dict[str, Callable[[Sequence[RawValue]], Any]] = {
    "in the clear": lambda _: {"case_no": "220100-20260115-AAAAAAAA", "accepted": True},
    "the order itself, sent back": lambda given: given[0],
    "nothing": lambda _: None,
    "a failure": fail,
}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_stranger_at_a_bureaus_queue_reads_nothing_and_is_not_believed(
    province: Province, answer: str
) -> None:
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    works = WorksThere(ANSWERS[answer])
    queue = bureau_queue(YANBIAN)
    stranger = without_keys(province.client)
    async with Worker(stranger, task_queue=queue, activities=[works.anything]):
        handle = await province.apply(application())
        await province.journalled(handle, Event.MESSAGE_REFUSED)
    await province.start_bureaus(YANBIAN)
    await province.seed(account())
    assert (await handle.result()).stage in (Stage.CLOSED, Stage.REFUSED)
    assert works.seen
    for seen in works.seen:
        assert TEACHER.encode() not in seen
        assert "崔明玉".encode() not in seen


@STRANGERS
async def test_no_activity_of_a_bureau_is_done_for_a_stranger(
    province: Province, stranger: Callable[[Client], Client]
) -> None:
    await province.start_bureaus(YANBIAN)
    order = CaseOrder(case_no="220100-20260115-AAAAAAAA", application=application())
    names = [step.__name__ for step in bureau_activities(YANBIAN, province.stores[YANBIAN])]
    assert names
    for name in names:
        with pytest.raises(ActivityFailureError) as failed:
            await stranger(province.client).execute_activity(
                name,
                order,
                id=f"stranger/{name}",
                task_queue=bureau_queue(YANBIAN),
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        assert failed.value.cause is not None
    async with province.stores[YANBIAN].reading() as session:
        for kept in (PaperRow, PostingRow, PersonRow):
            assert (await session.exec(select(func.count()).select_from(kept))).one() == 0


async def waiting_case(province: Province) -> Handle:
    """A case that waits for an officer."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


@STRANGERS
async def test_a_strangers_messages_are_refused_and_their_questions_not_answered(
    province: Province, stranger: Callable[[Client], Client]
) -> None:
    handle = await waiting_case(province)
    theirs = stranger(province.client).get_workflow_handle_for(TransferCase.run, handle.id)
    await theirs.signal(StaffAction.WITHDRAW, withdrawal())
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    with pytest.raises((WorkflowUpdateFailedError, KeyError, Unreadable)):
        await theirs.execute_update(StaffAction.WITHDRAW, withdrawal(), result_type=dict)
    with pytest.raises((KeyError, Unreadable)):
        await theirs.query(TransferCase.progress)
    assert (await handle.query(TransferCase.progress)).stage is not Stage.WITHDRAWN


async def test_a_strangers_worker_cannot_be_asked_in_place_of_the_platform(province: Province) -> None:
    """What a desk asks is under the desk's key: who has not got it neither reads the question nor answers."""
    async with AsyncExitStack() as running:
        works = WorksThere(lambda _: {"history": None})
        worker = Worker(
            without_keys(province.client), task_queue=bureau_queue(YANBIAN), activities=[works.anything]
        )
        await running.enter_async_context(worker)
        with pytest.raises(Unreadable):
            await province.seed(account())
        assert all(TEACHER.encode() not in seen for seen in works.seen)
