"""The contribution certificate (《参保缴费凭证》), drawn up from the books (第七条第一项)."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import today
from activities.person_facts import facts_of_person
from activities.transfer_out.relationships import BookedRelationship
from models.contacts.bureaus import BureauContact
from models.messages.papers import ContributionCertificate
from models.messages.steps import CertificateOrder
from models.store.store import Store
from rules.amounts.amounts import transfer_amount
from rules.amounts.arrears import arrears_of
from rules.application.linking import recognised_months
from rules.values.months import Month
from rules.values.moves import other_employee_scheme
from rules.values.papers import PaperKind, Side
from rules.values.record import History, MonthKind, TransferAmount


@dataclass(frozen=True, slots=True)
class Issuer:
    """The bureau that issues a paper, its printed data, and the official number."""

    store: Store
    bureau: str
    contact: BureauContact | None
    official_number: str


async def certificates_issued(
    store: Store, session: AsyncSession, case_no: str
) -> list[ContributionCertificate]:
    """The certificates that the bureau has issued in a case, in order."""
    kind = PaperKind.CERTIFICATE
    return await store.papers(session, case_no, kind, Side.ISSUED, ContributionCertificate)


async def certificate_of(
    session: AsyncSession,
    request: CertificateOrder,
    held: BookedRelationship,
    history: History,
    issuer: Issuer,
    amount: TransferAmount | None,
) -> ContributionCertificate:
    """The certificate as of today: what the form will state, and apart from it what stays or is owed."""
    order, application = request.order, request.order.application
    version = len(await certificates_issued(issuer.store, session, order.case_no)) + 1
    if amount is None:
        # The review refuses a move inside one scheme; its amount is computed like a move to the other scheme.
        inside = application.scheme_to is history.scheme
        joined = other_employee_scheme(history.scheme) if inside else application.scheme_to
        amount = transfer_amount(history, joined, today())
    paid = [row for row in held.here if row.kind != MonthKind.ARREARS]
    months = [(Month.parse(row.first), Month.parse(row.last)) for row in paid]
    service = (await facts_of_person(session, held.person)).recognised_service
    return ContributionCertificate(
        number="/".join(("certificate", order.case_no, *([str(version)] if version > 1 else ()))),
        official_number=issuer.official_number,
        agency=issuer.contact,
        case_no=order.case_no,
        bureau=issuer.bureau,
        scheme=application.scheme_from,
        name=application.name,
        id_number=application.id_number,
        registered_home=application.registered_home,
        home_address=application.home_address,
        personal_number=held.person.personal_number or application.personal_number,
        insured_from=min((first for first, _ in months), default=None),
        insured_to=max((last for _, last in months), default=None),
        months_paid=amount.months,
        recognised_months=recognised_months(service, history.all_ranges),
        account_balance=amount.lines.individual,
        months_apart=amount.apart,
        balance_apart=amount.balance_apart,
        arrears=arrears_of(history.ranges),
        issued_on=today(),
        version=version,
    )
