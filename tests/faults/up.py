"""The whole stack as run by `starter.py up`, in processes that can be killed one by one."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from temporalio.client import Client

from engine.address import Address
from engine.connection import connect
from engine.embedded import free_port

ROOT = Path(__file__).parents[2]
MARKS = {"platform": b"--platform", "bureaus": b"--bureau", "server": b"start-dev", "web": b"web"}
"""What identifies each process of the stack in its command line."""
START_SECONDS = 60
STOP_SECONDS = 60


class Up:
    """`starter.py up` on free ports with its state in a directory; it can be started again after it died."""

    def __init__(self, directory: Path) -> None:
        self.log = directory / "up.log"
        self.state = directory / "state"
        self.stores = f"sqlite+aiosqlite:///{self.state}/stores/{{bureau}}.db"
        self.port, self.ui_port, self.web_port = free_ports(3)
        self.process: subprocess.Popen[bytes] | None = None
        self.seen: set[int] = set()

    async def start(self) -> None:
        """Start it and wait for its processes."""
        self.spawn()
        await self.all_there()

    def spawn(self) -> None:
        command = [sys.executable, str(ROOT / "starter.py"), "up", "--state", str(self.state)]
        command += ["--port", str(self.port), "--ui-port", str(self.ui_port)]
        command += ["--web-port", str(self.web_port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def client(self) -> Client:
        return await connect(Address(host=f"127.0.0.1:{self.port}"))

    async def all_there(self) -> dict[str, int]:
        """The process ids by name, as soon as all processes run."""
        assert self.process is not None
        async with asyncio.timeout(START_SECONDS):
            while set(found := self.processes()) != set(MARKS):
                assert self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.05)
        return found

    def processes(self) -> dict[str, int]:
        """The process ids of the processes that run now, by name."""
        assert self.process is not None
        found = {
            name: pid
            for pid in children_of(self.process.pid)
            for name, mark in MARKS.items()
            if mark in command_of(pid)
        }
        self.seen |= set(found.values())
        return found

    async def kill(self, name: str) -> None:
        """Kill a process with kill -9, and wait until it has ended."""
        pid = self.processes()[name]
        os.kill(pid, signal.SIGKILL)
        await gone(pid)

    async def kill_everything(self) -> None:
        """Kill server and workers with kill -9, after the program that would restart them."""
        assert self.process is not None
        pids = await self.all_there()
        for pid in (self.process.pid, *pids.values()):
            kill_if_there(pid)
        self.process.wait()
        await gone(*pids.values())

    async def leave(self, how: signal.Signals) -> int:
        """Send it a signal to stop; returns the exit code."""
        assert self.process is not None
        self.processes()
        self.process.send_signal(how)
        return await asyncio.to_thread(self.process.wait, STOP_SECONDS)

    def left_behind(self) -> set[int]:
        """The processes that it has started and that still run."""
        state = str(self.state).encode()
        return {pid for pid in self.seen if any(state in part for part in command_of(pid))}

    def end(self) -> None:
        """End what still runs, even after a failed test."""
        if self.process and self.running:
            self.processes()
            self.process.kill()
            self.process.wait()
        for pid in self.left_behind():
            kill_if_there(pid)


def free_ports(number: int) -> list[int]:
    """A number of free ports, found together, as separate searches may return the same one twice."""
    found: set[int] = set()
    while len(found) < number:
        found.add(free_port())
    return list(found)


def kill_if_there(pid: int) -> None:
    """kill -9 of a process that may end by itself just now, as what started it has died."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def gone(*pids: int) -> None:
    """Wait until these processes have ended."""
    async with asyncio.timeout(STOP_SECONDS):
        while any(command_of(pid) for pid in pids):  # noqa: ASYNC110 -- a process has no event
            await asyncio.sleep(0.01)


def children_of(pid: int) -> list[int]:
    """The processes that the main thread of a process has started and that still run."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> list[bytes]:
    """The command line of a process; empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:-1]
    except (FileNotFoundError, ProcessLookupError):
        return []
