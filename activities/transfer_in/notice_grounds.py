"""What justifies a notice to the person, other than a taking in: the review, the withdrawal or a ruling."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.orders import order_refused
from models.messages.papers import ResultNotice
from models.messages.requests import StaffAction
from models.messages.stages import ENDS, Stage
from models.messages.steps import NoticeOrder, Review
from models.officers.rulings import RulingDelivery
from models.officers.vouching import SealedAct
from models.store.store import PaperKey, Store
from rules.values.orders import Close, RestoreRelationship
from rules.values.papers import PaperKind, Side

CANNOT_BE_REOPENED = ENDS - {Stage.CLOSED}
"""The outcomes after whose notice the case sends the person no further notice."""


async def require_notice_ground(bureau: str, store: Store, session: AsyncSession, order: NoticeOrder) -> None:
    """Refuses a notice without its ground on file here, or after a notice that ended the case.

    Missing papers and this bureau's refusals must be those of its latest review. Grounds that the
    transfer-out bureau has found are added, and only until its form is here: they reach this bureau with the
    order alone, as do grounds against an application that no officer has accepted here.
    """
    told = await store.papers(session, order.case_no, PaperKind.NOTICE, Side.ISSUED, ResultNotice)
    if (
        order.version != len(told) + 1
        or any(one.outcome in CANNOT_BE_REOPENED for one in told)
        or not await _borne_out(bureau, store, session, order, told)
    ):
        raise order_refused(
            "No review, withdrawal or ruling on file here bears the notice out, or it was given already; "
            "nothing was done.",
            "本经办机构存档的审核、撤回或裁定不能支持该告知，或已告知过，未作处理。",
        )


async def _borne_out(
    bureau: str, store: Store, session: AsyncSession, order: NoticeOrder, told: list[ResultNotice]
) -> bool:
    if order.outcome in {Stage.AWAITING_MATERIALS, Stage.REFUSED}:
        return await _as_reviewed(bureau, store, session, order, told)
    if order.refusals or order.missing:
        return False
    money = PaperKey(order.case_no, PaperKind.REMITTANCE, Side.RECEIVED)
    match order.outcome:
        case Stage.WITHDRAWN:
            return await _withdrawn(store, session, order.case_no) and not await store.has(session, money)
        case Stage.ENDED_BY_RULING:
            ordered = await _ordered(store, session, order.case_no)
            return Close in ordered and not await store.has(session, money)
        case Stage.RETURNED:
            return {Close, RestoreRelationship} <= await _ordered(store, session, order.case_no)
    return False


async def _as_reviewed(
    bureau: str, store: Store, session: AsyncSession, order: NoticeOrder, told: list[ResultNotice]
) -> bool:
    """Whether a notice agrees with the latest review; papers are asked for once after each review."""
    reviews = await store.papers(session, order.case_no, PaperKind.REVIEW, Side.ISSUED, Review)
    if not reviews:
        # Nothing is filed of an application that no officer has accepted, its review included.
        numbered_here = order.case_no.partition("-")[0] == bureau
        return numbered_here and order.outcome is Stage.REFUSED and bool(order.refusals) and not order.missing
    if order.missing != reviews[-1].missing:
        return False
    if order.outcome is Stage.AWAITING_MATERIALS:
        asked = sum(one.outcome is Stage.AWAITING_MATERIALS for one in told)
        found_missing = sum(bool(one.missing) for one in reviews)
        return bool(order.missing) and not order.refusals and asked < found_missing
    form = PaperKey(order.case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED)
    named = bool(order.refusals) and set(reviews[-1].refusals) <= set(order.refusals)
    return named and not await store.has(session, form)


async def _withdrawn(store: Store, session: AsyncSession, case_no: str) -> bool:
    """Whether this bureau has vouched for an officer's request to withdraw the application."""
    acts = await store.papers(session, case_no, PaperKind.APPROVAL, Side.RECEIVED, SealedAct, None)
    return any(act.action is StaffAction.WITHDRAW for act in acts)


async def _ordered(store: Store, session: AsyncSession, case_no: str) -> set[type]:
    """The kinds of orders in the rulings on file here."""
    rulings = await store.papers(session, case_no, PaperKind.RULING, Side.RECEIVED, RulingDelivery, None)
    return {type(one) for ruling in rulings for one in ruling.record.orders}
