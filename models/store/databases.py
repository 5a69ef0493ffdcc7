"""The two databases of a store, made to behave alike: one writer at a time, nothing lost.

A transaction that may write takes the store's lock before it reads anything, so writers come one after the
other and none is rolled back half way; nothing it has read changes before it commits. On SQLite the lock is
the file's own (BEGIN IMMEDIATE), on PostgreSQL an advisory lock under READ COMMITTED, where each statement
sees all that was committed before. A transaction that only reads waits for nobody and sees one instant
throughout.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVarTuple, overload
from urllib.parse import quote

import aiosqlite
from sqlalchemy import Connection, CursorResult, Executable, event, insert, select, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.tables import OWNER

ENDS_OF_A_TRANSACTION = ("commit", "rollback")
OF_A_CURSOR = ("Connection.cursor", "Cursor.close")
"""The operations of `sqlite3` that touch neither the disk nor a lock, by qualified name."""
BEGIN, BEGIN_WITH_LOCK = "BEGIN", "BEGIN IMMEDIATE"


class InPlace(aiosqlite.Connection, ABC):
    """Runs operations that do not wait in the event loop's own thread: a switch takes a hundred microseconds.

    What may wait, for the lock or for the disk, goes to the connection's thread. The task that waits for it
    can be cancelled while the thread goes on. Until it is done, every operation follows it to the thread: two
    threads at once in a connection can end the process.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # As in SQLAlchemy: a connection left open does not keep the process from ending.
        self._thread.daemon = True
        self._given = 0
        """How many calls were given to the thread; written in the event loop only."""
        self._through = 0
        """How many of them are done; written in the thread only."""

    @abstractmethod
    def _waits_for_nothing(self, fn: Callable[..., Any], args: Sequence[Any]) -> bool:
        """Whether a call of `sqlite3` waits neither for the lock nor for the disk."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        rests = self._running and self._given == self._through
        if rests and (fn.__qualname__ in OF_A_CURSOR or self._waits_for_nothing(fn, args)):
            return fn(*args, **kwargs)

        def in_thread() -> Any:
            try:
                return fn(*args, **kwargs)
            finally:
                self._through += 1

        self._given += 1
        return await super()._execute(in_thread)  # type: ignore[no-untyped-call]


class Writing(InPlace):
    """A connection that may write: BEGIN waits for the lock, the end for the disk, statements for nothing.

    A commit or rollback without a transaction does nothing.
    """

    def _waits_for_nothing(self, fn: Callable[..., Any], args: Sequence[Any]) -> bool:
        return self.in_transaction != (fn.__name__ in ENDS_OF_A_TRANSACTION)


class Reading(InPlace):
    """A connection that only reads, and may read much: BEGIN and COMMIT take no lock and write nothing."""

    def _waits_for_nothing(self, fn: Callable[..., Any], args: Sequence[Any]) -> bool:
        return fn.__name__ in ENDS_OF_A_TRANSACTION or args[:1] == (BEGIN,)


def _run_in_place(engine: AsyncEngine, kind: type[InPlace]) -> None:
    """Make an engine open connections of this kind."""

    def connection(*where: Any, **how: Any) -> InPlace:
        return kind(partial(sqlite3.connect, *where, **how))

    def connect(_: object, __: object, ___: object, parameters: dict[str, Any]) -> None:
        parameters["async_creator_fn"] = connection

    event.listen(engine.sync_engine, "do_connect", connect)


Values = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Columns = TypeVarTuple("Columns")


@overload
async def execute(
    session: AsyncSession, statement: TypedReturnsRows[*Columns], values: Values = None
) -> CursorResult[*Columns]: ...
@overload
async def execute(
    session: AsyncSession, statement: Executable, values: Values = None
) -> CursorResult[*tuple[Any, ...]]: ...
async def execute(
    session: AsyncSession, statement: Executable, values: Values = None
) -> CursorResult[*tuple[Any, ...]]:
    """Carry out a statement that builds no rows; what the session has yet to write is not written before."""
    connection: AsyncConnection | None = session.info.get("connection")
    if connection is None:
        # Asking for it again takes a quarter of the time of a statement.
        connection = session.info["connection"] = await session.connection()
    return await connection.execute(statement, values)


LOCK_PATIENCE_SECONDS = 30
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")
CONNECTIONS = 5
"""To PostgreSQL, at most, per process and kind of transaction; writers wait for one another anyway."""

SET_AND_TAKE_LOCK = (
    "SELECT set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '{seconds}s', true),"
    " pg_advisory_xact_lock(hashtext('the books of a bureau'), hashtext(current_schema()))"
)
"""The first statement of a transaction that may write on PostgreSQL. The settings belong to the transaction,
not to the connection: a pooler such as PgBouncer refuses settings that a client asks for when it connects."""

SAID_WITHOUT_VALUES = ("08", "23", "25", "28", "3D", "40", "42", "53", "55", "57")
"""Classes of PostgreSQL errors whose message names constraints and circumstances, but no value."""


def engine_for(url: str, *, reads_only: bool = False) -> AsyncEngine:
    """The engine of a store, by its URL alone, for transactions that may write or for those that only read.

    Parameters are hidden: they hold ID numbers, and error texts end in logs and histories. Raises ValueError
    for a URL of any other database or driver.
    """
    parsed = make_url(url)
    if parsed.drivername not in DRIVERS:
        begins = " or ".join(f"{driver}://" for driver in DRIVERS)
        raise ValueError(f"the URL of a store begins with {begins}, for asynchronous use")
    make = _sqlite if parsed.get_backend_name() == "sqlite" else _postgresql
    return make(parsed, reads_only)


def _sqlite(url: URL, reads_only: bool) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_async_engine(url, hide_parameters=True)
    event.listen(engine.sync_engine, "do_connect", _never_create)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    if reads_only:
        event.listen(engine.sync_engine, "connect", _refuse_writing)
    _run_in_place(engine, Reading if reads_only else Writing)
    event.listen(engine.sync_engine, "begin", _begin if reads_only else _begin_with_lock)
    return engine


def _never_create(_: object, __: object, where: list[Any], parameters: dict[str, Any]) -> None:
    """Refuse to connect to a missing file: SQLite would create an empty one while the worker runs."""
    if where[0] != ":memory:":
        where[0] = f"file:{quote(where[0])}?mode=rw"
        parameters["uri"] = True


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Set up a connection so that each commit is synced to the disk and survives a power loss."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA busy_timeout={LOCK_PATIENCE_SECONDS * 1000}")
    cursor.close()


def _refuse_writing(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(BEGIN)


def _begin_with_lock(connection: Connection) -> None:
    connection.exec_driver_sql(BEGIN_WITH_LOCK)


def _postgresql(url: URL, reads_only: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        isolation_level="REPEATABLE READ" if reads_only else "READ COMMITTED",
        execution_options={"postgresql_readonly": reads_only},
        pool_size=CONNECTIONS,
        max_overflow=0,
        # A restarted server has dropped its connections: find out before a step, not in it.
        pool_pre_ping=True,
    )
    if not reads_only:
        event.listen(engine.sync_engine, "begin", _set_and_take_lock)
    event.listen(engine.sync_engine, "handle_error", _leave_out_values)
    return engine


def _set_and_take_lock(connection: Connection) -> None:
    connection.exec_driver_sql(SET_AND_TAKE_LOCK.format(seconds=LOCK_PATIENCE_SECONDS))


def _leave_out_values(context: ExceptionContext) -> None:
    """Shorten PostgreSQL errors, which quote rows, to what names a rule and no value."""
    if not isinstance(context.sqlalchemy_exception, DBAPIError):
        return
    told = list(_chain_of(context.original_exception))
    said = _without_values(told[-1])
    for error in told:
        error.args = (said,)
        if hasattr(error, "detail"):
            error.detail = error.hint = error.where = error.query = None  # type: ignore[attr-defined]
    context.sqlalchemy_exception.args = (said,)


def _chain_of(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _without_values(error: BaseException) -> str:
    state = str(getattr(error, "sqlstate", None) or "")
    if state.startswith(SAID_WITHOUT_VALUES) and error.args:
        return f"{type(error).__name__}: {error.args[0]}"
    return f"{type(error).__name__} {state}".rstrip()


class NoDatabase(Exception):
    """A database cannot be made. In the server's words, without the URL, which may hold a password."""


@asynccontextmanager
async def temporary_database(url: str) -> AsyncIterator[None]:
    """Create the empty database that a store's URL names, and drop it with its content at the end.

    Raises NoDatabase when there is one of that name already, or none can be made.
    """
    try:
        engine_for(url)
        parsed = make_url(url)
        await _make(parsed)
    except (SQLAlchemyError, ImportError, OSError, ValueError) as error:
        # The first line alone: the rest is the statement, and where to read about it.
        said = str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0]
        raise NoDatabase(said) from None
    try:
        yield
    finally:
        await _remove(parsed)


async def _make(url: URL) -> None:
    if url.get_backend_name() == "sqlite":
        _files_of(url)[0].touch(mode=0o600, exist_ok=False)
    else:
        await _at_server(url, "CREATE DATABASE {}")


async def _remove(url: URL) -> None:
    if url.get_backend_name() == "sqlite":
        for file in _files_of(url):
            file.unlink(missing_ok=True)
    else:
        await _at_server(url, "DROP DATABASE {} WITH (FORCE)")


def _files_of(url: URL) -> list[Path]:
    return _with_what_is_beside(Path(url.database or ""))


def _with_what_is_beside(file: Path) -> list[Path]:
    return [file.with_name(f"{file.name}{beside}") for beside in ("", "-wal", "-shm")]


async def _at_server(url: URL, statement: str) -> None:
    """Run a statement about a database from the one that every server has for this purpose."""
    engine = create_async_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = engine.dialect.identifier_preparer.quote_identifier(url.database or "")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement.format(name)))
    finally:
        await engine.dispose()


class StoreOfAnother(SQLAlchemyError):
    """The store belongs to another bureau, or to the province: books that are mixed stay mixed."""


async def require_owner(connection: AsyncConnection, whose: str) -> None:
    """Enter whose store it is, where that is not known yet; '' for no check. Raises StoreOfAnother."""
    owner = (await connection.execute(select(OWNER.c.key))).scalar_one_or_none() if whose else ""
    if owner is None:
        await connection.execute(insert(OWNER), {"key": whose})
    elif owner != whose:
        raise StoreOfAnother(f"it is the store of {owner}")


class StoreOutOfReach(SQLAlchemyError):
    """The directory of a SQLite store is missing at the moment."""


class StoreReplaced(SQLAlchemyError):
    """A store is not the one that was opened: the file of a SQLite store is deleted, or another in its place;
    or its chain has become shorter."""

    def __init__(self, why: str = "its file was deleted or replaced while the worker ran") -> None:
        super().__init__(why)


class StoreOpenToOthers(SQLAlchemyError):
    """The file of a SQLite store is open to every user of its machine."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"others on this machine can read {file}; `chmod o= {file}`")


OTHERS, THROUGH = 0o007, 0o001
"""The rights of others at a file, and to pass through a directory. The group's are left to the operator, who
may have one for the backups."""


class StoreFile:
    """The file behind a store's URL, identified by device and inode; none for PostgreSQL and in memory.

    A process that has a deleted file open goes on writing into it, and nobody reads what it writes.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        named = parsed.database if parsed.get_backend_name() == "sqlite" else None
        self.path = Path(named) if named and named != ":memory:" else None
        self._opened: tuple[int, int] | None = None
        self._set_back = False

    def create(self) -> None:
        """Create a missing file, readable by its owner alone. Raises StoreOpenToOthers for one that is there.

        SQLite gives `-wal` and `-shm` the rights of the file; those of before may be left from a crash.
        """
        if self.path is None:
            return
        self.path.touch(mode=0o600)
        if not all(above.stat().st_mode & THROUGH for above in self.path.resolve().parents):
            return
        for file in _with_what_is_beside(self.path):
            # Another process may close the store meanwhile, and SQLite take the two beside it away.
            with suppress(FileNotFoundError):
                if file.stat().st_mode & OTHERS:
                    raise StoreOpenToOthers(file)

    def opened(self) -> None:
        """Remember which file it is."""
        self._opened = self._identity()

    def set_back(self) -> StoreReplaced:
        """The store has lost what was entered in it, whatever its file: what to raise, now and ever after."""
        self._set_back = True
        return StoreReplaced("what was entered in it is not there any more: it was set back while in use")

    def require_the_same(self) -> None:
        """Raises StoreReplaced when it is not the file that was opened, or was set back.

        Raises StoreOutOfReach while its whole directory is gone.
        """
        if self._set_back:
            raise self.set_back()
        if self._opened is None or self._identity() == self._opened:
            return
        assert self.path is not None
        raise StoreReplaced if self.path.parent.exists() else StoreOutOfReach

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat() if self.path else None
        except FileNotFoundError:
            return None
        return (found.st_dev, found.st_ino) if found else None
