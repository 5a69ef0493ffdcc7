"""The transfer-in bureau's steps that take back or send back (第七条第二项、第九条)."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at
from activities.contracts import CHECK_REVERSAL, RETURN_FUNDS, REVERSE_TAKING_IN
from activities.officers.ruled import require_ruled, ruling_in_force
from activities.orders import latest_form, order_refused, paper_on_file, require_next_movement
from activities.transfer_in.reconciliation import reconciled
from activities.transfer_out.remittances import post_sending, remittance_of
from models.messages.corrections import MoneyOrder, Reversal, ReversalAnswer, ReversalCheck, ReversalOrder
from models.messages.papers import InformationForm, Remittance, RemittancePurpose
from models.messages.steps import TakenIn
from models.store.ledger import debit, in_suspense, opposite_of, post
from models.store.records import brought_by, return_brought
from models.store.store import PaperKey, Store
from models.store.superseding import is_here
from models.store.tables import Account
from rules.rulings.reopening import MOVED_ON
from rules.values.orders import ReturnFunds, SupplementFunds
from rules.values.papers import PaperKind, Side

MOVES_MONEY = (ReturnFunds, SupplementFunds)
"""The orders of a ruling that move money: a posting is reversed before them although the form stays."""


class TransferInCorrections:
    """Reverses a bureau's taking in and sends money back, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @CHECK_REVERSAL.implements
    async def check_reversal(self, check: ReversalCheck) -> ReversalAnswer:
        """Whether the months that a case brought are all here; no paper is filed."""
        async with self.store.reading() as session:
            rows = await brought_by(session, check.case_no)
        return ReversalAnswer(findings=() if all(map(is_here, rows)) else (MOVED_ON,))

    @REVERSE_TAKING_IN.implements
    async def reverse_taking_in(self, order: ReversalOrder) -> Reversal:
        """Undo a taking in by a posting of its own: money to suspense, months off the record (第七条第二项).

        Refuses where neither a later version of the form nor a ruling on the money calls for it. Raises
        ValueError, a caller's fault, when that version was not taken in, or when months of it were cleared
        or have moved on: they are not here to leave.
        """
        version = order.form.version

        async def draw_up(session: AsyncSession) -> Reversal:
            await paper_on_file(
                self.store,
                session,
                PaperKey(order.case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED, version),
                order.form,
            )
            case_no, number = order.case_no, f"reversal/{order.case_no}/{version}"
            taken_in = await self.store.paper(
                session, PaperKey(case_no, PaperKind.TAKING_IN, Side.ISSUED, version), TakenIn
            )
            if taken_in is None:
                raise ValueError(f"version {version} of case {case_no} was not taken in")
            await self._require_ground(session, order)
            # Of residents months come, though none of them counts here.
            if order.form.record:
                await return_brought(session, case_no, number)
            undone = await opposite_of(session, taken_in.number)
            at, step = started_at(), REVERSE_TAKING_IN.name
            await post(session, number, case_no, at, undone, step=step, paper=number)
            return Reversal(number=number, version=version, started_at=at)

        key = PaperKey(order.case_no, PaperKind.REVERSAL, Side.ISSUED, version)
        return await self.store.file_once(key, Reversal, started_at(), draw_up)

    async def _require_ground(self, session: AsyncSession, order: ReversalOrder) -> None:
        """Refuses to reverse a taking in by the latest form, unless a later ruling moves its money."""
        later = PaperKey(order.case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED, order.form.version + 1)
        if await self.store.has(session, later):
            return
        ruling = await ruling_in_force(self.store, session, order.case_no, order.by)
        taken_in = PaperKey(order.case_no, PaperKind.TAKING_IN, Side.ISSUED, order.form.version)
        if ruling is None or taken_in in ruling.since or not ruling.orders_one_of(*MOVES_MONEY):
            raise order_refused(
                "Neither a later form nor a ruling on file here takes the posting back; nothing was done.",
                "既无更正后的信息表，也无裁定在案，不能冲销已入账的转入，未作处理。",
            )

    @RETURN_FUNDS.implements
    async def return_funds(self, order: MoneyOrder) -> Remittance:
        """Send money in suspense back: a surplus, or all of it by ruling (第七条第二项、第九条).

        No more is sent than the form on file leaves over, or than has come. Raises ValueError, a broken
        promise, when so much is not in suspense.
        """
        case_no = order.form.case_no

        async def draw_up(session: AsyncSession) -> Remittance:
            if order.purpose is RemittancePurpose.RETURN:
                await self._require_return_ruled(session, case_no, order.by)
            remittance = remittance_of(order, RemittancePurpose.SURPLUS, RemittancePurpose.RETURN)
            form = await latest_form(self.store, session, order.form, Side.RECEIVED)
            await require_next_movement(self.store, session, case_no, order.sequence)
            await self._may_go_back(session, form, remittance)
            if remittance.total > sum((await in_suspense(session, case_no)).values()):
                raise ValueError(f"{remittance.number} is more than is in suspense")
            source = (debit(Account.SUSPENSE, remittance.total, None, remittance.number),)
            step = RETURN_FUNDS.name
            await post_sending(session, remittance, source, step=step, officers=order.officers)
            return remittance

        key = PaperKey(case_no, PaperKind.REMITTANCE, Side.ISSUED, order.sequence)
        return await self.store.file_once(key, Remittance, started_at(), draw_up)

    async def _require_return_ruled(self, session: AsyncSession, case_no: str, by: str) -> None:
        """Raises ValueError, a caller's fault, unless a ruling orders the return and it is not done yet."""
        ruling = await require_ruled(self.store, session, case_no, by, ReturnFunds)
        issued = await self.store.papers(session, case_no, PaperKind.REMITTANCE, Side.ISSUED, Remittance)
        for sent in issued:
            key = PaperKey(case_no, PaperKind.REMITTANCE, Side.ISSUED, sent.sequence)
            if sent.purpose is RemittancePurpose.RETURN and key in ruling.since:
                raise ValueError(f"what ruling {by} of case {case_no} has ordered back was sent")

    async def _may_go_back(
        self, session: AsyncSession, form: InformationForm, remittance: Remittance
    ) -> None:
        """Refuses any amount but what has come beyond the form, or, for a return, all that has come."""
        short = await reconciled(self.store, session, form)
        beyond = (-short.short_individual, -short.short_pooled)
        if remittance.purpose is RemittancePurpose.RETURN:
            beyond = (beyond[0] + form.lines.individual, beyond[1] + form.lines.pooled)
        if (remittance.individual, remittance.pooled) != beyond:
            raise order_refused(
                "The amounts are not what has to go back by the form on file; nothing was done.",
                "所列金额与存档信息表所列应退回的金额不符，未作处理。",
            )
