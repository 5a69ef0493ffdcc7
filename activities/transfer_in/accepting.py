"""The transfer-in bureau files an application once one of its officers has accepted it under seal."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.officers.register import OfficerRegister, order_key
from models.messages.papers import ApplicationForm
from models.messages.steps import CaseOrder, ReviewOrder
from models.officers.rosters import RosterChange
from models.officers.seals import digest_of
from models.store.store import PaperKey, Store
from rules.application.grounds import not_accepted
from rules.values.law import Refusal
from rules.values.officers import Right
from rules.values.papers import PaperKind, Side


async def why_not_accepted(
    register: OfficerRegister, order: CaseOrder, received_at: datetime
) -> tuple[Refusal, ...]:
    """Why no officer counts as having accepted the application, or nothing; one on file was accepted."""
    form = order.form_accepted()
    unsealed = await register.refusals_of_listed(order.accepted, Right.APPLY, digest_of(form), received_at)
    if unsealed:
        async with register.store.reading() as session:
            if form in await _kept(register.store, session, order):
                return ()
    return tuple(map(not_accepted, unsealed))


async def roster_to_verify(register: OfficerRegister, request: ReviewOrder) -> tuple[RosterChange, ...]:
    """The part of the roster by which a bureau that has not certified yet can verify who has accepted."""
    if request.certificate is not None or request.order.accepted is None:
        return ()
    return await register.changes_about(request.order.accepted.officer)


async def keep_application(
    store: Store, session: AsyncSession, order: CaseOrder, received_at: datetime
) -> None:
    """File the application with its officer's order; a supplemented one is a further version."""
    kept = await _kept(store, session, order)
    accepted = order.accepted
    if accepted is not None and not kept and not await store.has(session, order_key(accepted)):
        await store.file(session, order_key(accepted), received_at, accepted)
    for form in (order.form_accepted(), order.form()):
        if form not in kept:
            key = PaperKey(order.case_no, PaperKind.APPLICATION, Side.RECEIVED, len(kept) + 1)
            await store.file(session, key, started_at(), form)
            kept.append(form)


async def _kept(store: Store, session: AsyncSession, order: CaseOrder) -> list[ApplicationForm]:
    return await store.papers(session, order.case_no, PaperKind.APPLICATION, Side.RECEIVED, ApplicationForm)
