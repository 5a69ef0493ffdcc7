"""The rails that carry money between the bureaus: one settles at once, one by the bank's statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AWAIT_FUNDS, RECEIVE_FUNDS, RECEIVE_RETURN
    from models.messages.bank_statement import AwaitedFunds, FundsArrived
    from models.messages.papers import InformationForm, Reconciliation, Remittance
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import FundsDelivery
    from rules.values.money import yuan
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused


REPORTED_BEFORE = (
    "The same arrival had been reported before; nothing was done twice.",
    "该笔到账此前已通知，未重复处理。",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Since when a remittance is complete at the bureau it was sent to, and how it was reconciled."""

    in_since: datetime
    reconciliation: Reconciliation | None


class FundRail(Protocol):
    """Carries money to a bureau, with the form it is paid under if that is to come with it; returns when the
    money is complete there."""

    async def deliver(
        self, party: Party, sent: Remittance, form: InformationForm | None = None
    ) -> Delivery: ...


class EmbeddedRail:
    """Settles at once: the bureau enters the money sent as arrived."""

    def __init__(self, context: CaseContext) -> None:
        self.context = context

    async def deliver(self, party: Party, sent: Remittance, form: InformationForm | None = None) -> Delivery:
        if sent.purpose.goes_back:
            arrival = await self.context.ask(party, RECEIVE_RETURN, sent)
        else:
            delivery = FundsDelivery(remittance=sent, form=form)
            arrival = await self.context.ask(party, RECEIVE_FUNDS, delivery)
        return Delivery(arrival.started_at, arrival.reconciliation)


class BankStatementRail:
    """Settles by the bank's statement: the bureau is asked again whenever the statement shows an arrival.

    The bureau's books say how much has arrived. A message only says that they may have changed, so a lost,
    repeated or early message does no harm.
    """

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.state = context.state
        self.reported = 0
        """How many reports have come, including copies."""

    async def deliver(self, party: Party, sent: Remittance, form: InformationForm | None = None) -> Delivery:
        if form is not None:
            raise ValueError("the bank carries no form")
        try:
            while True:
                heard = self.reported
                standing = await self.context.ask(party, AWAIT_FUNDS, sent)
                if standing.in_since is not None:
                    return Delivery(standing.in_since, standing.reconciliation)
                self.state.awaited_funds = AwaitedFunds(
                    bureau=self.context.bureau(party),
                    remittance=sent.number,
                    announced=standing.announced,
                    come=standing.come,
                )
                self._wait_for_the_bank(sent)
                await workflow.wait_condition(lambda heard=heard: self.reported > heard)  # type: ignore[misc]
        finally:
            self.state.awaited_funds = None

    async def arrival_reported(self, arrival: FundsArrived) -> None:
        """Note an arrival on a bank's statement, or that its report came again.

        Raises Refused for money of another case.
        """
        if not arrival.remittance.startswith(f"remittance/{self.context.order.case_no}/"):
            raise Refused(
                "The arrival is of another case's remittance; nothing was done.",
                "该笔到账不属于本案，未作处理。",
            )
        # The bureau is asked after a copy too: the first may have come from somebody other than the bank.
        self.reported += 1
        party = Party.TRANSFER_IN
        if arrival.bureau != self.context.bureau(party):
            party = Party.TRANSFER_OUT
        if arrival.reference in self.state.bank_references:
            # Two clerks may enter statements that overlap: a copy needs nobody's attention.
            self.state.note_refusal(party, arrival.message_id, REPORTED_BEFORE)
            return
        self.state.bank_references.append(arrival.reference)
        beyond = f", {yuan(arrival.surplus)} more than announced" if arrival.surplus else ""
        beyond_zh = f"，多出 {yuan(arrival.surplus)}" if arrival.surplus else ""
        self.state.note(
            party,
            Event.ARRIVAL_REPORTED,
            arrival.remittance,
            detail=f"{yuan(arrival.amount)} on {arrival.value_date}{beyond}",
            detail_zh=f"{arrival.value_date} {yuan(arrival.amount)}{beyond_zh}",
        )

    def _wait_for_the_bank(self, sent: Remittance) -> None:
        """Give the next step to the receiving bureau: to read its bank's statement, once the form is in."""
        if sent.purpose.goes_back:
            self.context.enter(self.state.position[0], Party.TRANSFER_OUT)
        elif self.state.information_since is not None:
            self.context.enter(Stage.AWAITING_FUNDS, Party.TRANSFER_IN)
