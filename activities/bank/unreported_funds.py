"""Remittances that are complete in the books, while their case waits because a message was lost.

A case that waits for its bank asks its bureau again when it is told of an arrival. Whoever enters the arrival
tells the case; should that message be lost, the bureau's worker does it, which looks through its books from
time to time. Nothing polls inside a case.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Never

from sqlalchemy import exists, literal_column, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.service import RPCError

from activities.bank.arrivals import ANNOUNCED
from models.messages.bank_statement import FundsArrived
from models.messages.papers import Remittance
from models.store.databases import execute
from models.store.ledger import received
from models.store.store import Store
from models.store.tables import PAPER
from rules.values.papers import PaperKind, Side

EVERY_SECONDS = 60
Tell = Callable[[FundsArrived], Awaitable[None]]
"""Tells a case that money has arrived, unless the case has ended. Raises RPCError."""


_RECEIVED = PAPER.alias()
_ARRIVED = exists().where(
    _RECEIVED.c.case_no == PAPER.c.case_no,
    _RECEIVED.c.version == PAPER.c.version,
    _RECEIVED.c.kind == PaperKind.REMITTANCE,
    _RECEIVED.c.side == Side.RECEIVED,
)
ANNOUNCED_AND_OPEN = (
    select(PAPER.c.body)
    # The kind is written out in the statement, as it is in the index of these papers.
    .where(PAPER.c.kind == literal_column(f"'{ANNOUNCED}'"), ~_ARRIVED)
    .order_by(PAPER.c.id)
)


async def announced_and_open(session: AsyncSession) -> list[Remittance]:
    """Every remittance that is announced here and not yet received, in order of announcement."""
    bodies = (await execute(session, ANNOUNCED_AND_OPEN)).scalars()
    return [Remittance.model_validate_json(body) for body in bodies]


class UnreportedFunds:
    """Tells each case once of money that waits for it in a bureau's books."""

    def __init__(self, bureau: str, store: Store, tell: Tell) -> None:
        self.bureau = bureau
        self.store = store
        self.tell = tell
        self._seen: frozenset[str] = frozenset()
        """The remittances that were complete and not received at the last look."""
        self._told: set[str] = set()

    async def report(self) -> int:
        """Tell the cases whose remittances were complete at the last look too; returns how many.

        A remittance that has become complete since then is most likely being reported to its case already.
        """
        async with self.store.reading() as session:
            open_ones = await announced_and_open(session)
            whole = [one for one in open_ones if await received(session, one.number) >= one.total]
        waiting = [one for one in whole if one.number in self._seen - self._told]
        self._seen = frozenset(one.number for one in whole)
        for one in waiting:
            await self.tell(FundsArrived.whole(self.bureau, one.number, one.sent_on, one.total))
            self._told.add(one.number)
        return len(waiting)


async def keep_reporting(unreported: UnreportedFunds, on_failure: Callable[[], None]) -> Never:
    """Look again and again. A store or server that cannot be reached is logged, and tried again."""
    while True:
        try:
            await unreported.report()
        except (SQLAlchemyError, OSError, RPCError):
            on_failure()
        await asyncio.sleep(EVERY_SECONDS)
