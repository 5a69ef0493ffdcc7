"""Officers' orders on unallocated money: the first proposes, the second checks, and only then it moves.

This step belongs to one bureau and no case, so no case's arrangements say how many officers it needs. Two
different ones are needed for money that leaves a bureau (社会保险经办条例第三十六至三十八条), and for money
that is assigned to a case by hand.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.bank.arrivals import announced, count_towards
from activities.bank.unallocated import (
    MOVED,
    NO_CASE,
    PROPOSED,
    allocate,
    line_of,
    moves,
    open_proposal,
    return_to_payer,
    unallocated_under,
)
from activities.clock import started_at
from activities.contracts import MOVE_UNALLOCATED
from models.messages.bank_statement import (
    Hindrance,
    StatementLine,
    UnallocatedAnswer,
    UnallocatedMoved,
    UnallocatedOrder,
    UnallocatedProposal,
)
from models.store.ledger import received
from models.store.store import PaperKey, Store
from rules.values.money import NO_MONEY, Fen
from rules.values.papers import Side


async def carry_out(store: Store, session: AsyncSession, order: UnallocatedOrder) -> UnallocatedAnswer:
    """Propose what an officer orders, or check what another has proposed and then move the money.

    The same officer ordering twice counts once. A proposal for an amount other than can be moved now is void.
    """
    entry = await line_of(store, session, order.reference)
    if entry is None:
        return UnallocatedAnswer(hindrance=Hindrance.NOT_ENTERED)
    amount = await _movable(store, session, order)
    if isinstance(amount, Hindrance):
        return _hindered(order, amount, await moves(store, session, order.reference))
    standing = await open_proposal(store, session, order.reference)
    if standing is None or (standing.to, standing.amount) != (order.to, amount):
        return await _propose(store, session, order, amount)
    if standing.officer == order.officer:
        return UnallocatedAnswer(proposed=standing)
    return UnallocatedAnswer(moved=await _move(store, session, entry.line, standing, order.officer))


async def _movable(store: Store, session: AsyncSession, order: UnallocatedOrder) -> Fen | Hindrance:
    """How much can be moved, in fen, or why nothing can be."""
    kept = await unallocated_under(session, order.reference)
    if not kept:
        return Hindrance.NOTHING_UNALLOCATED
    if not order.to:
        return kept
    remittance = await announced(store, session, order.to)
    if remittance is None:
        return Hindrance.NOT_ANNOUNCED
    missing = remittance.total - await received(session, remittance.number)
    return Fen(min(kept, missing)) if missing > NO_MONEY else Hindrance.NOTHING_MISSING


def _hindered(order: UnallocatedOrder, why: Hindrance, moved: list[UnallocatedMoved]) -> UnallocatedAnswer:
    """Why nothing can be moved; or the earlier move, if one of its two officers asks for it again."""
    so = [one for one in moved if one.to == order.to and order.officer in (one.maker, one.checker)]
    if so:
        return UnallocatedAnswer(moved=so[-1])
    return UnallocatedAnswer(hindrance=why, moved=moved[-1] if moved else None)


async def _propose(
    store: Store, session: AsyncSession, order: UnallocatedOrder, amount: Fen
) -> UnallocatedAnswer:
    if not order.reason:
        return UnallocatedAnswer(hindrance=Hindrance.NO_REASON)
    key = PaperKey(NO_CASE, PROPOSED, Side.ISSUED, reference=order.reference)
    before = await store.papers(session, *key[:3], UnallocatedProposal, order.reference)
    proposal = UnallocatedProposal(
        reference=order.reference,
        version=len(before) + 1,
        to=order.to,
        amount=amount,
        officer=order.officer,
        reason=order.reason,
        started_at=started_at(),
    )
    filed = await store.file(session, key._replace(version=proposal.version), started_at(), proposal)
    return UnallocatedAnswer(proposed=filed)


async def _move(
    store: Store, session: AsyncSession, line: StatementLine, proposal: UnallocatedProposal, checker: str
) -> UnallocatedMoved:
    version = len(await moves(store, session, line.reference)) + 1
    moved = UnallocatedMoved(
        number=f"unallocated/{line.reference}/{version}",
        proposal=proposal.version,
        line=line,
        to=proposal.to,
        amount=proposal.amount,
        maker=proposal.officer,
        checker=checker,
        reason=proposal.reason,
        started_at=started_at(),
    )
    key = PaperKey(NO_CASE, MOVED, Side.ISSUED, version, line.reference)
    moved = await store.file(session, key, started_at(), moved)
    remittance = await announced(store, session, moved.to)
    if remittance is None:
        await return_to_payer(session, moved)
        return moved
    await allocate(session, moved)
    officers = f"{moved.maker},{moved.checker}"
    counted = f"{moved.number}/counted"
    await count_towards(
        session,
        remittance,
        counted,
        line.reference,
        moved.amount,
        step=MOVE_UNALLOCATED.name,
        officer=officers,
    )
    return moved
