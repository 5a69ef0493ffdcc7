"""`worker.py` as it is, but one deed takes its time before it begins."""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer
from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker


class Unhurried(Interceptor):
    """Holds up a deed for some seconds, and says in a file that it is under way."""

    def __init__(self, deed: str, seconds: float, under_way: Path) -> None:
        self.deed = deed
        self.seconds = seconds
        self.under_way = under_way

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _HeldUp(next, self)


class _HeldUp(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, by: Unhurried) -> None:
        super().__init__(next)
        self.by = by

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if activity.info().activity_type == self.by.deed:
            self.by.under_way.touch()
            await asyncio.sleep(self.by.seconds)
        return await super().execute_activity(input)


if __name__ == "__main__":
    _, deed, seconds, under_way, *arguments = sys.argv
    sys.argv = ["worker.py", *arguments]
    held_up = partial(worker.bureau_worker, interceptors=[Unhurried(deed, float(seconds), Path(under_way))])
    with patch.object(worker, "bureau_worker", held_up):
        typer.run(worker.main)
