"""The road of a case (第七条), step by step; a step that is done is not gone again."""

import asyncio
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.deeds import (
        DRAW_UP_INFORMATION_FORM,
        ISSUE_CERTIFICATE,
        NOTIFY_APPLICANT,
        REGISTER_CONTACT_LETTER,
        REGISTER_FORMER_EMPLOYERS_FORM,
        REMIT_AND_END_RELATIONSHIP,
        REVIEW_APPLICATION,
        SEND_CONTACT_LETTER,
        TAKE_IN,
    )
    from models.clocks import DutySpan
    from models.messages import (
        CertificateAnswer,
        FormDelivery,
        FormOrder,
        LetterDelivery,
        LetterOrder,
        NoticeOrder,
        RemittanceOrder,
        Review,
        ReviewOrder,
        TakeInOrder,
    )
    from models.papers import FormerEmployersForm
    from models.requests import Approvable, Supplement
    from models.stages import Event, Party, Stage
    from rules.charged_days import PromptDuty
    from rules.moves import Entry
    from workflows.approvals import Approvals
    from workflows.case_work import CaseWork
    from workflows.corrections import Corrections
    from workflows.disputes import Disputes
    from workflows.duplicate_months import DuplicateMonths
    from workflows.exchange import Exchange

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT


class Road:
    """From the application to both funds posted. It may be left and taken up again at any step."""

    def __init__(
        self,
        work: CaseWork,
        exchange: Exchange,
        approvals: Approvals,
        corrections: Corrections,
        duplicates: DuplicateMonths,
        disputes: Disputes,
    ) -> None:
        self.work = work
        self.file = work.file
        self.exchange = exchange
        self.approvals = approvals
        self.corrections = corrections
        self.duplicates = duplicates
        self.disputes = disputes
        self.funds_have_left = False
        """The transfer-out bureau has said so; nothing is left to release."""
        self._reviews = 0
        self._supplemented = False

    @property
    def by_form(self) -> bool:
        """Whether the former employer's form takes the place of the contact letter (7号第九条)."""
        return self.work.order.application.entry is Entry.FORMER_EMPLOYERS_FORM

    async def begin(self) -> None:
        """The application is in: clock A, or for the former employer's form clock B, runs from now."""
        self.work.enter(Stage.APPLICATION_RECEIVED, IN)
        if self.by_form:
            self.file.note(OUT, Event.FORMER_EMPLOYERS_FORM_RECEIVED)
            await self.work.start_clock("B", OUT, workflow.now())
        else:
            await self.work.start_clock("A", IN, workflow.now())

    async def go(self) -> Stage:
        """Every step from where the case stands; the stage in which it ends."""
        await self.review_and_certify()
        if self.file.refusals():
            return Stage.REFUSED
        await self.set_transfer_out_to_work()
        if self.file.refusals():
            return Stage.REFUSED
        await self.transfer_out()
        done = False
        while not done:
            await self.settle_discrepancies()
            done = await self.take_in() and await self.clear_duplicate_months()
        await self._nothing_in_dispute()
        return Stage.CLOSED

    async def review_and_certify(self) -> None:
        """Both bureaus look at once, so that a refusal names every ground either of them knows (第六条)."""
        if self.file.review is None or self.file.certificate is None:
            await asyncio.gather(self._review(), self._certify())
        while self.file.missing() and not self.file.refusals():
            await self._supplement_missing_papers()
            await self._review()
        if not self.file.refusals():
            self.work.enter(Stage.ACCEPTED, IN)

    async def set_transfer_out_to_work(self) -> None:
        """The contact letter, or the former employer's form, at the transfer-out bureau.

        The letter starts clock B when the platform delivers it, whether or not anyone is in to read it.
        """
        await self._nothing_in_dispute()
        if self.file.registration is None:
            await (self._register_form() if self.by_form else self._send_letter())

    async def transfer_out(self) -> None:
        """Form, funds, end of the relationship: both halves or nothing (第七条第一项)."""
        await self._nothing_in_dispute()
        if self.file.entry is None or self.file.arrived:
            return
        self.work.enter(Stage.TRANSFERRING_OUT, OUT)
        if not self.file.forms:
            order = FormOrder(entry=self.file.entry, version=1)
            form = await self.work.ask(OUT, DRAW_UP_INFORMATION_FORM, order)
            self.file.forms.append(form)
            self.file.note(OUT, Event.INFORMATION_FORM_DRAWN_UP, form.number)
        await asyncio.gather(self._inform(), self._remit())
        await self.corrections.both_halves_in()

    async def settle_discrepancies(self) -> None:
        """Nothing is posted until form and money agree; until then the money waits in suspense."""
        await self._nothing_in_dispute()
        if self.file.taken_in and not self.corrections.open:
            return
        self.work.enter(Stage.TO_BE_RECONCILED, IN)
        while self.corrections.open or not self._agreed():
            if not self.corrections.open:
                await self.corrections.raise_by_platform()
            await self.corrections.carry_out()
            await self._nothing_in_dispute()
        await self.corrections.agreed()

    async def take_in(self) -> bool:
        """Post, merge, tell: clock C stops when the money stands in both funds and the person knows.

        False when a correction was asked for before anything was posted.
        """
        await self._nothing_in_dispute()
        form = self.exchange.form
        if self.file.taken_in is None or self.file.taken_in.version != form.version:
            self.work.enter(Stage.TAKING_IN, IN)
            officers = await self.approvals.obtained(
                Approvable.POSTING, give_up=lambda: self.corrections.open
            )
            if officers is None:
                return False
            await self._nothing_in_dispute()
            await self.exchange.reverse(form.number)
            self.file.taken_in = await self.work.ask(IN, TAKE_IN, TakeInOrder(form=form, officers=officers))
            self.file.note(IN, Event.TAKEN_IN, self.file.taken_in.number)
        await self._tell()
        return True

    async def clear_duplicate_months(self) -> bool:
        """After the transfer, never before it (第四条); False when a correction was asked for meanwhile."""
        taken_in = self.file.taken_in
        if taken_in is None or not taken_in.duplicate_months or self.file.cleared:
            return taken_in is not None
        return await self.duplicates.clear(taken_in, lambda: self.corrections.open)

    async def supplement(self, request: Supplement) -> None:
        """Missing papers are handed in: the application is reviewed again, without starting anew."""
        order = self.file.order
        handed_in = tuple(dict.fromkeys((*order.application.materials, *request.materials)))
        application = order.application.model_copy(update={"materials": handed_in})
        self.file.order = order.model_copy(update={"application": application})
        self.file.note(
            Party.APPLICANT,
            Event.MATERIALS_SUPPLEMENTED,
            detail=", ".join(request.materials),
            officer=request.officer,
        )
        self._supplemented = True

    def _agreed(self) -> bool:
        return self.file.reconciliation is not None and self.file.reconciliation.agreed

    async def _nothing_in_dispute(self) -> None:
        """A dispute holds the road up at its next step."""
        await workflow.wait_condition(lambda: self.disputes.open is None)

    async def _review(self) -> None:
        self._reviews += 1
        order = ReviewOrder(order=self.work.order, version=self._reviews)
        review: Review = await self.work.ask(IN, REVIEW_APPLICATION, order)
        self.file.review = review
        self.file.note(IN, Event.APPLICATION_REVIEWED)
        if self.file.certificate is None:
            self.work.enter(Stage.APPLICATION_RECEIVED, OUT, review.taken_up_at)

    async def _certify(self) -> None:
        answer: CertificateAnswer = await self.work.ask(OUT, ISSUE_CERTIFICATE, self.work.order)
        self.file.certificate = answer
        if answer.certificate:
            self.file.note(OUT, Event.CERTIFICATE_ISSUED, answer.certificate.number)
        else:
            self.file.note(OUT, Event.CERTIFICATE_REFUSED)

    async def _supplement_missing_papers(self) -> None:
        """Everything missing is told at once; the days until it is handed in are the applicant's."""
        asked_for = NoticeOrder(
            case_no=self.work.order.case_no,
            outcome=Stage.AWAITING_MATERIALS,
            version=self.file.notice.version + 1 if self.file.notice else 1,
            missing=self.file.missing(),
        )
        self.file.notice = await self.work.ask(IN, NOTIFY_APPLICANT, asked_for)
        self.file.note(IN, Event.MATERIALS_ASKED_FOR, self.file.notice.number)
        told_at = self.file.notice.taken_up_at
        clock = self.work.clocks.get("A")
        if clock:
            clock.pause(told_at)
            self.file.note(IN, Event.CLOCK_PAUSED, "A")
        self.work.enter(Stage.AWAITING_MATERIALS, Party.APPLICANT, told_at)
        self._supplemented = False
        await workflow.wait_condition(lambda: self._supplemented)
        if clock:
            await clock.resume(workflow.now(), "supplement")
            self.file.note(IN, Event.CLOCK_RESUMED, "A")
        self.work.enter(Stage.APPLICATION_RECEIVED, IN)

    async def _send_letter(self) -> None:
        answer = self.file.certificate
        assert answer is not None
        assert answer.certificate is not None
        asked = LetterOrder(order=self.work.order, certificate=answer.certificate)
        letter = await self.work.ask(IN, SEND_CONTACT_LETTER, asked)
        self.file.entry = letter
        self.file.note(IN, Event.CONTACT_LETTER_SENT, letter.number)
        self._duty_done(PromptDuty.SEND_CONTACT_LETTER, answer.taken_up_at, letter.taken_up_at)
        await self.work.stop_clock("A", letter.taken_up_at)
        self.file.note(Party.PROVINCE, Event.CONTACT_LETTER_RECEIVED, letter.number)
        delivery = LetterDelivery(letter=letter, received_at=workflow.now())
        if "B" not in self.work.clocks:
            await self.work.start_clock("B", OUT, delivery.received_at)
        self.work.enter(Stage.CONTACT_LETTER_SENT, OUT)
        self.file.registration = await self.work.ask(OUT, REGISTER_CONTACT_LETTER, delivery)
        self.file.note(OUT, Event.CONTACT_LETTER_REGISTERED, letter.number)

    async def _register_form(self) -> None:
        application, clock = self.work.order.application, self.work.clocks["B"]
        form = FormerEmployersForm(
            number=f"former-employers-form/{self.work.order.case_no}",
            case_no=self.work.order.case_no,
            bureau_in=application.bureau_in,
            bureau_out=application.bureau_out,
            name=application.name,
            id_number=application.id_number,
            scheme_from=application.scheme_from,
            scheme_to=application.scheme_to,
            received_on=clock.aimed.received_on,
        )
        self.file.entry = form
        self.work.enter(Stage.ACCEPTED, OUT)
        delivery = FormDelivery(form=form, received_at=clock.order.anchored_at)
        self.file.registration = await self.work.ask(OUT, REGISTER_FORMER_EMPLOYERS_FORM, delivery)

    async def _inform(self) -> None:
        """The one half: the information form at the transfer-in bureau."""
        await self.exchange.inform()
        if not self.file.remittances:
            self.work.enter(Stage.AWAITING_FUNDS, OUT, self.file.information_since)

    async def _remit(self) -> None:
        """The other half: the funds, released by whom the bureau wants, with the end of the relationship."""
        while not self.file.remittances:
            officers = await self._release()
            if officers is None:
                await self.corrections.carry_out()
                continue
            await self._nothing_in_dispute()
            order = RemittanceOrder(form=self.exchange.form, officers=officers)
            remittance = await self.work.ask(OUT, REMIT_AND_END_RELATIONSHIP, order)
            self.file.remittances.append(remittance)
            self.file.note(OUT, Event.FUNDS_REMITTED, remittance.number)
            self.file.note(OUT, Event.RELATIONSHIP_ENDED)
            await self.work.stop_clock("B", remittance.taken_up_at)
            stage = Stage.TO_BE_RECONCILED if self.exchange.informed else Stage.AWAITING_INFORMATION
            self.work.enter(stage, IN, remittance.taken_up_at)
        await self.exchange.receive(self.file.remittances[0])

    async def _release(self) -> tuple[str, ...] | None:
        """None when a correction was asked for while the funds were waiting to be released."""
        if self.funds_have_left:
            return ()
        return await self.approvals.obtained(
            Approvable.RELEASE_OF_FUNDS, give_up=lambda: self.corrections.open
        )

    async def _tell(self) -> None:
        """The person hears the result of the version that was taken in, and clock C stops."""
        taken_in, notice = self.file.taken_in, self.file.notice
        assert taken_in is not None
        if notice is None or notice.outcome is not Stage.CLOSED or notice.taken_in != taken_in.number:
            told = NoticeOrder(
                case_no=self.work.order.case_no,
                outcome=Stage.CLOSED,
                version=notice.version + 1 if notice else 1,
                taken_in=taken_in,
            )
            self.file.notice = notice = await self.work.ask(IN, NOTIFY_APPLICANT, told)
            self.file.note(IN, Event.APPLICANT_TOLD, notice.number)
        await self.work.stop_clock("C", notice.taken_up_at)

    def _duty_done(self, duty: PromptDuty, since: datetime, until: datetime) -> None:
        self.file.duties.append(DutySpan(duty=duty, since=since, until=max(since, until)))
