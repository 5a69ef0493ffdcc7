"""Money between two bureaus: how it leaves one and arrives at the other.

Each step is a posting of its own, under the number of the remittance. How money arrives by the bank's
statement, part by part, is in `activities.bank.arrivals`.
"""

from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from models.messages.corrections import MoneyOrder
from models.messages.papers import InformationForm, Remittance, RemittancePurpose
from models.store.ledger import Entry, credit, debit, individual_account, post_all
from models.store.store import Store
from models.store.tables import Account
from rules.values.books import left_in_account
from rules.values.money import Fen
from rules.values.papers import PaperKind, Side


def remittance_of(order: MoneyOrder, *purposes: RemittancePurpose) -> Remittance:
    """The remittance that an order asks for.

    Raises ValueError, a caller's fault, when this bureau is not the one to send it or the amount is below
    zero.
    """
    form = order.form
    if order.purpose not in purposes or order.individual + order.pooled < 0:
        raise ValueError(f"no such money can leave here in case {form.case_no}: {order.purpose}")
    return remittance_under(form, order.sequence, order.purpose, order.individual, order.pooled)


def remittance_under(
    form: InformationForm, sequence: int, purpose: RemittancePurpose, individual: Fen, pooled: Fen
) -> Remittance:
    """The n-th movement of money in a form's case, as this step sends it today."""
    return Remittance(
        number=f"remittance/{form.case_no}/{sequence}",
        case_no=form.case_no,
        sequence=sequence,
        purpose=purpose,
        bureau_out=form.bureau_out,
        bureau_in=form.bureau_in,
        information_form=form.number,
        individual=individual,
        pooled=pooled,
        sent_on=today(),
        started_at=started_at(),
    )


async def post_transfer(
    session: AsyncSession,
    form: InformationForm,
    remittance: Remittance,
    relationship_id: int,
    step: str,
    officers: tuple[str, ...],
) -> None:
    """Bring the account up to the record, then send the moving part of it and of the pooled fund."""
    owed = form.adjusted_record_balance - await individual_account(session, relationship_id)
    adjusting = (debit(Account.POOLED_FUND, owed), credit(Account.INDIVIDUAL_ACCOUNT, owed, relationship_id))
    sources = (
        debit(Account.INDIVIDUAL_ACCOUNT, remittance.individual, relationship_id, remittance.number),
        debit(Account.POOLED_FUND, remittance.pooled, None, remittance.number),
    )
    await _post(session, remittance, {"adjust": adjusting} | _sending(remittance, sources), step, officers)


async def post_sending(
    session: AsyncSession,
    remittance: Remittance,
    sources: tuple[Entry, ...],
    *,
    step: str,
    officers: tuple[str, ...] = (),
) -> None:
    """Send the money of a remittance: debit `sources`, then take it out of the bank."""
    await _post(session, remittance, _sending(remittance, sources), step, officers)


def _sending(remittance: Remittance, sources: tuple[Entry, ...]) -> dict[str, tuple[Entry, ...]]:
    number, total = remittance.number, remittance.total
    under_way = credit(Account.IN_TRANSIT_OUT, total, None, number)
    left = (debit(Account.IN_TRANSIT_OUT, total, None, number), credit(Account.BANK, total, None, number))
    return {"remit": (*sources, under_way), "settle": left}


async def post_return(
    session: AsyncSession, remittance: Remittance, owed: tuple[Entry, ...], *, step: str
) -> None:
    """Enter money that has come back, and credit it to those it is owed to."""
    number, total = remittance.number, remittance.total
    come = (debit(Account.BANK, total, None, number), credit(Account.IN_TRANSIT_IN, total, None, number))
    await _post(session, remittance, {"arrive": come}, step)
    await post_return_credits(session, remittance, owed, step=step)


async def post_return_credits(
    session: AsyncSession, remittance: Remittance, owed: tuple[Entry, ...], *, step: str
) -> None:
    """Credit all money that has come back to those it is owed to."""
    come = debit(Account.IN_TRANSIT_IN, remittance.total, None, remittance.number)
    await _post(session, remittance, {"enter": (come, *owed)}, step)


async def post_adjustment(
    store: Store,
    session: AsyncSession,
    remittance: Remittance,
    of_account: Entry,
    before: Fen,
    *,
    step: str,
) -> None:
    """Once money of a remittance is in the account or out of it, move its surplus over the form to the fund.

    `of_account` is the entry that moved the money, `before` what of the account was away until then, in fen.
    Nothing is moved unless a correction had made the record less than what had left.
    """
    forms = await store.papers(
        session, remittance.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, InformationForm
    )
    record, away = forms[-1].adjusted_record_balance, before + of_account.amount
    more = left_in_account(record, away) - left_in_account(record, before) + of_account.amount
    if more:
        relationship_id = of_account.relationship_id
        sides = (debit(Account.POOLED_FUND, more), credit(Account.INDIVIDUAL_ACCOUNT, more, relationship_id))
        await _post(session, remittance, {"adjust": sides}, step)


async def post_to_suspense(session: AsyncSession, remittance: Remittance, *, step: str) -> None:
    """Enter money that has arrived, in suspense."""
    number, total = remittance.number, remittance.total
    come = (debit(Account.BANK, total, None, number), credit(Account.SUSPENSE, total, None, number))
    await _post(session, remittance, {"arrive": come}, step)


async def _post(
    session: AsyncSession,
    remittance: Remittance,
    parts: Mapping[str, tuple[Entry, ...]],
    step: str,
    officers: tuple[str, ...] = (),
) -> None:
    await post_all(
        session,
        remittance.case_no,
        started_at(),
        {f"{remittance.number}/{part}": entries for part, entries in parts.items()},
        step=step,
        paper=remittance.number,
        officer=",".join(officers),
    )
