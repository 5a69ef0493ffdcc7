"""`make bench`: the cost of a clean case, compared with a workflow of twelve empty activities and with DBOS.

There is one server with its state in a file, as under `make up`. Cases run with the platform's worker in one
process and all bureaus in another, each with a SQLite store; the bare workflow has its workflows in one
process and its activities in another; DBOS runs the same steps on the same stores in the same two processes,
and PostgreSQL. All take turns, and the best round counts, as other work disturbs: wall times depend on this
machine, CPU times are by process. `--json` prints one document in place of the tables.
"""

import asyncio
import json
import os
import sys
from itertools import count
from typing import Any

from rich.table import Table
from temporalio.client import Client

from benchmarks.floor import FLOOR_QUEUE, Floor, Steps
from benchmarks.machine import SERVER, Machine, cores, machine
from benchmarks.measuring import (
    AT_ONCE,
    BUREAUS_WORKER,
    PLATFORM,
    ROUNDS,
    CaseRun,
    History,
    Measured,
    Run,
    figures,
    history_of,
    in_the_clear,
    in_turn,
    start_workers,
)
from benchmarks.people import BUREAUS
from desk.screens.screen import console, table


class FloorRun:
    """The bare workflow, with the given numbers of each kind of step."""

    processes = (SERVER, "floor-workflows", "floor-activities")
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

    def rest(self) -> None:
        """Nothing to do: its workers only wait for work."""


async def start_floor(on: Machine) -> None:
    for name in FloorRun.processes[1:]:
        on.start(name, "benchmarks.floor", name.removeprefix("floor-"))
        await on.ready(name)


FLOOR_ACTIVITIES = 12
"""The number of activities of the floor; it does not follow the case's, so that figures stay comparable."""


def floor_runs(client: Client, history: History) -> list[FloorRun]:
    """The runs of the floor, and of workflows between it and a case."""
    activities, local, listings = history.activities, history.local_activities, history.listings
    steps = {
        f"floor: {FLOOR_ACTIVITIES} empty activities": Steps(activities=FLOOR_ACTIVITIES),
        f"{activities} empty activities": Steps(activities=activities),
        f"and {local} empty local activities": Steps(activities=activities, local_activities=local),
        f"and {listings} upserts": Steps(activities=activities, local_activities=local, listings=listings),
    }
    return [FloorRun(client, name, one) for name, one in steps.items()]


async def unsandboxed(on: Machine, client: Client) -> dict[str, Measured]:
    """Measure cases again on the same stores, with workers that run workflow code outside the sandbox."""
    for process in (PLATFORM, BUREAUS_WORKER):
        on.stop(process)
    await start_workers(on, "--unsandboxed")
    return await in_turn(on, [CaseRun(client, "case, no sandbox")])


async def clear() -> dict[str, Measured]:
    """Measure cases whose payloads are not encrypted, on a server and stores of their own: a worker without
    keys cannot read the other cases in the engine, and then enters nothing."""
    async with machine() as (on, client):
        await start_workers(on, "--in-the-clear")
        return await in_turn(on, [CaseRun(in_the_clear(client), CLEAR)])


def ratios(found: dict[str, Measured], case: str, floor: str, peer: str) -> dict[str, float]:
    """The ratios of a case to the floor, for figures of which more is better, and to the peer."""
    a_second, cpu = ({name: of(one) for name, one in found.items()} for of in (_a_second, _cpu))
    return {
        "of_floor_by_wall": a_second[case] / a_second[floor],
        "of_floor_by_cpu": cpu[floor] / cpu[case],
        "cases_a_second_to_peer": a_second[case] / a_second[peer],
        "cpu_to_peer": cpu[case] / cpu[peer],
    }


def _a_second(one: Measured) -> float:
    return max(one.a_second)


def _cpu(one: Measured) -> float:
    return sum(one.least_cpu)


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
    """The numbers of activities, statements, events and bytes of one case, and the time of some."""
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


def document(found: dict[str, Measured], history: History, beside: dict[str, dict[str, float]]) -> str:
    """All figures as JSON, in milliseconds per case unless named otherwise."""
    runs: dict[str, Any] = {}
    for name, one in found.items():
        parts = ("server", "workflows", "activities")
        cpu = {part: seconds * 1000 for part, seconds in zip(parts, one.least_cpu, strict=True)}
        runs[name] = {
            "alone_ms": min(one.alone) * 1000,
            "at_once_ms": min(one.together) * 1000,
            "a_second": _a_second(one),
            "cpu_ms": {"all": _cpu(one) * 1000, **cpu},
            "counts": one.counts,
        }
    made_of = {
        "activities": history.activities,
        "local_activities": history.local_activities,
        "workflow_tasks": history.tasks,
        "listings": history.listings,
        "events": history.events.total(),
        "history_bytes": history.size,
    }
    setting = {"cores": cores(), "load": os.getloadavg()[0], "at_once": AT_ONCE, "rounds": ROUNDS}
    return json.dumps({**setting, "runs": runs, "case": made_of, "ratios": beside}, indent=2)


CASE, CLEAR = "case", "case, in the clear"


async def measured_all(on: Machine, client: Client, *peers: Run) -> tuple[dict[str, Measured], History]:
    """Measure every run on the same workers; also what the engine keeps of one case."""
    await start_workers(on)
    await start_floor(on)
    case = CaseRun(client, CASE)
    await case.make_ready(1)
    history = await history_of(client, await case.go())
    return await in_turn(on, [*floor_runs(client, history), case, *peers]), history


async def run(as_json: bool) -> None:
    """Measure and print."""
    # Only `make bench` installs it.
    from benchmarks.peers.dbos_run import dbos

    async with machine() as (on, client), dbos(on) as peer:
        found, history = await measured_all(on, client, peer)
        found |= await unsandboxed(on, client)
    found |= await clear()
    report(found, history, peer.name, as_json)


def report(found: dict[str, Measured], history: History, peer: str, as_json: bool) -> None:
    """Print the results, as one JSON document or as tables."""
    floor = next(iter(found))
    beside = {name: ratios(found, name, floor, peer) for name in (CASE, CLEAR)}
    if as_json:
        print(document(found, history, beside))
        return
    screen = console()
    screen.print(
        f"{cores()} cores at a load of {os.getloadavg()[0]:.1f}; one server with a file,"
        f" {len(BUREAUS)} bureaus on SQLite, best of {ROUNDS} rounds"
    )
    screen.print(speed(found))
    screen.print(
        "\nof floor: cases a second, by the wall; target 0.9 in the clear. floor's CPU to it: the same by CPU"
        "\ntime, which other work on the machine disturbs less.\n"
    )
    for name, one in beside.items():
        screen.print(
            f"{name}: {one['cpu_to_peer']:.0%} of the CPU of {peer} (target 55 %),"
            f" {one['cases_a_second_to_peer']:.1f} times its cases a second (target 2)"
        )
    screen.print()
    screen.print(cost(found[CASE], history))
    screen.print(f"\nms in all: waits by the clock with {AT_ONCE} cases at once, in the last round.")


if __name__ == "__main__":
    asyncio.run(run("--json" in sys.argv[1:]))
