"""The relationship into which a case is taken in."""

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.transfer_in.reconciliation import name_amended
from models.messages.papers import InformationForm
from models.store.records import Enrolment, enrol, person_of, relationship_of
from models.store.store import Store


async def require_not_leaving(session: AsyncSession, form: InformationForm) -> None:
    """Refuses to take anything into a relationship that another case is moving: it would move along.

    Raises ApplicationError, and the step is tried again until the other case has released it.
    """
    joined = await relationship_of(session, form.id_number, form.scheme_to)
    if joined is not None and joined.reserved_by not in (None, form.case_no):
        raise ApplicationError(f"the relationship joined is leaving with case {joined.reserved_by}")


async def enrol_for(store: Store, session: AsyncSession, form: InformationForm) -> Enrolment:
    """The relationship the months are taken into; a name put right by a correction is put right here."""
    if await name_amended(store, session, form):
        known = await person_of(session, form.id_number)
        if known is not None:
            known.name = form.name
    return await enrol(session, form.id_number, form.name, form.scheme_to)
