"""The first part of the procedure (第六条、第七条): review, certificate, missing papers, and the letter."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        ISSUE_CERTIFICATE,
        REGISTER_CONTACT_LETTER,
        REGISTER_FORMER_EMPLOYERS_FORM,
        REVIEW_APPLICATION,
    )
    from models.messages.dossier import Dossier
    from models.messages.papers import ContactLetter
    from models.messages.requests import Certification, Supplement
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import (
        CertificateAnswer,
        FormDelivery,
        LetterDelivery,
        RegistrationAnswer,
        ReviewAnswer,
        ReviewOrder,
    )
    from rules.values.charged_days import PromptDuty
    from rules.values.due_dates import Clock
    from rules.values.moves import ApplicationRoute, Material
    from workflows.case.context import CaseContext
    from workflows.case.exchange import Exchange
    from workflows.months.arrears import Arrears
    from workflows.months.handed_in import (
        certificate_order,
        delivery_details,
        former_employers_form,
        with_additions,
        with_roster,
    )
    from workflows.months.left_behind import LeftBehind
    from workflows.waiting import wait_for_condition

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT

CERTIFICATE_SOON = timedelta(seconds=5)
"""How long the review waits for the certificate, so that it can send the letter in the same step."""


class Acceptance:
    """Carries a case from the application to the paper by which the transfer-out bureau acts."""

    def __init__(self, context: CaseContext, exchange: Exchange) -> None:
        self.context = context
        self.exchange = exchange
        self.state = context.state
        self.arrears = Arrears(context)
        self.left_behind = LeftBehind(context)
        self.reviews = 0
        self.reviewed = 0
        """The number of the last completed review; less than `reviews` when the latest was interrupted."""
        self.accepted = False
        """Whether the latest review lets the transfer-out bureau verify who accepted the application."""
        self.certificates = 0
        self.registrations = 0
        self.asked_after = 0
        """The review after which the applicant was last asked for missing papers."""
        self.supplemented = False
        self.delivery: LetterDelivery | None = None
        """The contact letter as the platform has delivered it; None before."""

    @property
    def by_form(self) -> bool:
        """Whether the former employer's form takes the place of the contact letter (7号第九条)."""
        return self.context.order.application.entry is ApplicationRoute.FORMER_EMPLOYERS_FORM

    async def begin(self) -> None:
        """Start clock A, or for the former employer's form clock B: the application has been received."""
        self.context.enter(Stage.APPLICATION_RECEIVED, IN)
        if self.by_form:
            self.state.note(OUT, Event.FORMER_EMPLOYERS_FORM_RECEIVED)
            await self.context.start_clock(Clock.TRANSFER_OUT, OUT, workflow.now())
        else:
            await self.context.start_clock(Clock.REVIEW, IN, workflow.now())

    async def review_and_certify(self) -> None:
        """Get the certificate, and the review that sends the letter based on it; a refusal names every ground
        that either bureau knows (第六条). A refused certificate is asked for again after the review."""
        if self.state.certificate is None:
            await asyncio.gather(self._certify(), self._review_meanwhile())
        if self.state.certificate is None and self.accepted:
            await self._certify()
        while self._needs_review():
            out_of_date = self.reviewed != self.reviews or self.arrears.unknown_to_review
            if self.state.missing() and not out_of_date:
                await self._supplement_missing_papers()
            await self.arrears.enter_payments()
            if self.arrears.certificate_outdated:
                await self._certify()
                self.context.enter(Stage.APPLICATION_RECEIVED, IN)
            await self._review()

    def _needs_review(self) -> bool:
        """Whether the application is not reviewed, or papers are missing, or the letter has not been sent."""
        if self.state.review is None or self.reviewed != self.reviews:
            return True
        if self.state.refusals():
            return False
        return bool(self.state.missing()) or not (self.by_form or self.delivery)

    async def repeat_after_completion(self, completed: Collection[Party]) -> None:
        """Ask a bureau again that has completed its record since it was asked."""
        self.context.enter(Stage.APPLICATION_RECEIVED, IN)
        if self.state.registration is not None:
            self.state.registration = None
            return
        if OUT in completed:
            await self._certify()
        if IN in completed:
            await self._review()

    async def _review_meanwhile(self) -> None:
        """Review without the certificate when it does not come soon: to learn what is missing, the applicant
        need not wait for another bureau."""
        await wait_for_condition(lambda: self.state.certificate is not None, CERTIFICATE_SOON)
        if self.state.certificate is None and self.state.review is None:
            await self._review()

    async def register_at_transfer_out(self) -> None:
        """Have the transfer-out bureau register the contact letter, or the former employer's form.

        The letter starts clock B when the platform delivers it, even if the bureau is closed.
        """
        if self.state.registration is None:
            await (self._register_form() if self.by_form else self._register_letter())
        await self.left_behind.tell()
        await self.context.stop_clock(Clock.REVIEW, workflow.now())

    def restore(self, dossier: Dossier) -> None:
        """Take over the results of the first part of a case from before it was closed."""
        state, papers = self.state, dossier.papers
        state.review, state.registration, state.entry = dossier.review, dossier.registration, papers.entry
        state.certifications = list(papers.certifications)
        self.arrears.restore(papers)
        self.left_behind.restore(papers)
        if papers.certificate is not None and dossier.review is not None:
            state.certificate = CertificateAnswer(
                certificate=papers.certificate, refusals=(), started_at=dossier.review.started_at
            )
        if isinstance(papers.entry, ContactLetter) and dossier.registration is not None:
            self.delivery = LetterDelivery(letter=papers.entry, received_at=dossier.registration.received_at)

    async def supplement(self, request: Supplement) -> None:
        """Add papers that were missing; the application is reviewed again, and its clock runs on."""
        self.hand_in(request.materials)
        self.state.note(
            Party.APPLICANT,
            Event.MATERIALS_SUPPLEMENTED,
            detail=", ".join(request.materials),
            officer=request.officer,
        )

    def hand_in(self, papers: Sequence[Material], certified: Certification | None = None) -> None:
        """Add papers and certified service to the application; a case that waits for them goes on."""
        if certified is not None:
            self.state.certifications.append(certified)
        self.state.order = with_additions(self.state.order, papers, certified)
        self.supplemented = True

    async def _review(self) -> None:
        self.reviews += 1
        answer = self.state.certificate
        certificate = answer.certificate if answer and not self.by_form else None
        order = ReviewOrder(
            order=self.context.order,
            version=self.reviews,
            certificate=certificate,
            months_in_arrears=self.arrears.months,
            received_at=self.state.holdings[0].since,
        )
        self.arrears.reviewed()
        given: ReviewAnswer = await self.context.ask(IN, REVIEW_APPLICATION, order)
        self.state.review, self.reviewed = given.review, order.version
        self.accepted = bool(given.roster)
        self.state.order = with_roster(self.state.order, given.roster)
        self.state.note(IN, Event.APPLICATION_REVIEWED)
        if given.letter and answer:
            await self._deliver(given.letter, answer.started_at)
        elif answer is None:
            self.context.enter(Stage.APPLICATION_RECEIVED, OUT, given.review.started_at)

    async def _certify(self) -> None:
        self.certificates += 1
        order = certificate_order(self.context, self.certificates)
        answer: CertificateAnswer = await self.context.ask(OUT, ISSUE_CERTIFICATE, order)
        if not (answer.certificate or answer.refusals):
            self.certificates -= 1
            return
        self.state.certificate = answer
        if answer.certificate:
            self.state.note(OUT, Event.CERTIFICATE_ISSUED, answer.certificate.number)
        else:
            self.state.note(OUT, Event.CERTIFICATE_REFUSED)

    async def _supplement_missing_papers(self) -> None:
        """Ask for everything that is missing at once, and wait for it; clock A is paused meanwhile."""
        clock = self.context.clocks.get(Clock.REVIEW)
        if self.asked_after != self.reviewed:
            await self.context.finish_even_if_interrupted(self._ask_for_missing_papers())
        await workflow.wait_condition(lambda: self.supplemented or self.arrears.paid)
        if clock:
            await self.context.run_on(clock, workflow.now(), "supplement")
        self.context.enter(Stage.APPLICATION_RECEIVED, IN)

    async def _ask_for_missing_papers(self) -> None:
        notified_at = await self.context.notify_applicant(
            Stage.AWAITING_MATERIALS, Event.MATERIALS_ASKED_FOR, missing=self.state.missing()
        )
        if clock := self.context.clocks.get(Clock.REVIEW):
            await clock.pause(notified_at)
            self.state.note(IN, Event.CLOCK_PAUSED, Clock.REVIEW, **self.arrears.why_paused())
        self.context.enter(Stage.AWAITING_MATERIALS, Party.APPLICANT, notified_at)
        self.supplemented, self.asked_after = False, self.reviewed

    async def _register_letter(self) -> None:
        delivery = self.delivery
        assert delivery is not None
        if Clock.TRANSFER_OUT not in self.context.clocks:
            await self.context.start_clock(Clock.TRANSFER_OUT, OUT, delivery.received_at)
        await self.left_behind.start_clock(delivery.received_at)
        self.context.enter(Stage.CONTACT_LETTER_SENT, OUT)
        self.registrations += 1
        details = delivery_details(self.context, self.arrears, self.left_behind)
        delivery = delivery.model_copy(update={"version": self.registrations, **details})
        given = await self.context.ask(OUT, REGISTER_CONTACT_LETTER, delivery)
        self._registered(given, Event.CONTACT_LETTER_REGISTERED, delivery.letter.number)

    async def _deliver(self, letter: ContactLetter, certified_at: datetime) -> None:
        """Have the platform deliver the letter at once; it was owed promptly from the certificate on."""
        self.state.entry = letter
        self.delivery = LetterDelivery(letter=letter, received_at=workflow.now())
        self.state.note(IN, Event.CONTACT_LETTER_SENT, letter.number)
        self.state.note(Party.PROVINCE, Event.CONTACT_LETTER_RECEIVED, letter.number)
        until = max(certified_at, letter.started_at)
        self.state.add_duty(PromptDuty.SEND_CONTACT_LETTER, certified_at, until)
        await self.context.stop_clock(Clock.REVIEW, letter.started_at)

    async def _register_form(self) -> None:
        clock = self.context.clocks[Clock.TRANSFER_OUT]
        form = former_employers_form(self.context.order, clock.reading.received_on)
        self.state.entry = form
        self.context.enter(Stage.ACCEPTED, OUT)
        await self.left_behind.start_clock(clock.order.anchored_at)
        self.registrations += 1
        delivery = FormDelivery(
            form=form,
            received_at=clock.order.anchored_at,
            version=self.registrations,
            **delivery_details(self.context, self.arrears, self.left_behind),
        )
        given = await self.context.ask(OUT, REGISTER_FORMER_EMPLOYERS_FORM, delivery)
        self._registered(given, None, form.number)

    def _registered(self, given: RegistrationAnswer, event: Event | None, number: str) -> None:
        self.state.registration = given.registration
        if event:
            self.state.note(OUT, event, number)
        if given.form:
            self.exchange.record_first_form(given.form)
