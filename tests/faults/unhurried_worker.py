"""`worker.py` in which one step is delayed, before it begins or between its commit and its report.

A step delayed after its commit sends no heartbeat either, as if the worker had lost the server.
"""

import asyncio
import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker
from activities import heartbeat
from engine.leaving import run_and_leave

NEVER_SECONDS = 1000


class Held(StrEnum):
    """When a step is delayed."""

    BEFORE = "before it begins"
    AFTER = "committed, not reported"


class Unhurried(Interceptor):
    """Delays the first attempt at a step, and writes a file for each case concerned into a directory."""

    def __init__(self, step: str, held: Held, seconds: float, under_way: Path) -> None:
        self.step = step
        self.held = held
        self.seconds = seconds
        self.under_way = under_way

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _HeldUp(next, self)

    async def hold(self) -> None:
        case_no = str(activity.info().workflow_id).partition("/")[2]
        (self.under_way / case_no).touch()
        await asyncio.sleep(self.seconds)


class _HeldUp(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, by: Unhurried) -> None:
        super().__init__(next)
        self.by = by

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        held = self.by.held if info.activity_type == self.by.step and info.attempt == 1 else None
        if held is Held.BEFORE:
            await self.by.hold()
        done = await super().execute_activity(input)
        if held is Held.AFTER:
            await self.by.hold()
        return done


if __name__ == "__main__":
    _, step, when, seconds, under_way, *arguments = sys.argv
    sys.argv = ["worker.py", *arguments]
    unhurried = Unhurried(step, Held(when), float(seconds), Path(under_way))
    if unhurried.held is Held.AFTER:
        heartbeat.HEARTBEAT_SECONDS = NEVER_SECONDS
    with patch.object(worker, "bureau_worker", partial(worker.bureau_worker, interceptors=[unhurried])):
        run_and_leave(partial(typer.run, worker.main))
