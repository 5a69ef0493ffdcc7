"""The procedure of a case (第七条), step by step. A step that is done is not repeated."""

import asyncio
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.papers import InformationForm, Remittance
    from models.messages.requests import Approvable
    from models.messages.stages import Party, Stage
    from rules.values.due_dates import Clock
    from workflows.case.acceptance import Acceptance
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext
    from workflows.case.corrections import Corrections
    from workflows.case.disputes import Disputes
    from workflows.case.duplicate_months import DuplicateMonths
    from workflows.case.exchange import Exchange
    from workflows.corrections.holds import Holds
    from workflows.corrections.record_completions import RecordCompletions

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT


class Procedure:
    """Carries a case from the application to the posting of both funds.

    It can be interrupted at any step. Run again, it continues after the steps that the state shows as done.
    """

    def __init__(
        self,
        context: CaseContext,
        completions: RecordCompletions,
        holds: Holds,
        acceptance: Acceptance,
        exchange: Exchange,
        approvals: Approvals,
        corrections: Corrections,
        duplicates: DuplicateMonths,
        disputes: Disputes,
    ) -> None:
        self.context = context
        self.state = context.state
        self.acceptance = acceptance
        self.exchange = exchange
        self.approvals = approvals
        self.corrections = corrections
        self.duplicates = duplicates
        self.disputes = disputes
        self.completions = completions
        self.holds = holds
        self.funds_have_left = False
        """Whether the transfer-out bureau has answered that the funds have left: no officer releases them."""

    async def run(self) -> Stage:
        """Take every step from where the case stands to its end; returns the stage in which it ends."""
        while True:
            await self._wait_until_undisputed()
            await self.acceptance.review_and_certify()
            await self._wait_until_undisputed()
            if not self.state.refusals():
                await self._wait_until_undisputed()
                await self.acceptance.register_at_transfer_out()
                await self._wait_until_undisputed()
            if not self.completions.due:
                break
            await self.acceptance.repeat_after_completion(await self.completions.carry_out())
        if self.state.refusals():
            return Stage.REFUSED
        await self.transfer_out()
        done = False
        while not done or self.corrections.open:
            await self.settle_discrepancies()
            done = await self.take_in() and await self.clear_duplicate_months()
            await self._wait_until_undisputed()
        return Stage.CLOSED

    async def transfer_out(self) -> None:
        """Have the transfer-out bureau send form and funds and end the relationship (第七条第一项).

        Form and funds travel independently; the case continues when both have arrived.
        """
        await self._wait_until_undisputed()
        if self.state.entry is None or self.state.arrived:
            return
        if not (self.exchange.delivered_version or self.state.remittances):
            self.context.enter(Stage.TRANSFERRING_OUT, OUT)
        if self._funds_move_at_once():
            await self._remit()
        else:
            await asyncio.gather(self._deliver_form(), self._remit())
        await self.corrections.form_and_funds_in()

    def _funds_move_at_once(self) -> bool:
        """Whether the funds leave and arrive without an officer or the bank: then form and funds travel
        together. Otherwise the form is sent first, so that the other bureau can check it meanwhile."""
        released = self.funds_have_left or not self.context.arrangements.needed(Approvable.RELEASE_OF_FUNDS)
        return released and not self.exchange.arrives_by_bank(IN) and not self.state.remittances

    async def settle_discrepancies(self) -> None:
        """Correct the form until it agrees with the money; until then the money stays in suspense."""
        await self._wait_until_undisputed()
        if self.state.taken_in and not self.corrections.open:
            return
        self.context.enter(Stage.TO_BE_RECONCILED, IN)
        while self.corrections.open or not self._agreed():
            if not self.corrections.open:
                await self.corrections.raise_by_platform()
            await self.corrections.carry_out()
            await self._wait_until_undisputed()
        await self.corrections.agreed()

    async def take_in(self) -> bool:
        """Have the transfer-in bureau post the money, merge the records and notify the person; clock C stops.

        False when a correction was asked for before anything was posted.
        """
        await self._wait_until_undisputed()
        if not self.corrections.open:
            await self.context.stop_clock(Clock.TRANSFER_OUT, workflow.now())
        form = await self._form_to_take_in()
        if self.state.taken_in is None or self.state.taken_in.version != form.version:
            self.context.enter(Stage.TAKING_IN, IN)
            if not await self._take_in_approved(form):
                return False
        await self.stop_clock_c()
        return True

    async def _take_in_approved(self, form: InformationForm) -> bool:
        """Post once officers have approved it; False when a correction was asked for meanwhile."""

        async def take_in(officers: tuple[str, ...]) -> bool:
            await self._wait_until_undisputed()
            await self.exchange.reverse(form.number)
            await self.exchange.take_in(form, officers)
            return True

        done = await self.approvals.do_approved(
            Approvable.POSTING, form.number, form, take_in, give_up=lambda: self.corrections.open
        )
        return bool(done)

    async def clear_duplicate_months(self) -> bool:
        """Clear months paid twice, after the transfer and never before it (第四条).

        False when a correction was asked for meanwhile.
        """
        taken_in = self.state.taken_in
        if taken_in is None or not taken_in.duplicate_months or self.state.cleared:
            return taken_in is not None
        return await self.duplicates.clear(taken_in, lambda: self.corrections.open)

    def _agreed(self) -> bool:
        return self.state.reconciliation is not None and self.state.reconciliation.agreed

    async def _wait_until_undisputed(self) -> None:
        """Wait until no dispute is open and the case is not on hold: either stops it at its next step."""
        if self.disputes.open is not None or self.holds.open is not None:
            await workflow.wait_condition(lambda: self.disputes.open is None and self.holds.open is None)

    async def _deliver_form(self) -> None:
        """Deliver the information form to the transfer-in bureau."""
        await self.exchange.deliver_form()
        if not self.state.remittances:
            self.context.enter(Stage.AWAITING_FUNDS, OUT, self.state.information_since)
        elif not self.state.arrived and self.exchange.arrives_by_bank(IN):
            self.context.enter(Stage.AWAITING_FUNDS, IN, self.state.information_since)

    async def _remit(self) -> None:
        """Remit the funds, once as many officers as arranged have released them, and end the relationship."""
        while not self.state.remittances:
            remittance = await self._remit_approved()
            if remittance is None:
                await self.corrections.carry_out()
                self.context.enter(Stage.AWAITING_FUNDS, OUT)
                continue
            self.context.enter(self._stage_after_remitting(), IN, remittance.started_at)
        await self.exchange.receive(self.state.remittances[0])
        if not self.exchange.delivered_version:
            self.context.enter(Stage.AWAITING_INFORMATION, IN)

    def _stage_after_remitting(self) -> Stage:
        """The stage after the funds have been sent. Money that the bank carries has not arrived yet;
        otherwise the transfer-in bureau has form and funds, to enter and to compare."""
        if not self.exchange.arrives_by_bank(IN):
            return Stage.TO_BE_RECONCILED
        return Stage.AWAITING_FUNDS if self.exchange.delivered_version else Stage.TRANSFERRING_OUT

    async def _remit_approved(self) -> Remittance | None:
        """Remit the funds once released by officers; None when a correction was asked for meanwhile."""

        async def remit(officers: tuple[str, ...]) -> Remittance:
            await self._wait_until_undisputed()
            return await self.exchange.remit(officers)

        if self.funds_have_left:
            return await remit(())
        form = self.exchange.form
        return await self.approvals.do_approved(
            Approvable.RELEASE_OF_FUNDS, form.number, form, remit, give_up=lambda: self.corrections.open
        )

    async def _form_to_take_in(self) -> InformationForm:
        """The latest form, delivered. It is reissued first if its posting was reversed."""
        if self.exchange.reversed_version == self.exchange.form.version:
            await self.exchange.reissue(self.exchange.form.number)
        await self.exchange.deliver_form()
        return self.exchange.form

    async def stop_clock_c(self) -> datetime:
        """Stop clock C at the instant at which the person was told of the taking in; returns that instant."""
        assert self.state.notice is not None
        await self.context.stop_clock(Clock.TAKE_IN, self.state.notice.started_at)
        return self.state.notice.started_at
