"""A store behind PgBouncer: as good as without it in session mode, refused in every other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
from pooler import pgbouncer, wants_pgbouncer
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession
from stores import PostgresqlDatabases

import models.store.databases
import models.store.postgresql
from models.messages.steps import Filing
from models.store.chain import verify_chain
from models.store.postgresql import UnfitPostgresql
from models.store.store import PaperKey, Store
from rules.values.papers import PaperKind, Side

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
KEY = PaperKey("220100-20260115-AAAAAAAA", PaperKind.DOSSIER_FILING, Side.ISSUED)


@pytest.fixture
async def database(server: URL) -> AsyncIterator[URL]:
    """An empty database, by the server's own address."""
    databases = PostgresqlDatabases(server)
    yield make_url(await databases.empty("pooled"))
    await databases.drop()


def by_way_of(pooler: URL, database: URL) -> Store:
    return Store(pooler.set(database=database.database).render_as_string(hide_password=False))


async def filed(store: Store, version: int) -> None:
    async def draw_up(_: AsyncSession) -> Filing:
        return Filing(bureau="220100", filed_on=date(2026, 3, 2), started_at=NOON)

    await store.file_once(KEY._replace(version=version), Filing, NOON, draw_up)


async def shown(session: AsyncSession, name: str) -> str:
    return str((await (await session.connection()).execute(text(f"SHOW {name}"))).scalar_one())


@wants_pgbouncer
async def test_in_session_mode_a_store_is_opened_and_its_settings_hold(database: URL) -> None:
    with pgbouncer(database, "session") as pooler:
        store = by_way_of(pooler, database)
        await store.open()
        async with store.transaction() as session:
            assert await shown(session, "synchronous_commit") == "on"
            assert await shown(session, "lock_timeout") == "30s"
            assert await shown(session, "transaction_isolation") == "read committed"
            assert await shown(session, "transaction_read_only") == "off"
        async with store.reading() as session:
            assert await shown(session, "transaction_isolation") == "repeatable read"
            assert await shown(session, "transaction_read_only") == "on"
        await store.close()


@wants_pgbouncer
async def test_in_session_mode_workers_wait_for_one_another_and_lose_nothing(database: URL) -> None:
    with pgbouncer(database, "session") as pooler:
        workers = [by_way_of(pooler, database) for _ in range(2)]
        for worker in workers:
            await worker.open()
        await asyncio.gather(*(filed(workers[version % 2], version // 2) for version in range(2, 42)))
        async with workers[0].reading() as session:
            report = await verify_chain(session)
        assert (report.broken, report.verified) == (None, 20)
        for worker in workers:
            await worker.close()


@wants_pgbouncer
async def test_in_session_mode_who_waits_for_the_lock_too_long_is_told(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.store.databases, "LOCK_PATIENCE_SECONDS", 1)
    with pgbouncer(database, "session") as pooler:
        writer, waiting = by_way_of(pooler, database), by_way_of(pooler, database)
        await writer.open()
        async with writer.transaction() as session:
            assert await shown(session, "lock_timeout") == "1s"
            with pytest.raises(DBAPIError, match="lock"):
                await filed(waiting, 1)
        await filed(waiting, 1)
        await writer.close()
        await waiting.close()


@wants_pgbouncer
async def test_in_transaction_mode_a_store_is_refused_each_time_and_nothing_is_made(database: URL) -> None:
    with pgbouncer(database, "transaction") as pooler:
        for _ in range(5):
            store = by_way_of(pooler, database)
            with pytest.raises(UnfitPostgresql, match="pool_mode = session"):
                await store.open()
            await store.close()
    assert await tables(database) == 0


@wants_pgbouncer
async def test_in_statement_mode_a_store_is_refused_in_the_poolers_own_words(database: URL) -> None:
    with pgbouncer(database, "statement") as pooler:
        store = by_way_of(pooler, database)
        with pytest.raises(SQLAlchemyError, match="statement pooling mode"):
            await store.open()
        await store.close()
    assert await tables(database) == 0


@wants_pgbouncer
async def test_a_pooler_with_a_single_connection_to_give_is_refused(
    database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.store.postgresql, "ANSWER_SECONDS", 2)
    with pgbouncer(database, "session", connections=1) as pooler:
        store = by_way_of(pooler, database)
        with pytest.raises(UnfitPostgresql, match="no two connections"):
            await store.open()
        await store.close()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("default_transaction_read_only = on", "transaction_read_only on and must have off"),
        ("default_transaction_isolation = 'serializable'", None),
        ("synchronous_commit = off", None),
    ],
)
async def test_a_default_of_the_database_that_would_undo_a_store_is_overruled_or_refused(
    database: URL, setting: str, told: str | None
) -> None:
    owner = create_async_engine(database)
    async with owner.begin() as connection:
        await connection.execute(text(f'ALTER DATABASE "{database.database}" SET {setting}'))
    await owner.dispose()
    store = Store(database.render_as_string(hide_password=False))
    if told:
        with pytest.raises(UnfitPostgresql, match=told):
            await store.open()
    else:
        await store.open()
    await store.close()


async def tables(database: URL) -> int:
    """How many tables a database has of its own."""
    engine = create_async_engine(database)
    async with engine.connect() as connection:
        counted = await connection.execute(
            text("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
        )
        found = int(counted.scalar_one())
    await engine.dispose()
    return found
