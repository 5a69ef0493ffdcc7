"""The relationship a case moves, as the transfer-out bureau has it at any stage of the case."""

from sqlmodel.ext.asyncio.session import AsyncSession

from models.books import Account, RelationshipRow
from models.ledger import Entry, credit
from models.papers import InformationForm, Remittance
from models.records import relationship_of
from models.store import PaperKey, Store
from rules.schemes import Scheme


async def reserved(session: AsyncSession, case_no: str, id_number: str, scheme: Scheme) -> RelationshipRow:
    """The relationship the case has reserved; ValueError, a broken promise, when it has not."""
    relationship = await relationship_of(session, id_number, scheme)
    if relationship is None or relationship.reserved_by != case_no:
        raise ValueError(f"case {case_no} has no relationship reserved here")
    return relationship


async def gone(store: Store, session: AsyncSession, form: InformationForm) -> RelationshipRow:
    """The relationship the case has taken away; ValueError, a broken promise, when it has not, or no more."""
    relationship = await relationship_of(session, form.id_number, form.scheme_from)
    restored = await store.has(session, PaperKey(form.case_no, "restoration", "issued"))
    if relationship is None or restored or not await funds_left(store, session, form.case_no):
        raise ValueError(f"case {form.case_no} has taken no relationship away from here")
    return relationship


async def owed_back(store: Store, session: AsyncSession, remittance: Remittance) -> tuple[Entry, ...]:
    """Whose money is that comes back: the account's and the fund's from which it left.

    Raises ValueError, a broken promise, when it is no money of this bureau that comes back.
    """
    form = await store.paper(
        session, PaperKey(remittance.case_no, "information_form", "issued"), InformationForm
    )
    if form is None or not remittance.purpose.goes_back:
        raise ValueError(f"{remittance.number} is no money that comes back here")
    relationship = await gone(store, session, form)
    return (
        credit(Account.INDIVIDUAL_ACCOUNT, remittance.individual, relationship.id, remittance.number),
        credit(Account.POOLED_FUND, remittance.pooled, None, remittance.number),
    )


async def funds_left(store: Store, session: AsyncSession, case_no: str) -> bool:
    """Whether the funds of the case have left this bureau, and the relationship with them."""
    return await store.has(session, PaperKey(case_no, "remittance", "issued"))


async def released(store: Store, session: AsyncSession, case_no: str) -> bool:
    """Whether the case has let go of the relationship before anything left."""
    return await store.has(session, PaperKey(case_no, "release", "issued"))


async def money_out(store: Store, session: AsyncSession, case_no: str) -> int:
    """What of the case's money is away from this bureau, in fen: sent, less what came back."""
    sent = await store.papers(session, case_no, "remittance", "issued", Remittance)
    back = await store.papers(session, case_no, "remittance", "received", Remittance)
    return sum(one.total for one in sent if not one.purpose.goes_back) - sum(
        one.total for one in back if one.purpose.goes_back
    )
