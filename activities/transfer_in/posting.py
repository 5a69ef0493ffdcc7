"""The posting by which the money of a case is taken in: out of suspense, to account and fund."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import TAKE_IN
from activities.transfer_in.reconciliation import reconciled
from models.messages.corrections import Reversal
from models.messages.papers import InformationForm
from models.messages.steps import TakenIn
from models.store.ledger import credit, debit, in_suspense, post
from models.store.store import Store
from models.store.tables import Account
from rules.values.papers import PaperKind, Side


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
