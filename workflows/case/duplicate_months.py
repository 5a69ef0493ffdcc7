"""Months paid twice (第四条): after the transfer the person is informed, chooses, and is refunded."""

from collections.abc import Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import CLEAR_DUPLICATES, OFFER_CHOICE
    from models.messages.duplicates import ClearingOrder, DuplicateNotice, OfferOrder
    from models.messages.requests import Approvable, Certification, Choice
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import TakenIn
    from rules.values.charged_days import PromptDuty
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext, MoreOfficersNeeded
    from workflows.case.permissions import Refused


class DuplicateMonths:
    """Offers the choice, waits for it, and clears the months (先转后清).

    The transfer itself is complete, and reported as such, while the person decides.
    """

    def __init__(self, context: CaseContext, approvals: Approvals) -> None:
        self.context = context
        self.state = context.state
        self.approvals = approvals

    @property
    def to_be_approved(self) -> Choice | None:
        """The choice, while the refund waits for officers to approve it; None otherwise."""
        return self.state.choice if Approvable.REFUND in self.approvals.awaited else None

    @property
    def to_be_chosen(self) -> bool:
        """Whether the person is offered a choice and has not made it."""
        return self.state.offer is not None and self.state.choice is None

    async def clear(self, taken_in: TakenIn, give_up: Callable[[], bool]) -> bool:
        """Offer the choice, wait for it and for officers, and clear; False when `give_up` became true first.

        Service that is certified meanwhile leads to a new offer, and overrides a choice already made. So does
        another case of the person that has cleared or moved months: the bureau's books then no longer agree
        with the notice, and nothing is cleared.
        """
        while self.state.cleared is None:
            offer = self.state.offer or await self._offer(taken_in)
            if not offer.periods:
                return True
            if not await self._clear_as_chosen(offer, give_up):
                return False
        return True

    async def _clear_as_chosen(self, offer: DuplicateNotice, give_up: Callable[[], bool]) -> bool:
        """Wait for the choice and for officers, and have the bureau clear; False when given up."""
        self.context.enter(Stage.AWAITING_CHOICE, Party.APPLICANT, offer.started_at)

        def outweighed() -> bool:
            return give_up() or self.state.offer is not offer

        await workflow.wait_condition(lambda: self.state.choice is not None or outweighed())
        choice = self.state.choice
        if choice is None or outweighed():
            return not give_up()
        self.context.enter(Stage.AWAITING_CHOICE, Party.TRANSFER_IN)

        async def clear(officers: tuple[str, ...]) -> bool:
            if outweighed():
                return not give_up()
            order = ClearingOrder(
                order=self.context.order,
                notice=offer,
                choice=choice,
                officers=officers,
                approvals=self.state.acts_about(offer.number),
            )
            self.state.clearing = True
            await self.context.finish_even_if_interrupted(self._clear(order))
            return True

        done = await self.approvals.do_approved(
            Approvable.REFUND, offer.number, choice, clear, choice.officer, outweighed
        )
        return not give_up() if done is None else done

    def may_choose(self, choice: Choice) -> None:
        """Raises Refused for a choice that does not match the notice, is made twice, or lacks consent."""
        offer = self.state.offer
        if offer is None or not self.to_be_chosen:
            raise Refused(
                "The choice has been made already; it waits for the refund to be approved.",
                "本人已确认，待审批退款。",
            )
        if offer.needs_consent and not choice.consent:
            raise Refused(
                "The months are cleared with the person's consent only.", "须经本人同意方可清理重复缴费。"
            )
        open_periods = [period for period in offer.periods if len(period.options) > 1]
        if len(choice.keep) != len(open_periods):
            raise Refused(
                f"There are {len(open_periods)} periods to decide and {len(choice.keep)} answers.",
                f"需确认 {len(open_periods)} 个时段，收到 {len(choice.keep)} 个答复。",
            )
        for number, (period, keep) in enumerate(zip(open_periods, choice.keep, strict=True), start=1):
            if not 1 <= keep <= len(period.options):
                raise Refused(
                    f"Period {number} has options 1 to {len(period.options)}, not {keep}.",
                    f"第 {number} 个时段的选项为 1 至 {len(period.options)}，没有 {keep}。",
                )

    def certified(self, request: Certification) -> None:
        """Withdraw an offer, and its choice, if it left months undecided that are now certified (第四条)."""
        offer = self.state.offer
        if offer and any(
            one.first <= period.last and period.first <= one.last and not period.certified
            for period in offer.periods
            for one in request.periods
        ):
            self.state.offer = self.state.choice = None

    async def choose(self, choice: Choice) -> None:
        """Record the person's choice, consent and account."""
        self.state.choice = choice
        self.state.note(Party.APPLICANT, Event.CHOICE_MADE, officer=choice.officer)

    def taking_in_reversed(self) -> None:
        """Withdraw the offer and the choice: the posting that they rest on was reversed."""
        self.state.offer = self.state.choice = None

    async def _clear(self, order: ClearingOrder) -> None:
        try:
            answer = await self.context.ask(Party.TRANSFER_IN, CLEAR_DUPLICATES, order)
        except MoreOfficersNeeded:
            self.state.clearing = False
            raise
        if answer.cleared is None:
            self.state.offer, self.state.choice, self.state.clearing = None, None, False
            self.state.replaced_offers, self.state.replaced_offer = (
                self.state.replaced_offers + 1,
                order.notice.number,
            )
            self.state.note(Party.TRANSFER_IN, Event.OFFER_REPLACED, order.notice.number)
            return
        self.state.cleared = answer.cleared
        self.state.note(Party.TRANSFER_IN, Event.DUPLICATES_CLEARED, answer.cleared.number)

    async def _offer(self, taken_in: TakenIn) -> DuplicateNotice:
        order = OfferOrder(
            order=self.context.order,
            taken_in=taken_in,
            certifications=len(self.state.certifications),
            renewals=self.state.replaced_offers,
            replaces=self.state.replaced_offer,
            refund_of=self.context.arrangements.refund_of,
            credit_rounding=self.context.arrangements.credit_rounding,
        )
        offer = await self.context.ask(Party.TRANSFER_IN, OFFER_CHOICE, order)
        self.state.offer = offer
        self.state.add_duty(PromptDuty.TELL_OF_DUPLICATES, taken_in.started_at, offer.started_at)
        self.state.note(Party.TRANSFER_IN, Event.CHOICE_OFFERED, offer.number)
        return offer
