"""Double entry: postings only, each balanced, each under a key that can be used once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.books import Account, EntryRow, PostingRow
from rules.money import Fen


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a posting in fen; a debit is positive, a credit negative."""

    account: Account
    amount: Fen
    relationship_id: int | None = None
    remittance: str | None = None


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
    deed: str,
    paper: str,
    officer: str = "",
) -> None:
    """Write a posting. Entries of nothing are left out; a posting of nothing is still written, as a fact.

    `deed` is the name of what was done, `paper` the number of the paper it rests on, `officer` who released
    it where somebody had to.

    Raises ValueError when the entries do not balance, IntegrityError when the key was used before.
    """
    if sum(entry.amount for entry in entries) != 0:
        raise ValueError(f"posting {key} does not balance")
    posting = PostingRow(key=key, case_no=case_no, deed=deed, paper=paper, officer=officer, at=at)
    session.add(posting)
    await session.flush()
    assert posting.id is not None
    for entry in entries:
        if entry.amount:
            session.add(
                EntryRow(
                    posting_id=posting.id,
                    account=entry.account,
                    relationship_id=entry.relationship_id,
                    remittance=entry.remittance,
                    amount=entry.amount,
                )
            )
    await session.flush()


async def individual_account(session: AsyncSession, relationship_id: int) -> Fen:
    """What the fund owes to the individual account of one relationship, in fen.

    A person insured in both schemes at one bureau has two accounts there, and only one of them moves.
    """
    query = select(func.coalesce(func.sum(EntryRow.amount), 0)).where(
        col(EntryRow.account) == Account.INDIVIDUAL_ACCOUNT, col(EntryRow.relationship_id) == relationship_id
    )
    return Fen(-int((await session.exec(query)).one()))


async def received(session: AsyncSession, remittance: str) -> Fen:
    """What has come into the bank under a remittance, in fen."""
    query = select(func.coalesce(func.sum(EntryRow.amount), 0)).where(
        col(EntryRow.account) == Account.BANK,
        col(EntryRow.remittance) == remittance,
        col(EntryRow.amount) > 0,
    )
    return Fen(int((await session.exec(query)).one()))
