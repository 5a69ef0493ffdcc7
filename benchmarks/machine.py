"""A server and worker processes to be measured: what they do, and what they cost in CPU and memory."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from temporalio.client import Client

from desk.stack import ROOT
from engine.children import ending_with_us, environment_without_temporal
from engine.embedded import EmbeddedServer, free_port
from engine.encryption.keys import VARIABLE
from engine.preparation import prepare

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
SERVER = "server"
STOP_SECONDS = 60
READY_SECONDS = 120


class Machine:
    """One server with its state in a file, as `make up` runs it, and programs beside it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        log = directory / "server.log"
        self.server = EmbeddedServer(free_port(), None, directory / "temporal.db", log)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.databases: dict[str, int] = {}
        """Servers that are measured with all their children, by the process that started these."""

    def start(self, name: str, module: str, *arguments: str) -> None:
        """Run a module of this package as a process."""
        (self.directory / f"{name}.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", module, *arguments, "--address", str(self.server.address.host)]
        with (self.directory / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                ending_with_us(command),
                cwd=ROOT,
                env=self._environment(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _environment(self, name: str) -> dict[str, str]:
        """As in service: with compiled modules kept, which the sandbox loads anew for every case."""
        ours = environment_without_temporal() | {
            VARIABLE: str(self.server.keys),
            "BENCH_COUNTS": str(self.directory / f"{name}.json"),
        }
        ours.pop("PYTHONDONTWRITEBYTECODE", None)
        return ours

    async def ready(self, name: str) -> None:
        """Wait until a program has written that it takes work."""
        counts = self.directory / f"{name}.json"
        async with asyncio.timeout(READY_SECONDS):
            while not counts.exists():
                if self.running[name].poll() is not None:
                    raise RuntimeError((self.directory / f"{name}.log").read_text())
                await asyncio.sleep(0.05)

    def freeze(self, name: str) -> None:
        """Have a process do nothing until `go_on`, not even ask for work."""
        self.running[name].send_signal(signal.SIGSTOP)

    def go_on(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGCONT)

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.terminate()
        process.wait(timeout=STOP_SECONDS)

    def stop_all(self) -> None:
        for name in list(self.running):
            self.stop(name)
        self.server.stop()

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time that every process has used so far."""
        pids = {SERVER: self.server.pid, **{name: one.pid for name, one in self.running.items()}}
        found = {name: _cpu(pid) for name, pid in pids.items()}
        return found | {name: _cpu_with_children(pid) for name, pid in self.databases.items()}

    def megabytes(self, name: str) -> float:
        """Resident memory of a process."""
        pid = self.server.pid if name == SERVER else self.running[name].pid
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6

    def peak_megabytes(self, name: str) -> float:
        """The most resident memory a worker has had."""
        lines = Path(f"/proc/{self.running[name].pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1e3

    async def counts(self, name: str) -> dict[str, float]:
        """What a measured worker has counted so far."""
        path = self.directory / f"{name}.json"
        path.unlink()
        self.running[name].send_signal(signal.SIGUSR1)
        await self.ready(name)
        found: dict[str, float] = json.loads(path.read_text())
        return found


def _fields(pid: int) -> list[str]:
    """What the kernel tells of a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def _cpu_with_children(parent: int) -> float:
    """Of a process, its children that run, and those that have ended."""
    own = _fields(parent)
    total = _cpu(parent) + (int(own[13]) + int(own[14])) / TICKS
    for path in Path("/proc").glob("[0-9]*"):
        # A process may end between the listing and the look at it; its parent counts it then.
        with contextlib.suppress(OSError):
            if int(_fields(int(path.name))[1]) == parent:
                total += _cpu(int(path.name))
    return total


@asynccontextmanager
async def machine(kept: Path | None = None) -> AsyncIterator[tuple[Machine, Client]]:
    """A machine in a directory of its own, removed in the end; or in one that is `kept`, as it was left."""
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="transfer-bench-") as directory:
        built = Machine(Path(directory))
        try:
            client = await built.server.start()
            await prepare(client)
            yield built, client
        finally:
            await asyncio.to_thread(built.stop_all)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return sorted(values)[len(values) // 2]
