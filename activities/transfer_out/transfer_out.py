"""The transfer-out bureau's steps (转出地): certificate, letter, form, funds, end of the relationship."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import (
    ISSUE_CERTIFICATE,
    REGISTER_CONTACT_LETTER,
    REGISTER_FORMER_EMPLOYERS_FORM,
    REMIT_AND_END_RELATIONSHIP,
)
from activities.officers.approved import PaperToApprove, PayingBureau
from activities.orders import latest_form, require_addressed_to, require_certified_here
from activities.transfer_out.accepted import is_accepted
from activities.transfer_out.certificate import Issuer, certificate_of, certificates_issued
from activities.transfer_out.form_head import form_head
from activities.transfer_out.grounds import grounds
from activities.transfer_out.relationships import (
    booked_relationship,
    history_held,
    reserved_for,
    was_released,
)
from activities.transfer_out.remittances import post_transfer, remittance_under
from models.contacts.bureaus import NumberedPaper
from models.messages.papers import (
    EntryPaper,
    InformationForm,
    Remittance,
    RemittancePurpose,
)
from models.messages.requests import Approvable
from models.messages.steps import (
    CertificateAnswer,
    CertificateOrder,
    FormDelivery,
    LetterDelivery,
    LetterRegistration,
    RegistrationAnswer,
    RemittanceOrder,
)
from models.store.histories import history_of
from models.store.records import end_relationship, move_away, reserve
from models.store.store import PaperKey
from models.store.superseding import prove_months
from models.store.tables import PersonRow
from rules.amounts.amounts import transfer_amount
from rules.amounts.contributions import moving_ranges
from rules.amounts.residents import one_off_check
from rules.application.scope import scheme_not_handled
from rules.values.moves import Material
from rules.values.papers import PaperKind, Side
from rules.values.record import History, TransferAmount


class TransferOutActivities(PayingBureau):
    """The steps of a bureau from which a relationship leaves, on its own store."""

    @ISSUE_CERTIFICATE.implements
    async def issue_certificate(self, request: CertificateOrder) -> CertificateAnswer:
        """Issue 《参保缴费凭证》, or give every ground against it (吉社保〔2020〕6号第七条第一项)."""
        order = request.order
        require_addressed_to(self.bureau, order.application.bureau_out)
        if not await is_accepted(self.store, self.register, request):
            return CertificateAnswer(certificate=None, refusals=(), started_at=started_at())

        async def draw_up(session: AsyncSession) -> CertificateAnswer:
            asked = order.application
            held = await booked_relationship(session, asked.id_number, asked.scheme_from)
            proven = Material.ONE_OFF_PAPERS in asked.materials
            history = await history_held(session, held, request.credit_rounding, proven=proven)
            against = await grounds(
                self.store, session, held, history, asked, order.case_no, proven=proven, application=asked
            )
            unhandled = scheme_not_handled(self.bureau, asked.scheme_from, self.office.schemes)
            refusals = (*unhandled, *against.refusals)
            if held is None or history is None or refusals:
                return CertificateAnswer(certificate=None, refusals=refusals, started_at=started_at())
            number = await self.official_number(session, NumberedPaper.CERTIFICATE)
            issuer = Issuer(self.store, self.bureau, self.office.contact, number)
            certificate = await certificate_of(session, request, held, history, issuer, against.amount)
            version = certificate.version
            issued = PaperKey(order.case_no, PaperKind.CERTIFICATE, Side.ISSUED, version)
            await self.store.file(session, issued, started_at(), certificate)
            return CertificateAnswer(certificate=certificate, refusals=(), started_at=started_at())

        key = PaperKey(order.case_no, PaperKind.CERTIFICATE_ANSWER, Side.ISSUED, request.version)
        return await self.store.file_once(key, CertificateAnswer, started_at(), draw_up)

    @REGISTER_CONTACT_LETTER.implements
    async def register_contact_letter(self, delivery: LetterDelivery) -> RegistrationAnswer:
        """Enter the letter, reserve the relationship for the case and draw up the information form.

        The letter counts as received when the platform delivered it, not when this bureau came to enter it.
        """
        return await self._register(delivery.letter, delivery, PaperKind.CONTACT_LETTER)

    @REGISTER_FORMER_EMPLOYERS_FORM.implements
    async def register_former_employers_form(self, delivery: FormDelivery) -> RegistrationAnswer:
        """Enter a leaver's form, which takes the letter's place (7号第九条), and go on as with a letter."""
        return await self._register(delivery.form, delivery, PaperKind.FORMER_EMPLOYERS_FORM)

    async def _register(
        self, paper: EntryPaper, delivery: LetterDelivery | FormDelivery, kind: PaperKind
    ) -> RegistrationAnswer:
        """Enter a paper that asks for the form; no form is drawn up once the case was released."""
        form_key = PaperKey(paper.case_no, PaperKind.INFORMATION_FORM, Side.ISSUED)

        async def draw_up(session: AsyncSession) -> LetterRegistration:
            await require_certified_here(self.store, session, self.bureau, paper)
            held = await booked_relationship(session, paper.id_number, paper.scheme_from)
            proven, asked = delivery.one_off_proven, delivery.application
            history = await history_held(session, held, delivery.credit_rounding, proven=proven)
            refusals, amount = await grounds(
                self.store, session, held, history, paper, paper.case_no, proven=proven, application=asked
            )
            received = PaperKey(paper.case_no, kind, Side.RECEIVED)
            # The case may have stopped waiting for an earlier version, before or after it was done here.
            if not await self.store.has(session, received):
                await self.store.file(session, received, started_at(), paper)
            done = await self.store.has(session, form_key)
            released = await was_released(self.store, session, paper.case_no)
            if held and history and not (refusals or done or released):
                assert held.relationship.id is not None
                await reserve(session, held.relationship.id, paper.case_no)
                if proven:
                    await prove_months(session, held.here, f"information-form/{paper.case_no}/1")
                    history = await history_of(session, held.relationship, rounding=delivery.credit_rounding)
                    amount = None
                form = await self._form(session, held.person, history, amount, paper, delivery)
                await self.store.file(session, form_key, started_at(), form)
            return LetterRegistration(
                number=paper.number,
                received_at=delivery.received_at,
                refusals=refusals,
                started_at=started_at(),
            )

        key = PaperKey(paper.case_no, PaperKind.LETTER_REGISTRATION, Side.ISSUED, delivery.version)
        beside = form_key, InformationForm
        registration, form = await self.store.file_once_beside(
            key, LetterRegistration, started_at(), draw_up, beside
        )
        return RegistrationAnswer(registration=registration, form=form, started_at=registration.started_at)

    async def _form(
        self,
        session: AsyncSession,
        person: PersonRow,
        history: History,
        amount: TransferAmount | None,
        entry: EntryPaper,
        delivery: LetterDelivery | FormDelivery,
    ) -> InformationForm:
        """Check the record, compute ①–⑥ unless that is done, and draw up 《信息表》 (第七条第一项)."""
        amount = amount or transfer_amount(history, entry.scheme_to, today())
        certificates = await certificates_issued(self.store, session, entry.case_no)
        certificate = certificates[-1] if certificates else None
        number = await self.official_number(session, NumberedPaper.INFORMATION_FORM)
        return InformationForm(
            number=f"information-form/{entry.case_no}/1",
            official_number=number,
            agency=self.office.contact,
            head=await form_head(session, person, history, certificate),
            case_no=entry.case_no,
            version=1,
            bureau_out=self.bureau,
            bureau_in=entry.bureau_in,
            name=entry.name,
            id_number=entry.id_number,
            scheme_from=entry.scheme_from,
            scheme_to=entry.scheme_to,
            record=moving_ranges(history, today(), one_off_check(entry.scheme_from, entry.scheme_to)),
            years=amount.years,
            bases=amount.bases,
            openings=amount.openings,
            credits=amount.credits,
            lines=amount.lines,
            months=amount.months,
            adjusted_record_balance=amount.adjusted_record_balance,
            months_apart=amount.apart,
            arrears_waived=delivery.arrears_waived,
            provisional_rate_years=amount.provisional_rate_years,
            findings=amount.findings,
            drawn_up_on=today(),
            credit_rounding=delivery.credit_rounding,
            started_at=started_at(),
        )

    @REMIT_AND_END_RELATIONSHIP.implements
    async def remit_and_end_relationship(self, order: RemittanceOrder) -> Remittance:
        """Send the funds and end the relationship in one transaction (第七条第一项).

        Money and months leave together: no instant exists at which one has gone and the other has not.
        What is sent is what the form on file states; another form is refused. A case that has released the
        relationship cannot take it: ValueError, a caller's fault.
        """
        paper = PaperToApprove(order.form.case_no, Approvable.RELEASE_OF_FUNDS, order.form.number, order.form)

        async def draw_up(session: AsyncSession) -> Remittance:
            form = await latest_form(self.store, session, order.form, Side.ISSUED)
            await self.needed.require(self.store, session, paper, order.officers, order.approvals)
            relationship_id = await reserved_for(session, form)
            lines = form.lines
            remittance = remittance_under(form, 1, RemittancePurpose.TRANSFER, lines.individual, lines.pooled)
            step = REMIT_AND_END_RELATIONSHIP.name
            await post_transfer(session, form, remittance, relationship_id, step, order.officers)
            await move_away(session, relationship_id, form.record, form.case_no)
            await end_relationship(session, relationship_id, form.case_no)
            return remittance

        key = PaperKey(order.form.case_no, PaperKind.REMITTANCE, Side.ISSUED)
        return await self.store.file_once(key, Remittance, started_at(), draw_up)
