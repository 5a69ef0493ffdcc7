"""The schema: what the migrations make is what the code expects."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from first_release import CERTIFICATE, COME, FIRST_RELEASED, GONE, ON
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
from sqlmodel import SQLModel, col, select
from stores import Databases

from models.store.chain import paper_digest, verify_chain
from models.store.ledger import credit, debit, post
from models.store.loaded_records import KIND, LoadedRecord, divergences_of_records
from models.store.records import contributions_here
from models.store.store import MIGRATIONS, PaperKey, Store, UnknownSchema
from models.store.tables import Account, OpeningRow, PaperRow, PostingRow
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.record import ContributionRange, Opening


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
    assert ("paper", frozenset({"case_no", "kind", "version", "side"})) in expected


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


def _as_first_released(connection: Connection) -> None:
    """A store as schema 0001 kept it."""
    command.upgrade(_config(connection), "0001")
    known = MetaData()
    known.reflect(connection)
    for table, rows in FIRST_RELEASED.items():
        connection.execute(known.tables[table].insert(), rows)


@pytest.fixture
async def released(databases: Databases) -> AsyncIterator[Store]:
    """A store of the first released schema with data in it, brought up to date."""
    store = Store(await databases.empty("released"))
    async with store.engine.begin() as connection:
        await connection.run_sync(_as_first_released)
    await store.open()
    yield store
    await store.close()


@pytest.mark.parametrize("last", ["0001", "0002", "0003", "0004", "0005"])
async def test_a_migration_that_breaks_off_leaves_the_store_as_it_was(
    databases: Databases, last: str
) -> None:
    """As when the machine fails with so much of it done: the next worker begins again."""
    store = Store(await databases.empty("released"))
    async with store.engine.begin() as connection:
        await connection.run_sync(_as_first_released)
        before = await connection.run_sync(_schema)

    def break_off(connection: Connection) -> None:
        command.upgrade(_config(connection), last)
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


async def test_a_store_of_the_first_release_has_the_tables_of_this_one(released: Store) -> None:
    async with released.engine.connect() as connection:
        assert await connection.run_sync(differences, SQLModel.metadata) == []


async def test_nothing_written_under_the_first_release_is_lost(released: Store) -> None:
    async with released.engine.connect() as connection:
        for table, rows in FIRST_RELEASED.items():
            columns = [
                SQLModel.metadata.tables[table].c[name] for name in rows[0] if name not in ("kind", "side")
            ]
            found = {tuple(row) for row in await connection.execute(sa.select(*columns))}
            expected = {tuple(row[column.name] for column in columns) for row in rows}
            assert expected <= found, table


async def test_an_opening_of_the_first_release_left_with_its_record(released: Store) -> None:
    async with released.reading() as session:
        openings = await session.exec(select(OpeningRow.relationship_id, OpeningRow.moved_by))
        assert dict(openings.all()) == {1: GONE, 2: GONE, 3: None}
        here = await contributions_here(session, 2)
    assert [(row.first, row.origin_case) for row in here] == [("2020-01", COME)], (
        "what the later case brought"
    )


async def test_postings_of_the_first_release_name_their_step_and_paper(released: Store) -> None:
    async with released.reading() as session:
        found = await session.exec(
            select(PostingRow.id, PostingRow.step, PostingRow.paper).order_by(col(PostingRow.id))
        )
        assert found.all() == [
            (1, "seed_accounts", "opening/1"),
            (2, "remit_and_end_relationship", f"remittance/{GONE}/1"),
            (5, "receive_funds", f"remittance/{COME}/1"),
            (7, "take_in", f"taking-in/{COME}"),
        ]


async def test_papers_of_the_first_release_stand_apart_from_the_answers_about_them(released: Store) -> None:
    async with released.reading() as session:
        papers = {(row.kind, row.side): row for row in (await session.exec(select(PaperRow))).all()}
    assert set(papers) == {
        ("certificate_answer", "issued"),
        ("certificate", "issued"),
        ("letter_registration", "issued"),
        ("information_form", "issued"),
        ("loaded_record", "issued"),
    }
    body = json.dumps(CERTIFICATE, ensure_ascii=False, separators=(",", ":"))
    assert papers["certificate", "issued"].body == body
    assert papers["certificate", "issued"].digest == paper_digest(body)


async def test_what_the_first_release_wrote_is_chained_and_written_on(released: Store) -> None:
    async with released.transaction() as session:
        before = await verify_chain(session)
        sides = (debit(Account.BANK, 1), credit(Account.SUSPENSE, 1))
        await post(session, "later", COME, ON, sides, step="receive_funds", paper="remittance")
        report = await verify_chain(session)
    assert (before.broken, before.verified) == (None, 4 + 4 + 1)
    assert (report.broken, report.verified) == (None, 4 + 4 + 1 + 1)


async def test_the_record_behind_an_opening_of_the_first_release_is_on_file(released: Store) -> None:
    async with released.reading() as session:
        key = PaperKey("", KIND, "issued", 1)
        paper = await released.paper(session, key, LoadedRecord)
        found = [one.subject async for one in divergences_of_records(session, "222400")]
    assert paper is not None
    assert (paper.number, paper.scheme, paper.bureau) == ("opening/1", "G", "222400")
    assert paper.months == (ContributionRange(Month(2020, 1), Month(2020, 12), Fen(6000_00)),)
    assert paper.opening == Opening(2019, Fen(1_00), Fen(0), Fen(2_00))
    assert (paper.individual, paper.pooled) == (0, 5_00)
    assert not any("relationship 1" in subject for subject in found)


async def test_a_migration_taken_back_and_made_again_files_no_record_twice(released: Store) -> None:
    async with released.engine.begin() as connection:
        await connection.run_sync(lambda one: command.downgrade(_config(one), "0004"))
    await released.open()
    async with released.reading() as session:
        report = await verify_chain(session)
    assert (report.broken, report.verified) == (None, 4 + 4 + 1)


async def test_books_of_the_first_release_are_closed_to_changes(released: Store) -> None:
    for statement in ("UPDATE posting SET case_no = 'x'", "DELETE FROM contribution WHERE id = 4"):
        with pytest.raises(IntegrityError):
            async with released.engine.begin() as connection:
                await connection.execute(text(statement))
