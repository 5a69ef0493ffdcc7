"""What justifies releasing a relationship: a ruling that closes the case, or the person's withdrawal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.officers.register import OfficerRegister
from activities.officers.ruled import ruling_in_force
from activities.orders import order_refused
from models.messages.corrections import ReleaseReservationOrder
from models.messages.requests import StaffAction
from models.officers.verifying import NotVerified, require_genuine
from models.officers.vouching import SealedAct, key_of
from models.store.store import Store
from rules.officers.rights import rights_of
from rules.values.officers import Right
from rules.values.orders import Close


async def require_release_ground(
    store: Store, session: AsyncSession, register: OfficerRegister, order: ReleaseReservationOrder
) -> None:
    """Refuses an order that rests on neither.

    The withdrawal is handed in at the transfer-in bureau: its officer's seal is verified by that bureau's
    roster, and the roster from the root key that is pinned here.
    """
    if order.withdrawal is not None:
        try:
            _require_withdrawn(register, order, order.withdrawal)
        except NotVerified as why:
            raise order_refused(
                f"The seal of the withdrawal does not hold: {why}; nothing was done.",
                "撤回的经办人签章未通过核验，未作处理。",
            ) from None
        return
    ruling = await ruling_in_force(store, session, order.case_no, order.by) if order.by else None
    if ruling is None or not ruling.orders_one_of(Close):
        raise order_refused(
            "Neither a withdrawal nor a ruling that closes the case bears the release out; nothing was done.",
            "既无申请人撤回，也无终结本案的裁定在案，不能解除预留，未作处理。",
        )


def _require_withdrawn(register: OfficerRegister, order: ReleaseReservationOrder, act: SealedAct) -> None:
    """Raises NotVerified unless an officer of the transfer-in bureau with the right to it has sealed it."""
    # The key of the transfer-in bureau begins the case number.
    bureau = order.case_no.partition("-")[0]
    if (act.action, act.bureau) != (StaffAction.WITHDRAW, bureau):
        raise NotVerified(f"the withdrawal of case {order.case_no} was not handed in at {bureau}")
    roster = register.roster_of(bureau, order.roster)
    require_genuine(order.case_no, act, roster)
    holder = roster.holder(key_of(act.request), min(act.vouched_at, started_at()))
    if holder is None or Right.WITHDRAW not in rights_of(holder.roles, register.accepted.rights):
        raise NotVerified(f"the withdrawal of case {order.case_no} is sealed by who has no right to it")
