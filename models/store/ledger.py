"""Double entry: postings only, each balanced, each under a key that can be used once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as core
from sqlalchemy import bindparam, func, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.chain import append_to_chain, posting_content
from models.store.databases import execute
from models.store.tables import ENTRY, POSTING, Account, EntryRow, PostingRow
from rules.values.money import Fen


class Entry(NamedTuple):
    """One side of a posting in fen; a debit is positive, a credit negative."""

    account: Account
    amount: Fen
    relationship_id: int | None = None
    remittance: str | None = None


@dataclass
class _NewPosting:
    """The columns of a posting that is written."""

    id: int
    key: str
    case_no: str
    at: datetime
    step: str
    paper: str
    officer: str = ""
    reference: str = ""


def debit(
    account: Account, amount: int, relationship_id: int | None = None, remittance: str | None = None
) -> Entry:
    """`amount` fen on the debit side."""
    return Entry(account, Fen(amount), relationship_id, remittance)


def credit(
    account: Account, amount: int, relationship_id: int | None = None, remittance: str | None = None
) -> Entry:
    """`amount` fen on the credit side."""
    return Entry(account, Fen(-amount), relationship_id, remittance)


async def post(
    session: AsyncSession,
    key: str,
    case_no: str,
    at: datetime,
    entries: tuple[Entry, ...],
    *,
    step: str,
    paper: str,
    officer: str = "",
    reference: str = "",
) -> None:
    """Write a posting. Entries of nothing are left out; a posting of nothing is still written, as a fact.

    `step` is the name of what was done, `paper` the number of the paper it rests on, `officer` who released
    it where somebody had to, `reference` the bank's reference of the arrival whose money it moves.

    Raises ValueError when the entries do not balance, IntegrityError when the key was used before, or when
    the individual account of a relationship would be below zero.
    """
    await post_all(
        session, case_no, at, {key: entries}, step=step, paper=paper, officer=officer, reference=reference
    )


async def post_all(
    session: AsyncSession,
    case_no: str,
    at: datetime,
    postings: Mapping[str, tuple[Entry, ...]],
    **why: str,
) -> None:
    """Write several postings of one step, each under its key, in their order; see `post`.

    Whether an account would be below zero is checked once all of them are entered.
    """
    sides: list[dict[str, Any]] = []
    sealed = []
    for key, entries in postings.items():
        if sum(entry.amount for entry in entries) != 0:
            raise ValueError(f"posting {key} does not balance")
        posting = _NewPosting(await _next_number(session), key, case_no, at=at, **why)
        moving = [entry for entry in entries if entry.amount]
        sides += ({"posting_id": posting.id, **entry._asdict()} for entry in moving)
        sealed.append((vars(posting), posting_content(posting, moving)))
    # Entries first: the store takes no further entry once their posting is written.
    if sides:
        await session.flush()
        await execute(session, _ENTER, sides)
    await append_to_chain(session, POSTING, *sealed)


async def _next_number(session: AsyncSession) -> int:
    """The number of the next posting; the transaction holds the store's lock, so nobody else takes it."""
    last: int | None = session.info.get("last_posting")
    if last is None:
        last = (await execute(session, _LAST)).scalar_one() or 0
    session.info["last_posting"] = last + 1
    return last + 1


_LAST = core.select(func.max(POSTING.c.id))
_ENTER = insert(ENTRY)
_SUM = core.select(func.coalesce(func.sum(ENTRY.c.amount), 0))
_INDIVIDUAL_ACCOUNT = _SUM.where(
    ENTRY.c.account == Account.INDIVIDUAL_ACCOUNT, ENTRY.c.relationship_id == bindparam("relationship")
)
_RECEIVED = _SUM.where(
    ENTRY.c.account == Account.BANK, ENTRY.c.remittance == bindparam("remittance"), ENTRY.c.amount > 0
)
_IN_SUSPENSE = (
    core.select(ENTRY.c.remittance, func.sum(ENTRY.c.amount))
    .join(POSTING, POSTING.c.id == ENTRY.c.posting_id)
    .where(POSTING.c.case_no == bindparam("case"), ENTRY.c.account == Account.SUSPENSE)
    .group_by(ENTRY.c.remittance)
    .order_by(ENTRY.c.remittance)
)


async def individual_account(session: AsyncSession, relationship_id: int) -> Fen:
    """What the fund owes to the individual account of one relationship, in fen.

    A person insured in both schemes at one bureau has two accounts there, and only one of them moves.
    """
    found = await execute(session, _INDIVIDUAL_ACCOUNT, {"relationship": relationship_id})
    return Fen(-int(found.scalar_one()))


async def in_suspense(session: AsyncSession, case_no: str) -> dict[str, Fen]:
    """The case's money in suspense, in fen, per remittance; settled remittances are left out.

    Money sent back is below zero under its own remittance.
    """
    found = await execute(session, _IN_SUSPENSE, {"case": case_no})
    return {number or "": Fen(-int(total)) for number, total in found.all() if total}


async def opposite_of(session: AsyncSession, key: str) -> tuple[Entry, ...]:
    """The entries that reverse a posting. A reversal is a posting of its own; the first one stays."""
    query = (
        select(EntryRow)
        .join(PostingRow, col(PostingRow.id) == col(EntryRow.posting_id))
        .where(col(PostingRow.key) == key)
    )
    return tuple(
        Entry(Account(row.account), Fen(-row.amount), row.relationship_id, row.remittance)
        for row in await session.exec(query)
    )


async def received(session: AsyncSession, remittance: str) -> Fen:
    """What has arrived in the bank under a remittance, in fen."""
    found = await execute(session, _RECEIVED, {"remittance": remittance})
    return Fen(int(found.scalar_one()))
