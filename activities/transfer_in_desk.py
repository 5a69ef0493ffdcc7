"""The transfer-in bureau's desk (转入地): review, letter, arrivals, taking in, telling the applicant."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.clock import taken_up_at, today
from activities.deeds import (
    NOTIFY_APPLICANT,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    REVIEW_APPLICATION,
    SEND_CONTACT_LETTER,
    TAKE_IN,
)
from models.books import Account
from models.ledger import credit, debit, post, received
from models.messages import Arrival, CaseOrder, LetterOrder, NoticeOrder, Review, TakeInOrder, TakenIn
from models.papers import (
    ContactLetter,
    ContributionCertificate,
    Difference,
    InformationForm,
    Reconciliation,
    Remittance,
    ResultNotice,
)
from models.records import as_row, enrol, months_here, person_of, relationship_of
from models.store import PaperKey, Store
from rules.certificate_grounds import NAME_DIFFERS_HERE
from rules.checklist import missing_papers
from rules.grounds import grounds_for_refusal
from rules.money import NO_MONEY
from rules.months import months_between
from rules.reconciliation import RECONCILE, Claims, disagreements


class TransferInDesk:
    """What a bureau does when a relationship comes to it, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @REVIEW_APPLICATION.done_here
    async def review_application(self, order: CaseOrder) -> Review:
        """Every ground of refusal and every missing paper at once (吉社保〔2020〕6号第一、二、五、六条)."""

        async def draw_up(session: AsyncSession) -> Review:
            move = order.application.move()
            known = await person_of(session, order.application.id_number)
            other_name = known is not None and known.name != order.application.name
            return Review(
                # By the law and the bureaus of the day of application, however late it is reviewed.
                refusals=grounds_for_refusal(move, move.submitted_on) + (NAME_DIFFERS_HERE,) * other_name,
                missing=missing_papers(move),
                reviewed_on=today(),
            )

        return await self.store.file_once(
            PaperKey(order.case_no, "review", "issued"), Review, taken_up_at(), draw_up
        )

    @SEND_CONTACT_LETTER.done_here
    async def send_contact_letter(self, request: LetterOrder) -> ContactLetter:
        """Send 《联系函》 on the strength of the certificate, which is kept (第七条第三项)."""
        case_no, application = request.order.case_no, request.order.application

        async def draw_up(session: AsyncSession) -> ContactLetter:
            certificate = PaperKey(case_no, "certificate", "received")
            await self.store.file(session, certificate, taken_up_at(), request.certificate)
            return ContactLetter(
                number=f"contact-letter/{case_no}",
                case_no=case_no,
                bureau_in=self.bureau,
                bureau_out=application.bureau_out,
                name=application.name,
                id_number=application.id_number,
                scheme_from=application.scheme_from,
                scheme_to=application.scheme_to,
                certificate=request.certificate.number,
                sent_on=today(),
            )

        return await self.store.file_once(
            PaperKey(case_no, "contact_letter", "issued"), ContactLetter, taken_up_at(), draw_up
        )

    @RECEIVE_INFORMATION.done_here
    async def receive_information(self, form: InformationForm) -> Arrival:
        """Enter the information form; reconcile it if the funds are here already (第七条第三项)."""

        async def draw_up(session: AsyncSession) -> Arrival:
            kept = PaperKey(form.case_no, "information_form", "received", form.version)
            await self.store.file(session, kept, taken_up_at(), form)
            remittance = await self.store.paper(
                session, PaperKey(form.case_no, "remittance", "received", form.version), Remittance
            )
            return Arrival(
                number=form.number,
                arrived_on=today(),
                arrived_at=taken_up_at(),
                reconciliation=await self._reconcile(session, form, remittance) if remittance else None,
            )

        key = PaperKey(form.case_no, "information_arrival", "received", form.version)
        return await self.store.file_once(key, Arrival, taken_up_at(), draw_up)

    @RECEIVE_FUNDS.done_here
    async def receive_funds(self, remittance: Remittance) -> Arrival:
        """Enter the money, to wait in suspense; reconcile it if the form is here already (第七条第三项)."""
        version = int(remittance.number.rsplit("/", 1)[1])

        async def draw_up(session: AsyncSession) -> Arrival:
            kept = PaperKey(remittance.case_no, "remittance", "received", version)
            await self.store.file(session, kept, taken_up_at(), remittance)
            total, number = remittance.total, remittance.number
            arrival = (
                debit(Account.BANK, total, None, number),
                credit(Account.SUSPENSE, total, None, number),
            )
            await post(
                session,
                f"{number}/arrive",
                remittance.case_no,
                taken_up_at(),
                arrival,
                deed=RECEIVE_FUNDS.name,
                paper=number,
            )
            form = await self.store.paper(
                session,
                PaperKey(remittance.case_no, "information_form", "received", version),
                InformationForm,
            )
            return Arrival(
                number=number,
                arrived_on=today(),
                arrived_at=taken_up_at(),
                reconciliation=await self._reconcile(session, form, remittance) if form else None,
            )

        key = PaperKey(remittance.case_no, "funds_arrival", "received", version)
        return await self.store.file_once(key, Arrival, taken_up_at(), draw_up)

    @TAKE_IN.done_here
    async def take_in(self, order: TakeInOrder) -> TakenIn:
        """Post the pooled part and the individual account, merge the record, continue the relationship.

        Months already counted here are taken in too and named: 先转后清 (第四条、第七条第三项).
        """
        form, remittance = order.form, order.remittance

        async def draw_up(session: AsyncSession) -> TakenIn:
            at = taken_up_at()
            await self._wait_for_leaving(session, form)
            enrolment = await enrol(session, form.id_number, form.name, form.scheme_to)
            already = await months_here(session, enrolment.person_id)
            coming = {month for part in form.record for month in months_between(part.first, part.last)}
            await self._post(session, remittance, enrolment.relationship_id, at)
            for part in form.record:
                session.add(as_row(part, enrolment.relationship_id, form.bureau_out, form.case_no))
            return TakenIn(
                number=f"taking-in/{form.case_no}",
                individual=remittance.individual,
                pooled=remittance.pooled,
                months=form.months,
                duplicate_months=tuple(sorted(already & coming)),
                taken_in_on=today(),
            )

        key = PaperKey(form.case_no, "taking_in", "issued", form.version)
        return await self.store.file_once(key, TakenIn, taken_up_at(), draw_up)

    @NOTIFY_APPLICANT.done_here
    async def notify_applicant(self, order: NoticeOrder) -> ResultNotice:
        """Tell the applicant the result (第七条第三项), or every reason for refusal at once (第六条)."""

        async def draw_up(_: AsyncSession) -> ResultNotice:
            done = order.taken_in
            return ResultNotice(
                number=f"notice/{order.case_no}",
                case_no=order.case_no,
                accepted=done is not None,
                refusals=order.refusals,
                missing=order.missing,
                individual=done.individual if done else NO_MONEY,
                pooled=done.pooled if done else NO_MONEY,
                months=done.months if done else 0,
                duplicate_months=done.duplicate_months if done else (),
                told_on=today(),
                told_at=taken_up_at(),
            )

        key = PaperKey(order.case_no, "notice", "issued")
        return await self.store.file_once(key, ResultNotice, taken_up_at(), draw_up)

    async def _wait_for_leaving(self, session: AsyncSession, form: InformationForm) -> None:
        """Take nothing into a relationship that is itself on its way out: it would go along, or be lost.

        Raises ApplicationError, and the deed is tried again until the other case has released it.
        """
        joined = await relationship_of(session, form.id_number, form.scheme_to)
        if joined is not None and joined.reserved_by not in (None, form.case_no):
            raise ApplicationError(f"the relationship joined is leaving with case {joined.reserved_by}")

    async def _post(
        self, session: AsyncSession, remittance: Remittance, relationship_id: int, at: datetime
    ) -> None:
        number = remittance.number
        entries = (
            debit(Account.SUSPENSE, remittance.total, None, number),
            credit(Account.INDIVIDUAL_ACCOUNT, remittance.individual, relationship_id, number),
            credit(Account.POOLED_FUND, remittance.pooled, None, number),
        )
        await post(
            session,
            f"{number}/take-in",
            remittance.case_no,
            at,
            entries,
            deed=TAKE_IN.name,
            paper=f"taking-in/{remittance.case_no}",
        )

    async def _reconcile(
        self, session: AsyncSession, form: InformationForm, remittance: Remittance
    ) -> Reconciliation:
        certificate = await self.store.paper(
            session, PaperKey(form.case_no, "certificate", "received"), ContributionCertificate
        )
        claims = Claims(
            form_id_number=form.id_number,
            certificate_id_number=certificate.id_number if certificate else "",
            form_individual=form.lines.individual,
            form_pooled=form.lines.pooled,
            remitted_individual=remittance.individual,
            remitted_pooled=remittance.pooled,
            received=await received(session, remittance.number),
        )
        return Reconciliation(
            differences=tuple(
                Difference(field=one.field, expected=one.expected, found=one.found)
                for one in disagreements(claims)
            ),
            law=RECONCILE,
        )
