"""A bureau's store: each paper once with its effects, or neither; nothing personal in an error."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import BigInteger, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError, StatementError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from stores import Databases, PostgresqlDatabases, lift_protection
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter, DefaultFailureConverter

import models.store.store
from benchmarks.postgresql import Cluster
from models.messages.steps import Filing
from models.store.databases import StoreOfAnother, StoreOpenToOthers, StoreOutOfReach, StoreReplaced
from models.store.ledger import credit, debit, post
from models.store.store import PaperKey, Store
from models.store.tables import Account, ContributionRow, EntryRow, PaperRow, PersonRow, PostingRow
from province import WORKER
from rules.values.officers import PROVINCE
from rules.values.papers import PaperKind, Side
from rules.values.record import MonthKind

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
KEY = PaperKey("220100-20260115-AAAAAAAA", PaperKind.DOSSIER_FILING, Side.ISSUED)
ID_NUMBER = "222401198604120247"

DrawUp = Callable[[AsyncSession], Awaitable[Filing]]


@pytest.fixture
async def other(store: Store) -> AsyncIterator[Store]:
    """The same store as another worker process has it open."""
    opened = Store(store.url)
    yield opened
    await opened.close()


async def test_a_store_keeps_whose_it_is_and_is_opened_for_nobody_else(databases: Databases) -> None:
    """By one wrong line in a file of settings two bureaus would keep one ledger, for good."""
    url = await databases.empty("220100")
    for whose in ("220100", "220100", ""):
        opened = Store(url)
        await opened.open(whose)
        await opened.close()
    for whose in ("222400", PROVINCE):
        opened = Store(url)
        with pytest.raises(StoreOfAnother, match="it is the store of 220100"):
            await opened.open(whose)
        await opened.close()


def drawing_up(by: str, posted: str = "one") -> DrawUp:
    """Draws up a paper signed by someone, and posts a fen under a key with it."""

    async def draw_up(session: AsyncSession) -> Filing:
        await post(
            session,
            posted,
            KEY.case_no,
            NOON,
            (debit(Account.BANK, 1), credit(Account.POOLED_FUND, 1)),
            step="file_dossier",
            paper="dossier",
        )
        return Filing(bureau=by, filed_on=date(2026, 3, 2), started_at=NOON)

    return draw_up


async def count(store: Store, *tables: type[PaperRow] | type[PostingRow] | type[EntryRow]) -> list[int]:
    async with store.transaction() as session:
        return [(await session.exec(select(func.count()).select_from(table))).one() for table in tables]


async def test_a_paper_asked_for_again_is_the_one_on_file(store: Store) -> None:
    first = await store.file_once(KEY, Filing, NOON, drawing_up("first"))
    again = await store.file_once(KEY, Filing, NOON + timedelta(days=3), drawing_up("second"))
    assert first == again
    assert again.bureau == "first"
    assert await count(store, PaperRow, PostingRow, EntryRow) == [1, 1, 2]


@pytest.mark.parametrize("attempt", range(5))
async def test_of_two_workers_at_once_one_carries_out_the_step_and_both_get_its_paper(
    store: Store, other: Store, attempt: int
) -> None:
    papers = await asyncio.gather(
        store.file_once(KEY, Filing, NOON, drawing_up("first", posted="by the first")),
        other.file_once(KEY, Filing, NOON, drawing_up("second", posted="by the second")),
    )
    assert papers[0] == papers[1]
    assert await count(store, PaperRow, PostingRow, EntryRow) == [1, 1, 2]
    async with store.transaction() as session:
        posted = (await session.exec(select(PostingRow.key))).one()
    assert posted == f"by the {papers[0].bureau}"


async def test_a_paper_another_worker_filed_in_the_meantime_is_the_answer(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two transactions may overlap, both look and see nothing; the unique key decides."""
    await other.file_once(KEY, Filing, NOON, drawing_up("other"))
    look = models.store.store._on_file
    looks: list[PaperKey] = []

    async def too_early(session: AsyncSession, key: PaperKey) -> str | None:
        looks.append(key)
        return None if len(looks) == 1 else await look(session, key)

    monkeypatch.setattr(models.store.store, "_on_file", too_early)
    filed = await store.file_once(KEY, Filing, NOON, drawing_up("late", posted="another key"))
    assert filed.bureau == "other"
    assert len(looks) == 2
    assert await count(store, PaperRow, PostingRow, EntryRow) == [1, 1, 2]


async def test_a_step_that_breaks_off_half_way_leaves_nothing(store: Store) -> None:
    drawn_up = drawing_up("first")

    async def break_off(session: AsyncSession) -> Filing:
        await drawn_up(session)
        session.add(PersonRow(id_number=ID_NUMBER, name="崔明玉"))
        await session.flush()
        raise RuntimeError("power failure")

    with pytest.raises(RuntimeError, match="power failure"):
        await store.file_once(KEY, Filing, NOON, break_off)
    assert await count(store, PaperRow, PostingRow, EntryRow) == [0, 0, 0]
    async with store.transaction() as session:
        assert (await session.exec(select(PersonRow))).all() == []
    filed = await store.file_once(KEY, Filing, NOON, drawn_up)
    assert (filed.bureau, filed.filed_on, filed.started_at) == ("first", date(2026, 3, 2), NOON)


async def test_a_transaction_sees_what_is_on_file_and_what_it_files_itself(store: Store) -> None:
    papers = [Filing(bureau=by, filed_on=date(2026, 3, 2), started_at=NOON) for by in ("first", "second")]
    versions = [KEY._replace(version=number) for number in (1, 2)]
    async with store.transaction() as session:
        papers[0] = await store.file(session, versions[0], NOON, papers[0])
    async with store.transaction() as session:
        assert await store.paper(session, versions[1], Filing) is None
        papers[1] = await store.file(session, versions[1], NOON, papers[1])
        assert await store.paper(session, versions[1], Filing) == papers[1]
        assert await store.papers(session, KEY.case_no, KEY.kind, KEY.side, Filing) == papers
    async with store.reading() as session:
        assert await store.papers(session, KEY.case_no, KEY.kind, KEY.side, Filing) == papers


async def test_a_step_that_would_post_under_a_used_key_fails_and_files_no_paper(store: Store) -> None:
    await store.file_once(KEY, Filing, NOON, drawing_up("first"))
    with pytest.raises(IntegrityError):
        await store.file_once(KEY._replace(version=2), Filing, NOON, drawing_up("second"))
    assert await count(store, PaperRow, PostingRow, EntryRow) == [1, 1, 2]


async def test_versions_and_sides_of_a_paper_are_papers_of_their_own(store: Store) -> None:
    keys = (
        KEY,
        KEY._replace(version=2),
        KEY._replace(side=Side.RECEIVED),
        KEY._replace(case_no="another"),
        KEY._replace(reference="R-1"),
    )
    for number, key in enumerate(keys):
        await store.file_once(key, Filing, NOON, drawing_up(str(number), posted=str(number)))
    async with store.transaction() as session:
        found = [await store.paper(session, key, Filing) for key in keys]
        absent = await store.paper(session, KEY._replace(version=3), Filing)
    assert [filing.bureau for filing in found if filing] == ["0", "1", "2", "3", "4"]
    assert absent is None


SETTINGS: dict[str, dict[str, object]] = {
    "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2, "PRAGMA foreign_keys": 1},
    "postgresql": {"SHOW synchronous_commit": "on", "SHOW transaction_isolation": "read committed"},
}
"""What a store's connections must be set to; synchronous 2 is FULL, every commit synced."""


async def test_what_is_reported_done_is_on_the_disk(store: Store) -> None:
    async with store.engine.connect() as connection:
        for question, answer in SETTINGS[connection.dialect.name].items():
            assert (await connection.execute(text(question))).scalar_one() == answer


async def test_months_of_nobody_cannot_be_recorded(store: Store) -> None:
    row = ContributionRow(
        relationship_id=404,
        first="2020-01",
        last="2020-12",
        base=1,
        kind=MonthKind.REGULAR,
        origin_bureau="220100",
    )
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        async with store.transaction() as session:
            session.add(row)


async def test_an_instant_keeps_its_moment_and_must_have_a_zone(store: Store) -> None:
    await store.file_once(KEY, Filing, NOON, drawing_up("first"))
    async with store.transaction() as session:
        assert (await session.exec(select(PaperRow.at))).one() == NOON
    with pytest.raises(StatementError, match="zone"):
        await store.file_once(
            KEY._replace(version=2), Filing, NOON.replace(tzinfo=None), drawing_up("second", "two")
        )


async def enter_twice(store: Store) -> None:
    async with store.transaction() as session:
        session.add(PersonRow(id_number=ID_NUMBER, name="崔明玉"))
        session.add(PersonRow(id_number=ID_NUMBER, name="崔明玉"))


async def ask_wrongly(store: Store) -> None:
    async with store.transaction() as session:
        await session.exec(
            select(PersonRow).where(col(PersonRow.id_number) == ID_NUMBER, text("no_such_column = 1"))
        )


async def ask_for_a_text_as_a_number(store: Store) -> None:
    async with store.transaction() as session:
        amount = func.abs(col(PersonRow.id_number).op("||")(":").cast(BigInteger))
        await session.exec(select(PersonRow).where(amount > 0))
        await (await session.connection()).execute(text("SELECT no_such_function(:who)"), {"who": ID_NUMBER})


async def leave_out_a_name(store: Store) -> None:
    async with store.transaction() as session:
        statement = text("INSERT INTO person (id_number, name) VALUES (:who, NULL)")
        await (await session.connection()).execute(statement, {"who": ID_NUMBER})


MISTAKES = (enter_twice, ask_wrongly, ask_for_a_text_as_a_number, leave_out_a_name)


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.__name__ for mistake in MISTAKES])
async def test_no_id_number_and_no_name_stand_in_an_error_of_the_store(
    store: Store, mistake: Callable[[Store], Awaitable[None]]
) -> None:
    """Nor in what led to it: logs print the whole chain of causes, and the engine keeps it."""
    async with store.transaction() as session:
        session.add(PersonRow(id_number=WORKER, name="孙立国"))
    with pytest.raises(SQLAlchemyError) as raised:
        await mistake(store)
    failure = Failure()
    DefaultFailureConverter().to_failure(raised.value, DataConverter.default.payload_converter, failure)
    said = [str(failure), *traceback.format_exception(raised.value)]
    error: BaseException | None = raised.value
    while error is not None:
        said += [str(error), repr(error)]
        error = error.__cause__ or error.__context__
    assert len(said) > 3
    for personal in (ID_NUMBER, WORKER, "崔", "孙"):
        assert not [line for line in said if personal in line]


async def test_a_store_outlives_a_restart_of_its_postgresql(cluster: Cluster) -> None:
    databases = PostgresqlDatabases(cluster.url)
    store = Store(await databases.migrated("restarted"))
    await store.file_once(KEY, Filing, NOON, drawing_up("before"))
    cluster.stop("immediate")
    with pytest.raises((DBAPIError, OSError)):
        await store.file_once(KEY._replace(version=2), Filing, NOON, drawing_up("meanwhile", "meanwhile"))
    cluster.resume()
    await store.file_once(KEY._replace(version=2), Filing, NOON, drawing_up("after", "after"))
    assert await count(store, PaperRow, PostingRow) == [2, 2]
    await store.close()
    await databases.drop()


@pytest.fixture
def for_everybody() -> Iterator[Path]:
    """A directory that every user of the machine may pass through."""
    with TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


async def opens(directory: Path) -> None:
    opened = Store(f"sqlite+aiosqlite:///{directory}/220100.db")
    try:
        await opened.open()
    finally:
        await opened.close()


async def test_a_new_store_and_the_directory_made_for_it_are_for_its_owner_alone(for_everybody: Path) -> None:
    await opens(for_everybody / "stores")
    made = for_everybody / "stores"
    assert [path.stat().st_mode & 0o777 for path in (made, made / "220100.db")] == [0o700, 0o600]


@pytest.mark.parametrize("beside", ["", "-wal"])
async def test_a_store_that_others_on_the_machine_can_read_is_not_opened(
    for_everybody: Path, beside: str
) -> None:
    """A copy put in its place under another umask; a `-wal` that is left from before it was closed."""
    file = for_everybody / f"220100.db{beside}"
    await opens(for_everybody)
    with_rights(file, 0o644)
    with pytest.raises(StoreOpenToOthers, match=f"others on this machine can read {file}; `chmod o= {file}`"):
        await opens(for_everybody)
    with_rights(file, 0o640)
    await opens(for_everybody)
    with_rights(file, 0o644)
    with_rights(for_everybody, 0o750)
    await opens(for_everybody)


def with_rights(path: Path, rights: int) -> None:
    """Gives a file or a directory these rights; SQLite may have taken the file away meanwhile."""
    path.touch()
    path.chmod(rights)


@pytest.mark.parametrize("how", ["deleted", "another in its place"])
async def test_a_store_whose_file_was_replaced_takes_nothing_in(tmp_path: Path, how: str) -> None:
    file = tmp_path / "220100.db"
    opened = Store(f"sqlite+aiosqlite:///{file}")
    await opened.open()
    try:
        async with opened.transaction():
            pass
        if how == "deleted":
            file.unlink()
        else:
            (tmp_path / "other.db").write_bytes(file.read_bytes())
            (tmp_path / "other.db").replace(file)
        with pytest.raises(StoreReplaced, match="deleted or replaced"):
            async with opened.transaction():
                pass
        if how == "deleted":
            with pytest.raises(OperationalError):
                async with opened.reading() as session:
                    await session.exec(select(PaperRow))
            assert not file.exists()
    finally:
        await opened.close()


async def test_a_store_that_has_lost_what_its_worker_has_entered_takes_nothing_more(
    store: Store, other: Store
) -> None:
    """As a PostgreSQL that lags behind and takes the place of the first."""
    for version in (1, 2):
        key = KEY._replace(version=version)
        await store.file_once(key, Filing, NOON, drawing_up("here", f"posted-{version}"))
    await lift_protection(store)
    async with store.engine.begin() as connection:
        await connection.execute(text("DELETE FROM paper WHERE version = 2"))
    third = KEY._replace(version=3)
    for _ in range(2):
        with pytest.raises(StoreReplaced, match="was set back"):
            await store.file_once(third, Filing, NOON, drawing_up("here", "posted-3"))
    assert await count(other, PaperRow) == [1]
    with pytest.raises(StoreReplaced):
        store.on_disk.require_the_same()
    # Who opens it anew is told by what was answered from it (`EntryGate`).
    await other.file_once(third, Filing, NOON, drawing_up("there", "posted-3"))


async def test_a_store_whose_directory_is_gone_for_a_while_is_waited_for(tmp_path: Path) -> None:
    home = tmp_path / "stores"
    opened = Store(f"sqlite+aiosqlite:///{home}/220100.db")
    await opened.open()
    try:
        home.rename(tmp_path / "elsewhere")
        with pytest.raises(StoreOutOfReach):
            async with opened.transaction():
                pass
        (tmp_path / "elsewhere").rename(home)
        async with opened.transaction():
            pass
    finally:
        await opened.close()
