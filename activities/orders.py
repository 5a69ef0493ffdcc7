"""What a step checks of its order before it does anything: the papers in the order must be those on file.

A step acts on the papers in its own store, never on its caller's. The approvals that an order needs are
checked here too, before the effect. A refusal changes nothing, is not retried by the engine, and says nothing
personal.
"""

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio.exceptions import ApplicationError

from activities.contracts import ORDER_REFUSED
from models.messages.papers import ContributionCertificate, EntryPaper, InformationForm, Remittance
from models.messages.steps import CaseOrder, Review
from models.store.store import Filed, PaperKey, Store
from rules.values.papers import PaperKind, Side


def order_refused(en: str, zh: str) -> ApplicationError:
    """The error, to be raised, that refuses an order; a sentence in each language."""
    return ApplicationError(en, zh, type=ORDER_REFUSED, non_retryable=True)


async def paper_on_file(store: Store, session: AsyncSession, key: PaperKey, handed: Filed) -> Filed:
    """The paper on file under a key. Refuses when there is none, or when the order holds another."""
    filed = await store.paper(session, key, type(handed))
    if filed is None:
        raise _not_on_file(key)
    if filed != handed:
        raise _differs(key)
    return filed


async def latest_form(
    store: Store, session: AsyncSession, handed: InformationForm, side: Side
) -> InformationForm:
    """The latest version of a case's form on file at this bureau. Refuses when the order holds another."""
    forms = await store.papers(session, handed.case_no, PaperKind.INFORMATION_FORM, side, InformationForm)
    key = PaperKey(handed.case_no, PaperKind.INFORMATION_FORM, side, handed.version)
    if not forms:
        raise _not_on_file(key)
    if forms[-1] != handed:
        raise _differs(key)
    return forms[-1]


async def require_next_movement(store: Store, session: AsyncSession, case_no: str, sequence: int) -> None:
    """Refuses money under a number that is not the next of its case: it would be sent twice."""
    sides = (Side.ISSUED, Side.RECEIVED)
    known = [
        one.sequence
        for side in sides
        for one in await store.papers(session, case_no, PaperKind.REMITTANCE, side, Remittance)
    ]
    if sequence != max(known, default=0) + 1:
        raise order_refused(
            "The order names a movement of money that is not the next of the case; nothing was done.",
            "所列划转序号不是本案的下一笔，未作处理。",
        )


def require_addressed_to(bureau: str, addressee: str) -> None:
    """Refuses a paper that is for another bureau."""
    if addressee != bureau:
        raise order_refused(
            "The paper is addressed to another bureau; nothing was done.",
            "该文书不是发给本经办机构的，未作处理。",
        )


async def require_known_here(store: Store, session: AsyncSession, key: PaperKey) -> None:
    """Refuses a paper of a case when this bureau lacks the paper that must come before it."""
    if not await store.has(session, key):
        raise _not_on_file(key)


async def require_expected_here(
    store: Store, session: AsyncSession, bureau: str, paper: InformationForm | Remittance
) -> None:
    """Refuses a paper for another bureau, or of a case that was not reviewed here."""
    require_addressed_to(bureau, paper.bureau_in)
    await require_reviewed_here(store, session, paper.case_no)


async def require_reviewed_here(store: Store, session: AsyncSession, case_no: str) -> None:
    """Refuses a paper of a case that was not reviewed here.

    Any review counts: review 1 is not on file if it was interrupted before this bureau began it.
    """
    if not await store.papers(session, case_no, PaperKind.REVIEW, Side.ISSUED, Review):
        raise _not_on_file(PaperKey(case_no, PaperKind.REVIEW, Side.ISSUED))


def require_certificate(bureau: str, order: CaseOrder, certificate: ContributionCertificate | None) -> None:
    """Refuses an application to another bureau, and a certificate that is not the one asked for."""
    application = order.application
    require_addressed_to(bureau, application.bureau_in)
    asked = (order.case_no, application.bureau_out, application.id_number, application.scheme_from)
    if certificate and asked != (
        certificate.case_no,
        certificate.bureau,
        certificate.id_number,
        certificate.scheme,
    ):
        raise order_refused(
            "The certificate is not about the person and scheme of the application; nothing was done.",
            "缴费凭证所列人员或险种与申请不符，未作处理。",
        )


async def require_certified_here(store: Store, session: AsyncSession, bureau: str, paper: EntryPaper) -> None:
    """Refuses a letter or a form that names another person or scheme than was certified here."""
    require_addressed_to(bureau, paper.bureau_out)
    key = PaperKey(paper.case_no, PaperKind.CERTIFICATE, Side.ISSUED)
    certificate = await store.paper(session, key, ContributionCertificate)
    if certificate is None or (certificate.id_number, certificate.scheme) != (
        paper.id_number,
        paper.scheme_from,
    ):
        raise order_refused(
            "The paper is not about the person and the scheme that were certified here in this case; nothing "
            "was done.",
            "该文书所列人员或险种与本经办机构为本案开具的缴费凭证不符，未作处理。",
        )


def _not_on_file(key: PaperKey) -> ApplicationError:
    name = key.kind.replace("_", " ")
    return order_refused(
        f"The order rests on a paper that is not on file here: {name} {key.version}. Nothing was done.",
        f"所依据的文书未在本经办机构存档：{name} {key.version}。未作处理。",
    )


def _differs(key: PaperKey) -> ApplicationError:
    name = key.kind.replace("_", " ")
    return order_refused(
        f"The paper handed over is not the one on file here, or not its latest version: {name} "
        f"{key.version}. Nothing was done.",
        f"所附文书与本经办机构存档的不一致，或不是最新文本：{name} {key.version}。未作处理。",
    )
