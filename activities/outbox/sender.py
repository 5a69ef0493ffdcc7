"""Sends the outbox of one store: each message at least once, and in order within a case."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from activities.outbox.carriers import NotDelivered, send_outside
from activities.outbox.letters import letter_of
from models.outbox.outgoing import OutgoingLine
from models.outbox.routes import RoutesFile
from models.store import outbox
from models.store.store import Store

AT_ONCE = 100
"""How many messages are read from the store together."""
EVERY_SECONDS = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
"""Between the first and the second attempt, doubled each time, and between two attempts at most."""
MOST_ATTEMPTS = 101
"""A message is given up after so many attempts, which take a day. They are counted and no clock is asked:
this machine's may be wrong, and a sender may have been off."""


def now_utc() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


class Sender:
    """Sends the messages of one store by the routes of the province."""

    def __init__(self, store: Store, routes: RoutesFile, now: Callable[[], datetime] = now_utc) -> None:
        self.store = store
        self.routes = routes
        self.now = now

    async def send_due(self) -> int:
        """Try every message that is due once; returns the number delivered.

        Of each case only the first waiting message is tried, and the next once that is delivered or given up:
        late messages still arrive in order.
        """
        sent = 0
        while True:
            async with self.store.reading() as session:
                now = self.now()
                lines = await outbox.due(session, now, now + LONGEST_WAIT, AT_ONCE)
            if not lines:
                return sent
            for line in lines:
                sent += await self._send(line)

    async def _send(self, line: OutgoingLine) -> bool:
        message, at = line.message, self.now()
        route = self.routes.to(message.recipient, message.bureau)
        letter = letter_of(message, _identity(message.key), route.language)
        try:
            await send_outside(message, letter, route, at)
        except NotDelivered as failure:
            next_at = None if failure.for_good else self._next(line, at)
            async with self.store.transaction() as session:
                await outbox.failed(session, line.number, str(failure), next_at)
            return False
        # A sender that dies between the two sends it again: at least once.
        async with self.store.transaction() as session:
            await outbox.delivered(session, line.number, self.now())
        return True

    def _next(self, line: OutgoingLine, at: datetime) -> datetime | None:
        """When a message is tried again; None when it is given up."""
        if line.attempts + 1 >= MOST_ATTEMPTS:
            return None
        return at + min(FIRST_WAIT * (1 << min(line.attempts, 10)), LONGEST_WAIT)


def _identity(key: str) -> str:
    """An id of the message for its recipient; the key names a case, the id does not."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


async def keep_sending(sender: Sender, on_failure: Callable[[], None]) -> None:
    """Send what is due, again and again. A store that cannot be reached is logged and tried again."""
    while True:
        try:
            await sender.send_due()
        except (SQLAlchemyError, OSError):
            on_failure()
        await asyncio.sleep(EVERY_SECONDS)
