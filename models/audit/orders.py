"""What the audit proves of what officers ordered outside cases: each seal holds, and each record that was
loaded and each arrival that was entered is one that an officer's order lists."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy import ColumnElement, and_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.files.history_file import StatedRecord
from models.messages.bank_statement import StatementLine
from models.messages.calendar import CalendarSignature, PublishedNotice
from models.officers.orders import OfficersOrder
from models.officers.rosters import Roster
from models.officers.seals import digest_of
from models.officers.verifying import NotVerified, require_ordered, require_sealed
from models.rates.messages import PublishedRate, RateSignature
from models.store.databases import execute
from models.store.tables import PAPER
from rules.values.books import Divergence
from rules.values.officers import PROVINCE, Right
from rules.values.papers import PaperKind, Side

READ_TOGETHER = 200
"""How many papers are fetched at a time; this bounds the memory."""
ENTERED_BY = {PaperKind.BANK_ARRIVAL: Right.IMPORT_STATEMENT, PaperKind.LOADED_RECORD: Right.SEED}
"""What is entered only by an officer's order, and the right that the officer needs."""
PUBLISHED: dict[PaperKind, tuple[Right, type[PublishedNotice] | type[PublishedRate]]] = {
    PaperKind.HOLIDAY_NOTICE: (Right.PUBLISH_CALENDAR, PublishedNotice),
    PaperKind.PUBLISHED_RATE: (Right.PUBLISH_RATE, PublishedRate),
}
"""What the province publishes by two officers, and the right that each needs."""
NOBODY = "—"


class FiledPaper(NamedTuple):
    """A paper as it is on file."""

    case_no: str
    kind: str
    at: datetime
    body: str


async def divergences_of_orders(
    session: AsyncSession, bureau: str, roster: Roster, since: datetime | None = None
) -> AsyncIterator[Divergence]:
    """Every order whose seal does not hold, and every entry that no order lists.

    With `since`, only papers filed since then.
    """
    filed_orders = and_(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.OFFICERS_ORDER)
    async for paper in read_papers(session, filed_orders, since):
        order = OfficersOrder.model_validate_json(paper.body)
        try:
            require_sealed(order, bureau, roster, paper.at)
        except NotVerified as unproven:
            yield Divergence("order_not_genuine", bureau, f"order {order.message_id}", NOBODY, str(unproven))
    if bureau == PROVINCE:
        async for found in _published(session, roster, since):
            yield found
    async for found in _accepted(session, bureau, since):
        yield found
    orders = _Orders(session)
    entered = and_(PAPER.c.case_no == "", PAPER.c.kind.in_(list(ENTERED_BY)))
    async for paper in read_papers(session, entered, since):
        entry = from_json(paper.body)
        named = str(entry.get("entered_by", ""))
        if _digest(paper.kind, entry) not in await orders.items(named, ENTERED_BY[PaperKind(paper.kind)]):
            yield Divergence("entered_by_no_order", bureau, _subject(entry), named or NOBODY, NOBODY)


async def _published(
    session: AsyncSession, roster: Roster, since: datetime | None
) -> AsyncIterator[Divergence]:
    """Every calendar and every rate of the province that two of its officers have not sealed."""
    wanted = and_(PAPER.c.kind.in_(list(PUBLISHED)), PAPER.c.side == Side.ISSUED)
    async for paper in read_papers(session, wanted, since):
        right, published = PUBLISHED[PaperKind(paper.kind)]
        signed = published.model_validate_json(paper.body).signed
        both: tuple[CalendarSignature | RateSignature, ...] = (signed.maker, signed.checker)
        try:
            keys = {one.order.seal.key for one in both if one.order and one.order.seal}
            if len(keys) < len(both) or any(one.withdrawn for one in both):
                raise NotVerified(f"{right}: not the word of two officers")
            for one in both:
                require_ordered(one.order, right, one, PROVINCE, roster, paper.at)
        except NotVerified as unproven:
            yield Divergence(
                "published_unsealed", PROVINCE, f"{right} {paper.at:%Y-%m-%d}", NOBODY, str(unproven)
            )


async def _accepted(session: AsyncSession, bureau: str, since: datetime | None) -> AsyncIterator[Divergence]:
    """Every application that no officer's order lists, as it was first filed."""
    listed: set[str] = set()
    filed_orders = and_(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.OFFICERS_ORDER)
    async for paper in read_papers(session, filed_orders, None):
        order = from_json(paper.body)
        if order["right"] == Right.APPLY:
            listed.update(order["items"])
    query = select(PAPER.c.case_no, PAPER.c.digest).where(
        PAPER.c.kind == PaperKind.APPLICATION, PAPER.c.version == 1, PAPER.c.side == Side.RECEIVED
    )
    if since is not None:
        query = query.where(PAPER.c.at >= since)
    for case_no, digest in (await execute(session, query)).all():
        if digest not in listed:
            yield Divergence("entered_by_no_order", bureau, f"application/{case_no}", NOBODY, NOBODY)


class _Orders:
    """The orders on file, each read once."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self._read: dict[str, tuple[str, frozenset[str]]] = {}

    async def items(self, message_id: str, right: Right) -> Collection[str]:
        """The digests that an order lists; none where there is no such order with this right."""
        if message_id not in self._read:
            query = select(PAPER.c.body).where(
                PAPER.c.case_no == "",
                PAPER.c.kind == PaperKind.OFFICERS_ORDER,
                PAPER.c.reference == message_id,
            )
            body = (await execute(self.session, query)).scalars().first()
            order = OfficersOrder.model_validate_json(body) if body else None
            self._read[message_id] = (order.right, frozenset(order.items)) if order else ("", frozenset())
        ordered, items = self._read[message_id]
        return items if ordered == right else ()


def _digest(kind: str, entry: Mapping[str, Any]) -> str:
    """The digest of what the officer has sealed of an entry."""
    if kind == PaperKind.BANK_ARRIVAL:
        return digest_of(StatementLine.model_validate(entry["line"]))
    stated = {name: entry[name] for name in StatedRecord.model_fields}
    return digest_of(StatedRecord.model_validate(stated))


def _subject(entry: Mapping[str, Any]) -> str:
    return str(entry["number"]) if "number" in entry else f"arrival {entry['line']['reference']}"


async def read_papers(
    session: AsyncSession, wanted: ColumnElement[bool], since: datetime | None
) -> AsyncIterator[FiledPaper]:
    """The papers asked for, in the order of entry, read in portions."""
    query = (
        select(PAPER.c.case_no, PAPER.c.kind, PAPER.c.at, PAPER.c.body).where(wanted).order_by(PAPER.c.link)
    )
    if since is not None:
        query = query.where(PAPER.c.at >= since)
    connection = await session.connection()
    found = await connection.stream(query, execution_options={"yield_per": READ_TOGETHER})
    async for some in found.partitions():
        for row in some:
            yield FiledPaper(*row)
