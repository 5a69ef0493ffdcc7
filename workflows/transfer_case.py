"""One transfer case, from application to dossier (吉社保〔2020〕6号第七条)."""

import asyncio
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.deeds import (
        AIM_CLOCK,
        DRAW_UP_INFORMATION_FORM,
        FILE_DOSSIER,
        ISSUE_CERTIFICATE,
        NOTIFY_APPLICANT,
        RECEIVE_FUNDS,
        RECEIVE_INFORMATION,
        REGISTER_CONTACT_LETTER,
        REMIT_AND_END_RELATIONSHIP,
        REVIEW_APPLICATION,
        SEND_CONTACT_LETTER,
        TAKE_IN,
        Deed,
    )
    from models.messages import (
        CaseOrder,
        CasePapers,
        ClockOrder,
        FormOrder,
        LetterDelivery,
        LetterOrder,
        NoticeOrder,
        Progress,
        TakeInOrder,
    )
    from models.papers import ContactLetter, Dossier, InformationForm, JournalEntry, Paper, Remittance
    from models.stages import Event, Party, Stage
    from workflows.case_file import CaseFile
    from workflows.names import DUE_AT, OVERDUE, STAGE, WAITING_ON, bureau_queue
    from workflows.statutory_clock import StatutoryClock

Asked = TypeVar("Asked", bound=Paper)
Given = TypeVar("Given", bound=Paper)

DEED_TIMEOUT = timedelta(minutes=10)
PULSE_TIMEOUT = timedelta(seconds=10)
"""A worker that dies is noticed by its missing pulse; see `activities.pulse`."""
PATIENCE = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
"""A deed is tried until it is done: a bureau that is down owes it still, and the clock says since when."""


@workflow.defn
class TransferCase:
    """The relationship and the money of one person, on their way between two bureaus."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        self.order = order
        self.case = CaseFile(order)
        self.clocks: list[StatutoryClock] = []
        self.both_arrived_at = workflow.now()
        """When information and funds were both in, which starts clock C."""

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        await self.review_and_certify()
        if self.case.refusals() or self.case.missing():
            return await self.refuse()
        letter = await self.send_contact_letter()
        if self.case.refusals():
            return await self.refuse()
        form, remittance = await self.information_and_funds(letter)
        await self.settle_discrepancies()
        await self.take_in(form, remittance)
        return await self.close(order.application.bureau_in, order.application.bureau_out)

    @workflow.query
    def progress(self) -> Progress:
        """Where the case stands. Nothing personal."""
        return self.case.progress(tuple(clock.reading() for clock in self.clocks))

    @workflow.query
    def journal(self) -> list[JournalEntry]:
        """What has happened, in order."""
        return self.case.journal

    @workflow.query
    def papers(self) -> CasePapers:
        """Every paper of the case so far. Holds the person's name and ID number."""
        return self.case.papers()

    async def review_and_certify(self) -> None:
        """Both bureaus look at once, so that a refusal names every ground either of them knows."""
        case, application = self.case, self.order.application
        case.review, answer = await asyncio.gather(
            self._ask(application.bureau_in, REVIEW_APPLICATION, self.order),
            self._ask(application.bureau_out, ISSUE_CERTIFICATE, self.order),
        )
        case.certificate = answer
        case.note(Party.TRANSFER_IN, Event.APPLICATION_REVIEWED)
        if answer.certificate:
            case.note(Party.TRANSFER_OUT, Event.CERTIFICATE_ISSUED, answer.certificate.number)
        else:
            case.note(Party.TRANSFER_OUT, Event.CERTIFICATE_REFUSED)
        if not (case.refusals() or case.missing()):
            self._enter(Stage.ACCEPTED, Party.TRANSFER_IN)

    async def send_contact_letter(self) -> ContactLetter:
        """The letter starts clock B when the platform delivers it, whether or not anyone is in to read it."""
        case, application = self.case, self.order.application
        assert case.certificate is not None
        assert case.certificate.certificate is not None
        asked = LetterOrder(order=self.order, certificate=case.certificate.certificate)
        letter = await self._ask(application.bureau_in, SEND_CONTACT_LETTER, asked)
        case.contact_letter = letter
        case.note(Party.TRANSFER_IN, Event.CONTACT_LETTER_SENT, letter.number)
        case.note(Party.PROVINCE, Event.CONTACT_LETTER_RECEIVED, letter.number)
        delivery = LetterDelivery(letter=letter, received_at=workflow.now())
        await self._start_clock("B", application.bureau_out, Party.TRANSFER_OUT, delivery.received_at)
        self._enter(Stage.CONTACT_LETTER_SENT, Party.TRANSFER_OUT)
        case.registration = await self._ask(application.bureau_out, REGISTER_CONTACT_LETTER, delivery)
        case.note(Party.TRANSFER_OUT, Event.CONTACT_LETTER_REGISTERED, letter.number)
        return letter

    async def information_and_funds(self, letter: ContactLetter) -> tuple[InformationForm, Remittance]:
        """Both halves or nothing: clock B stops when the second has left, C starts when both agree."""
        case, application = self.case, self.order.application
        self._enter(Stage.TRANSFERRING_OUT, Party.TRANSFER_OUT)
        order = FormOrder(letter=letter, version=1)
        form = await self._ask(application.bureau_out, DRAW_UP_INFORMATION_FORM, order)
        case.information_form = form
        case.note(Party.TRANSFER_OUT, Event.INFORMATION_FORM_DRAWN_UP, form.number)
        informing = asyncio.create_task(self._inform(form))
        remittance = await self._ask(application.bureau_out, REMIT_AND_END_RELATIONSHIP, form)
        case.remittance = remittance
        case.note(Party.TRANSFER_OUT, Event.FUNDS_REMITTED, remittance.number)
        case.note(Party.TRANSFER_OUT, Event.RELATIONSHIP_ENDED)
        await self._stop_clock(Party.TRANSFER_OUT, remittance.sent_at)
        self._enter(self.case.stage, Party.TRANSFER_IN)
        await informing
        arrival = await self._ask(application.bureau_in, RECEIVE_FUNDS, remittance)
        case.reconciliation, self.both_arrived_at = arrival.reconciliation, arrival.arrived_at
        case.note(Party.TRANSFER_IN, Event.FUNDS_RECEIVED, remittance.number)
        return form, remittance

    async def settle_discrepancies(self) -> None:
        """Nothing is posted until form and money agree; until then the money waits in suspense."""
        case = self.case
        if case.reconciliation is None or not case.reconciliation.agreed:
            case.note(Party.TRANSFER_IN, Event.DISCREPANCY_FOUND)
            self._enter(Stage.TO_BE_CORRECTED, Party.TRANSFER_OUT)
            await workflow.wait_condition(
                lambda: case.reconciliation is not None and case.reconciliation.agreed
            )
        case.note(Party.TRANSFER_IN, Event.RECONCILED)

    async def take_in(self, form: InformationForm, remittance: Remittance) -> None:
        """Post, merge, tell: clock C stops when the money stands in both funds and the person knows."""
        case, bureau = self.case, self.order.application.bureau_in
        await self._start_clock("C", bureau, Party.TRANSFER_IN, self.both_arrived_at)
        self._enter(Stage.TAKING_IN, Party.TRANSFER_IN)
        case.taken_in = await self._ask(bureau, TAKE_IN, TakeInOrder(form=form, remittance=remittance))
        case.note(Party.TRANSFER_IN, Event.TAKEN_IN, case.taken_in.number)
        told = NoticeOrder(case_no=self.order.case_no, taken_in=case.taken_in)
        case.notice = await self._ask(bureau, NOTIFY_APPLICANT, told)
        case.note(Party.TRANSFER_IN, Event.APPLICANT_TOLD, case.notice.number)
        await self._stop_clock(Party.TRANSFER_IN, case.notice.told_at)

    async def refuse(self) -> Progress:
        """Every ground and every missing paper in one answer (第六条)."""
        case, bureau = self.case, self.order.application.bureau_in
        for clock in self.clocks:
            await clock.stop(workflow.now())
        told = NoticeOrder(case_no=self.order.case_no, refusals=case.refusals(), missing=case.missing())
        case.notice = await self._ask(bureau, NOTIFY_APPLICANT, told)
        case.note(Party.TRANSFER_IN, Event.APPLICATION_REFUSED, case.notice.number)
        return await self.close(bureau, outcome=Stage.REFUSED)

    async def close(self, *bureaus: str, outcome: Stage = Stage.CLOSED) -> Progress:
        """File the dossier in the bureaus' own stores; the case is closed when they have it."""
        dossier = self.case.dossier(outcome, tuple(clock.reading() for clock in self.clocks))
        await asyncio.gather(*(self._file(bureau, dossier) for bureau in dict.fromkeys(bureaus)))
        self.case.note(Party.PROVINCE, Event.CASE_CLOSED)
        self._enter(outcome, Party.NOBODY)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.progress()

    async def _file(self, bureau: str, dossier: Dossier) -> None:
        await self._ask(bureau, FILE_DOSSIER, dossier)

    async def _inform(self, form: InformationForm) -> None:
        bureau = self.order.application.bureau_in
        await self._ask(bureau, RECEIVE_INFORMATION, form)
        self.case.note(Party.TRANSFER_IN, Event.INFORMATION_RECEIVED, form.number)
        if self.case.remittance is None:
            self._enter(Stage.AWAITING_FUNDS, Party.TRANSFER_OUT)

    async def _ask(self, bureau: str, deed: Deed[Asked, Given], asked: Asked) -> Given:
        """Have a bureau do a deed, for as long as it takes."""
        given: Given = await workflow.execute_activity(
            deed.name,
            asked,
            result_type=deed.gives,
            task_queue=bureau_queue(bureau),
            start_to_close_timeout=DEED_TIMEOUT,
            heartbeat_timeout=PULSE_TIMEOUT,
            retry_policy=PATIENCE,
            summary=f"{bureau}: {deed.name.replace('_', ' ')}",
        )
        return given

    async def _start_clock(self, name: str, bureau: str, owed_by: Party, anchored_at: datetime) -> None:
        """Local, on the platform's own worker: a bureau that is down cannot hold up the aiming of a clock."""
        anchored = ClockOrder(clock=name, bureau=bureau, owed_by=owed_by, anchored_at=anchored_at)
        reading = await workflow.execute_local_activity(
            AIM_CLOCK.name, anchored, result_type=AIM_CLOCK.gives, start_to_close_timeout=PULSE_TIMEOUT
        )
        self.clocks.append(StatutoryClock(reading, self._overdue))
        self.case.note(owed_by, Event.CLOCK_STARTED, name)

    async def _stop_clock(self, owed_by: Party, at: datetime) -> None:
        clock = next(c for c in self.clocks if c.aimed.owed_by is owed_by and c.stopped_at is None)
        await clock.stop(at)
        self.case.note(owed_by, Event.CLOCK_STOPPED, clock.aimed.clock)

    def _overdue(self, clock: StatutoryClock) -> None:
        """Overdue is recorded and searchable; the work goes on."""
        self.case.note(clock.aimed.owed_by, Event.CLOCK_OVERDUE, clock.aimed.clock)
        workflow.upsert_search_attributes([OVERDUE.value_set(True)])
        self._show()

    def _enter(self, stage: Stage, waiting_on: Party) -> None:
        self.case.stage, self.case.waiting_on = stage, waiting_on
        running = [clock.aimed.due_at for clock in self.clocks if clock.stopped_at is None]
        due = DUE_AT.value_set(min(running)) if running else DUE_AT.value_unset()
        late = OVERDUE.value_set(any(clock.overdue and clock.stopped_at is None for clock in self.clocks))
        workflow.upsert_search_attributes(
            [STAGE.value_set(stage), WAITING_ON.value_set(waiting_on), due, late]
        )
        self._show()

    def _show(self) -> None:
        """What the Web UI shows of the case: stage, who is to act, due dates."""
        lines = [f"**{self.case.stage.titles[1]}** {self.case.stage.titles[0]}"]
        if self.case.waiting_on is not Party.NOBODY:
            lines.append(f"waiting on: {self.case.waiting_on.titles[0]} {self.case.waiting_on.titles[1]}")
        for clock in self.clocks:
            mark = " — overdue 逾期" if clock.overdue else ""
            lines.append(f"clock {clock.aimed.clock}: due {clock.aimed.due_on}{mark}")
        workflow.set_current_details("\n\n".join(lines))
