"""Whoever reaches the engine without the keys polls a bureau's queue and answers its work: nothing is read,
nothing is believed, and the case goes its way. `test_attacker` has those who call and send."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from strangers import without_keys
from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from engine.asked import asked_of
from engine.encryption.codec import Unreadable
from models.messages.stages import Event, Stage
from province import CHANGCHUN, TEACHER, YANBIAN, Province, account, application
from workflows.identifiers import bureau_queue


class WorksThere:
    """A stranger's worker at a bureau's queue: sees what it is given and answers as it pleases."""

    def __init__(self, answer: Callable[[Sequence[RawValue]], Any]) -> None:
        self.answer = answer
        self.seen: list[bytes] = []

    @activity.defn(dynamic=True)
    async def anything(self, given: Sequence[RawValue]) -> Any:
        self.seen += [one.payload.SerializeToString() for one in given]
        if self.answer is without_a_payload:
            await (
                activity.client().get_async_activity_handle(task_token=activity.info().task_token).complete()
            )
            activity.raise_complete_async()
        return self.answer(given)


def without_a_payload(_: object) -> None:
    """What programs of other languages answer when they answer nothing."""


def fail(_: object) -> None:
    raise ApplicationError("failed by a stranger", {"name": 7}, type="Refused", non_retryable=True)


def put_off(_: object) -> None:
    raise ApplicationError("failed by a stranger", next_retry_delay=timedelta(days=36_500))


ANSWERS: dict[str, Callable[[Sequence[RawValue]], Any]] = {
    "in the clear": lambda _: {"case_no": "220100-20260115-AAAAAAAA", "accepted": True},
    "the order itself, sent back": lambda given: given[0],
    "nothing": lambda _: None,
    "without a payload": without_a_payload,
    "a failure": fail,
    "a failure that puts the next attempt off for a hundred years": put_off,
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
    asked = await asked_of(province.client, queue, datetime.fromtimestamp(0, UTC))
    assert {one.answer != b"" for one in asked if one.case == handle.id} == {True}
    assert works.seen
    for seen in works.seen:
        assert TEACHER.encode() not in seen
        assert "崔明玉".encode() not in seen


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
