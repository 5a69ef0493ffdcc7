"""What a bureau, or the province, was asked to do, and what it answered, as the engine has kept it.

A workflow's history holds every order with its answer; what desks asked directly the engine keeps as
activities of no workflow. Both are kept as long as closed cases are. The task queue says whose worker it was;
the keys are named after it, too.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import ActivityExecutionStatus, Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from engine.encryption.codec import PairCodec, Place, ring_of
from engine.encryption.keys import PLATFORM
from workflows.identifiers import (
    ALL_RUNS,
    BUREAU_IN,
    BUREAU_OUT,
    PLATFORM_QUEUE,
    REFUSED_ENCODING,
    bureau_queue,
)

OF_RATES = "WorkflowType IN ('PublishRate', 'SettleRate')"
"""The workflows other than cases that enter something in a bureau's store."""
OF_PROVINCE = f"{ALL_RUNS} OR {OF_RATES} OR WorkflowType = 'PublishCalendar'"
"""The workflows that enter something in the province's store."""
AT_ONCE = 8
"""How many histories are read at a time.."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One order that was answered.

    `case` is the workflow, '' for what a desk asked; `request` and `answer` are JSON documents, the answer
    empty for a desk's. `started_at` is when the attempt that answered began, `answered_at` when the engine
    had the answer.
    """

    step: str
    case: str
    request: bytes
    answer: bytes
    started_at: datetime
    answered_at: datetime


async def asked_of(client: Client, queue: str, since: datetime) -> list[Asked]:
    """Everything that the worker at a queue has answered since an instant, in the order of the answers.

    What cannot be read with the keys of the client, or was not answered, is left out.
    """
    found = [one async for one in _by_workflows(client, queue, since)]
    found += [one async for one in _by_desks(client, queue, since)]
    return sorted(found, key=lambda one: one.answered_at)


async def _by_workflows(client: Client, queue: str, since: datetime) -> AsyncIterator[Asked]:
    """What was asked by cases under way since then, in every run of them, and by publications."""
    not_closed_before = f"CloseTime IS NULL OR CloseTime >= '{since.isoformat()}'"
    query = f"({_workflows_of(queue)}) AND ({not_closed_before})"

    async def read(case: WorkflowExecution) -> list[Asked]:
        with _unless_deleted():
            return [asked async for asked in _by_workflow(client, queue, case, since)]
        return []

    async for cases in _listed(client, query):
        for answered in await asyncio.gather(*map(read, cases)):
            for asked in answered:
                yield asked


async def _listed(client: Client, query: str) -> AsyncIterator[list[WorkflowExecution]]:
    """The workflows that a query finds, `AT_ONCE` at a time."""
    some = []
    async for case in client.list_workflows(query):
        some.append(case)
        if len(some) == AT_ONCE:
            yield some
            some = []
    yield some


@contextmanager
def _unless_deleted() -> Iterator[None]:
    """Pass over what the engine still lists and has deleted: its list lags behind."""
    try:
        yield
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise


def _workflows_of(queue: str) -> str:
    """The query for the workflows that may have asked something of the worker at a queue."""
    if queue == PLATFORM_QUEUE:
        return OF_PROVINCE
    bureau = queue.removeprefix(bureau_queue(""))
    of_bureau = f"{ALL_RUNS} AND ({BUREAU_IN.name} = '{bureau}' OR {BUREAU_OUT.name} = '{bureau}')"
    return f"{of_bureau} OR {OF_RATES}"


async def _by_workflow(
    client: Client, queue: str, case: WorkflowExecution, since: datetime
) -> AsyncIterator[Asked]:
    handle = client.get_workflow_handle(case.id, run_id=case.run_id)
    events: dict[int, HistoryEvent] = {}
    async for event in handle.fetch_history_events():
        events[event.event_id] = event
        if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED or _instant(event) < since:
            continue
        completed = event.activity_task_completed_event_attributes
        scheduled = events[completed.scheduled_event_id].activity_task_scheduled_event_attributes
        if scheduled.task_queue.name != queue:
            continue
        step = scheduled.activity_type.name
        place = Place(case.id, step, scheduled.task_queue.name)
        request = await _opened(client, queue, place, scheduled.input.payloads)
        answer = await _opened(client, PLATFORM, place, completed.result.payloads)
        if request is not None and answer is not None:
            began = _instant(events[completed.started_event_id])
            yield Asked(step, case.id, request, answer, began, _instant(event))


async def _by_desks(client: Client, queue: str, since: datetime) -> AsyncIterator[Asked]:
    async for one in client.list_activities(f"TaskQueue = '{queue}'"):
        if one.status is not ActivityExecutionStatus.COMPLETED or one.close_time is None:
            continue
        if one.close_time < since:
            continue
        handle = client.get_activity_handle(one.activity_id, run_id=one.activity_run_id)
        with _unless_deleted():
            described = await handle.describe(include_input=True)
            if described.raw_input is None or described.last_started_time is None:
                continue
            place = Place("", one.activity_type, queue)
            request = await _opened(client, queue, place, described.raw_input.payloads)
            if request is not None:
                yield Asked(one.activity_type, "", request, b"", described.last_started_time, one.close_time)


async def _opened(client: Client, party: str, place: Place, payloads: Sequence[Payload]) -> bytes | None:
    """The content of a payload for a party; None without one, or where these keys cannot read it."""
    if not payloads:
        return None
    if (ring := ring_of(client)) is None:
        return payloads[0].data
    opened, *_ = await PairCodec(ring, party, place=place).decode(payloads[:1])
    return None if opened.metadata.get("encoding") == REFUSED_ENCODING else opened.data


def _instant(event: HistoryEvent) -> datetime:
    return event.event_time.ToDatetime(UTC)
