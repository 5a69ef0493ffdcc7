"""The DBOS run of `make bench`: its PostgreSQL, its two processes, and the case on it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from dbos import DBOSClient

from activities.contracts import SEED_ACCOUNTS
from benchmarks.machine import Machine
from benchmarks.peers.dbos_case import CASES, POLL_SECONDS
from benchmarks.people import SECRET, movers
from benchmarks.postgresql import Cluster, find_binaries
from desk.client.case_numbers import case_number
from desk.commands.seed import sealed_batch
from desk.officers.signing import sealed_order
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.stages import Stage
from models.messages.steps import CaseOrder
from models.officers.keys import Demonstration
from models.officers.orders import Listed, OfficersOrder
from models.officers.seals import digest_of
from rules.values.officers import Right

MODULE = "benchmarks.peers.dbos_case"
AS_THE_ENGINES_SERVER = ("synchronous_commit=off",)
"""Corresponds to `synchronous=1` of the SQLite in Temporal's embedded server: a commit does not wait for the
disk, and the data are consistent after a crash."""


class DbosRun:
    """Runs the clean cases of people on DBOS."""

    name = "DBOS"
    processes = ("postgresql", "dbos-platform", "dbos-bureaus")

    def __init__(self, client: Any, on: Machine) -> None:
        self.client = client
        self.on = on
        self.waiting: list[TransferApplication] = []

    async def make_ready(self, size: int) -> None:
        """Load the accounts of people who are about to apply."""
        for name in self.processes[1:]:
            self.on.go_on(name)
        newcomers = movers(size)
        by_bureau: defaultdict[str, list[HistoryFile]] = defaultdict(list)
        for history, _ in newcomers:
            by_bureau[history.bureau].append(history)
        for bureau, histories in by_bureau.items():
            batch = sealed_batch(bureau, histories, demonstration=Demonstration(SECRET))
            await self._done(bureau, "step", bureau, SEED_ACCOUNTS.name, batch.model_dump_json())
        self.waiting += [application for _, application in newcomers]

    async def go(self) -> str:
        application = self.waiting.pop()
        order = CaseOrder(case_no=case_number(application, SECRET), application=application)
        order = order.model_copy(update={"accepted": _accepted(order)})
        ended = await self._done(CASES, "case", datetime.now(UTC).isoformat(), order.model_dump_json())
        if ended != Stage.CLOSED:
            raise AssertionError(f"a case on DBOS ended as {ended}")
        return order.case_no

    def rest(self) -> None:
        """Suspend its processes, which would go on polling their queues."""
        for name in self.processes[1:]:
            self.on.freeze(name)

    async def _done(self, queue: str, workflow: str, *asked: str) -> Any:
        options = {"queue_name": queue, "workflow_name": workflow, "app_version": "bench"}
        handle = await self.client.enqueue_async(options, *asked)
        return await handle.get_result(polling_interval_sec=POLL_SECONDS)


def _accepted(order: CaseOrder) -> OfficersOrder:
    """The order by which an officer of the transfer-in bureau accepts the application."""
    items = (digest_of(order.form_accepted()),)
    bureau, demonstration = order.application.bureau_in, Demonstration(SECRET)
    return sealed_order(Right.APPLY, bureau, Listed(items=items), "", demonstration, items)


@asynccontextmanager
async def dbos(on: Machine) -> AsyncIterator[DbosRun]:
    """DBOS with its own PostgreSQL and its own SQLite stores, like those of the case."""
    cluster = Cluster(find_binaries(), AS_THE_ENGINES_SERVER)
    try:
        await asyncio.to_thread(cluster.start)
        server, workflows, activities = DbosRun.processes
        on.databases[server] = cluster.pid
        database = f"postgresql://postgres@/dbos?host={cluster.directory}"
        stores = f"sqlite+aiosqlite:///{on.directory}/dbos/{{bureau}}.db"
        (on.directory / "dbos").mkdir(exist_ok=True)
        for name, who in ((workflows, "platform"), (activities, "bureaus")):
            on.start(name, MODULE, who, "--database", database, "--stores", stores)
            await on.ready(name)
        client = await asyncio.to_thread(DBOSClient, system_database_url=database)
        try:
            run = DbosRun(client, on)
            run.rest()
            yield run
        finally:
            await asyncio.to_thread(client.destroy)
            for name in (workflows, activities):
                on.go_on(name)
                await asyncio.to_thread(on.stop, name)
            del on.databases[server]
    finally:
        await asyncio.to_thread(cluster.end)
