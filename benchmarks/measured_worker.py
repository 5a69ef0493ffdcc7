"""`worker.py` with counters of its steps and its store's statements, which it writes on SIGUSR1."""

import asyncio
import json
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import typer
from sqlalchemy.engine.default import DefaultDialect
from temporalio import activity
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    Worker,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

import engine.connection
import worker
from engine.encryption.keys import key_file_named, load_keys
from engine.leaving import run_and_leave

COUNTS: dict[str, float] = dict.fromkeys(
    ("statements", "statement_seconds", "commits", "commit_seconds", "activities", "activity_seconds"), 0.0
)
LOCAL = ("local_activities", "local_activity_seconds")
COUNTS.update(dict.fromkeys(LOCAL, 0.0))


class Counting(Interceptor):
    """Counts steps and the wall time they took."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Counted(next)


class _Counted(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        begun = time.perf_counter()
        try:
            return await super().execute_activity(input)
        finally:
            which = LOCAL if activity.info().is_local else ("activities", "activity_seconds")
            _count(*which, time.perf_counter() - begun)


def _count(number: str, seconds: str, took: float) -> None:
    COUNTS[number] += 1
    COUNTS[seconds] += took


def _count_statements() -> None:
    """Count statements where SQLAlchemy passes them to the driver: its event listeners cost more."""
    for statement in ("do_execute", "do_executemany"):
        _time(statement, "statements", "statement_seconds")
    _time("do_commit", "commits", "commit_seconds")


def _time(name: str, number: str, seconds: str) -> None:
    call = getattr(DefaultDialect, name)

    def timed(*arguments: Any, **named: Any) -> None:
        begun = time.perf_counter()
        call(*arguments, **named)
        _count(number, seconds, time.perf_counter() - begun)

    setattr(DefaultDialect, name, timed)


def _in_the_clear(client: Client, *_: object) -> Client:
    return Client(**(client.config() | {"data_converter": pydantic_data_converter}))


def _write_down(*_: object) -> None:
    path = Path(os.environ["BENCH_COUNTS"])
    written = path.with_suffix(".part")
    written.write_text(json.dumps(COUNTS))
    written.rename(path)


class _Measured(Worker):
    """Any worker of the product, with the counters as outermost interceptor; its runner may be replaced."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        named["interceptors"] = [Counting(), *named.get("interceptors", ())]
        if "--unsandboxed" in OPTIONS and named.get("workflows"):
            named["workflow_runner"] = UnsandboxedWorkflowRunner()
        if "--sdk-sandbox" in OPTIONS and named.get("workflows"):
            named["workflow_runner"] = SandboxedWorkflowRunner()
        super().__init__(*arguments, **named)

    async def __aenter__(self) -> "_Measured":
        await super().__aenter__()
        asyncio.get_running_loop().call_later(1, _write_down)
        return self


OPTIONS = [part for part in sys.argv if part in {"--unsandboxed", "--in-the-clear", "--sdk-sandbox"}]

if __name__ == "__main__":
    sys.argv = [part for part in sys.argv if part not in OPTIONS]
    _count_statements()
    signal.signal(signal.SIGUSR1, _write_down)
    if "--in-the-clear" in OPTIONS:
        engine.connection.with_keys = _in_the_clear  # type: ignore[assignment]
        worker.ring_of = lambda _: load_keys(key_file_named(None))  # type: ignore[attr-defined, assignment]
    with patch.object(worker, "Worker", _Measured):
        run_and_leave(partial(typer.run, worker.main))
