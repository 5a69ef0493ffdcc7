"""Fixtures: a real server with time skipping, real stores, real workers."""

import asyncio
import atexit
import gc
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from given_service import delete_namespaces, given_service, own_namespace
from limited_waits import limits
from servers import start_server
from sqlalchemy.engine import URL
from stores import Databases, PostgresqlDatabases, SqliteFiles, compile_statements_once, given_server
from temporalio.testing import WorkflowEnvironment

import engine.connection
import engine.embedded
from benchmarks.postgresql import Cluster, find_binaries
from engine.encryption.keys import VARIABLE
from models.store.store import Store
from province import BUREAUS, Province

MEASURED = "measured"


hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")
"""Has no deadline: the time of an example depends on what else the machine does."""

LONGER = 5
"""The factor by which a server may take longer to answer or to start than in service."""

FAULTS, HOSTS = "tests/faults", "tests/hosts"


def pytest_collection_finish() -> None:
    """Keep what is imported out of the garbage collector: a pass over it inside a workflow task takes so
    long on a busy machine that the workflow counts as one that does not yield."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The scheduler by which `pytest -n` distributes tests; without xdist this hook is not called."""
    from xdist.scheduler import LoadScopeScheduling

    class TogetherByFile(LoadScopeScheduling):  # type: ignore[misc]
        """Keeps tests of a file together; faults run one after the other, as each loads the machine."""

        def _split_scope(self, nodeid: str) -> str:
            return FAULTS if nodeid.startswith(FAULTS) else nodeid.partition("::")[0]

    return TogetherByFile(config, log)


def pytest_configure() -> None:
    """Restore Ctrl-C and hang-up signals for programs that tests start, even if the suite ignores them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # One file of demonstration keys for everything that tests in this process start.
    directory = tempfile.mkdtemp(prefix="transfer-keys-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    os.environ[VARIABLE] = str(Path(directory) / "keys.json")
    compile_statements_once()
    for module in (engine.connection, engine.embedded):
        pytest.MonkeyPatch().setattr(module, "asyncio", limits(LONGER))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order tests: faults first, as together they take longest, then those that mostly wait for links."""
    items.sort(key=lambda item: (not item.nodeid.startswith(FAULTS), not item.nodeid.startswith(HOSTS)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have reported by `tell`."""
    ran = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    told = [value for one in ran for name, value in one.user_properties if name == MEASURED]
    if told:
        terminalreporter.section(MEASURED)
    for line in told:
        terminalreporter.write_line(line)


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Reports at the end of the run what a test has measured."""
    return partial(record_property, MEASURED)


@pytest.fixture(scope="session", autouse=True)
async def namespaces() -> AsyncIterator[None]:
    """Delete at the end what tests have registered at a given service."""
    yield
    await delete_namespaces()


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """One Temporal server for the whole run: a namespace of the given service, or a server started here."""
    if service := given_service():
        client, _ = await own_namespace(service)
        yield WorkflowEnvironment.from_client(client)
        return
    started = await start_server()
    yield started
    await started.shutdown()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server, started by the first test that needs one."""
    started = Cluster(find_binaries())
    try:
        started.start()
        yield started
    finally:
        started.end()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[URL]:
    """A real PostgreSQL: the one named in the environment, or one started here."""
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
