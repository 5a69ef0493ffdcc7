"""The relationship that a case moves, as the transfer-out bureau's books have it at any stage of the case."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.orders import order_refused
from models.messages.papers import InformationForm, Remittance, RemittancePurpose
from models.store.histories import history_of
from models.store.ledger import Entry, credit
from models.store.records import relationship_of, standing_of
from models.store.store import PaperKey, Store
from models.store.superseding import LIVE, is_here
from models.store.tables import Account, ContributionRow, PersonRow, RelationshipRow
from rules.values.money import NO_MONEY, Fen
from rules.values.moves import Scheme
from rules.values.papers import PaperKind, Side
from rules.values.record import CreditRounding, History


@dataclass(frozen=True, slots=True)
class BookedRelationship:
    """The books' record of a person in the scheme they are to leave, read once."""

    person: PersonRow
    relationship: RelationshipRow
    contributions: list[ContributionRow]
    """The contributions that count, in order of months, wherever these are now."""

    @property
    def here(self) -> list[ContributionRow]:
        """The contributions whose months are neither moved nor cleared."""
        return [row for row in self.contributions if is_here(row)]


_BOOKED = (
    select(PersonRow, RelationshipRow, ContributionRow)
    .join(RelationshipRow, col(RelationshipRow.person_id) == col(PersonRow.id))
    .outerjoin(ContributionRow, and_(LIVE, col(ContributionRow.relationship_id) == col(RelationshipRow.id)))
    .where(
        col(PersonRow.id_number) == bindparam("id_number"), col(RelationshipRow.scheme) == bindparam("scheme")
    )
    .order_by(col(ContributionRow.first))
)


async def booked_relationship(
    session: AsyncSession, id_number: str, scheme: Scheme
) -> BookedRelationship | None:
    """The person's relationship in a scheme with all that belongs to it, or None."""
    asked = {"id_number": id_number, "scheme": scheme}
    rows = (await session.exec(_BOOKED, params=asked)).all()
    if not rows:
        return None
    person, relationship, _ = rows[0]
    contributions: list[ContributionRow | None] = [row for *_, row in rows]
    return BookedRelationship(person, relationship, [row for row in contributions if row is not None])


async def history_held(
    session: AsyncSession, held: BookedRelationship | None, rounding: CreditRounding, *, proven: bool
) -> History | None:
    """The history of the months here; see `history_of`. None where there is no relationship."""
    if held is None:
        return None
    return await history_of(session, held.relationship, held.here, rounding, proven=proven)


async def reserved_for(session: AsyncSession, form: InformationForm) -> int:
    """The row id of the relationship that a form's case has reserved. Raises ValueError if none."""
    found = await standing_of(session, form.id_number, form.scheme_from)
    if found.relationship_id is None or found.reserved_by != form.case_no:
        raise ValueError(f"case {form.case_no} has no relationship reserved here")
    return found.relationship_id


async def transferred_relationship(
    store: Store, session: AsyncSession, form: InformationForm
) -> RelationshipRow:
    """The relationship the case has taken away. Raises ValueError, a caller's fault, if it has none."""
    relationship = await relationship_of(session, form.id_number, form.scheme_from)
    restored = await store.has(session, PaperKey(form.case_no, PaperKind.RESTORATION, Side.ISSUED))
    if relationship is None or restored or not await funds_left(store, session, form.case_no):
        raise ValueError(f"case {form.case_no} has taken no relationship away from here")
    return relationship


async def credits_of_return(store: Store, session: AsyncSession, remittance: Remittance) -> tuple[Entry, ...]:
    """The credit entries of money that comes back: to the account and the fund from which it left.

    Raises ValueError, a caller's fault, when it did not leave this bureau.
    """
    form = await store.paper(
        session, PaperKey(remittance.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED), InformationForm
    )
    if form is None or not remittance.purpose.goes_back:
        raise ValueError(f"{remittance.number} is no money that comes back here")
    relationship = await transferred_relationship(store, session, form)
    return (
        credit(Account.INDIVIDUAL_ACCOUNT, remittance.individual, relationship.id, remittance.number),
        credit(Account.POOLED_FUND, remittance.pooled, None, remittance.number),
    )


async def funds_left(store: Store, session: AsyncSession, case_no: str) -> bool:
    """Whether the funds of the case have left this bureau, and the relationship with them."""
    return await store.has(session, PaperKey(case_no, PaperKind.REMITTANCE, Side.ISSUED))


async def was_released(store: Store, session: AsyncSession, case_no: str) -> bool:
    """Whether the case has released the relationship before anything left."""
    return await store.has(session, PaperKey(case_no, PaperKind.RELEASE, Side.ISSUED))


async def money_away(store: Store, session: AsyncSession, case_no: str) -> tuple[Fen, Fen]:
    """What has left this bureau in the case and not come back, in fen: individual account, pooled fund."""
    sent = await store.papers(session, case_no, PaperKind.REMITTANCE, Side.ISSUED, Remittance)
    back = await store.papers(session, case_no, PaperKind.REMITTANCE, Side.RECEIVED, Remittance)
    signed = [(1, one) for one in sent if not one.purpose.goes_back]
    signed += [(-1, one) for one in back if one.purpose.goes_back]
    individual = sum(sign * one.individual for sign, one in signed)
    return Fen(individual), Fen(sum(sign * one.pooled for sign, one in signed))


async def require_returnable(store: Store, session: AsyncSession, remittance: Remittance) -> None:
    """Refuses returned money that the latest form does not account for.

    A return is all that has left; a surplus is what has left beyond the form.
    """
    case_no = remittance.case_no
    forms = await store.papers(session, case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, InformationForm)
    out = await money_away(store, session, case_no)
    kept = (NO_MONEY, NO_MONEY)
    if remittance.purpose is RemittancePurpose.SURPLUS and forms:
        kept = (forms[-1].lines.individual, forms[-1].lines.pooled)
    if (remittance.individual, remittance.pooled) != (out[0] - kept[0], out[1] - kept[1]):
        raise order_refused(
            "The money is not what has to come back by the form on file; nothing was done.",
            "该笔款项与存档信息表所列应退回的金额不符，未作处理。",
        )
