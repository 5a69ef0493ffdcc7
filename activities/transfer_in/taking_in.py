"""What a taking in changes in the books: the relationship that it joins, and the posting of its money."""

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import started_at
from activities.contracts import TAKE_IN
from activities.transfer_in.reconciliation import name_amended, reconciled
from models.messages.corrections import Reversal
from models.messages.papers import InformationForm
from models.messages.steps import TakenIn
from models.store.ledger import credit, debit, in_suspense, post
from models.store.records import Enrolment, enrol, put_name_right, standing_of
from models.store.store import Store
from models.store.tables import Account
from rules.values.papers import PaperKind, Side


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


async def post_taking_in(
    store: Store,
    session: AsyncSession,
    form: InformationForm,
    officers: tuple[str, ...],
    number: str,
    relationship_id: int,
) -> None:
    """Move all money of the case from suspense to account and fund, as the form on file states it.

    Raises ValueError, a caller's fault, when other money is in suspense, or a taking in is posted already.
    """
    if await _is_posted(store, session, form.case_no):
        raise ValueError(f"case {form.case_no} is taken in already")
    agreed = await reconciled(store, session, form)
    waiting = await in_suspense(session, form.case_no)
    if not agreed.agreed or sum(waiting.values()) != form.lines.total:
        raise ValueError(f"what is in suspense for case {form.case_no} is not what {form.number} states")
    freed = (debit(Account.SUSPENSE, amount, None, one) for one, amount in waiting.items())
    entries = (
        *freed,
        credit(Account.INDIVIDUAL_ACCOUNT, form.lines.individual, relationship_id),
        credit(Account.POOLED_FUND, form.lines.pooled),
    )
    at, step, by = started_at(), TAKE_IN.name, ",".join(officers)
    await post(session, number, form.case_no, at, entries, step=step, paper=number, officer=by)


async def _is_posted(store: Store, session: AsyncSession, case_no: str) -> bool:
    """Whether the case has a taking in that was not reversed."""
    taken_in = await store.papers(session, case_no, PaperKind.TAKING_IN, Side.ISSUED, TakenIn)
    reversals = await store.papers(session, case_no, PaperKind.REVERSAL, Side.ISSUED, Reversal)
    return len(taken_in) > len(reversals)
