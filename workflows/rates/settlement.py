"""The settlement of one form that borrowed a rate: the difference by the published rate is transferred."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        AMEND_INFORMATION_FORM,
        CHECK_TAKEN_IN,
        ENTER_RATE,
        FIND_PROVISIONAL_FORMS,
        RECEIVE_FUNDS,
        RECEIVE_INFORMATION,
        RECEIVE_RETURN,
        RETURN_FUNDS,
        SUPPLEMENT_FUNDS,
        TAKE_IN_DIFFERENCE,
    )
    from models.messages.corrections import AmendmentOrder, MoneyOrder
    from models.messages.papers import InformationForm, RemittancePurpose
    from models.messages.steps import FundsDelivery
    from models.officers.orders import digest_ordered
    from models.rates.messages import (
        CHECKED_AGAIN,
        DifferenceOrder,
        ProvisionalForm,
        ProvisionalQuestion,
        Settlement,
        SettlementApproval,
        SettlementOrder,
        SettlementStage,
        TakenInQuestion,
    )
    from rules.values.money import Fen
    from rules.values.officers import Right
    from workflows.officers.accepted_orders import require_accepted
    from workflows.rates.steps import GivenUp, RateSteps
    from workflows.refusals import update_refused


@workflow.defn
class SettleRate:
    """Settles one form, once its case has ended and, where that is arranged, an officer has ordered it."""

    @workflow.init
    def __init__(self, order: SettlementOrder) -> None:
        self.order = order
        self.steps = RateSteps()
        self.officers = order.officers
        self.go_ahead = order.by_itself
        stage = SettlementStage.AWAITING_END if order.by_itself else SettlementStage.AWAITING_WORD
        self.state = Settlement(case_no=order.case_no, year=order.draft.year, stage=stage)

    @workflow.run
    async def run(self, order: SettlementOrder) -> Settlement:
        await workflow.wait_condition(lambda: self.go_ahead)
        self._now(stage=SettlementStage.AWAITING_END)
        try:
            await self._settle_after_the_case()
        except GivenUp:
            self._now(stage=SettlementStage.BY_HAND)
        if self.state.stage is not SettlementStage.BY_HAND:
            self._now(stage=SettlementStage.SETTLED)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.state

    async def _settle_after_the_case(self) -> None:
        """Wait until the case has ended, and settle its form if that has not been done."""
        found = await self._provisional()
        while found is not None and found.open:
            await workflow.sleep(CHECKED_AGAIN)
            found = await self._provisional()
        if found is not None and await self._still_here():
            self._now(stage=SettlementStage.UNDER_WAY, individual=found.individual, pooled=found.pooled)
            await self._settle(found)

    async def _provisional(self) -> ProvisionalForm | None:
        """The form with its difference; None once it no longer borrows that rate."""
        question = ProvisionalQuestion(year=self.order.draft.year, case_no=self.order.case_no)
        found = await self.steps.run_at(self.order.bureau_out, FIND_PROVISIONAL_FORMS, question)
        return found.forms[0] if found.forms else None

    async def _still_here(self) -> bool:
        question = TakenInQuestion(case_no=self.order.case_no)
        standing = await self.steps.run_at(self.order.bureau_in, CHECK_TAKEN_IN, question)
        if not standing.possible:
            self._now(stage=SettlementStage.BY_HAND)
        return standing.possible

    async def _settle(self, found: ProvisionalForm) -> None:
        """Issue the supplementary form, and send the money in either direction."""
        amendment = AmendmentOrder(
            entry=found.entry, form=found.form, by=self.order.draft.document, recompute=True
        )
        form = await self.steps.run_at(self.order.bureau_out, AMEND_INFORMATION_FORM, amendment)
        await self.steps.run_at(self.order.bureau_in, RECEIVE_INFORMATION, form)
        difference = DifferenceOrder(form=form, by=self.order.draft.document, officers=self.officers)
        total = found.individual + found.pooled
        await self.steps.run_at(self.order.bureau_in, ENTER_RATE, self.order.delivery)
        if total > 0:
            money = self._money(form, found, RemittancePurpose.SUPPLEMENT)
            sent = await self.steps.run_at(self.order.bureau_out, SUPPLEMENT_FUNDS, money)
            await self.steps.run_at(self.order.bureau_in, RECEIVE_FUNDS, FundsDelivery(remittance=sent))
        await self.steps.run_at(self.order.bureau_in, TAKE_IN_DIFFERENCE, difference)
        if total < 0:
            money = self._money(form, found, RemittancePurpose.SURPLUS)
            back = await self.steps.run_at(self.order.bureau_in, RETURN_FUNDS, money)
            await self.steps.run_at(self.order.bureau_out, RECEIVE_RETURN, back)

    def _money(self, form: InformationForm, found: ProvisionalForm, purpose: RemittancePurpose) -> MoneyOrder:
        sign = -1 if purpose.goes_back else 1
        return MoneyOrder(
            form=form,
            sequence=found.sequence,
            purpose=purpose,
            individual=Fen(sign * found.individual),
            pooled=Fen(sign * found.pooled),
            by=self.order.draft.document,
        )

    @workflow.query
    def settlement(self) -> Settlement:
        """How far the settlement has come."""
        return self.state.model_copy(update={"refused": self.steps.refused})

    @workflow.update
    async def settle(self, word: SettlementApproval) -> Settlement:
        """Receive an officer's order to go ahead with the settlement, to ask a refusing bureau again, or to
        leave the rest to be settled by hand."""
        await require_accepted(Right.PUBLISH_RATE, word.order, digest_ordered(word))
        self._refuse_unless_awaited(word)
        if word.by_hand:
            self.steps.give_up()
            await workflow.wait_condition(lambda: not self.steps.refused)
            return self.state
        if self.go_ahead:
            self.steps.ask_again()
            return self.state
        self.officers = (*self.officers, word.officer)
        self.go_ahead = True
        return self.state

    @settle.validator
    def _may_settle(self, word: SettlementApproval) -> None:
        self._refuse_unless_awaited(word)

    def _refuse_unless_awaited(self, word: SettlementApproval) -> None:
        draft = self.order.draft
        if (word.year, word.document, word.case_no) != (draft.year, draft.document, self.order.case_no):
            raise update_refused("The word is about another settlement.", "所指并非本次补差。")
        if word.by_hand and not self.steps.refused:
            raise update_refused(
                "Only a settlement that a bureau refuses is ended by hand.",
                "仅经办机构未予办理的补差可转人工处理。",
            )
        if self.go_ahead and not self.steps.refused:
            raise update_refused("The settlement is under way already.", "补差已在办理中。")

    def _now(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)
