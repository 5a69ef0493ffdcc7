"""Months paid at a bureau after a case closed; collecting contributions is not part of the system."""

from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from staff import by_officer, demonstration

from activities.officers.register import AcceptedOfficers, OfficerRegister
from models.files.history_file import StatedRecord
from models.messages.steps import SeedBatch
from models.officers.seals import digest_of
from models.store.ledger import credit, debit, post
from models.store.loaded_records import KIND, LoadedRecord
from models.store.records import as_row
from models.store.seeding import paid_by_employers
from models.store.store import PaperKey, Store
from models.store.tables import Account, PersonRow, RelationshipRow
from rules.amounts.amounts import transfer_amount
from rules.values.moves import Scheme, other_employee_scheme
from rules.values.officers import Right
from rules.values.papers import Side
from rules.values.record import ContributionRange, History


async def pay_on(store: Store, relationship_id: int, bureau: str, part: ContributionRange) -> None:
    """Enter months on the record, and their money in account and pooled fund, as loading does."""
    async with store.reading() as session:
        stated = await _stated(session, relationship_id, bureau, part)
    at = datetime.now(UTC)
    batch = SeedBatch(bureau=bureau, histories=())
    items = (digest_of(stated),)
    order = by_officer(Right.SEED, bureau, batch, "clerk-01", items).order
    assert order is not None
    register = OfficerRegister(bureau, store, AcceptedOfficers(demonstration()))
    assert await register.accept(order, Right.SEED, batch, at, items) == ()
    async with store.transaction() as session:
        session.add(as_row(part, relationship_id, bureau))
        await _load(session, relationship_id, stated, at, order.message_id)


async def _stated(
    session: AsyncSession, relationship_id: int, bureau: str, part: ContributionRange
) -> StatedRecord:
    relationship = await session.get_one(RelationshipRow, relationship_id)
    person = await session.get_one(PersonRow, relationship.person_id)
    return StatedRecord(
        id_number=person.id_number,
        scheme=Scheme(relationship.scheme),
        bureau=bureau,
        months=(part,),
        opening=None,
        rates={},
    )


async def _load(
    session: AsyncSession, relationship_id: int, stated: StatedRecord, at: datetime, order: str
) -> None:
    history = History(stated.scheme, stated.months)
    amount = transfer_amount(history, other_employee_scheme(stated.scheme), at.date())
    paper = LoadedRecord(
        **dict(stated),
        number=f"opening/{relationship_id}",
        individual=amount.adjusted_record_balance,
        pooled=paid_by_employers(stated.months, None),
        entered_by=order,
    )
    sides = (
        debit(Account.BANK, paper.individual + paper.pooled),
        credit(Account.INDIVIDUAL_ACCOUNT, paper.individual, relationship_id),
        credit(Account.POOLED_FUND, paper.pooled),
    )
    await post(session, paper.number, "", at, sides, step="seed_accounts", paper=paper.number)
    await Store.file(session, PaperKey("", KIND, Side.ISSUED, relationship_id), at, paper)
