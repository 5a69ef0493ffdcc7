"""Two workers at one store: one writes at a time, none is undone, whoever only reads waits for nobody."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from stores import Databases, PostgresqlDatabases

import models.store.databases
from models.messages.steps import Filing
from models.store.chain import verify_chain
from models.store.ledger import credit, debit, post
from models.store.store import PaperKey, Store
from models.store.tables import Account, EntryRow, PaperRow, PersonRow, PostingRow
from rules.values.papers import PaperKind, Side

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
KEY = PaperKey("220100-20260115-AAAAAAAA", PaperKind.DOSSIER_FILING, Side.ISSUED)
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def other(store: Store) -> AsyncIterator[Store]:
    """The same store as another worker process has it open."""
    opened = Store(store.url)
    yield opened
    await opened.close()


async def enter(session: AsyncSession, key: str) -> None:
    """A posting of a fen."""
    sides = (debit(Account.BANK, 1), credit(Account.SUSPENSE, 1))
    await post(session, key, KEY.case_no, NOON, sides, step="receive_funds", paper="remittance")


async def filed(store: Store, version: int = 1) -> None:
    """A paper with a posting of its own."""

    async def draw_up(session: AsyncSession) -> Filing:
        await enter(session, f"version {version}")
        return Filing(bureau="220100", filed_on=date(2026, 3, 2), started_at=NOON)

    await store.file_once(KEY._replace(version=version), Filing, NOON, draw_up)


async def count(store: Store) -> list[int]:
    """How many papers, postings and entries there are."""
    async with store.reading() as session:
        return [
            (await session.exec(select(func.count()).select_from(table))).one()
            for table in (PaperRow, PostingRow, EntryRow)
        ]


async def test_two_worker_processes_that_start_at_once_have_no_effect_twice(databases: Databases) -> None:
    """On a store that is not there yet: both would make it, and both do the same steps."""
    store = Store(await databases.empty("220100"))
    command = [sys.executable, str(Path(__file__).with_name("racer.py")), store.url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    workers = [
        await asyncio.create_subprocess_exec(*command, name, "20", env=environment, stdout=subprocess.PIPE)
        for name in ("first", "second")
    ]
    answers = [(await worker.communicate())[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert answers[0] == answers[1], "both answer with the one paper on file"
    assert len(answers[0]) == 20
    assert await count(store) == [20, 20, 40]
    async with store.reading() as session:
        assert (await verify_chain(session)).broken is None
    await store.close()


async def test_who_waits_for_the_lock_too_long_has_done_nothing_and_is_tried_again(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.store.databases, "LOCK_PATIENCE_SECONDS", 1)
    url = await databases.migrated("220100")
    writer, waiting = Store(url), Store(url)
    async with writer.transaction() as session:
        await enter(session, "slow")
        with pytest.raises(DBAPIError, match="lock"):
            await filed(waiting)
    assert await count(waiting) == [0, 1, 2]
    await filed(waiting)
    assert await count(waiting) == [1, 2, 4]
    await writer.close()
    await waiting.close()


@pytest.fixture
async def neighbours(server: URL) -> AsyncIterator[list[Store]]:
    """Two bureaus in one database, the role of each with a schema of its own as its search path."""
    databases = PostgresqlDatabases(server)
    shared = make_url(await databases.empty("shared"))
    owner = create_async_engine(shared)
    roles = [f"bureau_{os.getpid()}_{key}" for key in ("220100", "222400")]
    async with owner.begin() as connection:
        for role in roles:
            for statement in (
                f"CREATE ROLE {role} LOGIN PASSWORD '{role}'",
                f"CREATE SCHEMA AUTHORIZATION {role}",
                f"ALTER ROLE {role} SET search_path = {role}",
            ):
                await connection.execute(text(statement))
    named = [shared.set(username=role, password=role) for role in roles]
    stores = [Store(url.render_as_string(hide_password=False)) for url in named]
    yield stores
    for store in stores:
        await store.close()
    async with owner.begin() as connection:
        for role in roles:
            await connection.execute(text(f"DROP OWNED BY {role}"))
            await connection.execute(text(f"DROP ROLE {role}"))
    await owner.dispose()
    await databases.drop()


async def test_bureaus_in_schemas_of_one_database_share_nothing_and_wait_for_nobody(
    neighbours: list[Store],
) -> None:
    first, second = neighbours
    await first.open()
    await second.open()
    # Who waited would be told so, when its patience with the lock ends.
    async with first.transaction() as session:
        await enter(session, "first")
        await filed(second)
    assert [await count(each) for each in neighbours] == [[0, 1, 2], [1, 1, 2]]


async def test_who_only_reads_sees_one_instant_and_keeps_nobody_waiting(store: Store, other: Store) -> None:
    await filed(store)
    async with store.reading() as session:
        before = (await session.exec(select(func.count()).select_from(PostingRow))).one()
        await filed(other, 2)
        again = (await session.exec(select(func.count()).select_from(PostingRow))).one()
    assert (before, again) == (1, 1)
    assert (await count(store))[1] == 2


async def test_who_only_reads_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.reading() as session:
            session.add(PersonRow(id_number="222401198604120247", name="崔明玉"))
    async with store.reading() as session:
        assert (await session.exec(select(PersonRow))).all() == []


async def test_who_writes_waits_for_the_one_before_and_reads_what_that_one_wrote(
    store: Store, other: Store
) -> None:
    """Serial on both databases: what a step looks at cannot change before it is done."""
    seen: list[int] = []

    async def count_and_post(where: Store, key: str) -> None:
        async with where.transaction() as session:
            seen.append((await session.exec(select(func.count()).select_from(PostingRow))).one())
            await asyncio.sleep(0.05)
            await enter(session, key)

    await asyncio.gather(*(count_and_post(each, str(i)) for i, each in enumerate((store, other) * 2)))
    assert seen == [0, 1, 2, 3]
