"""Bureaus' workers that are killed at the points of a plan, and the supervisor that restarts them.

The supervisor imports everything once and forks a process for each bureau, so a killed worker is back in a
fraction of a second. The worker is the product's own, unchanged, with one more interceptor around its steps
and a listener on its store.
"""

import asyncio
import os
import select
import signal
import sqlite3
import sys
import time
import traceback
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from engine.address import Address
from engine.connection import connect
from models.store.store import Store
from worker import bureau_worker
from workflows.identifiers import case_workflow_id

LOOK_SECONDS = 0.02
CONNECTED_SECONDS = 60
"""Within which the server answers a dozen workers that begin at once: one that gives up dies unplanned."""

FILED = """
SELECT (SELECT count(*) FROM paper WHERE case_no = ?1) + (SELECT count(*) FROM posting WHERE case_no = ?1)
"""
"""Counts a bureau's papers and postings in a case so far. Every step adds at least one."""


class Point(StrEnum):
    """The point of a step at which the process is killed."""

    BEFORE = "taken up, not begun"
    INSIDE = "in the transaction, before the commit"
    AFTER = "committed, not reported"
    REPORTED = "just reported"


class Death(BaseModel, frozen=True):
    """A planned death of a bureau's worker, at a point of a step of a case."""

    case_no: str
    bureau: str
    step: str
    point: Point


class LastWords(BaseModel, frozen=True):
    """What a process writes before it dies; `filed_seen` is what the step's own transaction sees."""

    death: Death
    pid: int
    at: float
    filed_before: int
    filed_seen: int


class Obituary(BaseModel, frozen=True):
    """The supervisor's record of a process that ended; `filed_after` is what its store then held."""

    bureau: str
    signal: int
    words: LastWords | None
    filed_after: int


class Plan(BaseModel, frozen=True):
    """Which bureaus' workers run and where, and the planned deaths, each of which happens once."""

    address: str
    stores: str
    bureaus: tuple[str, ...]
    deaths: tuple[Death, ...]
    directory: Path

    @property
    def book_of_the_dead(self) -> Path:
        return self.directory / "obituaries.jsonl"

    def obituaries(self) -> list[Obituary]:
        """Every process that has ended so far."""
        if not self.book_of_the_dead.exists():
            return []
        return [Obituary.model_validate_json(line) for line in self.book_of_the_dead.read_text().splitlines()]

    def last_words(self, case_no: str) -> Path:
        """The file of a death's last words; it outlives the process, so that no death happens twice."""
        return self.directory / f"{case_no}.json"


def filed(store: str, case_no: str) -> int:
    """How much of a case is on file, as seen outside any transaction."""
    database = make_url(store).database
    assert database is not None
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(FILED, (case_no,)).fetchone()[0])


class Mortality(Interceptor):
    """Watches the steps of one bureau's worker, and kills the process at the planned points."""

    def __init__(self, plan: Plan, bureau: str, client: Client, store: Store) -> None:
        self.plan = plan
        self.client = client
        self.store = store
        self.deaths = {
            (case_workflow_id(death.case_no), death.step): death
            for death in plan.deaths
            if death.bureau == bureau
        }
        self.one_at_a_time = asyncio.Lock()
        event.listen(store.engine.sync_engine, "commit", self.before_commit)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Watched(next, self)

    def due(self, *points: Point) -> Death | None:
        """The death planned for the present step at one of these points, if it has not happened yet."""
        if not activity.in_activity():
            return None
        info = activity.info()
        death = self.deaths.get((info.workflow_id or "", info.activity_type))
        if death is None or death.point not in points or self.plan.last_words(death.case_no).exists():
            return None
        return death

    def before_commit(self, connection: Connection) -> None:
        """Die before a commit if planned, but only in a transaction that files something."""
        if death := self.due(Point.INSIDE):
            before = self.filed(death)
            seen = int(connection.exec_driver_sql(FILED, (death.case_no,)).scalar_one())
            if seen > before:
                self.die(death, before, seen)

    def filed(self, death: Death) -> int:
        return filed(self.store.url, death.case_no)

    def die(self, death: Death, before: int, seen: int) -> None:
        """Kill this process with kill -9: nothing is flushed, closed, rolled back or reported."""
        words = LastWords(death=death, pid=os.getpid(), at=time.time(), filed_before=before, filed_seen=seen)
        # Written whole or not at all: the supervisor may be reading at the same time.
        written = self.plan.last_words(death.case_no)
        part = written.with_suffix(".part")
        part.write_text(words.model_dump_json())
        part.replace(written)
        os.kill(os.getpid(), signal.SIGKILL)

    async def die_when_reported(self, death: Death, activity_id: str, before: int) -> None:
        """Wait until the server holds the result, then die before the process can do much else."""
        handle = self.client.get_workflow_handle(case_workflow_id(death.case_no))
        while True:
            pending = (await handle.describe()).raw_description.pending_activities
            if activity_id not in {one.activity_id for one in pending}:
                self.die(death, before, self.filed(death))
            await asyncio.sleep(LOOK_SECONDS)


class _Watched(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, mortality: Mortality) -> None:
        super().__init__(next)
        self.mortality = mortality
        self.dying: asyncio.Task[None] | None = None

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        mortality = self.mortality
        death = mortality.due(*Point)
        if death:
            # Never released: the next step that is to die is lost with this process and requested again.
            await mortality.one_at_a_time.acquire()
        before = mortality.filed(death) if death else 0
        if death and death.point is Point.BEFORE:
            mortality.die(death, before, before)
        done = await super().execute_activity(input)
        if death and death.point is Point.AFTER:
            mortality.die(death, before, mortality.filed(death))
        if death and death.point is Point.REPORTED:
            reported = mortality.die_when_reported(death, activity.info().activity_id, before)
            self.dying = asyncio.create_task(reported)
        return done


async def work(plan: Plan, bureau: str) -> None:
    """One bureau's worker, until it is killed."""
    client = await connect(Address(host=plan.address), CONNECTED_SECONDS)
    store = Store(plan.stores.format(bureau=bureau))
    await store.open()
    async with bureau_worker(client, bureau, store, [Mortality(plan, bureau, client, store)]):
        await asyncio.Event().wait()


def fork(plan: Plan, bureau: str) -> int:
    """Start a bureau's worker in a forked process; this process has no engine client that would be copied."""
    if pid := os.fork():
        return pid
    try:
        asyncio.run(work(plan, bureau))
    except BaseException:
        traceback.print_exc()
    os._exit(1)


def bury(plan: Plan, bureau: str, pid: int, status: int) -> bool:
    """Record the end of a process; returns False if it was not planned."""
    words = None
    for path in plan.directory.glob("*.json"):
        said = LastWords.model_validate_json(path.read_text())
        words = said if said.pid == pid else words
    after = filed(plan.stores.format(bureau=bureau), words.death.case_no) if words else 0
    ended = Obituary(bureau=bureau, signal=os.WTERMSIG(status), words=words, filed_after=after)
    with plan.book_of_the_dead.open("a") as book:
        book.write(f"{ended.model_dump_json()}\n")
    return words is not None


def supervise(plan: Plan) -> None:
    """Keep one worker per bureau running until standard input is closed; end at an unplanned death."""
    running = {fork(plan, bureau): bureau for bureau in plan.bureaus}
    planned = True
    while planned and not select.select([sys.stdin], [], [], LOOK_SECONDS)[0]:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            bureau = running.pop(pid)
            planned = bury(plan, bureau, pid, status)
            running[fork(plan, bureau)] = bureau
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    supervise(Plan.model_validate_json(Path(sys.argv[1]).read_text()))
