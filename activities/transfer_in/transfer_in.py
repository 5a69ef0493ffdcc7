"""The transfer-in bureau's steps (转入地): review, letter, arrivals, taking in, notices to the applicant."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import (
    NOTIFY_APPLICANT,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    RECONCILE,
    REVIEW_APPLICATION,
    TAKE_IN,
)
from activities.linking import against_joining
from activities.officers.approved import PaperToApprove, PayingBureau
from activities.orders import latest_form, require_certificate, require_expected_here
from activities.outbox.outbox import tell_of_notice
from activities.transfer_in.accepting import keep_application, roster_to_verify, why_not_accepted
from activities.transfer_in.drawn_up import (
    contact_letter,
    notice,
    notice_of_taking_in,
    record_of_taking_in,
)
from activities.transfer_in.notice_grounds import require_notice_ground
from activities.transfer_in.reconciliation import reconciled
from activities.transfer_in.taking_in import enrol_for, post_taking_in
from activities.transfer_out.remittances import post_to_suspense
from models.contacts.bureaus import NumberedPaper
from models.messages.papers import (
    ContactLetter,
    InformationForm,
    Reconciliation,
    Remittance,
    ResultNotice,
)
from models.messages.requests import Approvable
from models.messages.steps import (
    Arrival,
    FundsDelivery,
    NoticeOrder,
    Review,
    ReviewAnswer,
    ReviewOrder,
    TakeInAnswer,
    TakeInOrder,
    TakenIn,
)
from models.store.records import add_brought, months_here, standing_of
from models.store.store import PaperKey
from rules.application.certificate_grounds import name_differs_here
from rules.application.checklist import missing_papers
from rules.application.grounds import grounds_for_refusal
from rules.application.scope import scheme_not_handled
from rules.values.months import months_between
from rules.values.papers import PaperKind, Side


class TransferInActivities(PayingBureau):
    """The steps of a bureau to which a relationship comes, on its own store."""

    @REVIEW_APPLICATION.implements
    async def review_application(self, request: ReviewOrder) -> ReviewAnswer:
        """Every ground of refusal and every missing paper at once (吉社保〔2020〕6号第一、二、五、六条).

        With the certificate in hand and nothing against the transfer the contact letter goes out in the same
        transaction (第七条第三项). An application that no officer of this bureau has accepted under seal is
        refused for that alone, and nothing of it is kept.
        """
        order, certificate = request.order, request.certificate
        received_at = request.received_at or started_at()
        if refused := await why_not_accepted(self.register, order, received_at):
            unread = Review(refusals=refused, missing=(), reviewed_on=today(), started_at=started_at())
            return ReviewAnswer(review=unread, started_at=unread.started_at)
        letter_key = PaperKey(order.case_no, PaperKind.CONTACT_LETTER, Side.ISSUED)

        async def draw_up(session: AsyncSession) -> Review:
            require_certificate(self.bureau, order, certificate)
            await keep_application(self.store, session, order, received_at)
            move = order.application.move()
            name = (await standing_of(session, order.application.id_number, move.scheme_to)).name
            asked = order.application.name
            other_name = (name_differs_here(asked, name),) if name is not None and name != asked else ()
            review = Review(
                # By the law and the bureaus of the day of application, however late it is reviewed.
                refusals=(
                    *grounds_for_refusal(move, move.submitted_on),
                    *scheme_not_handled(self.bureau, move.scheme_to, self.office.schemes),
                    *await against_joining(self.store, session, order.application, order.case_no),
                    *other_name,
                ),
                missing=missing_papers(move, request.months_in_arrears),
                reviewed_on=today(),
                started_at=started_at(),
            )
            if (
                certificate is not None
                and not (review.refusals or review.missing)
                and not await self.store.has(session, letter_key)
            ):
                kept = PaperKey(order.case_no, PaperKind.CERTIFICATE, Side.RECEIVED, certificate.version)
                await self.store.file(session, kept, started_at(), certificate)
                number = await self.official_number(session, NumberedPaper.CONTACT_LETTER)
                letter = contact_letter(order, certificate, number, self.office.contact)
                await self.store.file(session, letter_key, started_at(), letter)
            return review

        key = PaperKey(order.case_no, PaperKind.REVIEW, Side.ISSUED, request.version)
        beside = letter_key, ContactLetter
        review, letter = await self.store.file_once_beside(key, Review, started_at(), draw_up, beside)
        if certificate is None or review.refusals or review.missing:
            letter = None
        roster = await roster_to_verify(self.register, request)
        return ReviewAnswer(review=review, letter=letter, roster=roster, started_at=review.started_at)

    @RECEIVE_INFORMATION.implements
    async def receive_information(self, form: InformationForm) -> Arrival:
        """Enter a version of the form; reconcile it if any funds are here already (第七条第三项)."""

        async def draw_up(session: AsyncSession) -> Arrival:
            await require_expected_here(self.store, session, self.bureau, form)
            return await self._enter_form(session, form)

        return await self.store.file_once(_arrival(form), Arrival, started_at(), draw_up)

    @RECEIVE_FUNDS.implements
    async def receive_funds(self, delivery: FundsDelivery) -> Arrival:
        """Enter the money, to wait in suspense, after the form if that comes with it; reconcile the two once
        both are here (第七条第三项)."""
        remittance, form = delivery.remittance, delivery.form

        async def draw_up(session: AsyncSession) -> Arrival:
            case_no, number = remittance.case_no, remittance.number
            if remittance.purpose.goes_back:
                raise ValueError(f"{number} is money that goes back, and does not come in here")
            await require_expected_here(self.store, session, self.bureau, remittance)
            if form is not None and not await self.store.has(session, _arrival(form)):
                await require_expected_here(self.store, session, self.bureau, form)
                entered = await self._enter_form(session, form)
                await self.store.file(session, _arrival(form), started_at(), entered)
            kept = PaperKey(case_no, PaperKind.REMITTANCE, Side.RECEIVED, remittance.sequence)
            await self.store.file(session, kept, started_at(), remittance)
            await post_to_suspense(session, remittance, step=RECEIVE_FUNDS.name)
            forms = await self.store.papers(
                session, case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED, InformationForm
            )
            return Arrival(
                number=number,
                arrived_on=today(),
                reconciliation=await reconciled(self.store, session, forms[-1]) if forms else None,
                started_at=started_at(),
            )

        key = PaperKey(remittance.case_no, PaperKind.FUNDS_ARRIVAL, Side.RECEIVED, remittance.sequence)
        return await self.store.file_once(key, Arrival, started_at(), draw_up)

    async def _enter_form(self, session: AsyncSession, form: InformationForm) -> Arrival:
        kept = PaperKey(form.case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED, form.version)
        await self.store.file(session, kept, started_at(), form)
        funds = await self.store.papers(
            session, form.case_no, PaperKind.REMITTANCE, Side.RECEIVED, Remittance
        )
        came = any(not one.purpose.goes_back for one in funds)
        return Arrival(
            number=form.number,
            arrived_on=today(),
            reconciliation=await reconciled(self.store, session, form) if came else None,
            started_at=started_at(),
        )

    @RECONCILE.implements
    async def reconcile(self, form: InformationForm) -> Reconciliation:
        """How a form and all money of its case agree at this moment; no paper is filed."""
        async with self.store.transaction() as session:
            return await reconciled(self.store, session, form)

    @TAKE_IN.implements
    async def take_in(self, order: TakeInOrder) -> TakeInAnswer:
        """Post the pooled part and the individual account, merge the record, continue the relationship, and
        tell the applicant, all in one transaction (第七条第三项).

        What is posted is what the latest form on file states; another one is refused. Months already counted
        here are taken in too and named: 先转后清 (第四条、第七条第三项). Raises
        ValueError, a caller's fault, when the money is not what the form states, or is posted already, or
        when this version was taken in and reversed: only a later one can be taken in after that.
        """
        case_no, version = order.form.case_no, order.form.version
        approved = PaperToApprove(case_no, Approvable.POSTING, order.form.number, order.form)
        notice_key = PaperKey(case_no, PaperKind.NOTICE, Side.ISSUED, order.notice_version)

        async def draw_up(session: AsyncSession) -> TakenIn:
            form = await latest_form(self.store, session, order.form, Side.RECEIVED)
            await self.needed.require(self.store, session, approved, order.officers, order.approvals)
            enrolment = await enrol_for(self.store, session, form)
            already = await months_here(session, enrolment.person_id)
            coming = {month for part in form.record for month in months_between(part.first, part.last)}
            number = f"taking-in/{form.case_no}/{form.version}"
            await post_taking_in(self.store, session, form, order.officers, number, enrolment.relationship_id)
            await add_brought(
                session, form.case_no, form.bureau_out, form.record, number, enrolment.relationship_id
            )
            done = record_of_taking_in(form, number, tuple(sorted(already & coming)))
            official = await self.official_number(session, NumberedPaper.NOTICE)
            told = notice_of_taking_in(form, order.notice_version, done, official, self.office.contact)
            await self.store.file(session, notice_key, started_at(), told)
            await tell_of_notice(session, self.bureau, told)
            return done

        key = PaperKey(case_no, PaperKind.TAKING_IN, Side.ISSUED, version)
        # Its money is in suspense again.
        reversal = key._replace(kind=PaperKind.REVERSAL)
        beside = notice_key, ResultNotice
        done, notice = await self.store.file_once_beside(
            key, TakenIn, started_at(), draw_up, beside, undone_by=reversal
        )
        return TakeInAnswer(taken_in=done, notice=notice, started_at=done.started_at)

    @NOTIFY_APPLICANT.implements
    async def notify_applicant(self, order: NoticeOrder) -> ResultNotice:
        """Send a notice of missing papers, a refusal (第六条) or another end, by what is on file."""

        async def draw_up(session: AsyncSession) -> ResultNotice:
            await require_notice_ground(self.bureau, self.store, session, order)
            number = await self.official_number(session, NumberedPaper.NOTICE)
            told = notice(order, number, self.office.contact)
            await tell_of_notice(session, self.bureau, told)
            return told

        key = PaperKey(order.case_no, PaperKind.NOTICE, Side.ISSUED, order.version)
        return await self.store.file_once(key, ResultNotice, started_at(), draw_up)


def _arrival(form: InformationForm) -> PaperKey:
    return PaperKey(form.case_no, PaperKind.INFORMATION_ARRIVAL, Side.RECEIVED, form.version)
