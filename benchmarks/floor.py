"""The floor: a bare workflow of empty activities on the same server, with which a case is compared.

Larger variants show what a case adds before any law, paper or store is involved: its local activities, and
the search attributes that it writes.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel

    from engine.address import Address
    from engine.connection import connect
    from engine.encryption.codec import acting_as
    from engine.encryption.keys import PLATFORM
    from workflows.identifiers import STAGE

FLOOR_QUEUE = "floor"
AT_A_BUREAU = "floor-activities"
RETRY_UNTIL_DONE = timedelta(seconds=30)
READY = Path(os.environ.get("BENCH_COUNTS", os.devnull))


class Steps(BaseModel, frozen=True):
    """How many steps of each kind the workflow runs."""

    activities: int
    local_activities: int = 0
    listings: int = 0


@activity.defn
async def nothing() -> None:
    """An empty activity."""


@workflow.defn
class Floor:
    """Runs activities one after the other, with local activities and search attributes spread among them."""

    @workflow.run
    async def run(self, steps: Steps) -> None:
        local, listed = 0, 0
        for number in range(1, steps.activities + 1):
            await workflow.execute_activity(
                nothing, task_queue=AT_A_BUREAU, start_to_close_timeout=RETRY_UNTIL_DONE
            )
            while local < steps.local_activities * number // steps.activities:
                await workflow.execute_local_activity(nothing, start_to_close_timeout=RETRY_UNTIL_DONE)
                local += 1
            while listed < steps.listings * number // steps.activities:
                workflow.upsert_search_attributes([STAGE.value_set(str(listed))])
                listed += 1


def _say_ready() -> None:
    READY.touch()


async def serve(address: str, hosts_workflows: bool) -> None:
    """Run one process with the workflows, as the platform does, or with the activities, as a bureau does."""
    client = acting_as(await connect(Address(host=address)), PLATFORM)
    worker = (
        Worker(client, task_queue=FLOOR_QUEUE, workflows=[Floor], activities=[nothing])
        if hosts_workflows
        else Worker(client, task_queue=AT_A_BUREAU, activities=[nothing])
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with worker:
        _say_ready()
        await stop.wait()
    await asyncio.sleep(0.1)


if __name__ == "__main__":
    _, kind, _, host = sys.argv
    asyncio.run(serve(host, kind == "workflows"))
