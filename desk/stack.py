"""The whole system on one machine: an embedded server and worker processes, started and stopped together."""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine.connection import Address

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 40
"""A little longer than a worker lets its running deeds finish."""


@dataclass
class Workers:
    """Worker processes against one server, each with its log file; the stores lie under `state`."""

    address: Address
    state: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> None:
        """Start one worker process under a name; its log goes to `state`/logs."""
        logs = self.state / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        stores = f"sqlite+aiosqlite:///{self.state.resolve()}/stores/{{bureau}}.db"
        command = [sys.executable, str(ROOT / "worker.py"), *arguments, "--store", stores]
        command += ["--address", str(self.address.host), "--namespace", "default"]
        # The embedded server is no other service the user may have set up.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TEMPORAL_")}
        with (logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start_platform(self) -> None:
        self.start("platform", "--platform")

    def start_bureaus(self, name: str, bureaus: Iterable[str]) -> None:
        """One process for these bureaus, a worker and a store for each."""
        self.start(name, *(part for bureau in bureaus for part in ("--bureau", bureau)))

    def dead(self) -> list[str]:
        """The names of processes that have ended by themselves."""
        return [name for name, process in self.running.items() if process.poll() is not None]

    def stop(self) -> None:
        """Let every worker finish what it does, then make sure it is gone."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        for process in self.running.values():
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
