"""A store for trying steps: each step can be taken back until the whole is committed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction
from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.chain import Head, head_of
from models.store.store import Store


class ProvisionalStore(Store):
    """An open store whose transactions are parts of one, committed at the end; it has no other writer."""

    def __init__(self, store: Store, connection: AsyncConnection) -> None:
        self.url, self.on_disk = store.url, store.on_disk
        self.engine, self.readers = store.engine, store.readers
        self.connection = connection

    @asynccontextmanager
    async def part(self) -> AsyncIterator[AsyncTransaction]:
        """Keep what is done within, unless it is rolled back or ends in an exception."""
        async with self.connection.begin_nested() as part:
            yield part

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is a part of the whole."""
        session = AsyncSession(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        async with session, session.begin():
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that sees what was done so far."""
        async with self.transaction() as session:
            yield session

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """The same for one small query."""
        yield self.connection

    async def head(self) -> Head:
        """The last link of the chain as it is now."""
        async with self.reading() as session:
            return await head_of(session)


@asynccontextmanager
async def provisional(store: Store) -> AsyncIterator[ProvisionalStore]:
    """A store for trying steps; what was not taken back is committed at the end. Raises as `transaction`."""
    store.on_disk.require_the_same()
    async with store.engine.begin() as connection:
        yield ProvisionalStore(store, connection)
