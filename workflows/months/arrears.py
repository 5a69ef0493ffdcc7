"""Arrears (欠费): asked about once, paid at the transfer-out bureau or waived."""

from collections.abc import Iterable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ENTER_ARREARS_PAYMENT
    from models.messages.papers import ContributionCertificate
    from models.messages.requests import ArrearsPaid
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import ArrearsOrder, ArrearsPayment, CasePapers
    from rules.values.months import Month, months_between
    from rules.values.moves import Material
    from rules.values.record import Arrears as MonthsOwed
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused


class Arrears:
    """The months that the certificate states as owed, and the payments since."""

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.state = context.state
        self.to_enter: list[ArrearsPaid] = []
        """Payments that the transfer-out bureau still has to enter."""
        self.reviewed_with = ""
        """The number of the certificate that the latest review used."""

    @property
    def certificate(self) -> ContributionCertificate | None:
        """The certificate as it stands."""
        return self.state.certificate.certificate if self.state.certificate else None

    @property
    def months(self) -> int:
        """How many months the person owes, by the certificate."""
        return self.certificate.months_in_arrears if self.certificate else 0

    @property
    def waived(self) -> bool:
        """Whether the person has given up paying what is owed."""
        return bool(self.months) and Material.ARREARS_WAIVER in self.state.order.application.materials

    @property
    def paid(self) -> bool:
        """Whether a payment is still to be entered."""
        return bool(self.to_enter)

    @property
    def certificate_outdated(self) -> bool:
        """Whether the certificate still states months as owed for which a payment has been entered."""
        return not self._stated().isdisjoint(_months(self.state.arrears_payments))

    @property
    def unknown_to_review(self) -> bool:
        """Whether the latest review did not know what is owed now: it is repeated before the applicant is
        asked for papers, so that they are asked for everything at once."""
        known = self.certificate is None or self.reviewed_with == self.certificate.number
        return self.certificate_outdated or (bool(self.months) and not known)

    def why_paused(self) -> dict[str, str]:
        """Why clock A is paused, in both languages, for its line of the journal."""
        if not self.months or self.waived:
            return {}
        return {"detail": "arrears to be paid or waived", "detail_zh": "欠费待补缴或放弃补缴"}

    def reviewed(self) -> None:
        """Note which certificate the review used."""
        self.reviewed_with = self.certificate.number if self.certificate else ""

    def _stated(self) -> set[Month]:
        """The months that the certificate states as owed."""
        return _months(self.certificate.arrears if self.certificate else ())

    def restore(self, papers: CasePapers) -> None:
        """Take over the payments from before the case was closed."""
        self.state.arrears_payments = list(papers.arrears_payments)

    def owed(self) -> bool:
        """Whether the certificate states months that the person or the unit owes."""
        return self.certificate is not None and bool(self.certificate.arrears)

    def may_pay(self, request: ArrearsPaid) -> None:
        """Raises Refused for months that the certificate does not state as owed."""
        stated = self.certificate.arrears if self.certificate else ()
        months = set(months_between(request.first, request.last))
        owed = self._stated() - _months(self.to_enter) - _months(self.state.arrears_payments)
        if not months or not months <= owed:
            listed = ", ".join(f"{one.first}..{one.last}" for one in stated)
            raise Refused(
                f"Not all months from {request.first} to {request.last} are owed; owed are: {listed}.",
                f"{request.first} 至 {request.last} 不全是欠费月份；欠费月份为：{listed}。",
            )

    async def pay(self, request: ArrearsPaid) -> None:
        """Receive a payment of months; `enter_payments` has the transfer-out bureau enter it."""
        self.to_enter.append(request)

    async def enter_payments(self) -> None:
        """Have the transfer-out bureau enter the payments."""
        while self.to_enter:
            await self.context.finish_even_if_interrupted(self._enter(self.to_enter[0]))

    async def _enter(self, paid: ArrearsPaid) -> None:
        order = ArrearsOrder(
            order=self.context.order,
            version=len(self.state.arrears_payments) + 1,
            first=paid.first,
            last=paid.last,
            message_id=paid.message_id,
            officer=paid.officer,
        )
        self.context.enter(Stage.APPLICATION_RECEIVED, Party.TRANSFER_OUT)
        payment = await self.context.ask(Party.TRANSFER_OUT, ENTER_ARREARS_PAYMENT, order)
        self.to_enter.pop(0)
        self.state.arrears_payments.append(payment)
        months = f"{paid.first}..{paid.last}"
        self.state.note(
            Party.TRANSFER_OUT, Event.ARREARS_PAID, payment.number, detail=months, officer=paid.officer
        )


def _months(spans: Iterable[ArrearsPaid | ArrearsPayment | MonthsOwed]) -> set[Month]:
    return {month for one in spans for month in months_between(one.first, one.last)}
