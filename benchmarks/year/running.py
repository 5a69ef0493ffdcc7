"""A running simulated year: one server with time skipping, its workers, and the driver."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from benchmarks.year.driver import Driver, Notebook, Progressed
from benchmarks.year.moving import BeginsLater
from benchmarks.year.report import report_of
from benchmarks.year.workers import at_work
from benchmarks.year.year import Year
from desk.client.auditing import audit_books
from desk.stack import ROOT
from engine.children import ending_with_us, environment_without_temporal
from engine.embedded import EmbeddedServer, free_port
from engine.encryption.keys import VARIABLE
from engine.preparation import prepare
from rules.values.officers import PROVINCE

AUDIT_PATIENCE_SECONDS = 60
READY_SECONDS, LOOK_SECONDS, STOP_SECONDS = 120, 0.05, 60


@dataclass(frozen=True)
class YearDirectory:
    """The directory in which a year is kept while it runs."""

    directory: Path

    @property
    def year(self) -> Path:
        """The file of what determines the year."""
        return self.directory / "year.json"

    @property
    def notebook(self) -> Path:
        """The file of its cases' progress."""
        return self.directory / "cases.jsonl"

    @property
    def stores(self) -> str:
        return f"sqlite+aiosqlite:///{self.directory}/stores/{{bureau}}.db"


async def simulate(
    year: Year, place: YearDirectory, told: Callable[[Progressed], None], *, processes: bool = True
) -> dict[str, Any]:
    """Run a year in its own directory and return its report; an interrupted year continues there.

    With `processes` the platform has one and the bureaus another, as under `make year`; otherwise all are in
    this one.
    """
    place.directory.mkdir(parents=True, exist_ok=True)
    year.write(place.year)
    server = EmbeddedServer(
        free_port(),
        None,
        place.directory / "temporal.db",
        place.directory / "server.log",
        time_skipping=True,
    )
    try:
        client = await server.start()
        await prepare(client)
        at = _in_processes(server, year, place) if processes else _in_here(client, year, place)
        async with at:
            return await _drive(client, year, place, told)
    finally:
        await asyncio.to_thread(server.stop)


async def _drive(
    client: Client, year: Year, place: YearDirectory, told: Callable[[Progressed], None]
) -> dict[str, Any]:
    begins = BeginsLater()
    config = client.config()
    config["interceptors"] = [*config["interceptors"], begins]
    delayed = Client(**config)
    skipper = TimeSkipper(delayed, config=TimeSkippingConfig(enabled=False))
    notebook = Notebook(place.notebook)
    driver = Driver(year, skipper, begins, notebook, told)
    try:
        await driver.run()
    finally:
        notebook.close()
    for stuck in driver.stuck:
        print(stuck, file=sys.stderr)
    audit = await audit_books(client, year.keys, AUDIT_PATIENCE_SECONDS)
    return report_of(year, notebook.ended.values(), driver.stuck, audit)


@asynccontextmanager
async def _in_here(client: Client, year: Year, place: YearDirectory) -> AsyncIterator[None]:
    async with at_work(client, year, (PROVINCE, *year.keys), place.stores):
        yield


@asynccontextmanager
async def _in_processes(server: EmbeddedServer, year: Year, place: YearDirectory) -> AsyncIterator[None]:
    """Run the platform's worker in one process, and all bureaus' workers in another."""
    groups = {"platform": (PROVINCE,), "bureaus": year.keys}
    running = {name: _start(server, place, name, keys) for name, keys in groups.items()}
    try:
        async with asyncio.timeout(READY_SECONDS):
            for name, process in running.items():
                while not (place.directory / f"{name}.ready").exists():
                    if process.poll() is not None:
                        raise RuntimeError((place.directory / f"{name}.log").read_text())
                    await asyncio.sleep(LOOK_SECONDS)
        yield
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            await asyncio.to_thread(process.wait, STOP_SECONDS)


def _start(
    server: EmbeddedServer, place: YearDirectory, name: str, keys: tuple[str, ...]
) -> "subprocess.Popen[bytes]":
    ready = place.directory / f"{name}.ready"
    ready.unlink(missing_ok=True)
    named = (str(place.year), ",".join(keys), place.stores, str(ready))
    command = [sys.executable, "-m", "benchmarks.year.workers", *named]
    environment = environment_without_temporal() | {VARIABLE: str(server.keys)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (place.directory / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            ending_with_us([*command, "--address", str(server.address.host)]),
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
