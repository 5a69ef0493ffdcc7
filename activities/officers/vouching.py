"""A bureau vouches for what its officers hand in to a case. Seals are verified here, not in workflow code."""

from pydantic import TypeAdapter, ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import ACCEPT_ORDER, CHECK_ORDER, VOUCH
from activities.officers.register import NOT_SEALED, OfficerRegister
from models.messages.requests import StaffAction
from models.officers.orders import OfficersOrder, OrderAnswer, OrderToAccept
from models.officers.seals import Seal
from models.officers.vouching import ActLine, SealedAct, Vouched, VouchOrder, act_line
from models.store.store import PaperKey, Store
from rules.officers.separation import GRADED, OfficersAct, conflicts
from rules.values.law import Finding
from rules.values.officers import Right
from rules.values.papers import PaperKind, Side

_SEAL: TypeAdapter[Seal | None] = TypeAdapter(Seal | None)

KEPT = frozenset(
    {
        Right.AMEND,
        Right.APPROVE_RELEASE_OF_FUNDS,
        Right.APPROVE_POSTING,
        Right.APPROVE_REFUND,
        Right.CHOOSE,
        Right.COMPLETE,
        Right.ARREARS,
        Right.WITHDRAW,
    }
)
"""The requests that the bureau files once it has vouched for them: money, a form, a record or the end of a
case will rest on them."""


ID_IN_USE = Finding(
    "message_id_in_use",
    GRADED,
    "该消息编号已用于内容不同的另一条消息，请另编消息编号后重新提交。",
    "Another message was handed in under this id; hand this one in under an id of its own.",
)


class VouchingActivities:
    """Vouches for the officers of one bureau, or of the province, by its own roster."""

    def __init__(self, register: OfficerRegister) -> None:
        self.register = register

    @VOUCH.implements
    async def vouch(self, order: VouchOrder) -> Vouched:
        """Verify the seal, the right and the separation of duties; every refusal with its reason."""
        at = started_at()
        if (seal := seal_of(order.request)) is None:
            return Vouched(started_at=at, refusals=(NOT_SEALED,))
        line = act_line(order.action, order.request, order.about)
        found, holder = await self.register.refusals(
            order.case_no, order.action, order.request, seal, line.right, at
        )
        if holder is None:
            return Vouched(started_at=at, refusals=found)
        earlier = [_as_act(one) for one in order.earlier]
        if apart := conflicts(_as_act(line), earlier, order.within_one_bureau):
            return Vouched(started_at=at, refusals=apart)
        vouched_for = Vouched(started_at=at, demonstration=holder.demonstration)
        if line.right in KEPT and (apart := await self._keep(order, line, vouched_for)):
            return Vouched(started_at=at, refusals=apart)
        return vouched_for

    @ACCEPT_ORDER.implements
    async def accept_order(self, asked: OrderToAccept) -> OrderAnswer:
        """Verify an officer's order on what belongs to no case, and file it."""
        found = await self.register.accept_digest(asked.order, asked.right, asked.digest, started_at())
        return OrderAnswer(refusals=found)

    @CHECK_ORDER.implements
    async def check_order(self, order: OfficersOrder) -> OrderAnswer:
        """Say whether an officer may give an order, before anything rests on it; enters nothing."""
        refusals = await self.register.refusals_of_order(order, started_at())
        return OrderAnswer(
            refusals=refusals, roster=() if refusals else await self.register.changes_about(order.officer)
        )

    async def _keep(self, order: VouchOrder, line: ActLine, vouched_for: Vouched) -> tuple[Finding, ...]:
        """File a request that money will rest on, or return its conflicts with the acts kept of the case.

        The bureau's own acts count, whatever earlier acts the caller names. A request that the case has
        refused since may come again under another seal: it is filed once for each seal.
        """
        store = self.register.store
        act = SealedAct(
            action=order.action,
            bureau=order.bureau,
            about=order.about,
            request=order.request,
            vouched_at=vouched_for.started_at,
            demonstration=vouched_for.demonstration,
        )
        key = vouched_key(order.case_no, str(order.request["message_id"]))
        async with store.transaction() as session:
            before = await vouched(store, session, key.case_no, key.reference)
            if any(one.request == act.request for one in before):
                return ()
            if any(_unsealed(one) != _unsealed(act) for one in before):
                return (ID_IN_USE,)
            kept = await store.papers(session, key.case_no, key.kind, key.side, SealedAct, None)
            earlier = [_as_act(act_line(one.action, one.request, one.about)) for one in kept]
            apart = conflicts(_as_act(line), earlier, order.within_one_bureau)
            if not apart:
                key = key._replace(version=len(before) + 1)
                await store.file(session, key, vouched_for.started_at, act)
        return apart


def vouched_key(case_no: str, message_id: str) -> PaperKey:
    """The key under which a request is filed that a bureau has vouched for, the first time."""
    return PaperKey(case_no, PaperKind.APPROVAL, Side.RECEIVED, reference=message_id)


async def vouched(store: Store, session: AsyncSession, case_no: str, message_id: str) -> list[SealedAct]:
    """A request that a bureau has vouched for: once for each seal under which it was handed in."""
    case_no, kind, side, _, reference = vouched_key(case_no, message_id)
    return await store.papers(session, case_no, kind, side, SealedAct, reference)


def _unsealed(act: SealedAct) -> tuple[StaffAction, dict[str, object]]:
    return act.action, {name: said for name, said in act.request.items() if name != "seal"}


def seal_of(request: dict[str, object]) -> Seal | None:
    """The seal of a request in JSON; None where there is none that can be read."""
    try:
        return _SEAL.validate_python(request.get("seal"))
    except ValidationError:
        return None


def _as_act(line: ActLine) -> OfficersAct:
    return OfficersAct(line.right, line.side, line.officer, line.key, line.about)
