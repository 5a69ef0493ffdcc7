"""The whole system on one machine: an embedded server and worker processes, started and stopped together."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import typer

from engine.address import Address
from engine.children import ending_with_us, environment_without_temporal

Result = TypeVar("Result")

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 40
"""A little longer than a worker waits for its running steps to finish."""
WEB = "web"
"""The name of the process of the web desk."""
TERMINATED = 128 + signal.SIGTERM


def run_orderly(work: Coroutine[Any, Any, Result]) -> Result:
    """Run some work to its end, or cancel it in order on SIGTERM or when the terminal closes."""

    async def interruptible() -> Result:
        task = asyncio.current_task()
        assert task is not None
        for name in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(name) is not signal.SIG_IGN:
                asyncio.get_running_loop().add_signal_handler(name, task.cancel)
        return await work

    try:
        return asyncio.run(interruptible())
    except asyncio.CancelledError:
        raise typer.Exit(TERMINATED) from None


@dataclass
class Workers:
    """Worker processes connected to one server, each with its log file under `state`.

    `stores` is the URL that `worker.py --store` takes; without it, the stores are under `state`, too.
    `bureau_data` is the province's file of its bureaus, if there is one; messages leave by the routes file
    `outgoing`, or as files under `state`.
    """

    address: Address
    state: Path
    stores: str = ""
    bureau_data: Path | None = None
    outgoing: Path | None = None
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stores = self.stores or f"sqlite+aiosqlite:///{self.state.resolve()}/stores/{{bureau}}.db"

    def start(self, name: str, *arguments: str) -> None:
        """Start one worker process under a name; its log goes to `state`/logs."""
        where = ["--address", str(self.address.host), "--namespace", "default"]
        where += ["--keys", str(self.address.keys)]
        outgoing = ["--outgoing", str(self.outgoing or self.state.resolve() / "outgoing")]
        self._start(name, [str(ROOT / "worker.py"), *arguments, "--store", self.stores, *outgoing, *where])

    def start_web(self, port: int) -> None:
        """Start the web desk on a port of the loopback interface."""
        where = ["--address", str(self.address.host), "--namespace", "default"]
        where += ["--keys", str(self.address.keys)]
        self._start(WEB, [str(ROOT / "starter.py"), *where, "web", "--port", str(port)])

    def _start(self, name: str, program: list[str]) -> None:
        logs = self.state / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, *program]
        with (logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                ending_with_us(command),
                cwd=ROOT,
                env=environment_without_temporal(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_platform(self, arrangements: Path | None = None) -> None:
        """Start the province's platform with a file of arrangements, or with the built-in ones."""
        named = ["--arrangements", str(arrangements)] if arrangements else []
        self.start("platform", "--platform", *named)

    def start_bureaus(self, name: str, bureaus: Iterable[str], arrangements: Path | None = None) -> None:
        """Start one process for these bureaus, with a worker and a store for each."""
        named = ["--bureau-data", str(self.bureau_data)] if self.bureau_data else []
        named += ["--arrangements", str(arrangements)] if arrangements else []
        self.start(name, *(part for bureau in bureaus for part in ("--bureau", bureau)), *named)

    def dead(self) -> list[str]:
        """The names of processes that have ended by themselves."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def stop(self) -> None:
        """Let every worker finish its running steps, then kill any that remains."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
