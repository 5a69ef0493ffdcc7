"""The two databases a store can be kept in, each made to do the same: one writer at a time, nothing lost.

A transaction that may write takes the store's lock before it reads anything, so writers come one after the
other and none is undone half way; what it reads is what it writes on. On SQLite the lock is the file's own
(BEGIN IMMEDIATE), on PostgreSQL an advisory lock under READ COMMITTED, where each statement sees all that was
committed before. A transaction that only reads waits for nobody and sees one instant throughout.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

LOCK_PATIENCE_SECONDS = 30
CONNECTIONS = 5
"""To PostgreSQL, per process: one writes while others read or wait."""

READS_ONLY = "reads_only"
"""The execution option of an engine whose transactions only read."""

TAKE_LOCK = "SELECT pg_advisory_xact_lock(hashtext('the books of a bureau'), hashtext(current_schema()))"
ONE_INSTANT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

SAID_WITHOUT_VALUES = ("08", "23", "25", "40", "42", "53", "55", "57")
"""Classes of PostgreSQL errors whose message names constraints and circumstances, but no value."""


def engine_for(url: str) -> AsyncEngine:
    """The engine of a store, by its URL alone.

    Parameters are hidden: they hold ID numbers, and error texts end in logs and histories.
    """
    parsed = make_url(url)
    return _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)


def _sqlite(url: URL) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    """What is reported done must survive power loss, so every commit is synced to the disk."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA busy_timeout={LOCK_PATIENCE_SECONDS * 1000}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(READS_ONLY)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def _postgresql(url: URL) -> AsyncEngine:
    settings = {"lock_timeout": f"{LOCK_PATIENCE_SECONDS}s", "synchronous_commit": "on"}
    engine = create_async_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_size=CONNECTIONS,
        max_overflow=0,
        # A server that was restarted has forgotten its connections: find out before a deed, not in it.
        pool_pre_ping=True,
        connect_args={"server_settings": settings},
    )
    event.listen(engine.sync_engine, "begin", _begin_postgresql)
    event.listen(engine.sync_engine, "handle_error", _leave_out_values)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get(READS_ONLY)
    connection.exec_driver_sql(ONE_INSTANT if reads_only else TAKE_LOCK)


def _leave_out_values(context: ExceptionContext) -> None:
    """Errors of PostgreSQL quote the row they are about: what is left says which rule, never whose data."""
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
