"""The outbox of a store: messages written in the transaction of their event, and what became of them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Executable, insert, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.outbox.outgoing import MessageState, OutgoingLine, OutgoingMessage
from models.store.databases import execute
from models.store.tables import OUTGOING


async def put(session: AsyncSession, message: OutgoingMessage, at: datetime) -> None:
    """Write a message. Raises IntegrityError when one with its key is there already."""
    row = {
        "key": message.key,
        "case_no": message.case_no,
        "body": message.model_dump_json(),
        "state": MessageState.WAITING,
        "written_at": at,
        "next_at": at,
    }
    await execute(session, insert(OUTGOING), row)


async def known(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    """Those of the keys under which a message exists already."""
    found = await execute(session, select(OUTGOING.c.key).where(OUTGOING.c.key.in_(list(keys))))
    return set(found.scalars())


async def due(session: AsyncSession, now: datetime, latest: datetime, limit: int) -> list[OutgoingLine]:
    """The messages to be sent now, oldest first; of each case only the first that waits, to keep order.

    The first attempt waits for no clock: the instant of a message is the service's, and `now` is not. Nor
    does one that is said to be due after `latest`: the clock was ahead when that was written.
    """
    earlier = OUTGOING.alias("earlier")
    first = (
        select(earlier.c.id)
        .where(
            earlier.c.case_no == OUTGOING.c.case_no,
            earlier.c.state == MessageState.WAITING,
            earlier.c.id < OUTGOING.c.id,
        )
        .exists()
    )
    query = (
        select(OUTGOING)
        .where(OUTGOING.c.state == MessageState.WAITING, ~first)
        .where(or_(OUTGOING.c.attempts == 0, OUTGOING.c.next_at <= now, OUTGOING.c.next_at > latest))
        .order_by(OUTGOING.c.id)
        .limit(limit)
    )
    return await _lines(session, query)


async def of_case(session: AsyncSession, case_no: str) -> list[OutgoingLine]:
    """Every message of a case, oldest first."""
    return await _lines(
        session, select(OUTGOING).where(OUTGOING.c.case_no == case_no).order_by(OUTGOING.c.id)
    )


async def dead(session: AsyncSession) -> list[OutgoingLine]:
    """The messages that were given up, oldest first."""
    query = select(OUTGOING).where(OUTGOING.c.state == MessageState.DEAD).order_by(OUTGOING.c.id)
    return await _lines(session, query)


async def delivered(session: AsyncSession, number: int, at: datetime) -> None:
    """Record that the recipient's route has taken the message."""
    await _record(session, number, state=MessageState.DELIVERED, delivered_at=at, last_error="")


async def failed(session: AsyncSession, number: int, why: str, next_at: datetime | None) -> None:
    """Record a failed attempt: the message is tried again at an instant, or given up when that is None.

    Changes nothing if another worker of the same bureau has delivered it meanwhile.
    """
    state = MessageState.DEAD if next_at is None else MessageState.WAITING
    values = {"state": state, "attempts": OUTGOING.c.attempts + 1, "last_error": why}
    waits = OUTGOING.c.state == MessageState.WAITING
    await _record(session, number, waits, **values, **({} if next_at is None else {"next_at": next_at}))


async def try_again(session: AsyncSession, numbers: Iterable[int], at: datetime) -> None:
    """Have messages that were given up tried again from an instant on."""
    await execute(
        session,
        update(OUTGOING)
        .where(OUTGOING.c.id.in_(list(numbers)), OUTGOING.c.state == MessageState.DEAD)
        .values(state=MessageState.WAITING, next_at=at, attempts=0),
    )


async def _record(session: AsyncSession, number: int, *where: ColumnElement[bool], **values: object) -> None:
    connection = await session.connection()
    await connection.execute(update(OUTGOING).where(OUTGOING.c.id == number, *where).values(**values))


async def _lines(session: AsyncSession, query: Executable) -> list[OutgoingLine]:
    rows = await execute(session, query)
    return [
        OutgoingLine(
            number=row.id,
            message=OutgoingMessage.model_validate_json(row.body),
            state=MessageState(row.state),
            written_at=row.written_at,
            attempts=row.attempts,
            delivered_at=row.delivered_at,
            last_error=row.last_error,
        )
        for row in rows.all()
    ]
