"""`make bench`: what a case on the clean run costs, beside a bare workflow with twelve empty activities.

One server with its state in a file, as under `make up`. Cases have the platform's worker in one process and
all bureaus in another, a SQLite store for each; the bare workflow has its workflows in one process and its
activities in another. Both take turns, and of the rounds the best counts, since other work disturbs: wall
times are what this machine gives, CPU times by process say who uses it.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from benchmarks.floor import FLOOR_QUEUE, Floor, Steps
from benchmarks.machine import Machine, cores, machine, median
from benchmarks.people import BUREAUS, SECRET, movers
from desk.client.opening import open_case
from desk.commands.seed import seed_all
from desk.screens.screen import console, table
from models.messages.application import TransferApplication
from models.messages.stages import Stage
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

ALONE, TOGETHER, AT_ONCE = 6, 40, 20
ROUNDS = 2
WORKER = "benchmarks.measured_worker"
PLATFORM, BUREAUS_WORKER = "platform", "bureaus"


class Run(Protocol):
    """What is gone again and again; `go` gives the id of the workflow that has ended."""

    name: str
    processes: tuple[str, str]
    """Where its workflows and where its activities run."""

    async def make_ready(self, size: int) -> None: ...

    async def go(self) -> str: ...


class CaseRun:
    """The case of one person after the other, to its end."""

    processes = (PLATFORM, BUREAUS_WORKER)

    def __init__(self, client: Client, name: str = "case") -> None:
        self.client = client
        self.name = name
        self.waiting: list[TransferApplication] = []

    async def make_ready(self, size: int) -> None:
        """People with accounts, about to apply."""
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


class FloorRun:
    """The bare workflow, with so much of each kind in it."""

    processes = ("floor-workflows", "floor-activities")
    _numbers = count()

    def __init__(self, client: Client, name: str, steps: Steps) -> None:
        self.client = client
        self.name = name
        self.steps = steps

    async def make_ready(self, size: int) -> None: ...

    async def go(self) -> str:
        number = f"floor/{next(self._numbers)}"
        await self.client.execute_workflow(Floor.run, self.steps, id=number, task_queue=FLOOR_QUEUE)
        return number


@dataclass
class Measured:
    """What a run took, a value for each round; seconds, and CPU seconds of server, workflows, activities."""

    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    a_second: list[float] = field(default_factory=list)
    cpu: list[tuple[float, float, float]] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)
    """What the measured workers counted in the last round, each."""

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
    """One round: some alone, one after the other, then many with so many at once."""
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
    server, workflows, activities = ((used[who] - cpu[who]) / TOGETHER for who in ("server", *run.processes))
    found.cpu.append((server, workflows, activities))
    found.counts = {what: (n - counts[what]) / TOGETHER for what, n in (await counted(on, run)).items()}


async def timed(run: Run) -> float:
    begun = time.perf_counter()
    await run.go()
    return time.perf_counter() - begun


async def counted(on: Machine, run: Run) -> dict[str, float]:
    """The counts of the measured workers of a run together."""
    if not isinstance(run, CaseRun):
        return {}
    told = [await on.counts(name) for name in run.processes]
    return {what: sum(one[what] for one in told) for what in told[0]}


async def start_workers(on: Machine, *options: str) -> None:
    """Platform and bureaus, as they are but for some options."""
    stores = ("--store", f"sqlite+aiosqlite:///{on.directory}/stores/{{bureau}}.db")
    on.start(PLATFORM, WORKER, "--platform", *stores, *options)
    on.start(
        BUREAUS_WORKER, WORKER, *(part for key in BUREAUS for part in ("--bureau", key)), *stores, *options
    )
    for name in (PLATFORM, BUREAUS_WORKER):
        await on.ready(name)


async def start_floor(on: Machine) -> None:
    for name in FloorRun.processes:
        on.start(name, "benchmarks.floor", name.removeprefix("floor-"))
        await on.ready(name)


FLOOR_ACTIVITIES = 12
"""The floor that cases are held to, however many activities a case has: figures of different days compare."""


def floor_runs(client: Client, history: History) -> list[FloorRun]:
    """The floor, and the steps from it towards a case."""
    activities, local, listings = history.activities, history.local_activities, history.listings
    steps = {
        f"floor: {FLOOR_ACTIVITIES} empty activities": Steps(activities=FLOOR_ACTIVITIES),
        f"{activities} empty activities": Steps(activities=activities),
        f"and {local} empty local activities": Steps(activities=activities, local_activities=local),
        f"and {listings} upserts": Steps(activities=activities, local_activities=local, listings=listings),
    }
    return [FloorRun(client, name, one) for name, one in steps.items()]


async def in_turn(on: Machine, runs: Sequence[Run]) -> dict[str, Measured]:
    """Every run in every round."""
    found = {run.name: Measured() for run in runs}
    for number in range(1, ROUNDS + 1):
        for run in runs:
            print(f"round {number}: {run.name}", file=sys.stderr)
            await measure(on, run, found[run.name])
    return found


async def variant(on: Machine, client: Client, name: str, option: str) -> dict[str, Measured]:
    """Cases again, with workers started with another option."""
    for process in CaseRun.processes:
        on.stop(process)
    await start_workers(on, option)
    return await in_turn(on, [CaseRun(client, name)])


def speed(found: dict[str, Measured]) -> Table:
    """Wall and CPU times, with the ratio to the first row."""
    shown = table(
        "",
        *("alone, ms", f"{AT_ONCE} at once, ms", "a second", "of floor"),
        *("CPU ms", "server", "workflows", "activities", "floor's CPU to it"),
    )
    floor = next(iter(found.values()))
    for name, one in found.items():
        cpu = [part * 1000 for part in (sum(one.least_cpu), *one.least_cpu)]
        shown.add_row(
            name,
            f"{min(one.alone) * 1000:.0f}",
            f"{min(one.together) * 1000:.0f}",
            f"{max(one.a_second):.1f}",
            f"{max(one.a_second) / max(floor.a_second):.2f}",
            *(f"{part:.0f}" for part in cpu),
            f"{sum(floor.least_cpu) / sum(one.least_cpu):.2f}",
        )
    return figures(shown)


def cost(case: Measured, history: History) -> Table:
    """What one case is made of."""
    counts = case.counts
    shown = table("a case of the clean run", "number", "ms in all")
    rows: list[tuple[str, float, float | None]] = [
        ("activities", history.activities, counts["activity_seconds"]),
        ("local activities", history.local_activities, counts["local_activity_seconds"]),
        ("SQL statements", counts["statements"], counts["statement_seconds"]),
        ("commits", counts["commits"], counts["commit_seconds"]),
        ("workflow tasks", history.tasks, None),
        ("upserts of search attributes", history.listings, None),
        ("events", history.events.total(), None),
        ("history, bytes", history.size, None),
    ]
    for what, number, seconds in rows:
        shown.add_row(what, f"{number:,.0f}", "" if seconds is None else f"{seconds * 1000:.0f}")
    return figures(shown)


def figures(shown: Table) -> Table:
    """A table whose columns, but for the first, are numbers."""
    for column in shown.columns[1:]:
        column.justify = "right"
    return shown


async def run() -> None:
    """Measure and print."""
    async with machine() as (on, client):
        await start_workers(on)
        await start_floor(on)
        case = CaseRun(client)
        await case.make_ready(1)
        history = await history_of(client, await case.go())
        found = await in_turn(on, [*floor_runs(client, history), case])
        found |= await variant(on, client, "case, no sandbox", "--unsandboxed")
        found |= await variant(on, client, "case, synchronous=NORMAL", "--synchronous-normal")
    screen = console()
    screen.print(
        f"{cores()} cores; one server with a file, {len(BUREAUS)} bureaus on SQLite, best of {ROUNDS} rounds"
    )
    screen.print(speed(found))
    screen.print(
        "\nof floor: cases a second, by the wall; target 0.7. floor's CPU to it: the same by CPU time,\n"
        "which other work on the machine disturbs less.\n"
    )
    screen.print(cost(found[case.name], history))
    screen.print(f"\nms in all: waits by the clock with {AT_ONCE} cases at once, in the last round.")


if __name__ == "__main__":
    asyncio.run(run())
