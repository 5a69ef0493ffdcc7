"""Proof of delivery: the transfer-in bureau enters how and when a notice has reached the person."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import LIST_DELIVERIES, RECORD_DELIVERY
from activities.officers.register import FORGED, OfficerRegister
from models.messages.papers import DeliveryProof, ResultNotice
from models.messages.steps import Deliveries, DeliveriesQuestion, DeliveryAnswer, DeliveryOrder
from models.store.store import PaperKey, Store
from rules.application.remedies import delivery_problems
from rules.values.law import SOCIAL_INSURANCE_LAW, Finding, Law
from rules.values.officers import Right
from rules.values.papers import PaperKind, Side

NO_SUCH_NOTICE = Finding(
    "no_such_notice",
    Law(SOCIAL_INSURANCE_LAW, "第八十三条"),
    "本局没有该案件的该份告知书。",
    "There is no such notice of this case here.",
)


class DeliveryActivities:
    """A bureau's record of delivered notices, on its own store.

    A notice may be delivered long after its case has closed, so desks ask for these steps, and no case does.
    """

    def __init__(self, bureau: str, store: Store, register: OfficerRegister) -> None:
        self.bureau = bureau
        self.store = store
        self.register = register

    @RECORD_DELIVERY.implements
    async def record_delivery(self, order: DeliveryOrder) -> DeliveryAnswer:
        """Enter a delivery once, by an officer's sealed order; a later one does not replace it."""
        refusals = await self.register.accept(order.order, Right.RECORD_DELIVERY, order, started_at())
        if refusals:
            return DeliveryAnswer(refusals=refusals, started_at=started_at())
        if order.order is None or order.order.officer != order.officer:
            return DeliveryAnswer(refusals=(FORGED,), started_at=started_at())
        async with self.store.reading() as session:
            notices = await self._notices(session, order.case_no)
        wanted = order.version or (notices[-1].version if notices else 0)
        notice = next((one for one in notices if one.version == wanted), None)
        if notice is None:
            return DeliveryAnswer(findings=(NO_SUCH_NOTICE,), started_at=started_at())
        if found := delivery_problems(notice.told_on, order.delivered_on, today()):
            return DeliveryAnswer(findings=found, started_at=started_at())
        drawn_up_now = False

        async def draw_up(_: AsyncSession) -> DeliveryProof:
            nonlocal drawn_up_now
            drawn_up_now = True
            return DeliveryProof(
                number=f"delivery/{order.case_no}/{notice.version}",
                case_no=order.case_no,
                notice=notice.number,
                version=notice.version,
                outcome=notice.outcome,
                means=order.means,
                delivered_on=order.delivered_on,
                receipt=order.receipt,
                officer=order.officer,
                started_at=started_at(),
            )

        key = PaperKey(order.case_no, PaperKind.DELIVERY, Side.ISSUED, notice.version)
        delivery = await self.store.file_once(key, DeliveryProof, started_at(), draw_up)
        return DeliveryAnswer(delivery=delivery, known=not drawn_up_now, started_at=started_at())

    @LIST_DELIVERIES.implements
    async def list_deliveries(self, question: DeliveriesQuestion) -> Deliveries:
        """Every notice of a case, and which of them have reached the person."""
        async with self.store.reading() as session:
            delivered = await self.store.papers(
                session, question.case_no, PaperKind.DELIVERY, Side.ISSUED, DeliveryProof
            )
            notices = await self._notices(session, question.case_no)
        return Deliveries(notices=tuple(notices), deliveries=tuple(delivered))

    async def _notices(self, session: AsyncSession, case_no: str) -> list[ResultNotice]:
        return await self.store.papers(session, case_no, PaperKind.NOTICE, Side.ISSUED, ResultNotice)
