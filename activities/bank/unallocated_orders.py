"""What officers order about kept money: the first proposes, the second checks, and only then it moves.

It is a deed of one bureau outside every case, so no case's arrangement says how many officers it needs: money
that leaves a bureau needs two different ones (社会保险经办条例第三十六至三十八条), and so does money that is
put to a case by hand.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.bank.arrivals import announced, count_towards
from activities.bank.unallocated import (
    MOVED,
    NO_CASE,
    PROPOSED,
    kept_under,
    let_go,
    line_of,
    moves,
    open_proposal,
    send_back,
)
from activities.clock import taken_up_at
from activities.contracts import MOVE_KEPT_MONEY
from models.messages.bank_statement import (
    Hindrance,
    KeptMoneyAnswer,
    KeptMoneyMoved,
    KeptMoneyOrder,
    KeptMoneyProposal,
    StatementLine,
)
from models.store.ledger import received
from models.store.store import PaperKey, Store
from rules.values.money import NO_MONEY, Fen


async def carry_out(store: Store, session: AsyncSession, order: KeptMoneyOrder) -> KeptMoneyAnswer:
    """Propose what an officer orders, or check what another has proposed, and then move the money.

    The same officer's word twice is one word. A proposal about another amount than can be moved now is void.
    """
    entry = await line_of(store, session, order.reference)
    if entry is None:
        return KeptMoneyAnswer(hindrance=Hindrance.NOT_ENTERED)
    amount = await _movable(store, session, order)
    if isinstance(amount, Hindrance):
        return _hindered(order, amount, await moves(store, session, order.reference))
    standing = await open_proposal(store, session, order.reference)
    if standing is None or (standing.to, standing.amount) != (order.to, amount):
        return await _propose(store, session, order, amount)
    if standing.officer == order.officer:
        return KeptMoneyAnswer(proposed=standing)
    return KeptMoneyAnswer(moved=await _move(store, session, entry.line, standing, order.officer))


async def _movable(store: Store, session: AsyncSession, order: KeptMoneyOrder) -> Fen | Hindrance:
    """How much can be moved, in fen, or why nothing can."""
    kept = await kept_under(session, order.reference)
    if not kept:
        return Hindrance.NOTHING_KEPT
    if not order.to:
        return kept
    remittance = await announced(store, session, order.to)
    if remittance is None:
        return Hindrance.NOT_ANNOUNCED
    missing = remittance.total - await received(session, remittance.number)
    return Fen(min(kept, missing)) if missing > NO_MONEY else Hindrance.NOTHING_MISSING


def _hindered(order: KeptMoneyOrder, why: Hindrance, moved: list[KeptMoneyMoved]) -> KeptMoneyAnswer:
    """The money has gone: to one of the officers who moved it so, that is the answer once more."""
    so = [one for one in moved if one.to == order.to and order.officer in (one.maker, one.checker)]
    if so:
        return KeptMoneyAnswer(moved=so[-1])
    return KeptMoneyAnswer(hindrance=why, moved=moved[-1] if moved else None)


async def _propose(
    store: Store, session: AsyncSession, order: KeptMoneyOrder, amount: Fen
) -> KeptMoneyAnswer:
    if not order.reason:
        return KeptMoneyAnswer(hindrance=Hindrance.NO_REASON)
    proposal = KeptMoneyProposal(
        reference=order.reference,
        to=order.to,
        amount=amount,
        officer=order.officer,
        reason=order.reason,
        taken_up_at=taken_up_at(),
    )
    before = await store.papers(session, NO_CASE, PROPOSED, order.reference, KeptMoneyProposal)
    key = PaperKey(NO_CASE, PROPOSED, order.reference, len(before) + 1)
    await store.file(session, key, taken_up_at(), proposal)
    return KeptMoneyAnswer(proposed=proposal)


async def _move(
    store: Store, session: AsyncSession, line: StatementLine, proposal: KeptMoneyProposal, checker: str
) -> KeptMoneyMoved:
    version = len(await moves(store, session, line.reference)) + 1
    moved = KeptMoneyMoved(
        number=f"kept-money/{line.reference}/{version}",
        line=line,
        to=proposal.to,
        amount=proposal.amount,
        maker=proposal.officer,
        checker=checker,
        reason=proposal.reason,
        taken_up_at=taken_up_at(),
    )
    await store.file(session, PaperKey(NO_CASE, MOVED, line.reference, version), taken_up_at(), moved)
    remittance = await announced(store, session, moved.to)
    if remittance is None:
        await send_back(session, moved)
        return moved
    await let_go(session, moved)
    officers = f"{moved.maker},{moved.checker}"
    key = f"{moved.number}/counted"
    await count_towards(session, remittance, key, moved.amount, deed=MOVE_KEPT_MONEY.name, officer=officers)
    return moved
