"""Unallocated money: it belongs to no remittance and waits in suspense until two officers move it.

It is held under the bank's reference. Each step is a posting. A move rests on a paper of its own, with both
officers and the reason.
"""

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import IMPORT_STATEMENT, MOVE_UNALLOCATED
from models.messages.bank_statement import (
    StatementEntry,
    StatementLine,
    UnallocatedMoved,
    UnallocatedProposal,
)
from models.store.ledger import Entry, credit, debit, post
from models.store.store import PaperKey, Store
from models.store.tables import Account, EntryRow, PostingRow
from rules.values.money import NO_MONEY, Fen
from rules.values.papers import PaperKind, Side

NO_CASE = ""
PROPOSED, MOVED = PaperKind.UNALLOCATED_PROPOSAL, PaperKind.UNALLOCATED


def entry_key(reference: str) -> PaperKey:
    """The key under which a line is entered: by the bank's reference, outside every case."""
    return PaperKey(NO_CASE, PaperKind.STATEMENT_LINE, Side.RECEIVED, reference=reference)


def unallocated_number(reference: str) -> str:
    """The number under which unallocated money is held, in place of a remittance's."""
    return f"bank/{reference}"


async def line_of(store: Store, session: AsyncSession, reference: str) -> StatementEntry | None:
    """A line as it was entered."""
    return await store.paper(session, entry_key(reference), StatementEntry)


async def unallocated(session: AsyncSession, reference: str | None = None) -> dict[str, Fen]:
    """The unallocated money in fen, by the bank's references, or of one; without what is settled."""
    named = col(PostingRow.reference)
    query = (
        select(PostingRow.reference, func.sum(EntryRow.amount))
        .join(EntryRow, col(EntryRow.posting_id) == col(PostingRow.id))
        .where(named == reference if reference else named != "", col(PostingRow.case_no) == NO_CASE)
        .where(col(EntryRow.account) == Account.SUSPENSE)
        .group_by(named)
        .order_by(named)
    )
    return {of_bank: Fen(-int(total)) for of_bank, total in await session.exec(query) if total}


async def unallocated_under(session: AsyncSession, reference: str) -> Fen:
    """The unallocated money under one reference, in fen."""
    return (await unallocated(session, reference)).get(reference, NO_MONEY)


async def moves(store: Store, session: AsyncSession, reference: str) -> list[UnallocatedMoved]:
    """Every move of the money under a reference."""
    return await store.papers(session, NO_CASE, MOVED, Side.ISSUED, UnallocatedMoved, reference)


async def open_proposal(store: Store, session: AsyncSession, reference: str) -> UnallocatedProposal | None:
    """The last officer's proposal for the money under a reference, unless it was carried out."""
    proposed = await store.papers(session, NO_CASE, PROPOSED, Side.ISSUED, UnallocatedProposal, reference)
    moved = await moves(store, session, reference)
    done = max((one.proposal for one in moved), default=0)
    return proposed[-1] if proposed and proposed[-1].version > done else None


async def hold(session: AsyncSession, line: StatementLine, step: str, amount: Fen) -> None:
    """Hold money in suspense outside every case; a negative amount releases it."""
    own = unallocated_number(line.reference)
    entries = (debit(Account.BANK, amount, None, own), credit(Account.SUSPENSE, amount, None, own))
    await post(
        session,
        f"statement/{line.reference}/{step}",
        NO_CASE,
        started_at(),
        entries,
        step=IMPORT_STATEMENT.name,
        paper=own,
        reference=line.reference,
    )


async def allocate(session: AsyncSession, moved: UnallocatedMoved) -> None:
    """Release what is held, because it counts towards a remittance: the opposite of `hold`."""
    own, amount = unallocated_number(moved.line.reference), moved.amount
    entries = (debit(Account.SUSPENSE, amount, None, own), credit(Account.BANK, amount, None, own))
    await _post(session, moved, "released", entries)


async def return_to_payer(session: AsyncSession, moved: UnallocatedMoved) -> None:
    """Send unallocated money back to its payer: out of suspense, then out of the bank."""
    own, amount = unallocated_number(moved.line.reference), moved.amount
    leaves = (debit(Account.SUSPENSE, amount, None, own), credit(Account.IN_TRANSIT_OUT, amount, None, own))
    left = (debit(Account.IN_TRANSIT_OUT, amount, None, own), credit(Account.BANK, amount, None, own))
    await _post(session, moved, "remit", leaves)
    await _post(session, moved, "settle", left)


async def _post(
    session: AsyncSession, moved: UnallocatedMoved, step: str, entries: tuple[Entry, ...]
) -> None:
    await post(
        session,
        f"{moved.number}/{step}",
        NO_CASE,
        started_at(),
        entries,
        step=MOVE_UNALLOCATED.name,
        paper=moved.number,
        officer=f"{moved.maker},{moved.checker}",
        reference=moved.line.reference,
    )
