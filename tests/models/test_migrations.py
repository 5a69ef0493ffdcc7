"""The schema: what the migrations make is what the code expects."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel
from stores import Databases

from models.store.chain import verify_chain
from models.store.ledger import credit, debit, post
from models.store.store import MIGRATIONS, Store, UnknownSchema
from models.store.tables import Account, PaperRow

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def differences(connection: Connection, expected: MetaData) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), expected))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_a_new_store_has_exactly_the_tables_the_code_expects(store: Store) -> None:
    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences, SQLModel.metadata) == []
        assert PaperRow.__tablename__ in await connection.run_sync(tables)


async def test_a_table_or_column_that_no_migration_makes_would_be_noticed(store: Store) -> None:
    expected = MetaData()
    for table in SQLModel.metadata.sorted_tables:
        table.to_metadata(expected)
    Table("refund", expected, Column("id", Integer, primary_key=True))
    expected.tables["paper"].append_column(Column("signed_by", String))
    async with store.engine.connect() as connection:
        found = await connection.run_sync(differences, expected)
    assert {(kind, getattr(subject, "name", subject)) for kind, subject, *_ in found} >= {
        ("add_table", "refund"),
        ("add_column", None),
    }


async def test_every_unique_key_that_makes_a_step_harmless_to_repeat_is_in_the_store(store: Store) -> None:
    """The comparison above passes over unnamed constraints in SQLite."""
    expected = {
        (table.name, frozenset(constraint.columns.keys()))
        for table in SQLModel.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
    }
    async with store.engine.connect() as connection:
        assert await connection.run_sync(unique_keys) == expected
    assert ("posting", frozenset({"key"})) in expected
    assert ("paper", frozenset({"case_no", "kind", "version", "side", "reference"})) in expected


def unique_keys(connection: Connection) -> set[tuple[str, frozenset[str]]]:
    found = inspect(connection)
    return {
        (table, frozenset(name for name in constraint["column_names"] if name))
        for table in found.get_table_names()
        for constraint in found.get_unique_constraints(table)
    }


async def test_opening_a_store_twice_is_harmless(databases: Databases) -> None:
    url = await databases.empty("220100")
    for _ in range(2):
        opened = Store(url)
        await opened.open()
        await opened.open()
        async with opened.engine.connect() as connection:
            assert await connection.run_sync(differences, SQLModel.metadata) == []
        await opened.close()


async def test_the_directory_of_a_new_store_is_made(tmp_path: Path) -> None:
    opened = Store(f"sqlite+aiosqlite:///{tmp_path}/stores/changchun/220100.db")
    await opened.open()
    await opened.close()
    assert (tmp_path / "stores" / "changchun" / "220100.db").is_file()


async def test_every_migration_can_be_taken_back(store: Store) -> None:
    async with store.engine.begin() as connection:
        await connection.run_sync(_down_to_nothing)
    async with store.engine.connect() as connection:
        assert await connection.run_sync(tables) == set()
    await store.open()
    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences, SQLModel.metadata) == []


def _down_to_nothing(connection: Connection) -> None:
    command.downgrade(_config(connection), "base")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def test_a_migration_that_breaks_off_leaves_the_store_as_it_was(
    databases: Databases,
) -> None:
    """As when the machine fails with so much of it done: the next worker begins again."""
    store = Store(await databases.empty("new"))
    store.on_disk.create()
    async with store.engine.begin() as connection:
        before = await connection.run_sync(_schema)

    def break_off(connection: Connection) -> None:
        command.upgrade(_config(connection), "head")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        async with store.engine.begin() as connection:
            await connection.run_sync(break_off)
    async with store.engine.connect() as connection:
        assert await connection.run_sync(_schema) == before
    await store.open()
    async with store.reading() as session:
        assert (await verify_chain(session)).broken is None
    await store.close()


def _schema(connection: Connection) -> tuple[set[tuple[str, str]], str | None]:
    """Every column there is, and the revision the store says it has."""
    found = inspect(connection)
    columns = {(table, str(c["name"])) for table in found.get_table_names() for c in found.get_columns(table)}
    return columns, MigrationContext.configure(connection).get_current_revision()


async def test_a_store_that_a_newer_release_has_changed_is_refused_and_left_as_it_is(
    databases: Databases,
) -> None:
    store = Store(await databases.empty("newer"))
    await store.open()
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        before = await connection.run_sync(_schema)
    with pytest.raises(UnknownSchema, match="newer release"):
        await store.open()
    async with store.engine.connect() as connection:
        assert await connection.run_sync(_schema) == before
    await store.close()


async def test_books_are_closed_to_changes(store: Store) -> None:
    """The database refuses what no program of this project does; deletion is tried on each closed table."""
    sides = (debit(Account.BANK, 1), credit(Account.SUSPENSE, 1))
    async with store.transaction() as session:
        await post(session, "one", "case", NOON, sides, step="receive_funds", paper="remittance")
    for statement in ("UPDATE posting SET case_no = 'x'", "DELETE FROM posting", "DELETE FROM entry"):
        with pytest.raises(IntegrityError):
            async with store.engine.begin() as connection:
                await connection.execute(text(statement))
