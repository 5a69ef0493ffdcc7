"""The real server with its clock moved by hand, real stores, real workers."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest
from servers import start_server
from sqlalchemy.engine import URL
from stores import Cluster, Databases, PostgresqlDatabases, SqliteFiles, find_binaries, given_server
from temporalio.testing import WorkflowEnvironment

from models.store import Store
from province import BUREAUS, Province


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """One Temporal server for the whole run."""
    started = await start_server()
    yield started
    await started.shutdown()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of our own, started by the first test that wants one."""
    started = Cluster(find_binaries())
    try:
        started.start()
        yield started
    finally:
        started.end()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[URL]:
    """A real PostgreSQL: the one named in the environment, or our own."""
    url: URL = given_server() or request.getfixturevalue("cluster").url
    yield url
    asyncio.run(PostgresqlDatabases(url).end())


@pytest.fixture(params=["sqlite", "postgresql"])
async def databases(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Databases]:
    """Both kinds of database, one after the other."""
    made: Databases = SqliteFiles(tmp_path)
    if request.param == "postgresql":
        made = PostgresqlDatabases(request.getfixturevalue("server"))
    yield made
    await made.drop()


@pytest.fixture
async def store(databases: Databases) -> AsyncIterator[Store]:
    """One bureau's store, on both kinds of database."""
    opened = Store(await databases.migrated("220100"))
    yield opened
    await opened.close()


@pytest.fixture
async def province(env: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Province]:
    """The platform and three bureaus, each with its own store and worker, running."""
    async with AsyncExitStack() as running:
        built = Province(env, tmp_path, running)
        for bureau in BUREAUS:
            await built.open_store(bureau)
        yield built
        await built.end_open_cases()


@pytest.fixture
def today() -> date:
    """A day on which the published calendar and the published rates are known."""
    return date(2026, 3, 2)
