"""Cases that differ from all recorded ones; a separate module, because the sandbox loads it again."""

import asyncio
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AWAIT_FUNDS, REVIEW_APPLICATION
    from models.messages.clocks import ClockOrder, ClockReading
    from models.messages.corrections import FieldOrder, StatedAmounts
    from models.messages.papers import InformationForm, Remittance
    from models.messages.progress import Progress
    from models.messages.requests import Certification
    from models.messages.stages import Party, Stage
    from models.messages.steps import CaseOrder, ReviewOrder
    from rules.values.due_dates import Clock
    from rules.values.orders import Order, ReturnFunds
    from workflows.case.acceptance import Acceptance
    from workflows.case.context import CaseContext
    from workflows.case.duplicate_months import DuplicateMonths
    from workflows.case.exchange import Exchange
    from workflows.case.payment_rail import BankStatementRail, Delivery
    from workflows.case.ruling import Rulings
    from workflows.case.ruling_orders import RulingOrders
    from workflows.months.arrears import Arrears
    from workflows.months.left_behind import LeftBehind
    from workflows.transfer_case import TransferCase
    from workflows.withdrawals import Withdrawals


class Altered(TransferCase):
    """A case in which one part, named by its attribute, has another class."""

    part: str
    kind: type[Any]

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        getattr(self, self.part).__class__ = self.kind


class OutOfOrder(Acceptance):
    """The review does not wait for the certificate."""

    async def review_and_certify(self) -> None:
        await asyncio.gather(self._review(), self._certify())


@workflow.defn(name="TransferCase")
class ReviewedBeforeCertified(Altered):
    """Does the two steps at the beginning in the other order."""

    part, kind = "acceptance", OutOfOrder

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


@workflow.defn(name="TransferCase")
class ReviewedTwice(TransferCase):
    """Does one step more than before."""

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        again = ReviewOrder(order=order, version=1)
        await self.context.ask(Party.TRANSFER_IN, REVIEW_APPLICATION, again)
        return await super().run(order)


class ByLetterOnly(Acceptance):
    @property
    def by_form(self) -> bool:
        return False


@workflow.defn(name="TransferCase")
class LettersForLeavers(Altered):
    """Ignores the former employer's form."""

    part, kind = "acceptance", ByLetterOnly

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class Unseen(Acceptance):
    async def _review(self) -> None:
        if self.state.review is None:
            await super()._review()
        else:
            self.reviews = self.reviewed = self.reviews + 1


@workflow.defn(name="TransferCase")
class PapersTakenUnseen(Altered):
    """Ignores papers that were handed in, and asks for them again."""

    part, kind = "acceptance", Unseen

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class Unentered(Arrears):
    async def enter_payments(self) -> None:
        self.to_enter.clear()


@workflow.defn(name="TransferCase")
class ArrearsPaidUnseen(TransferCase):
    """Does not enter payments of arrears."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.acceptance.arrears.__class__ = Unentered

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class Silent(LeftBehind):
    async def tell(self) -> None:
        await self.context.stop_clock(Clock.WRITTEN_NOTICE, workflow.now())


@workflow.defn(name="TransferCase")
class StaysUntold(TransferCase):
    """Gives no written notice of the months that stay."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.acceptance.left_behind.__class__ = Silent

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class Unchanged(DuplicateMonths):
    def certified(self, request: Certification) -> None:
        pass


@workflow.defn(name="TransferCase")
class CertifiedUnseen(Altered):
    """Does not change the offer after a certification of service."""

    part, kind = "duplicates", Unchanged

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class AsksForTheWhole(BankStatementRail):
    async def deliver(self, party: Party, sent: Remittance, form: InformationForm | None = None) -> Delivery:
        await self.context.ask(party, AWAIT_FUNDS, sent)
        await workflow.wait_condition(lambda: len(self.state.bank_references) > 1)
        return await super().deliver(party, sent, form)


@workflow.defn(name="TransferCase")
class PartsUnasked(TransferCase):
    """Does not ask the bureau for the amount received after a partial arrival."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.exchange.bank.__class__ = AsksForTheWhole

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class FirstAlarmOnly(CaseContext):
    async def _compute(self, order: ClockOrder) -> ClockReading:
        reading = await super()._compute(order)
        return reading.model_copy(update={"alarms": reading.alarms[:1]})


@workflow.defn(name="TransferCase")
class RemindsOnce(Altered):
    """Sends no alarm of a clock after the first reminder."""

    part, kind = "context", FirstAlarmOnly

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class DeafToNotices(CaseContext):
    async def reschedule_clocks(self, why: str) -> None:
        """Reschedules no clock."""


@workflow.defn(name="TransferCase")
class CountsByTheOldCalendar(Altered):
    """Changes no clock after a published notice."""

    part, kind = "context", DeafToNotices

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class FirstVersionOnly(Exchange):
    async def reissue(
        self, by: str, fields: tuple[FieldOrder, ...] = (), stated: StatedAmounts | None = None
    ) -> None:
        """Leaves the form unchanged."""


@workflow.defn(name="TransferCase")
class ReissuesNothing(Altered):
    """Draws up no form after an agreed correction."""

    part, kind = "exchange", FirstVersionOnly

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class Unreversed(Exchange):
    async def reverse(self, by: str) -> None:
        """Reverses nothing."""


@workflow.defn(name="TransferCase")
class PostsOnTop(Altered):
    """Does not reverse a taking in before the next one."""

    part, kind = "exchange", Unreversed

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class NobodyAsked(DuplicateMonths):
    async def clear(self, *_: Any) -> bool:
        return True


@workflow.defn(name="TransferCase")
class KeepsMonthsPaidTwice(Altered):
    """Offers the person no choice."""

    part, kind = "duplicates", NobodyAsked

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class KeepsTheMoney(RulingOrders):
    async def carry_out(self, order: Order, by: str, officers: tuple[str, ...]) -> Stage | None:
        return None if isinstance(order, ReturnFunds) else await super().carry_out(order, by, officers)


@workflow.defn(name="TransferCase")
class RestoresUnpaid(TransferCase):
    """Skips an order of a ruling."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.ruling.orders.__class__ = KeepsTheMoney

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class Unfiled(Rulings):
    async def _file(self, orders_done: int) -> None:
        self.under_execution = False


@workflow.defn(name="TransferCase")
class RulingsForgotten(Altered):
    """Does not have the province file its ruling."""

    part, kind = "ruling", Unfiled

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class NobodyToAsk(Withdrawals):
    async def carry_out(self) -> Stage | None:
        return Stage.WITHDRAWN


@workflow.defn(name="TransferCase")
class WithdrawsUnasked(Altered):
    """Withdraws without asking the transfer-out bureau whether the funds are still there."""

    part, kind = "withdrawals", NobodyToAsk

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)
