"""Runs that take turns on one machine: the wall time of each, and the CPU time of each process."""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.machine import SERVER, Machine, median
from benchmarks.people import BUREAUS, SECRET, movers
from desk.client.opening import open_case
from desk.commands.seed import seed_all
from engine.encryption.codec import ring_of
from engine.encryption.keys import VARIABLE
from models.messages.application import TransferApplication
from models.messages.stages import Stage
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

ALONE, TOGETHER, AT_ONCE = 6, 40, 20
ROUNDS = 4
"""The number of rounds: the first fills caches; of the others the least disturbed counts."""
WORKER = "benchmarks.measured_worker"
PLATFORM, BUREAUS_WORKER = "platform", "bureaus"


class Run(Protocol):
    """What is run repeatedly; `go` returns the id of the workflow that has ended."""

    name: str
    processes: tuple[str, str, str]
    """The names of the server's process, that of its workflows, and that of its activities."""

    async def make_ready(self, size: int) -> None: ...

    async def go(self) -> str: ...

    def rest(self) -> None:
        """End a round: nothing of the run may load the machine while others are measured."""


class CaseRun:
    """Runs the cases of people, each to its end."""

    processes = (SERVER, PLATFORM, BUREAUS_WORKER)

    def __init__(self, client: Client, name: str = "case") -> None:
        self.client = client
        self.name = name
        self.waiting: list[TransferApplication] = []

    async def make_ready(self, size: int) -> None:
        """Load the accounts of people who are about to apply."""
        newcomers = movers(size)
        await seed_all(self.client, [history for history, _ in newcomers])
        self.waiting += [application for _, application in newcomers]

    async def go(self) -> str:
        case_no = (await open_case(self.client, self.waiting.pop(), SECRET)).case_no
        handle = self.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))
        ended = await handle.result()
        if ended.stage is not Stage.CLOSED:
            raise AssertionError(f"a case of the clean run ended as {ended.stage}")
        return handle.id

    def rest(self) -> None:
        """Nothing to do: its workers only wait for work."""


@dataclass
class Measured:
    """What a run took in each round: seconds, and CPU seconds of server, workflows and activities."""

    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    a_second: list[float] = field(default_factory=list)
    cpu: list[tuple[float, float, float]] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)
    """The counts of the measured workers in the last round, per case."""

    @property
    def least_cpu(self) -> tuple[float, float, float]:
        return min(self.cpu, key=sum)


@dataclass(frozen=True)
class History:
    """What the engine keeps of one workflow."""

    events: Counter[int]
    size: int

    @property
    def activities(self) -> int:
        return self.events[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED]

    @property
    def local_activities(self) -> int:
        return self.events[EventType.EVENT_TYPE_MARKER_RECORDED]

    @property
    def listings(self) -> int:
        return self.events[EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES]

    @property
    def tasks(self) -> int:
        return self.events[EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]


async def history_of(client: Client, workflow_id: str) -> History:
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    size = sum(event.ByteSize() for event in history.events)
    return History(Counter(event.event_type for event in history.events), size)


async def measure(on: Machine, run: Run, found: Measured) -> None:
    """Measure one round: some runs one after the other, then many with several at once."""
    await run.make_ready(ALONE + TOGETHER)
    found.alone.append(median([await timed(run) for _ in range(ALONE)]))
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn() -> float:
        async with turns:
            return await timed(run)

    cpu, counts = on.cpu_seconds(), await counted(on, run)
    begun = time.perf_counter()
    took = await asyncio.gather(*(in_turn() for _ in range(TOGETHER)))
    found.a_second.append(TOGETHER / (time.perf_counter() - begun))
    found.together.append(median(took))
    used = on.cpu_seconds()
    server, workflows, activities = ((used[who] - cpu[who]) / TOGETHER for who in run.processes)
    found.cpu.append((server, workflows, activities))
    found.counts = {what: (n - counts[what]) / TOGETHER for what, n in (await counted(on, run)).items()}


async def timed(run: Run) -> float:
    begun = time.perf_counter()
    await run.go()
    return time.perf_counter() - begun


async def counted(on: Machine, run: Run) -> dict[str, float]:
    """The sums of the counts of a run's measured workers."""
    if not isinstance(run, CaseRun):
        return {}
    told = [await on.counts(name) for name in run.processes[1:]]
    return {what: sum(one[what] for one in told) for what in told[0]}


async def start_workers(on: Machine, *options: str) -> None:
    """Start the workers of platform and bureaus, with additional options."""
    stores = ("--store", f"sqlite+aiosqlite:///{on.directory}/stores/{{bureau}}.db")
    on.start(PLATFORM, WORKER, "--platform", *stores, *options)
    on.start(
        BUREAUS_WORKER, WORKER, *(part for key in BUREAUS for part in ("--bureau", key)), *stores, *options
    )
    for name in (PLATFORM, BUREAUS_WORKER):
        await on.ready(name)


async def in_turn(on: Machine, runs: Sequence[Run]) -> dict[str, Measured]:
    """Measure every run in every round."""
    found = {run.name: Measured() for run in runs}
    for number in range(1, ROUNDS + 1):
        for run in runs:
            print(f"round {number}: {run.name}", file=sys.stderr)
            await measure(on, run, found[run.name])
            run.rest()
    return found


def figures(shown: Table) -> Table:
    """The table, with all columns but the first right-aligned for numbers."""
    for column in shown.columns[1:]:
        column.justify = "right"
    return shown


def in_the_clear(client: Client) -> Client:
    """The same connection without the codec; the officers remain those of its key file."""
    if (ring := ring_of(client)) is not None:
        os.environ[VARIABLE] = str(ring.path)
    return Client(**(client.config() | {"data_converter": pydantic_data_converter}))
