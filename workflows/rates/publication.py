"""The publication of a yearly interest rate: one officer proposes, another checks, forms are settled."""

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ENTER_RATE, FIND_PROVISIONAL_FORMS, PUBLISH_RATE, READ_RATES, READ_ROSTER
    from models.officers.orders import digest_ordered
    from models.officers.rosters import RosterQuestion
    from models.rates.messages import (
        ProvisionalForm,
        ProvisionalQuestion,
        PublishedRate,
        RateDelivery,
        RatePublication,
        RateSignature,
        RatesQuestion,
        RateStage,
        SettlementOrder,
        SignedRate,
    )
    from rules.values.officers import PROVINCE as OFFICERS_OF_THE_PROVINCE
    from rules.values.officers import Right
    from workflows.identifiers import settlement_workflow_id
    from workflows.officers.accepted_orders import require_accepted
    from workflows.rates.settlement import SettleRate
    from workflows.rates.steps import RateSteps
    from workflows.refusals import update_refused, update_refused_for
    from workflows.steps import PROVINCE, CannotBeDone, step_outside_cases


@workflow.defn
class PublishRate:
    """Files a rate, has every bureau enter it, and starts a settlement for each form that borrowed it.

    It files nothing before two different officers have signed the same rate (maker and checker).
    """

    @workflow.init
    def __init__(self, proposal: RateSignature) -> None:
        self.proposal = proposal
        self.steps = RateSteps()
        self.state = RatePublication(
            draft=proposal.draft, stage=RateStage.AWAITING_CHECK, maker=proposal.officer
        )
        self.checked: RateSignature | None = None
        """The second officer's signature, until the province has answered."""
        self.refusal: ApplicationError | None = None
        """The answer to the second officer if the rate is not filed."""

    @workflow.run
    async def run(self, proposal: RateSignature) -> RatePublication:
        rate: PublishedRate | None = None
        while rate is None and not self._fallen_away:
            await workflow.wait_condition(lambda: self.checked is not None or self._fallen_away)
            if self.checked is not None:
                rate = await self._file(self.checked)
        if rate is not None:
            roster = await self.steps.run_at(
                PROVINCE, READ_ROSTER, RosterQuestion(bureau=OFFICERS_OF_THE_PROVINCE)
            )
            delivery = RateDelivery(rate=rate, roster=roster.changes)
            await asyncio.gather(*(self._at(bureau, delivery) for bureau in proposal.bureaus))
            self._now(stage=RateStage.ANNOUNCED)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.state

    async def _file(self, checked: RateSignature) -> PublishedRate | None:
        """Have the province verify both seals and file the rate; None if a seal does not hold, or the books
        contradict it. It may then be checked again, or withdrawn."""
        signed = SignedRate(maker=self.proposal, checker=checked)
        try:
            filing = await step_outside_cases(PROVINCE, PUBLISH_RATE, signed)
        except CannotBeDone as why:
            en, zh = f"The rate cannot be published: {why.en}", f"该利率不能公布：{why.zh}"
            self.checked, self.refusal = None, update_refused(en, zh)
            return None
        self.checked = None
        self.refusal = update_refused_for(filing.refusals) if filing.refusals else None
        if filing.published is not None:
            self._now(stage=RateStage.FILED, checker=checked.officer)
        elif filing.of_maker:
            self._now(stage=RateStage.REFUSED)
        return filing.published

    async def _at(self, bureau: str, delivery: RateDelivery) -> None:
        """Have a bureau enter the rate, so that it computes by it; then settle its provisional forms.

        A bureau without a worker, or one that refuses, is waited for; the others go on meanwhile. One that
        refuses is no longer asked once the province has published another rate for the year.
        """

        async def replaced() -> bool:
            published = await self.steps.run_at(PROVINCE, READ_RATES, RatesQuestion())
            of_the_year = [one.draft for one in published.rates if one.draft.year == self.state.draft.year]
            return bool(of_the_year) and of_the_year[-1] != self.state.draft

        if await self.steps.run_unless(bureau, ENTER_RATE, delivery, replaced) is None:
            return
        question = ProvisionalQuestion(year=delivery.rate.draft.year)
        for found in (await self.steps.run_at(bureau, FIND_PROVISIONAL_FORMS, question)).forms:
            await self._start_settlement(found, delivery)
            self._now(found=(*self.state.found, found.form.case_no))

    async def _start_settlement(self, found: ProvisionalForm, delivery: RateDelivery) -> None:
        rate, form = delivery.rate, found.form
        draft = rate.draft
        order = SettlementOrder(
            delivery=delivery,
            case_no=form.case_no,
            bureau_out=form.bureau_out,
            bureau_in=form.bureau_in,
            officers=(rate.maker, rate.checker),
            by_itself=self.proposal.by_itself,
        )
        try:
            await workflow.start_child_workflow(
                SettleRate.run,
                order,
                id=settlement_workflow_id(draft.year, draft.document, form.case_no),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )
        except WorkflowAlreadyStartedError:
            # It was published before under this document: that settlement continues.
            return

    @workflow.query
    def publication(self) -> RatePublication:
        """How far the publication has come."""
        return self.state.model_copy(update={"refused": self.steps.refused})

    @workflow.signal
    def ask_again(self) -> None:
        """Ask the bureaus that refuse the rate once more, now."""
        self.steps.ask_again()

    @property
    def _fallen_away(self) -> bool:
        """Whether nothing is to be published: it was withdrawn, or bears no seal that holds."""
        return self.state.stage in (RateStage.WITHDRAWN, RateStage.REFUSED)

    @workflow.update
    async def check(self, signature: RateSignature) -> RatePublication:
        """The second officer signs; the update returns when the rate is filed, or a seal does not hold."""
        self.checked, self.refusal = signature, None
        await workflow.wait_condition(
            lambda: self.state.stage is not RateStage.AWAITING_CHECK or self.refusal is not None
        )
        if self.refusal is not None:
            raise self.refusal
        return self.state

    @check.validator
    def _may_check(self, signature: RateSignature) -> None:
        self._refuse_unless_open(signature)
        if signature.officer == self.state.maker:
            raise update_refused(
                f"Officer {signature.officer} proposed this rate; another officer has to check it.",
                f"本利率由经办人 {signature.officer} 提交，须由另一经办人复核。",
            )

    @workflow.update
    async def withdraw(self, signature: RateSignature) -> RatePublication:
        """The maker withdraws the proposal before anybody has checked it."""
        await require_accepted(Right.PUBLISH_RATE, signature.order, digest_ordered(signature))
        self._refuse_unless_open(signature)
        self._now(stage=RateStage.WITHDRAWN)
        return self.state

    @withdraw.validator
    def _may_withdraw(self, signature: RateSignature) -> None:
        self._refuse_unless_open(signature)
        if signature.officer != self.state.maker or not signature.withdrawn:
            raise update_refused(
                f"Officer {self.state.maker} proposed this rate and may withdraw it.",
                f"本利率由经办人 {self.state.maker} 提交，只能由其撤回。",
            )

    def _refuse_unless_open(self, signature: RateSignature) -> None:
        if self._fallen_away:
            raise update_refused("The proposal was withdrawn.", "该提交已撤回。")
        if self.checked is not None or self.state.checker is not None:
            raise update_refused(
                "Another officer has checked this rate already.",
                "本利率已由另一经办人复核。",
            )
        if signature.draft != self.state.draft:
            raise update_refused(
                f"This is not the rate that officer {self.state.maker} proposed by this document.",
                f"与经办人 {self.state.maker} 以同一文号提交的利率不一致。",
            )

    def _now(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)
