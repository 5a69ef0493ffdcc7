"""A server and worker processes to measure: what they do, and the CPU time and memory they use."""

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
    """One server with its state in a file, as `make up` runs it, and worker programs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        log = directory / "server.log"
        self.server = EmbeddedServer(free_port(), None, directory / "temporal.db", log)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.databases: dict[str, int] = {}
        """The parent process ids of database servers, which are measured with all their children."""

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
        """The environment as in service: compiled modules are kept, as the sandbox loads them per case."""
        ours = environment_without_temporal() | {
            VARIABLE: str(self.server.keys),
            "BENCH_COUNTS": str(self.directory / f"{name}.json"),
        }
        ours.pop("PYTHONDONTWRITEBYTECODE", None)
        return ours

    async def ready(self, name: str) -> None:
        """Wait until a program has reported that it takes work."""
        counts = self.directory / f"{name}.json"
        async with asyncio.timeout(READY_SECONDS):
            while not counts.exists():
                if self.running[name].poll() is not None:
                    raise RuntimeError((self.directory / f"{name}.log").read_text())
                await asyncio.sleep(0.05)

    def freeze(self, name: str) -> None:
        """Stop a process, even its polling for work, until `go_on`."""
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
        """The CPU time in seconds that each process has used so far."""
        pids = {SERVER: self.server.pid, **{name: one.pid for name, one in self.running.items()}}
        found = {name: _cpu(pid) for name, pid in pids.items()}
        return found | {name: _cpu_with_children(pid) for name, pid in self.databases.items()}

    def megabytes(self, name: str) -> float:
        """The resident memory of a process."""
        pid = self.server.pid if name == SERVER else self.running[name].pid
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6

    def peak_megabytes(self, name: str) -> float:
        """The peak resident memory of a worker."""
        lines = Path(f"/proc/{self.running[name].pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1e3

    async def counts(self, name: str) -> dict[str, float]:
        """The counts of a measured worker so far."""
        path = self.directory / f"{name}.json"
        path.unlink()
        self.running[name].send_signal(signal.SIGUSR1)
        await self.ready(name)
        found: dict[str, float] = json.loads(path.read_text())
        return found


def _fields(pid: int) -> list[str]:
    """The kernel's fields on a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def _cpu_with_children(parent: int) -> float:
    """The CPU time of a process, its running children, and those that have ended."""
    own = _fields(parent)
    total = _cpu(parent) + (int(own[13]) + int(own[14])) / TICKS
    for path in Path("/proc").glob("[0-9]*"):
        # A process may end after it was listed; its parent then counts it.
        with contextlib.suppress(OSError):
            if int(_fields(int(path.name))[1]) == parent:
                total += _cpu(int(path.name))
    return total


@asynccontextmanager
async def machine(kept: Path | None = None) -> AsyncIterator[tuple[Machine, Client]]:
    """A machine in a directory of its own, which is removed at the end, or in the directory `kept`."""
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
    """The median of these values."""
    return sorted(values)[len(values) // 2]
