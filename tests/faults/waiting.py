"""Waiting for cases to close, as long as any of them makes progress."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from many_cases import Insured, handle_of
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from models.messages.progress import Progress

STILL_SECONDS = 90
"""After this time without progress the open cases count as stuck; any retry comes sooner."""
LOOK_SECONDS = 3


async def all_closed(client: Client, people: Sequence[Insured]) -> list[Progress]:
    """How every case ended. Fails with the state of the open ones if none makes progress for a while."""
    results = asyncio.gather(*(_end_of(client, one) for one in people))
    reached, since = -1, time.monotonic()
    try:
        while not results.done():
            await asyncio.wait([results], timeout=LOOK_SECONDS)
            where = [await _where(client, one) for one in people] if not results.done() else []
            now = sum(events for events, _ in where)
            if now != reached:
                reached, since = now, time.monotonic()
            elif time.monotonic() - since > STILL_SECONDS:
                still = [said for _, said in where if said]
                raise AssertionError("\n".join([f"{len(still)} cases get no further:", *still]))
        return await results
    finally:
        results.cancel()
        await asyncio.wait([results])


async def _end_of(client: Client, one: Insured) -> Progress:
    """How a case ended; asked again where the server does not answer, which may be on its way back."""
    while True:
        with suppress(RPCError):
            return await handle_of(client, one).result()
        await asyncio.sleep(LOOK_SECONDS)


async def _where(client: Client, one: Insured) -> tuple[int, str]:
    """The number of events of a case, and what it waits for while it is open."""
    try:
        about = await handle_of(client, one).describe()
    except RPCError as error:
        return 0, f"{one.case_no}: {error.message}"
    if about.status is not WorkflowExecutionStatus.RUNNING:
        return about.history_length, ""
    raw = about.raw_description
    tasks = [
        f"{step.activity_type.name}, attempt {step.attempt}, {step.last_failure.message}"
        for step in raw.pending_activities
    ]
    if raw.HasField("pending_workflow_task"):
        tasks.append(f"workflow task, attempt {raw.pending_workflow_task.attempt}")
    return about.history_length, f"{one.case_no} after {about.history_length} events: {'; '.join(tasks)}"
