"""The first half of the road (第六条、第七条): review, certificate, missing papers, and the letter."""

import asyncio
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        ISSUE_CERTIFICATE,
        NOTIFY_APPLICANT,
        REGISTER_CONTACT_LETTER,
        REGISTER_FORMER_EMPLOYERS_FORM,
        REVIEW_APPLICATION,
        SEND_CONTACT_LETTER,
    )
    from models.messages.clocks import DutySpan
    from models.messages.papers import FormerEmployersForm
    from models.messages.requests import Supplement
    from models.messages.stages import Event, Party, Stage
    from models.messages.steps import (
        CertificateAnswer,
        FormDelivery,
        LetterDelivery,
        LetterOrder,
        NoticeOrder,
        Review,
        ReviewOrder,
    )
    from rules.values.charged_days import PromptDuty
    from rules.values.moves import Entry
    from workflows.case.context import CaseWork

IN, OUT = Party.TRANSFER_IN, Party.TRANSFER_OUT


class Acceptance:
    """From the application to the paper that sets the transfer-out bureau to work."""

    def __init__(self, work: CaseWork) -> None:
        self.work = work
        self.file = work.file
        self._reviews = 0
        self._supplemented = False
        self._delivery: LetterDelivery | None = None
        """The contact letter as the platform has delivered it."""

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

    async def review_and_certify(self) -> None:
        """Both bureaus look at once, so that a refusal names every ground either of them knows (第六条)."""
        if self.file.review is None or self.file.certificate is None:
            await asyncio.gather(self._review(), self._certify())
        while self.file.missing() and not self.file.refusals():
            await self._supplement_missing_papers()
            await self._review()
        if not self.file.refusals() and self.file.entry is None:
            self.work.enter(Stage.ACCEPTED, IN)

    async def set_transfer_out_to_work(self) -> None:
        """The contact letter, or the former employer's form, at the transfer-out bureau.

        The letter starts clock B when the platform delivers it, whether or not anyone is in to read it.
        """
        if self.file.registration is None:
            await (self._register_form() if self.by_form else self._send_letter())
        await self.work.stop_clock("A", workflow.now())

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
        told_at = await self.work.see_through(self._ask_for(asked_for))
        clock = self.work.clocks.get("A")
        if clock:
            await clock.pause(told_at)
            self.file.note(IN, Event.CLOCK_PAUSED, "A")
        self.work.enter(Stage.AWAITING_MATERIALS, Party.APPLICANT, told_at)
        self._supplemented = False
        await workflow.wait_condition(lambda: self._supplemented)
        if clock:
            await clock.resume(workflow.now(), "supplement")
            self.file.note(IN, Event.CLOCK_RESUMED, "A")
        self.work.enter(Stage.APPLICATION_RECEIVED, IN)

    async def _ask_for(self, papers: NoticeOrder) -> datetime:
        self.file.notice = await self.work.ask(IN, NOTIFY_APPLICANT, papers)
        self.file.note(IN, Event.MATERIALS_ASKED_FOR, self.file.notice.number)
        return self.file.notice.taken_up_at

    async def _send_letter(self) -> None:
        delivery = self._delivery or await self._deliver_letter()
        if "B" not in self.work.clocks:
            await self.work.start_clock("B", OUT, delivery.received_at)
        self.work.enter(Stage.CONTACT_LETTER_SENT, OUT)
        self.file.registration = await self.work.ask(OUT, REGISTER_CONTACT_LETTER, delivery)
        self.file.note(OUT, Event.CONTACT_LETTER_REGISTERED, delivery.letter.number)

    async def _deliver_letter(self) -> LetterDelivery:
        answer = self.file.certificate
        assert answer is not None
        assert answer.certificate is not None
        asked = LetterOrder(order=self.work.order, certificate=answer.certificate)
        letter = await self.work.ask(IN, SEND_CONTACT_LETTER, asked)
        self.file.entry = letter
        self._delivery = LetterDelivery(letter=letter, received_at=workflow.now())
        self.file.note(IN, Event.CONTACT_LETTER_SENT, letter.number)
        self.file.note(Party.PROVINCE, Event.CONTACT_LETTER_RECEIVED, letter.number)
        until = max(answer.taken_up_at, letter.taken_up_at)
        self.file.duties.append(
            DutySpan(duty=PromptDuty.SEND_CONTACT_LETTER, since=answer.taken_up_at, until=until)
        )
        await self.work.stop_clock("A", letter.taken_up_at)
        return self._delivery

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
