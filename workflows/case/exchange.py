"""What the two bureaus of a case send each other: versions of the form, and money in both directions."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        AMEND_INFORMATION_FORM,
        RECEIVE_INFORMATION,
        RECONCILE,
        REMIT_AND_END_RELATIONSHIP,
        RETURN_FUNDS,
        REVERSE_TAKING_IN,
        SUPPLEMENT_FUNDS,
        TAKE_IN,
        ActivityContract,
    )
    from models.messages.arrangements import Rail
    from models.messages.corrections import (
        AmendmentOrder,
        FieldOrder,
        MoneyOrder,
        ReversalOrder,
        StatedAmounts,
    )
    from models.messages.dossier import Dossier
    from models.messages.papers import (
        InformationForm,
        Reconciliation,
        Remittance,
        RemittancePurpose,
    )
    from models.messages.requests import Approvable
    from models.messages.stages import Event, Party
    from models.messages.steps import RemittanceOrder, TakeInOrder
    from rules.values.due_dates import Clock
    from rules.values.money import Fen
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext
    from workflows.case.duplicate_months import DuplicateMonths
    from workflows.case.payment_rail import BankStatementRail, EmbeddedRail, FundRail

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT
WhenSent = Callable[[datetime], Awaitable[object]]
"""Called when the last of what the transfer-out bureau owed has left, with the instant."""


class Exchange:
    """Has the bureaus send, receive, post and reverse forms and money, each once.

    Every step can be repeated: the bureau then answers with the paper that is on file.
    """

    def __init__(self, context: CaseContext, approvals: Approvals, duplicates: DuplicateMonths) -> None:
        self.context = context
        self.state = context.state
        self.approvals = approvals
        self.duplicates = duplicates
        self.bank = BankStatementRail(context)
        self.embedded = EmbeddedRail(context)
        self.delivered_version = 0
        """The latest version of the form that has reached the transfer-in bureau."""
        self.reversed_version = 0
        """The latest version whose posting was reversed; it is not posted a second time."""
        self.reissued_for: set[str] = set()
        """The requests, answers and rulings for which the form has been reissued."""

    @property
    def form(self) -> InformationForm:
        """The latest version of the form. Raises RuntimeError before there is one."""
        if self.state.form is None:
            raise RuntimeError("there is no information form yet")
        return self.state.form

    @property
    def complete_since(self) -> datetime:
        """The instant at which the latest form and all of the money it requires had left."""
        sent = (one.started_at for one in self.state.remittances if one.information_form == self.form.number)
        return max((self.form.started_at, *sent))

    @property
    def owed(self) -> bool:
        """Whether the latest form requires more money than has left the transfer-out bureau."""
        stated, sent = self.form.lines, self.state.sent()
        individual, pooled = stated.individual - sent[0], stated.pooled - sent[1]
        return bool(individual or pooled) and individual + pooled >= 0

    @property
    def money_in_transit(self) -> bool:
        """Whether money has left one bureau and has not arrived at the other."""
        return any(sent.sequence not in self.state.arrived for sent in self.state.remittances)

    def record_first_form(self, form: InformationForm) -> None:
        """Record the first version of the form, which the bureau draws up when it registers the letter."""
        self.state.forms.append(form)
        self.state.note(OUT, Event.INFORMATION_FORM_DRAWN_UP, form.number)

    def restore(self, dossier: Dossier) -> None:
        """Take over forms, money and posting of a case that is reopened: all are sent, arrived and posted."""
        state, papers, progress = self.state, dossier.papers, dossier.progress
        state.forms, state.remittances = list(papers.information_forms), list(papers.remittances)
        state.arrived = [one.sequence for one in papers.remittances]
        state.information_since, state.funds_since = progress.information_since, progress.funds_since
        state.reconciliation, state.taken_in = dossier.reconciliation, dossier.taken_in
        self.delivered_version = progress.form_version

    async def deliver_form(self) -> None:
        """Deliver the form to the transfer-in bureau, which reconciles it with money that has arrived."""
        form = self.form
        if self.delivered_version == form.version:
            return
        arrival = await self.context.ask(IN, RECEIVE_INFORMATION, form)
        if self.delivered_version == form.version:
            # Meanwhile it has arrived with the funds.
            return
        self._delivered(form, arrival.started_at)
        self._reconciled(arrival.reconciliation)

    def _delivered(self, form: InformationForm, at: datetime) -> None:
        self.delivered_version = form.version
        self.state.information_since = at
        self.state.note(IN, Event.INFORMATION_RECEIVED, form.number)

    async def remit(self, officers: tuple[str, ...]) -> Remittance:
        """Remit the funds and end the relationship in one step; clock B stops (第七条第一项)."""
        acts = self.state.acts_about(self.form.number)
        order = RemittanceOrder(form=self.form, officers=officers, approvals=acts)
        remittance = await self.context.ask(OUT, REMIT_AND_END_RELATIONSHIP, order)
        self.state.remittances.append(remittance)
        self.state.note(OUT, Event.FUNDS_REMITTED, remittance.number)
        self.state.note(OUT, Event.RELATIONSHIP_ENDED)
        await self.context.stop_clock(Clock.TRANSFER_OUT, remittance.started_at)
        return remittance

    def arrives_by_bank(self, party: Party) -> bool:
        """Whether the bank carries money to a bureau, and its statement shows when it has arrived."""
        return self.context.arrangements.rail_to(party) is Rail.BANK_STATEMENT

    async def receive(self, remittance: Remittance) -> None:
        """Receive money at the transfer-in bureau, where it is held in suspense, and with it the form if it
        has not arrived. Where the bank carries the money the form was sent before it."""
        form = None if self.arrives_by_bank(IN) or self.delivered_version else self.form
        delivery = await self._rail_to(IN).deliver(IN, remittance, form)
        self.state.arrived.append(remittance.sequence)
        if form is not None and not self.delivered_version:
            self._delivered(form, delivery.in_since)
        self.state.funds_since = delivery.in_since
        self._reconciled(delivery.reconciliation)
        self.state.note(IN, Event.FUNDS_RECEIVED, remittance.number)

    async def reissue(
        self, by: str, fields: tuple[FieldOrder, ...] = (), stated: StatedAmounts | None = None
    ) -> None:
        """Have the transfer-out bureau amend the form; `deliver_form` delivers the new version."""
        if self.state.entry is None:
            raise RuntimeError("nothing has set the transfer-out bureau to work")
        order = AmendmentOrder(entry=self.state.entry, form=self.form, by=by, fields=fields, stated=stated)
        await self.context.finish_even_if_interrupted(self._reissue(order))

    async def settle_difference(
        self, by: str, officers: tuple[str, ...] | None = None, left: WhenSent | None = None
    ) -> datetime | None:
        """Send the money that the form states beyond what has arrived, or send back the excess.

        Returns the instant at which the money left, None when there was nothing to send. `officers` have
        already approved it where a ruling orders it; `left` is called when a supplement has left. Raises
        Refused when the books of the bureau that is to send it do not show that it is owed.
        """
        if not self.state.remittances:
            return None
        await self.receive_all_sent()
        short = await self.context.ask(IN, RECONCILE, self.form)
        self.state.reconciliation = short
        if not (short.short_individual or short.short_pooled):
            return None
        await self.reverse(by)
        individual, pooled = short.short_individual, short.short_pooled
        if individual + pooled >= 0:
            sent = await self.supplement(by, individual, pooled, officers, left)
        else:
            sent = await self.send_back(RemittancePurpose.SURPLUS, by, Fen(-individual), Fen(-pooled))
            self.state.reconciliation = await self.context.ask(IN, RECONCILE, self.form)
        return sent.started_at

    async def supplement(
        self,
        by: str,
        individual: Fen,
        pooled: Fen,
        officers: tuple[str, ...] | None = None,
        left: WhenSent | None = None,
    ) -> Remittance:
        """Send further funds from the transfer-out bureau, in fen.

        Officers release them like the first ones, unless `officers` have approved them by a ruling.
        """

        async def send(officers: tuple[str, ...]) -> Remittance:
            order = self._money(RemittancePurpose.SUPPLEMENT, individual, pooled, by, officers)
            return await self.context.finish_even_if_interrupted(
                self._send(OUT, SUPPLEMENT_FUNDS, order, Event.SUPPLEMENT_REMITTED)
            )

        if officers is None:
            release = Approvable.RELEASE_OF_FUNDS
            sent = await self.approvals.do_approved(release, self.form.number, self.form, send)
            assert sent is not None
        else:
            sent = await send(officers)
        if left is not None:
            await left(sent.started_at)
        await self.receive(sent)
        return sent

    async def send_back(
        self, purpose: RemittancePurpose, by: str, individual: Fen, pooled: Fen
    ) -> Remittance:
        """Send money from the transfer-in bureau back, in fen; the other bureau has the form by then."""
        await self.deliver_form()
        order = self._money(purpose, individual, pooled, by)
        whole = purpose is RemittancePurpose.RETURN
        event = Event.FUNDS_RETURNED if whole else Event.SURPLUS_RETURNED
        sent = await self.context.finish_even_if_interrupted(self._send(IN, RETURN_FUNDS, order, event))
        await self._receive_return(sent)
        return sent

    async def take_in(self, form: InformationForm, officers: tuple[str, ...]) -> None:
        """Have the transfer-in bureau post money and months by a version of the form and tell the person."""
        version = self.context.next_notice
        acts = self.state.acts_about(form.number)
        order = TakeInOrder(form=form, notice_version=version, officers=officers, approvals=acts)
        await self.context.finish_even_if_interrupted(self._take_in(order))

    async def reverse(self, by: str) -> None:
        """Have the transfer-in bureau reverse its posting, if there is one, by further postings."""
        if self.state.taken_in is None:
            return
        stood = next(form for form in self.state.forms if form.version == self.state.taken_in.version)
        order = ReversalOrder(case_no=self.context.order.case_no, form=stood, by=by)
        await self.context.finish_even_if_interrupted(self._reverse(order))

    async def receive_all_sent(self) -> None:
        """Receive everything that was sent and has not arrived, at the bureau it was sent to."""
        for sent in list(self.state.remittances):
            if sent.sequence not in self.state.arrived:
                await (self._receive_return(sent) if sent.purpose.goes_back else self.receive(sent))

    async def _reissue(self, order: AmendmentOrder) -> None:
        form = await self.context.ask(OUT, AMEND_INFORMATION_FORM, order)
        self.state.forms.append(form)
        self.reissued_for.add(order.by)
        self.state.note(OUT, Event.INFORMATION_FORM_AMENDED, form.number)

    async def _send(
        self, party: Party, step: ActivityContract[MoneyOrder, Remittance], order: MoneyOrder, event: Event
    ) -> Remittance:
        sent = await self.context.ask(party, step, order, may_be_refused=True)
        self.state.remittances.append(sent)
        self.state.note(party, event, sent.number)
        return sent

    async def _take_in(self, order: TakeInOrder) -> None:
        done = await self.context.ask(IN, TAKE_IN, order)
        self.state.taken_in = done.taken_in
        self.state.note(IN, Event.TAKEN_IN, done.taken_in.number)
        self.context.notified(done.notice, Event.APPLICANT_TOLD)

    async def _reverse(self, order: ReversalOrder) -> None:
        reversal = await self.context.ask(IN, REVERSE_TAKING_IN, order)
        self.reversed_version = order.form.version
        self.state.taken_in = None
        self.duplicates.taking_in_reversed()
        self.state.note(IN, Event.TAKING_IN_REVERSED, reversal.number)

    async def _receive_return(self, sent: Remittance) -> None:
        await self._rail_to(OUT).deliver(OUT, sent)
        self.state.arrived.append(sent.sequence)
        self.state.note(OUT, Event.RETURN_RECEIVED, sent.number)

    def _rail_to(self, party: Party) -> FundRail:
        return self.bank if self.arrives_by_bank(party) else self.embedded

    def _reconciled(self, reconciliation: Reconciliation | None) -> None:
        if reconciliation is not None:
            self.state.reconciliation = reconciliation

    def _money(
        self,
        purpose: RemittancePurpose,
        individual: Fen,
        pooled: Fen,
        by: str,
        officers: tuple[str, ...] = (),
    ) -> MoneyOrder:
        return MoneyOrder(
            form=self.form,
            sequence=self.state.sequence,
            purpose=purpose,
            individual=individual,
            pooled=pooled,
            by=by,
            officers=officers,
            approvals=self.state.acts_about(self.form.number) if officers else (),
        )
