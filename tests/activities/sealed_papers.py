"""What officers have sealed, as filed at a bureau: approvals it has vouched for, and rulings."""

from datetime import UTC, datetime

from pydantic import BaseModel
from staff import amendment, approval, arrears_paid, demonstration, ruling, withdrawal
from walkthrough import CASE, Walkthrough

from activities.contracts import READ_ROSTER, VOUCH
from activities.officers.ruled import ruling_key
from activities.officers.vouching import vouched_key
from models.messages.corrections import AmendmentOrder
from models.messages.disputes import RulingRecord
from models.messages.requests import Approvable, ArrearsPaid, Choice, StaffAction
from models.officers.rosters import RosterChange, RosterQuestion
from models.officers.rulings import RulingDelivery
from models.officers.seals import digest_of
from models.officers.vouching import SealedAct, VouchOrder
from models.store.store import Store
from rules.values.orders import Close, DisputePoint, Order

WHEN = datetime(2026, 3, 2, 1, tzinfo=UTC)


async def approved(
    store: Store, bureau: str, what: Approvable, number: str, paper: BaseModel, *officers: str
) -> tuple[SealedAct, ...]:
    """The approvals by these officers, for which their bureau has vouched."""
    acts = []
    for officer in officers:
        said = approval(what, officer, of=number)
        key = demonstration().officer(bureau, officer)
        sealed = key.seal(CASE, "approve", said, (number, digest_of(paper)))
        acts.append(_act(StaffAction.APPROVE, bureau, number, sealed))
    await _kept(store, acts)
    return tuple(acts)


async def chosen(
    store: Store, bureau: str, number: str, choice: Choice, read: BaseModel | None = None
) -> tuple[Choice, SealedAct]:
    """The choice with the seal of the officer who has handed it in, as the bureau files it.

    `read` is the notice as the officer has read it.
    """
    about = (number, digest_of(read)) if read else ("", "")
    sealed = demonstration().officer(bureau, choice.officer).seal(CASE, "choose", choice, about)
    act = _act(StaffAction.CHOOSE, bureau, number, sealed)
    await _kept(store, [act])
    return sealed, act


async def arrears_were_paid(store: Store, bureau: str, first: str, last: str) -> ArrearsPaid:
    """A payment of months in arrears, sealed by an officer and vouched for by the bureau."""
    sealed = demonstration().officer(bureau, "out-01").seal(CASE, "arrears", arrears_paid(first, last))
    await _kept(store, [_act(StaffAction.ARREARS, bureau, "", sealed)])
    return sealed


async def amendment_answered(store: Store, bureau: str, order: AmendmentOrder) -> None:
    """File an officer's sealed answer to a correction, for which the bureau has vouched: the order's values,
    or, if it has none, that money is to follow."""
    values: dict[str, str | None] = {one.field: one.value for one in order.fields}
    said = amendment(values or {"funds": "1.00"}).model_copy(update={"message_id": order.by})
    about = (order.form.number, digest_of(order.form))
    sealed = demonstration().officer(bureau, said.officer).seal(CASE, "amend", said, about)
    await _kept(store, [_act(StaffAction.AMEND, bureau, order.form.number, sealed)])


async def withdrawn(walkthrough: Walkthrough, bureau: str) -> tuple[SealedAct, tuple[RosterChange, ...]]:
    """A withdrawal sealed by an officer of a bureau and filed there, and the bureau's roster."""
    sealed = demonstration().officer(bureau, "in-01").seal(CASE, "withdraw", withdrawal())
    request = sealed.model_dump(mode="json")
    order = VouchOrder(case_no=CASE, bureau=bureau, action=StaffAction.WITHDRAW, request=request)
    vouched = await walkthrough.do(VOUCH, bureau, order)
    assert vouched.refusals == ()
    page = await walkthrough.do(READ_ROSTER, bureau, RosterQuestion(bureau=bureau))
    act = _act(StaffAction.WITHDRAW, bureau, "", sealed)
    return act.model_copy(update={"vouched_at": vouched.started_at}), page.changes


async def ruled(store: Store, number: str, case_no: str = CASE, *first: Order) -> None:
    """File a ruling of this number, which closes the case after the orders `first`."""
    async with store.transaction() as session:
        if await store.has(session, key := ruling_key(case_no, number)):
            return
        record = RulingRecord(
            case_no=case_no,
            point=DisputePoint.AMOUNT,
            ruling=ruling([*first, Close()], number),
            officers=("province-01", "province-02"),
            made_at=WHEN,
        )
        await store.file(session, key, WHEN, RulingDelivery(record=record, acts=()))


def _act(action: StaffAction, bureau: str, number: str, request: BaseModel) -> SealedAct:
    return SealedAct(
        action=action,
        bureau=bureau,
        about=number,
        request=request.model_dump(mode="json"),
        vouched_at=WHEN,
        demonstration=True,
    )


async def _kept(store: Store, acts: list[SealedAct]) -> None:
    async with store.transaction() as session:
        for act in acts:
            key = vouched_key(CASE, str(act.request["message_id"]))
            if not await store.has(session, key):
                await store.file(session, key, WHEN, act)
