"""The schema: what the migrations make is what the code expects."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, UniqueConstraint, inspect
from sqlmodel import SQLModel

from models import books
from models.store import MIGRATIONS, Store


def differences(connection: Connection, expected: MetaData) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), expected))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_a_new_store_has_exactly_the_tables_the_code_expects(store: Store) -> None:
    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences, SQLModel.metadata) == []
        assert books.PaperRow.__tablename__ in await connection.run_sync(tables)


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


async def test_every_unique_key_that_makes_a_deed_harmless_to_repeat_is_in_the_store(store: Store) -> None:
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
    assert ("paper", frozenset({"case_no", "kind", "version", "side"})) in expected


def unique_keys(connection: Connection) -> set[tuple[str, frozenset[str]]]:
    found = inspect(connection)
    return {
        (table, frozenset(name for name in constraint["column_names"] if name))
        for table in found.get_table_names()
        for constraint in found.get_unique_constraints(table)
    }


async def test_opening_a_store_twice_is_harmless(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/220100.db"
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
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
