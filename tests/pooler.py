"""PgBouncer before the tests' PostgreSQL, for the test that wants one, on a socket of its own.

Debian's package `pgbouncer` has it, and CI installs that. Without it the tests about it are skipped, with the
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
    """A pooler that lends its connections for a `session`, a `transaction` or a `statement`.

    It lets in everybody, as the superuser of the server; what it gives is the server's URL by way of it.
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
    """How the pooler reaches the server, whatever the database."""
    host = server.query.get("host", server.host)
    said = {"host": host, "port": server.port, "user": server.username, "password": server.password}
    return " ".join(f"{name}='{value}'" for name, value in said.items() if value)


def _started(settings: Path) -> "subprocess.Popen[bytes]":
    """The process, not as root, which PgBouncer refuses to be."""
    who = ["--user", UNPRIVILEGED] if os.geteuid() == 0 else []
    return subprocess.Popen(
        ending_with_us([str(PROGRAM), "--quiet", *who, str(settings)]),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _await(process: "subprocess.Popen[bytes]", directory: Path) -> None:
    """Until it listens. Raises RuntimeError with its log when it does not."""
    door, until = str(directory / f".s.PGSQL.{PORT}"), time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(door) == 0:
                return
        time.sleep(0.02)
    log = directory / "log"
    raise RuntimeError(f"PgBouncer did not start: {log.read_text() if log.exists() else ''}")


class PooledDatabases(PostgresqlDatabases):
    """Databases that are made and dropped at the server and used by way of a pooler."""

    def __init__(self, server: URL, pooler: URL) -> None:
        super().__init__(server)
        self.pooler = pooler

    async def migrated(self, name: str) -> str:
        direct = make_url(await super().migrated(name))
        return self.pooler.set(database=direct.database).render_as_string(hide_password=False)
