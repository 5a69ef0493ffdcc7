"""The transfer-in bureau's desk (转入地): review, letter, arrivals, taking in, telling the applicant."""

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import started_at, today
from activities.contracts import (
    NOTIFY_APPLICANT,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    RECONCILE,
    REVIEW_APPLICATION,
    TAKE_IN,
)
from activities.officers.approved import PayingBureau, Wanted
from activities.outbox.outbox import tell_of_notice
from activities.transfer_in.drawn_up import contact_letter, file_application, notice, notice_of_taking_in
from activities.transfer_in.reconciliation import name_amended, reconciled
from activities.transfer_out.remittances import let_wait
from models.contacts.bureaus import NumberedPaper
from models.messages.corrections import Reversal
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
from models.store.ledger import credit, debit, in_suspense, post
from models.store.official_numbers import next_serial
from models.store.records import (
    Enrolment,
    as_row,
    brought_by,
    enrol,
    months_here,
    person_of,
    relationship_of,
    supersede_taken_in,
)
from models.store.store import PaperKey
from models.store.superseding import successor
from models.store.tables import Account
from rules.application.certificate_grounds import NAME_DIFFERS_HERE
from rules.application.checklist import missing_papers
from rules.application.grounds import grounds_for_refusal
from rules.values.months import Month, months_between
from rules.values.papers import PaperKind, Side


class TransferInActivities(PayingBureau):
    """What a bureau does when a relationship comes to it, on its own store."""

    @REVIEW_APPLICATION.implements
    async def review_application(self, request: ReviewOrder) -> ReviewAnswer:
        """Every ground of refusal and every missing paper at once (吉社保〔2020〕6号第一、二、五、六条).

        With the certificate in hand and nothing against the transfer the contact letter goes out in the same
        transaction (第七条第三项).
        """
        order, certificate = request.order, request.certificate
        letter_key = PaperKey(order.case_no, PaperKind.CONTACT_LETTER, Side.ISSUED)

        async def draw_up(session: AsyncSession) -> Review:
            move = order.application.move()
            await file_application(self.store, session, order)
            known = await person_of(session, order.application.id_number)
            other_name = known is not None and known.name != order.application.name
            review = Review(
                # By the law and the bureaus of the day of application, however late it is reviewed.
                refusals=grounds_for_refusal(move, move.submitted_on) + (NAME_DIFFERS_HERE,) * other_name,
                missing=missing_papers(move),
                reviewed_on=today(),
                started_at=started_at(),
            )
            if (
                certificate is not None
                and not (review.refusals or review.missing)
                and not await self.store.has(session, letter_key)
            ):
                kept = PaperKey(order.case_no, PaperKind.CERTIFICATE, Side.RECEIVED)
                await self.store.file(session, kept, started_at(), certificate)
                number = await self._official_number(session, NumberedPaper.CONTACT_LETTER)
                letter = contact_letter(order, certificate, number, self.office.contact)
                await self.store.file(session, letter_key, started_at(), letter)
            return review

        key = PaperKey(order.case_no, PaperKind.REVIEW, Side.ISSUED, request.version)
        review = await self.store.file_once(key, Review, started_at(), draw_up)
        letter = None
        if certificate is not None and not (review.refusals or review.missing):
            letter = await self.store.filed(letter_key, ContactLetter)
        return ReviewAnswer(review=review, letter=letter, started_at=review.started_at)

    async def _official_number(self, session: AsyncSession, paper: NumberedPaper) -> str:
        serial = await next_serial(session, paper, today().year)
        return self.office.numbers.number(paper, self.bureau, today().year, serial)

    @RECEIVE_INFORMATION.implements
    async def receive_information(self, form: InformationForm) -> Arrival:
        """Enter a version of the form; reconcile it if any funds are here already (第七条第三项)."""

        async def draw_up(session: AsyncSession) -> Arrival:
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
            if form is not None and not await self.store.has(session, _arrival(form)):
                entered = await self._enter_form(session, form)
                await self.store.file(session, _arrival(form), started_at(), entered)
            kept = PaperKey(case_no, PaperKind.REMITTANCE, Side.RECEIVED, remittance.sequence)
            await self.store.file(session, kept, started_at(), remittance)
            await let_wait(session, remittance, step=RECEIVE_FUNDS.name)
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
        """How a form and all money of its case agree at this moment: a question, which leaves no paper."""
        async with self.store.transaction() as session:
            return await reconciled(self.store, session, form)

    @TAKE_IN.implements
    async def take_in(self, order: TakeInOrder) -> TakeInAnswer:
        """Post the pooled part and the individual account, merge the record, continue the relationship, and
        tell the applicant, all in one transaction (第七条第三项).

        Months already counted here are taken in too and named: 先转后清 (第四条、第七条第三项). Raises
        ValueError, a broken promise, when the money is not what the form states, or is posted already, or
        when this version was taken in and reversed: only a later one can be taken in after that.
        """
        form = order.form
        notice_key = PaperKey(form.case_no, PaperKind.NOTICE, Side.ISSUED, order.notice_version)

        async def draw_up(session: AsyncSession) -> TakenIn:
            await self._wait_for_leaving(session, form)
            enrolment = await self._enrol(session, form)
            already = await months_here(session, enrolment.person_id)
            coming = {month for part in form.record for month in months_between(part.first, part.last)}
            number = f"taking-in/{form.case_no}/{form.version}"
            await self._post(session, order, number, enrolment.relationship_id)
            await _bring_in(session, form, number, enrolment.relationship_id)
            done = _taken_in(form, number, tuple(sorted(already & coming)))
            official = await self._official_number(session, NumberedPaper.NOTICE)
            told = notice_of_taking_in(order, done, official, self.office.contact)
            await self.store.file(session, notice_key, started_at(), told)
            await tell_of_notice(session, self.bureau, told)
            return done

        key = PaperKey(form.case_no, PaperKind.TAKING_IN, Side.ISSUED, form.version)
        # Its money is in suspense again.
        reversal = key._replace(kind=PaperKind.REVERSAL)
        done = await self.store.file_once(key, TakenIn, started_at(), draw_up, undone_by=reversal)
        notice = await self.store.filed(notice_key, ResultNotice)
        return TakeInAnswer(taken_in=done, notice=notice, started_at=done.started_at)

    @NOTIFY_APPLICANT.implements
    async def notify_applicant(self, order: NoticeOrder) -> ResultNotice:
        """Tell the applicant what is missing, or every reason for refusal at once (第六条)."""

        async def draw_up(session: AsyncSession) -> ResultNotice:
            number = await self._official_number(session, NumberedPaper.NOTICE)
            told = notice(order, number, self.office.contact)
            await tell_of_notice(session, self.bureau, told)
            return told

        key = PaperKey(order.case_no, PaperKind.NOTICE, Side.ISSUED, order.version)
        return await self.store.file_once(key, ResultNotice, started_at(), draw_up)

    async def _wait_for_leaving(self, session: AsyncSession, form: InformationForm) -> None:
        """Take nothing into a relationship that is itself on its way out: it would go along, or be lost.

        Raises ApplicationError, and the step is tried again until the other case has released it.
        """
        joined = await relationship_of(session, form.id_number, form.scheme_to)
        if joined is not None and joined.reserved_by not in (None, form.case_no):
            raise ApplicationError(f"the relationship joined is leaving with case {joined.reserved_by}")

    async def _enrol(self, session: AsyncSession, form: InformationForm) -> Enrolment:
        """The relationship the months are taken into; a name put right by a correction is put right here."""
        if await name_amended(self.store, session, form):
            known = await person_of(session, form.id_number)
            if known is not None:
                known.name = form.name
        return await enrol(session, form.id_number, form.name, form.scheme_to)

    async def _post(
        self, session: AsyncSession, order: TakeInOrder, number: str, relationship_id: int
    ) -> None:
        """All that waits in suspense for the case goes to account and fund, as the form states them."""
        form = order.form
        if await self._stands(session, form.case_no):
            raise ValueError(f"case {form.case_no} is taken in already")
        agreed = await reconciled(self.store, session, form)
        waiting = await in_suspense(session, form.case_no)
        if agreed.short_individual or agreed.short_pooled or sum(waiting.values()) != form.lines.total:
            raise ValueError(f"what is in suspense for case {form.case_no} is not what {form.number} states")
        freed = (debit(Account.SUSPENSE, amount, None, one) for one, amount in waiting.items())
        entries = (
            *freed,
            credit(Account.INDIVIDUAL_ACCOUNT, form.lines.individual, relationship_id),
            credit(Account.POOLED_FUND, form.lines.pooled),
        )
        approved = Wanted(form.case_no, Approvable.POSTING, form.number, form)
        await self.needed.require(self.store, session, approved, order.officers, order.approvals)
        officers = ",".join(order.officers)
        at, step = started_at(), TAKE_IN.name
        await post(session, number, form.case_no, at, entries, step=step, paper=number, officer=officers)

    async def _stands(self, session: AsyncSession, case_no: str) -> bool:
        """Whether a taking in of the case has not been reversed."""
        taken_in = await self.store.papers(session, case_no, PaperKind.TAKING_IN, Side.ISSUED, TakenIn)
        reversals = await self.store.papers(session, case_no, PaperKind.REVERSAL, Side.ISSUED, Reversal)
        return len(taken_in) > len(reversals)


async def _bring_in(session: AsyncSession, form: InformationForm, number: str, relationship_id: int) -> None:
    """The months of the form come into the record; after a reversal they come again, as now corrected."""
    before = await brought_by(session, form.case_no)
    if not before:
        for part in form.record:
            row = as_row(part, relationship_id, form.bureau_out, form.case_no)
            row.entered_by = number
            session.add(row)
        return
    for row in before:
        first, last = Month.parse(row.first), Month.parse(row.last)
        session.add(successor(row, first, last, number, moved_by=None))
    await session.flush()
    await supersede_taken_in(session, form.case_no, form.record, number)


def _taken_in(form: InformationForm, number: str, duplicate_months: tuple[Month, ...]) -> TakenIn:
    return TakenIn(
        number=number,
        version=form.version,
        individual=form.lines.individual,
        pooled=form.lines.pooled,
        months=form.months,
        duplicate_months=duplicate_months,
        taken_in_on=today(),
        started_at=started_at(),
    )


def _arrival(form: InformationForm) -> PaperKey:
    return PaperKey(form.case_no, PaperKind.INFORMATION_ARRIVAL, Side.RECEIVED, form.version)
