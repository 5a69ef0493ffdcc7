"""What a form may be amended on: what an officer of this bureau has answered, or a ruling of the province."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.officers.approved import ruling_on_file
from activities.officers.vouching import vouched_key
from activities.orders import order_refused
from models.messages.corrections import AmendmentOrder
from models.messages.requests import Amendment, StaffAction
from models.officers.vouching import SealedAct
from models.store.store import Store
from rules.values.orders import AmendField, SetAmount


async def require_amendment_ground(store: Store, session: AsyncSession, order: AmendmentOrder) -> None:
    """Refuses a value that neither the officer's answer nor the ruling named by the order gives."""
    case_no, ordered = order.form.case_no, {(one.field, one.value) for one in order.fields}
    ruling = await ruling_on_file(store, session, case_no, order.by)
    orders = ruling.record.orders if ruling else ()
    given: set[tuple[str, str | None]] = {
        (one.field, one.value) for one in orders if isinstance(one, AmendField)
    }
    act = await store.paper(session, vouched_key(case_no, order.by), SealedAct)
    if act is not None and act.action is StaffAction.AMEND:
        given |= {(one.field, one.value) for one in Amendment.model_validate(act.request).answers}
    stated = order.stated and SetAmount(order.stated.individual, order.stated.pooled)
    if not ordered <= given or (stated is not None and stated not in orders):
        raise order_refused(
            "Neither an officer of this bureau nor a ruling has given these values; nothing was done.",
            "既无本经办机构经办人签章答复，也无裁定给出所列更正值，未作处理。",
        )
