"""Months paid at a bureau since a case closed; collecting contributions is no part of the system."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.books import Account
from models.ledger import credit, debit, post
from models.records import as_row
from models.seeding import paid_by_employers
from rules.record import ContributionRange


async def pay_on(session: AsyncSession, relationship_id: int, bureau: str, part: ContributionRange) -> None:
    """Months on the record and the employer's part in the pooled fund, as loading books them."""
    session.add(as_row(part, relationship_id, bureau))
    paid, number = paid_by_employers([part], None), f"opening/{relationship_id}"
    sides = (debit(Account.BANK, paid), credit(Account.POOLED_FUND, paid))
    await post(session, number, "", datetime.now(UTC), sides, deed="seed_accounts", paper=number)
