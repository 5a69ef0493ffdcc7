"""The relationship that takes in the months of a case."""

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.transfer_in.reconciliation import name_amended
from models.messages.papers import InformationForm
from models.store.records import Enrolment, enrol, put_name_right, standing_of
from models.store.store import Store


async def enrol_for(store: Store, session: AsyncSession, form: InformationForm) -> Enrolment:
    """The relationship that the months are taken into; a name that a correction has changed is changed here.

    While another case is moving the relationship nothing is taken into it, since it would move along. Then
    raises ApplicationError, and the step is tried again until the other case has released the relationship.
    """
    found = await standing_of(session, form.id_number, form.scheme_to)
    if found.reserved_by not in (None, form.case_no):
        raise ApplicationError(f"the relationship joined is leaving with case {found.reserved_by}")
    if found.person_id is not None and found.name != form.name and await name_amended(store, session, form):
        await put_name_right(session, found.person_id, form.name)
    return await enrol(session, form.id_number, form.name, form.scheme_to, found)
