"""What a store needs of a PostgreSQL, checked when it is opened: a pooler may not provide all of it.

A pooler stands between workers and the server and lends out its own connections. PgBouncer in session mode
lends one for as long as a worker is connected, and is suitable. In transaction and statement mode it lends
one for each transaction or statement: the driver then looks for its prepared statements at another
connection.
"""

import asyncio

from sqlalchemy import NullPool, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

ANSWER_SECONDS = 10
"""The time limit for two connections from a server or pooler that has connections to give."""

EXPECTED = {
    "transaction_isolation": "read committed",
    "transaction_read_only": "off",
    "synchronous_commit": "on",
}
"""Settings of a transaction that may write, as `SHOW` reports them."""

UNKNOWN_OR_TAKEN = ("26000", "42P05")
"""The errors of PostgreSQL for a prepared statement that is at another connection, or was there before."""


class UnfitPostgresql(SQLAlchemyError):
    """A PostgreSQL, or a pooler before it, that does not provide what a store needs."""


async def examine_settings(connection: AsyncConnection) -> None:
    """Check the settings of a transaction that may write; on SQLite nothing is checked.

    Raises UnfitPostgresql for the first that is wrong.
    """
    if connection.dialect.name != "postgresql":
        return
    for name, expected in EXPECTED.items():
        found = (await connection.execute(text(f"SHOW {name}"))).scalar_one()
        if found != expected:
            raise UnfitPostgresql(
                f"its transactions have {name} {found} and must have {expected}, by a default of the server,"
                " of the database or of the role"
            )


async def examine_connections(url: str) -> None:
    """Make sure that a connection to PostgreSQL stays with the worker that opened it.

    Raises UnfitPostgresql when a pooler passes it on between transactions, or gives no two at a time.
    """
    # Statements without a name and not kept: so the question can be asked in every mode of a pooler.
    unnamed = {"statement_cache_size": 0, "prepared_statement_name_func": str}
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        return
    engine = create_async_engine(
        parsed.update_query_dict({"prepared_statement_cache_size": "0"}),
        hide_parameters=True,
        poolclass=NullPool,
        connect_args=unnamed,
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            kept = await _stays(engine)
    except TimeoutError:
        raise UnfitPostgresql(
            "the server, or the pooler before it, gives no two connections at a time"
        ) from None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in UNKNOWN_OR_TAKEN:
            raise
        kept = False
    if not kept:
        raise UnfitPostgresql(
            "a pooler before the server lends its connections for a transaction only, and must lend them for"
            " as long as a worker is connected (PgBouncer: pool_mode = session)"
        )


async def _stays(engine: AsyncEngine) -> bool:
    """Whether a connection is the same at the server before and after another has begun a transaction."""
    async with engine.connect() as first, engine.connect() as second:
        before = await _process(first)
        await first.commit()
        return await _process(second) != before and await _process(first) == before


async def _process(connection: AsyncConnection) -> int:
    """The process at the server that serves a connection."""
    return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())
