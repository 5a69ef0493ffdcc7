"""Connections to a SQLite store for transactions that may write: statements run where they are asked for."""

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

ENDS_OF_A_TRANSACTION = ("commit", "rollback")


def run_in_place(engine: AsyncEngine) -> None:
    """Have an engine whose transactions begin with the lock make such connections."""
    event.listen(engine.sync_engine, "do_connect", _connect)


class InPlace(aiosqlite.Connection):
    """With the lock taken, a statement of a deed takes microseconds; four times to a thread and back takes
    hundreds. What may wait, for the lock or for the disk, goes there all the same: BEGIN, and the end.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        # As SQLAlchemy has it: no forgotten connection keeps a process from ending.
        self._thread.daemon = True

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.in_transaction and fn.__name__ not in ENDS_OF_A_TRANSACTION:
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


def _connect(_: object, __: object, ___: object, parameters: dict[str, Any]) -> None:
    def connection(*where: Any, **how: Any) -> InPlace:
        return InPlace(partial(sqlite3.connect, *where, **how))

    parameters["async_creator_fn"] = connection
