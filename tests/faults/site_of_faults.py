"""A server and worker processes in one directory, each of which can be killed, frozen and restarted by name.

The server may be a given service, which is never stopped.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from given_service import flags, given_service, own_namespace
from temporalio.client import Client

from desk.stack import ROOT
from engine.children import ending_with_us
from engine.embedded import EmbeddedServer, free_port
from engine.encryption.keys import VARIABLE
from engine.preparation import prepare

WORKER = ROOT / "worker.py"
STOP_SECONDS = 40
READY_SECONDS = 120
"""The time for programs to stop and start on a machine with other work."""


class Site:
    """One server, and the programs a test runs against it. With `keeps` the server's state outlives it.

    `server` is None if a service is given, which the tests may not kill.
    """

    def __init__(self, directory: Path, stores: str | None = None, *, keeps: bool = False) -> None:
        self.directory = directory
        self.stores = stores or f"sqlite+aiosqlite:///{directory}/stores/{{bureau}}.db"
        database = directory / "temporal.db" if keeps else None
        self.given = given_service()
        self.server = (
            None if self.given else EmbeddedServer(free_port(), None, database, directory / "server.log")
        )
        self.reach = ["--address", str(self.server.address.host)] if self.server else []
        """The flags by which programs connect to the service."""
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._commands: dict[str, list[str]] = {}

    async def open(self) -> Client:
        if self.server is None:
            assert self.given is not None
            if self.given.namespace:
                pytest.skip("the audit at the end wants a namespace without other cases")
            client, address = await own_namespace(self.given)
            self.reach = flags(address)
            return client
        client = await self.server.start()
        await prepare(client)
        return client

    def start(self, name: str, *arguments: str, program: Path = WORKER, given: Sequence[str] = ()) -> None:
        """Run a worker program; `given` are arguments of a test's own program, before the worker's."""
        self._commands[name] = [
            *(sys.executable, str(program), *given, *arguments),
            *("--store", self.stores, *self.reach),
        ]
        self.again(name)

    def start_platform(self, *arguments: str) -> None:
        self.start("platform", "--platform", *arguments)

    def start_bureaus(
        self, name: str, bureaus: Sequence[str], program: Path = WORKER, given: Sequence[str] = ()
    ) -> None:
        """Start one process for these bureaus."""
        wanted = (part for bureau in bureaus for part in ("--bureau", bureau))
        self.start(name, *wanted, program=program, given=given)

    def again(self, name: str) -> None:
        """Start a program as it was started before."""
        with (self.directory / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                ending_with_us(self._commands[name]),
                env={"PYTHONPATH": str(ROOT)} | {name: os.environ[name] for name in ("PATH", VARIABLE)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def send(self, name: str, what: signal.Signals) -> None:
        self.running[name].send_signal(what)

    async def kill(self, name: str) -> None:
        """kill -9 of a worker or of the server, and start it again at once."""
        if name == "server":
            assert self.server is not None
            os.kill(self.server.pid, signal.SIGKILL)
            while not self.server.ended:  # noqa: ASYNC110 -- a process has no event
                await asyncio.sleep(0.01)
            await self.server.start()
            return
        self.running[name].kill()
        self.running[name].wait()
        self.again(name)

    async def watch(self) -> None:
        """Restart what has ended by itself, as systemd does: a worker that finds no server ends."""
        while True:
            for name, process in self.running.items():
                if process.poll() is not None:
                    self.again(name)
            await asyncio.sleep(0.5)

    async def ready(self) -> None:
        """Wait until every program takes work."""
        async with asyncio.timeout(READY_SECONDS):
            while not all("workers_ready" in self.said(name) for name in self.running):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def said(self, name: str) -> str:
        """The log of a program."""
        return (self.directory / f"{name}.log").read_text()

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        """End everything that was started."""
        for process in self.running.values():
            # A frozen process handles no other signal.
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.server is not None:
            self.server.stop()
