"""The rail that carries money between the bureaus: it settles at once, or the bank's statement tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import AWAIT_FUNDS, RECEIVE_FUNDS, RECEIVE_RETURN
    from models.messages.bank_statement import AwaitedFunds, FundsArrived
    from models.messages.papers import Reconciliation, Remittance
    from models.messages.stages import Event, Party, Stage
    from rules.values.money import yuan
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused


@dataclass(frozen=True, slots=True)
class Delivery:
    """All of a remittance is at the bureau it was sent to, since an instant."""

    in_since: datetime
    reconciliation: Reconciliation | None


class FundRail(Protocol):
    """Carries money to a bureau; comes back when all of it is there."""

    async def deliver(self, party: Party, sent: Remittance) -> Delivery: ...


class EmbeddedRail:
    """What is sent has arrived: the bureau enters it at once."""

    def __init__(self, context: CaseContext) -> None:
        self.context = context

    async def deliver(self, party: Party, sent: Remittance) -> Delivery:
        step = RECEIVE_RETURN if sent.purpose.goes_back else RECEIVE_FUNDS
        arrival = await self.context.ask(party, step, sent)
        return Delivery(arrival.started_at, arrival.reconciliation)


class BankStatementRail:
    """The bureau knows what to expect; each arrival on its bank's statement is a reason to ask it again.

    Its books say how much is here. A message only says that they may have changed, so one that is lost,
    doubled or early does no harm.
    """

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.state = context.state

    async def deliver(self, party: Party, sent: Remittance) -> Delivery:
        try:
            while True:
                heard = len(self.state.bank_references)
                standing = await self.context.ask(party, AWAIT_FUNDS, sent)
                if standing.in_since is not None:
                    return Delivery(standing.in_since, standing.reconciliation)
                self.state.awaited_funds = AwaitedFunds(
                    remittance=sent.number, announced=standing.announced, come=standing.come
                )
                self._wait_for_the_bank(sent)
                await workflow.wait_condition(lambda heard=heard: len(self.state.bank_references) > heard)  # type: ignore[misc]
        finally:
            self.state.awaited_funds = None

    async def hear(self, told: FundsArrived) -> None:
        """The bank's statement shows an arrival. Raises Refused for a copy, and for another case's money."""
        if told.reference in self.state.bank_references:
            raise Refused(
                "The same arrival had been reported before; nothing was done twice.",
                "该笔到账此前已通知，未重复处理。",
            )
        if not told.remittance.startswith(f"remittance/{self.context.order.case_no}/"):
            raise Refused(
                "The arrival is of another case's remittance; nothing was done.",
                "该笔到账不属于本案，未作处理。",
            )
        self.state.bank_references.append(told.reference)
        party = Party.TRANSFER_IN
        if told.bureau != self.context.bureau(party):
            party = Party.TRANSFER_OUT
        beyond = f", {yuan(told.surplus)} more than announced" if told.surplus else ""
        beyond_zh = f"，多出 {yuan(told.surplus)}" if told.surplus else ""
        self.state.note(
            party,
            Event.ARRIVAL_REPORTED,
            told.remittance,
            detail=f"{yuan(told.amount)} on {told.value_date}{beyond}",
            detail_zh=f"{told.value_date} {yuan(told.amount)}{beyond_zh}",
        )

    def _wait_for_the_bank(self, sent: Remittance) -> None:
        """The form is in and the money is not; the next step is to read the bank's statement."""
        if sent.purpose.goes_back:
            self.context.enter(self.state.position[0], Party.TRANSFER_OUT)
        elif self.state.information_since is not None:
            self.context.enter(Stage.AWAITING_FUNDS, Party.TRANSFER_IN)
