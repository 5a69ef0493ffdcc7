"""Statements of a transaction run where they are asked for; what may wait does not hold anything up."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from threading import Event, get_ident

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import select
from stores import SqliteFiles

from models.store.databases import LOCK_PATIENCE_SECONDS, Writing
from models.store.store import Store
from models.store.tables import PersonRow


@pytest.fixture
async def on_sqlite(tmp_path: Path) -> AsyncIterator[Store]:
    opened = Store(await SqliteFiles(tmp_path).migrated("222400"))
    yield opened
    await opened.close()


async def trace(connection: AsyncConnection) -> list[tuple[str, bool]]:
    """From now on the statements of a connection, by first word, and whether each ran in this thread."""
    seen: list[tuple[str, bool]] = []
    here = get_ident()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.set_trace_callback(lambda said: seen.append((said.split()[0], get_ident() == here)))
    return seen


async def test_what_may_wait_for_lock_or_disk_has_a_thread_of_its_own(on_sqlite: Store) -> None:
    async with on_sqlite.transaction() as session:
        seen = await trace(await session.connection())
        await session.exec(select(PersonRow))
    async with on_sqlite.transaction() as session:
        session.add(PersonRow(id_number="222401198604120247", name="崔明玉"))
    apart = [("COMMIT", False), ("BEGIN", False)]
    assert seen == [("SELECT", True), *apart, ("INSERT", True), ("COMMIT", False)]


async def test_whoever_only_reads_may_read_much_and_does_it_elsewhere(on_sqlite: Store) -> None:
    async with on_sqlite.reading() as session:
        seen = await trace(await session.connection())
        await session.exec(select(PersonRow))
    async with on_sqlite.reading() as session:
        await session.exec(select(PersonRow))
    assert seen == [("SELECT", False), ("COMMIT", True), ("BEGIN", True), ("SELECT", False), ("COMMIT", True)]


async def test_a_step_that_is_called_back_while_it_waits_for_the_lock_holds_nobody_up(
    on_sqlite: Store,
) -> None:
    other = Store(on_sqlite.url)

    async def wait_for_the_lock() -> None:
        async with other.transaction() as session:
            await session.connection()

    async with asyncio.timeout(LOCK_PATIENCE_SECONDS / 2), on_sqlite.transaction() as session:
        await session.connection()
        waiting = asyncio.create_task(wait_for_the_lock())
        await asyncio.sleep(0.1)
        waiting.cancel()
        await asyncio.sleep(0.1)
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    await other.close()


async def test_while_an_end_that_was_called_back_goes_on_nothing_else_touches_the_connection(
    tmp_path: Path,
) -> None:
    """Two threads at once in a connection of SQLite can end the process with a segmentation fault."""
    connection = Writing(
        partial(sqlite3.connect, tmp_path / "x.db", isolation_level=None, check_same_thread=False)
    )
    await connection
    await connection.execute("BEGIN IMMEDIATE")
    began, may_end = Event(), Event()
    ran: list[tuple[str, bool]] = []
    here = get_ident()

    def commit() -> None:
        began.set()
        may_end.wait()
        ran.append(("commit", get_ident() == here))

    def read(which: str) -> None:
        ran.append((which, get_ident() == here))

    ending = asyncio.create_task(connection._execute(commit))
    await asyncio.to_thread(began.wait)
    ending.cancel()
    await asyncio.gather(ending, return_exceptions=True)
    following = asyncio.create_task(connection._execute(read, "during"))
    await asyncio.sleep(0)
    assert ran == [], "the end is not through yet"
    may_end.set()
    await following
    await connection._execute(read, "after")
    assert ran == [("commit", False), ("during", False), ("after", True)]
    await connection.close()
