"""Compares form, certificate and money of a case by what the transfer-in bureau has on file."""

from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.papers import (
    ContributionCertificate,
    Difference,
    InformationForm,
    Reconciliation,
    Remittance,
)
from models.store.ledger import received
from models.store.store import Store
from rules.rulings.reconciliation import RECONCILE, Insured, PaperClaims, disagreements
from rules.values.form_fields import NAME
from rules.values.money import Fen
from rules.values.papers import PaperKind, Side


async def reconciled(store: Store, session: AsyncSession, form: InformationForm) -> Reconciliation:
    """Every difference between a form and the certificate and money of its case (第七条第二项)."""
    case_no = form.case_no
    certificates = await store.papers(
        session, case_no, PaperKind.CERTIFICATE, Side.RECEIVED, ContributionCertificate
    )
    funds = await store.papers(session, case_no, PaperKind.REMITTANCE, Side.RECEIVED, Remittance)
    came = [one for one in funds if not one.purpose.goes_back]
    sent = await store.papers(session, case_no, PaperKind.REMITTANCE, Side.ISSUED, Remittance)
    returned = [one for one in sent if one.purpose.goes_back]
    in_the_bank = sum([await received(session, one.number) for one in came])
    claims = PaperClaims(
        form=Insured(form.id_number, form.name, form.scheme_from),
        certificate=_insured(certificates[-1] if certificates else None),
        form_individual=form.lines.individual,
        form_pooled=form.lines.pooled,
        remitted_individual=Fen(
            sum(one.individual for one in came) - sum(one.individual for one in returned)
        ),
        remitted_pooled=Fen(sum(one.pooled for one in came) - sum(one.pooled for one in returned)),
        received=Fen(in_the_bank - sum(one.total for one in returned)),
        name_amended=await name_amended(store, session, form),
    )
    return Reconciliation(
        differences=tuple(
            Difference(field=one.field, expected=one.expected, found=one.found)
            for one in disagreements(claims)
        ),
        law=RECONCILE,
        short_individual=claims.short_individual,
        short_pooled=claims.short_pooled,
    )


def _insured(certificate: ContributionCertificate | None) -> Insured | None:
    if certificate is None:
        return None
    return Insured(certificate.id_number, certificate.name, certificate.scheme)


async def name_amended(store: Store, session: AsyncSession, form: InformationForm) -> bool:
    """Whether a correction has set the name to that of the form; it then outweighs the certificate."""
    versions = await store.papers(
        session, form.case_no, PaperKind.INFORMATION_FORM, Side.RECEIVED, InformationForm
    )
    return any(
        change.field == NAME and change.after == form.name
        for version in versions
        for change in version.changes
    )
