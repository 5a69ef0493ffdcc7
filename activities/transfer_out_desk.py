"""The transfer-out bureau's desk (转出地): certificate, letter, form, funds, end of the relationship."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import taken_up_at, today
from activities.deeds import (
    DRAW_UP_INFORMATION_FORM,
    ISSUE_CERTIFICATE,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
)
from models.application import TransferApplication
from models.books import Account, PersonRow, RelationshipRow
from models.ledger import credit, debit, individual_account, post
from models.messages import CaseOrder, CertificateAnswer, FormOrder, LetterDelivery, LetterRegistration
from models.papers import ContactLetter, ContributionCertificate, InformationForm, Remittance
from models.records import contributions_here, history_of, move_away, relationship_of
from models.store import PaperKey, Store
from rules.amounts import OutOfScope, transfer_amount
from rules.certificate_grounds import Standing, grounds_against_certificate
from rules.contributions import moving_ranges
from rules.findings import Refusal
from rules.history_problems import UnusableHistory
from rules.interest import MissingRates
from rules.months import Month, count_months
from rules.moves import InsuredStatus
from rules.record import History, MonthKind
from rules.schemes import Scheme


class TransferOutDesk:
    """What a bureau does when a relationship leaves it, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @ISSUE_CERTIFICATE.done_here
    async def issue_certificate(self, order: CaseOrder) -> CertificateAnswer:
        """Issue 《参保缴费凭证》, or say all that stands against it (吉社保〔2020〕6号第七条第一项)."""

        async def draw_up(session: AsyncSession) -> CertificateAnswer:
            refusals = await self._grounds(session, order.application, order.case_no)
            if refusals:
                return CertificateAnswer(certificate=None, refusals=refusals)
            return CertificateAnswer(certificate=await self._certify(session, order), refusals=())

        key = PaperKey(order.case_no, "certificate", "issued")
        return await self.store.file_once(key, CertificateAnswer, taken_up_at(), draw_up)

    @REGISTER_CONTACT_LETTER.done_here
    async def register_contact_letter(self, delivery: LetterDelivery) -> LetterRegistration:
        """Enter the letter and reserve the relationship for the case.

        The letter was received when the platform delivered it, not when this bureau got round to it.
        """
        letter = delivery.letter

        async def draw_up(session: AsyncSession) -> LetterRegistration:
            refusals = await self._grounds(session, letter, letter.case_no)
            relationship = await relationship_of(session, letter.id_number, letter.scheme_from)
            if relationship and not refusals:
                relationship.reserved_by = letter.case_no
            return LetterRegistration(
                number=letter.number,
                received_at=delivery.received_at,
                picked_up_at=taken_up_at(),
                refusals=refusals,
            )

        key = PaperKey(letter.case_no, "contact_letter", "received")
        return await self.store.file_once(key, LetterRegistration, taken_up_at(), draw_up)

    @DRAW_UP_INFORMATION_FORM.done_here
    async def draw_up_information_form(self, order: FormOrder) -> InformationForm:
        """Check the record, compute ①–⑥ and draw up 《信息表》 (第七条第一项)."""
        letter = order.letter

        async def draw_up(session: AsyncSession) -> InformationForm:
            relationship = await self._relationship(
                session, letter.case_no, letter.id_number, letter.scheme_from
            )
            history = await history_of(session, relationship)
            amount = transfer_amount(history, letter.scheme_to, today())
            return InformationForm(
                number=f"information-form/{letter.case_no}/{order.version}",
                case_no=letter.case_no,
                version=order.version,
                bureau_out=self.bureau,
                bureau_in=letter.bureau_in,
                name=letter.name,
                id_number=letter.id_number,
                scheme_from=letter.scheme_from,
                scheme_to=letter.scheme_to,
                record=moving_ranges(history, today()),
                years=amount.years,
                lines=amount.lines,
                months=amount.months,
                adjusted_record_balance=amount.adjusted_record_balance,
                provisional_rate_years=amount.provisional_rate_years,
                findings=amount.findings,
                drawn_up_on=today(),
            )

        key = PaperKey(letter.case_no, "information_form", "issued", order.version)
        return await self.store.file_once(key, InformationForm, taken_up_at(), draw_up)

    @REMIT_AND_END_RELATIONSHIP.done_here
    async def remit_and_end_relationship(self, form: InformationForm) -> Remittance:
        """Send the funds and end the relationship in one transaction (第七条第一项).

        Money and months leave together: no instant exists at which one has gone and the other has not.
        """

        async def draw_up(session: AsyncSession) -> Remittance:
            relationship = await self._relationship(session, form.case_no, form.id_number, form.scheme_from)
            remittance = Remittance(
                number=f"remittance/{form.case_no}/{form.version}",
                case_no=form.case_no,
                bureau_out=self.bureau,
                bureau_in=form.bureau_in,
                information_form=form.number,
                individual=form.lines.individual,
                pooled=form.lines.pooled,
                sent_on=today(),
                sent_at=taken_up_at(),
                relationship_ended_on=today(),
            )
            assert relationship.id is not None
            await self._post(session, form, remittance, relationship.id)
            await move_away(session, relationship.id, form.record, form.case_no)
            relationship.reserved_by = None
            relationship.ended_by = form.case_no
            return remittance

        key = PaperKey(form.case_no, "remittance", "issued", form.version)
        return await self.store.file_once(key, Remittance, taken_up_at(), draw_up)

    async def _post(
        self, session: AsyncSession, form: InformationForm, remittance: Remittance, relationship_id: int
    ) -> None:
        """Bring the account up to the record, set the funds on their way, and settle on the embedded rail."""
        number, case_no, at = remittance.number, form.case_no, taken_up_at()
        owed = form.adjusted_record_balance - await individual_account(session, relationship_id)
        individual, pooled, total = remittance.individual, remittance.pooled, remittance.total
        steps = {
            "adjust": (
                debit(Account.POOLED_FUND, owed),
                credit(Account.INDIVIDUAL_ACCOUNT, owed, relationship_id),
            ),
            "remit": (
                debit(Account.INDIVIDUAL_ACCOUNT, individual, relationship_id, number),
                debit(Account.POOLED_FUND, pooled, None, number),
                credit(Account.IN_TRANSIT_OUT, total, None, number),
            ),
            "settle": (
                debit(Account.IN_TRANSIT_OUT, total, None, number),
                credit(Account.BANK, total, None, number),
            ),
        }
        for step, entries in steps.items():
            await post(
                session,
                f"{number}/{step}",
                case_no,
                at,
                entries,
                deed=REMIT_AND_END_RELATIONSHIP.name,
                paper=number,
            )

    async def _grounds(
        self, session: AsyncSession, asked: TransferApplication | ContactLetter, case_no: str
    ) -> tuple[Refusal, ...]:
        """What stands against the move by these books, when the certificate is asked for and again with
        the letter: between the two another case may have changed them."""
        relationship = await relationship_of(session, asked.id_number, asked.scheme_from)
        if relationship is None:
            return grounds_against_certificate(Standing(known=False), case_no)
        person = await session.get(PersonRow, relationship.person_id)
        assert person is not None
        assert relationship.id is not None
        here = await contributions_here(session, relationship.id)
        standing = Standing(
            known=True,
            name_agrees=person.name == asked.name,
            status=InsuredStatus(relationship.status),
            reserved_by=relationship.reserved_by,
            ended=relationship.ended_by is not None,
            computable=_computable(await history_of(session, relationship), asked.scheme_to),
            earlier_transfer=any(row.origin_case for row in here),
        )
        return grounds_against_certificate(standing, case_no)

    async def _certify(self, session: AsyncSession, order: CaseOrder) -> ContributionCertificate:
        application = order.application
        relationship = await relationship_of(session, application.id_number, application.scheme_from)
        assert relationship is not None
        assert relationship.id is not None
        rows = await contributions_here(session, relationship.id)
        paid = [row for row in rows if row.kind != MonthKind.ARREARS]
        months = [(Month.parse(row.first), Month.parse(row.last)) for row in paid]
        return ContributionCertificate(
            number=f"certificate/{order.case_no}",
            case_no=order.case_no,
            bureau=self.bureau,
            scheme=application.scheme_from,
            name=application.name,
            id_number=application.id_number,
            registered_home=application.registered_home,
            insured_from=min((first for first, _ in months), default=None),
            insured_to=max((last for _, last in months), default=None),
            months_paid=sum(count_months(first, last) for first, last in months),
            account_balance=await individual_account(session, relationship.id),
            issued_on=today(),
        )

    async def _relationship(
        self, session: AsyncSession, case_no: str, id_number: str, scheme: Scheme
    ) -> RelationshipRow:
        """The relationship the case has reserved; ValueError, a broken promise, when it has not."""
        relationship = await relationship_of(session, id_number, scheme)
        if relationship is None or relationship.reserved_by != case_no:
            raise ValueError(f"case {case_no} has no relationship reserved at bureau {self.bureau}")
        return relationship


def _computable(history: History, to: Scheme) -> bool:
    """Whether the amount can be computed today; a move out of scope is the review's to refuse."""
    try:
        transfer_amount(history, to, today())
    except OutOfScope:
        return True
    except (MissingRates, UnusableHistory):
        return False
    return True
