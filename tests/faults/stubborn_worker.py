"""`worker.py` with shorter limits and one more workflow, which cannot be evicted from memory."""

import asyncio
import time
from datetime import timedelta
from functools import partial

import typer
from temporalio import workflow

import worker
from engine.leaving import run_and_leave

LIMIT_SECONDS = 4


@workflow.defn(sandboxed=False)
class Stubborn:
    """Fails its workflow task, so that it has to be evicted, and then does not end."""

    @workflow.run
    async def run(self) -> None:
        held = asyncio.create_task(self.hold())
        await asyncio.sleep(0)
        raise RuntimeError(f"never done: {held.done()}")

    async def hold(self) -> None:
        try:
            await workflow.wait_condition(lambda: False)
        finally:
            time.sleep(1000)  # noqa: ASYNC251 -- it keeps its thread, as a case that goes wrong does


if __name__ == "__main__":
    worker.FINISH, worker.STOPPED = timedelta(seconds=1), timedelta(seconds=LIMIT_SECONDS)
    worker.WORKFLOWS = (*worker.WORKFLOWS, Stubborn)  # type: ignore[assignment]
    run_and_leave(partial(typer.run, worker.main))
