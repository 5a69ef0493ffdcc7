"""What justifies an amendment of a form: the answer of an officer of this bureau, or a ruling."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.officers.approved import is_about
from activities.officers.ruled import RulingInForce, in_order, ruling_in_force, ruling_key
from activities.officers.vouching import vouched_key
from activities.orders import order_refused
from models.messages.corrections import AmendmentOrder
from models.messages.papers import InformationForm
from models.messages.requests import Amendment, StaffAction
from models.officers.rulings import RulingDelivery
from models.officers.vouching import SealedAct
from models.store.store import Store
from rules.values.form_fields import STATED
from rules.values.orders import AmendField, SetAmount
from rules.values.papers import PaperKind, Side


async def require_amendment_ground(store: Store, session: AsyncSession, order: AmendmentOrder) -> None:
    """Refuses a value that neither the officer's answer nor the ruling named in the order gives.

    An answer gives its values once, for the form that it was about or what other answers have made of that
    form; a ruling carries out its orders in turn, on the form as it was when the ruling came.
    """
    case_no = order.form.case_no
    forms = await store.papers(session, case_no, PaperKind.INFORMATION_FORM, Side.ISSUED, InformationForm)
    if not order.fields and order.stated is None and (order.recompute or order.by == order.form.number):
        # By a rate, or unchanged: a posting was reversed and is made anew.
        return
    ruling = await ruling_in_force(store, session, case_no, order.by)
    given = _ruled(ruling, order, forms) if ruling else await _answered(store, session, order, forms)
    if not given:
        raise order_refused(
            "Neither an officer of this bureau nor a ruling has given these values; nothing was done.",
            "既无本经办机构经办人签章答复，也无裁定给出所列更正值，未作处理。",
        )


def _ruled(ruling: RulingInForce, order: AmendmentOrder, forms: Sequence[InformationForm]) -> bool:
    """Whether this is the next of the ruling's orders that amend the form."""
    amending = [one for one in ruling.orders if isinstance(one, AmendField | SetAmount)]
    turn = sum(form.by == ruling.number for form in forms)
    ordered: list[AmendField | SetAmount] = [AmendField(one.field, one.value) for one in order.fields]
    if order.stated:
        ordered.append(SetAmount(order.stated.individual, order.stated.pooled))
    return len(ordered) == 1 and ordered == amending[turn : turn + 1] and ruling.is_about(order.form)


async def _answered(
    store: Store, session: AsyncSession, order: AmendmentOrder, forms: Sequence[InformationForm]
) -> bool:
    """Whether an officer has answered with these values, and nothing later has set one of the fields."""
    case_no = order.form.case_no
    key = vouched_key(case_no, order.by)
    act = await store.paper(session, key, SealedAct)
    if act is None or act.action is not StaffAction.AMEND or order.stated or order.recompute:
        return False
    about = any(is_about(act, form.number, form) for form in forms)
    answers = Amendment.model_validate(act.request).answers
    values = {(one.field, one.value) for one in answers if one.value is not None}
    if not about or not values or not {(one.field, one.value) for one in order.fields} <= values:
        return False
    filed = await in_order(session, case_no)
    later = set(filed[filed.index(key) + 1 :])
    grounds = {form.by for form in forms if form.by}
    newer = [by for by in grounds if later & {ruling_key(case_no, by), vouched_key(case_no, by)}]
    overtaken = {field for by in newer for field in await _fields_of(store, session, case_no, by)}
    return order.by not in grounds and not overtaken & {one.field for one in order.fields}


async def _fields_of(store: Store, session: AsyncSession, case_no: str, by: str) -> set[str]:
    """The fields that an answer, or a ruling, has set."""
    if ruling := await store.paper(session, ruling_key(case_no, by), RulingDelivery):
        orders = ruling.record.orders
        stated = any(isinstance(one, SetAmount) for one in orders)
        lines = {f"line/{number}" for number in STATED} if stated else set()
        return lines | {one.field for one in orders if isinstance(one, AmendField)}
    act = await store.paper(session, vouched_key(case_no, by), SealedAct)
    return {one.field for one in Amendment.model_validate(act.request).answers} if act else set()
