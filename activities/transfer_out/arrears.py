"""The transfer-out bureau's steps for arrears that are paid before a relationship leaves."""

from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import ENTER_ARREARS_PAYMENT
from activities.officers.vouching import vouched_key
from activities.orders import order_refused, require_addressed_to
from activities.transfer_out.certificate import certificates_issued
from activities.transfer_out.relationships import booked_relationship
from models.messages.requests import ArrearsPaid, StaffAction
from models.messages.steps import ArrearsOrder, ArrearsPayment
from models.officers.vouching import SealedAct
from models.store.ledger import credit, debit, post
from models.store.records import as_range
from models.store.store import PaperKey, Store
from models.store.superseding import pay_months
from models.store.tables import Account, OpeningRow
from rules.amounts.arrears import OWED, arrears_of
from rules.values.money import Fen
from rules.values.months import months_between
from rules.values.papers import PaperKind, Side


class ArrearsActivities:
    """Enters payments of arrears at a bureau, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @ENTER_ARREARS_PAYMENT.implements
    async def enter_arrears_payment(self, order: ArrearsOrder) -> ArrearsPayment:
        """Enter the payment: the months count like any other, the money goes to account and fund.

        What is owed is computed by `rules.amounts.arrears`; charges for late payment are booked elsewhere.
        Refuses an order about another person than was certified, and one that no officer of this bureau has
        sealed. Raises ValueError, a caller's fault, when a month is not owed by these books.
        """
        case_no, application = order.order.case_no, order.order.application

        async def draw_up(session: AsyncSession) -> ArrearsPayment:
            held = await booked_relationship(session, application.id_number, application.scheme_from)
            if held is None or held.relationship.id is None:
                raise ValueError(f"case {case_no} has no relationship here")
            require_addressed_to(self.bureau, application.bureau_out)
            await self._require_certified(session, order)
            await self._require_sealed(session, order)
            number = f"arrears-payment/{case_no}/{order.version}"
            months = frozenset(months_between(order.first, order.last))
            owed = [row for row in held.here if row.kind in OWED]
            opening = await session.get(OpeningRow, held.relationship.id)
            paid = await pay_months(session, owed, months, number, opening.year if opening else 0)
            sums = arrears_of(replace(as_range(row), first=first, last=last) for row, first, last in paid)
            payment = ArrearsPayment(
                number=number,
                first=order.first,
                last=order.last,
                personal=Fen(sum(one.personal for one in sums)),
                unit=Fen(sum(one.unit for one in sums)),
                entered_on=today(),
                started_at=started_at(),
            )
            await post(
                session,
                number,
                case_no,
                started_at(),
                (
                    debit(Account.BANK, Fen(payment.personal + payment.unit)),
                    credit(Account.INDIVIDUAL_ACCOUNT, payment.personal, held.relationship.id),
                    credit(Account.POOLED_FUND, payment.unit),
                ),
                step=ENTER_ARREARS_PAYMENT.name,
                paper=number,
                officer=order.officer,
            )
            return payment

        key = PaperKey(case_no, PaperKind.ARREARS_PAYMENT, Side.ISSUED, order.version)
        return await self.store.file_once(key, ArrearsPayment, started_at(), draw_up)

    async def _require_certified(self, session: AsyncSession, order: ArrearsOrder) -> None:
        application = order.order.application
        certificates = await certificates_issued(self.store, session, order.order.case_no)
        asked = (application.id_number, application.scheme_from)
        if not certificates or asked != (certificates[-1].id_number, certificates[-1].scheme):
            raise order_refused(
                "The arrears are not those of the person and the scheme certified here in this case; "
                "nothing was done.",
                "欠费人员或险种与本经办机构为本案开具的缴费凭证不符，未作处理。",
            )

    async def _require_sealed(self, session: AsyncSession, order: ArrearsOrder) -> None:
        key = vouched_key(order.order.case_no, order.message_id)
        kept = await self.store.paper(session, key, SealedAct)
        if kept is not None and kept.action is StaffAction.ARREARS:
            sealed = ArrearsPaid.model_validate(kept.request)
            if (sealed.first, sealed.last, sealed.officer) == (order.first, order.last, order.officer):
                return
        raise order_refused(
            "No officer of this bureau has sealed that these arrears were paid; nothing was done.",
            "本经办机构没有经办人签章确认该欠费已补缴，未作处理。",
        )
