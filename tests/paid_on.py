"""Months paid at a bureau since a case closed; collecting contributions is no part of the system."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.ledger import credit, debit, post
from models.store.loaded_records import KIND, LoadedRecord
from models.store.records import as_row
from models.store.seeding import paid_by_employers
from models.store.store import PaperKey, Store
from models.store.tables import Account, PersonRow, RelationshipRow
from rules.values.money import NO_MONEY
from rules.values.moves import Scheme
from rules.values.papers import Side
from rules.values.record import ContributionRange


async def pay_on(session: AsyncSession, relationship_id: int, bureau: str, part: ContributionRange) -> None:
    """Months on the record and the employer's part in the pooled fund, as loading books them."""
    relationship = await session.get_one(RelationshipRow, relationship_id)
    person = await session.get_one(PersonRow, relationship.person_id)
    session.add(as_row(part, relationship_id, bureau))
    paper = LoadedRecord(
        number=f"opening/{relationship_id}",
        id_number=person.id_number,
        scheme=Scheme(relationship.scheme),
        bureau=bureau,
        months=(part,),
        opening=None,
        rates={},
        individual=NO_MONEY,
        pooled=paid_by_employers([part], None),
    )
    sides = (debit(Account.BANK, paper.pooled), credit(Account.POOLED_FUND, paper.pooled))
    at = datetime.now(UTC)
    await post(session, paper.number, "", at, sides, step="seed_accounts", paper=paper.number)
    await Store.file(session, PaperKey("", KIND, Side.ISSUED, relationship_id), at, paper)
