"""A whole case, and the audit after it, with every bureau's store on PostgreSQL, directly and pooled."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pooler import PooledDatabases, pgbouncer, wants_pgbouncer
from sqlalchemy.engine import URL
from stores import PostgresqlDatabases
from temporalio.testing import WorkflowEnvironment

from desk.client.auditing import audit_books, is_clean
from models.messages.stages import Stage
from models.store.chain import verify_chain
from province import BUREAUS, CHANGCHUN, PATIENCE_SECONDS, YANBIAN, Province, account, application


@pytest.fixture(params=["directly", pytest.param("by a pooler", marks=wants_pgbouncer)])
async def on_postgresql(
    env: WorkflowEnvironment, tmp_path: Path, server: URL, request: pytest.FixtureRequest
) -> AsyncIterator[Province]:
    async with AsyncExitStack() as running:
        databases = PostgresqlDatabases(server)
        if request.param == "by a pooler":
            databases = PooledDatabases(server, running.enter_context(pgbouncer(server, "session")))
        running.push_async_callback(databases.drop)
        province = Province(env, tmp_path, running, databases)
        for bureau in BUREAUS:
            await province.open_store(bureau)
        await province.start()
        yield province
        await province.end_open_cases()


async def test_a_case_closes_on_postgresql_and_the_books_agree(on_postgresql: Province) -> None:
    await on_postgresql.seed(account())
    progress = await (await on_postgresql.apply(application())).result()
    assert (progress.stage, progress.months) == (Stage.CLOSED, 72)
    assert is_clean(await audit_books(on_postgresql.client, BUREAUS, PATIENCE_SECONDS))
    for bureau in (CHANGCHUN, YANBIAN):
        async with on_postgresql.stores[bureau].reading() as session:
            report = await verify_chain(session)
        assert report.broken is None
        assert report.verified > 5
