"""PgBouncer in front of the tests' PostgreSQL, on its own socket, for tests that need it.

It comes with Debian's package `pgbouncer`, which CI installs. Without it these tests are skipped, with the
reason among the last lines of the run.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import URL, make_url
from stores import PostgresqlDatabases

from benchmarks.postgresql import UNPRIVILEGED
from engine.children import ending_with_us

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PORT = 6432
START_SECONDS = 60

wants_pgbouncer = pytest.mark.skipif(
    PROGRAM is None, reason="no PgBouncer: apt-get install pgbouncer (CI does)"
)


@contextmanager
def pgbouncer(server: URL, mode: str, connections: int = 40) -> Iterator[URL]:
    """A pooler that assigns its connections per `session`, `transaction` or `statement`.

    It accepts everybody as the server's superuser; it yields the server's URL through the pooler.
    """
    directory = Path(tempfile.mkdtemp(prefix="transfer-pgbouncer-"))
    settings = directory / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = {_reached(server)}\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\n"
        f"unix_socket_dir = {directory}\nlogfile = {directory}/log\nauth_type = any\n"
        f"pool_mode = {mode}\ndefault_pool_size = {connections}\n"
    )
    if os.geteuid() == 0:
        shutil.chown(directory, UNPRIVILEGED)
        shutil.chown(settings, UNPRIVILEGED)
    process = _started(settings)
    try:
        _await(process, directory)
        yield server.set(host=None, port=PORT, query={"host": str(directory)})
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        shutil.rmtree(directory)


def _reached(server: URL) -> str:
    """The pooler's connection string to the server, for any database."""
    host = server.query.get("host", server.host)
    said = {"host": host, "port": server.port, "user": server.username, "password": server.password}
    return " ".join(f"{name}='{value}'" for name, value in said.items() if value)


def _started(settings: Path) -> "subprocess.Popen[bytes]":
    """Start the process, not as root, as PgBouncer refuses that."""
    who = ["--user", UNPRIVILEGED] if os.geteuid() == 0 else []
    return subprocess.Popen(
        ending_with_us([str(PROGRAM), "--quiet", *who, str(settings)]),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _await(process: "subprocess.Popen[bytes]", directory: Path) -> None:
    """Wait until it listens. Raises RuntimeError with its log if it does not."""
    door, until = str(directory / f".s.PGSQL.{PORT}"), time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(door) == 0:
                return
        time.sleep(0.02)
    log = directory / "log"
    raise RuntimeError(f"PgBouncer did not start: {log.read_text() if log.exists() else ''}")


class PooledDatabases(PostgresqlDatabases):
    """Databases that are created and dropped at the server and used through a pooler."""

    def __init__(self, server: URL, pooler: URL) -> None:
        super().__init__(server)
        self.pooler = pooler

    async def migrated(self, name: str) -> str:
        direct = make_url(await super().migrated(name))
        return self.pooler.set(database=direct.database).render_as_string(hide_password=False)
