"""The transfer-in bureau's outgoing papers: the contact letter and the notices to the person."""

from activities.clock import started_at, today
from models.contacts.bureaus import BureauContact
from models.messages.papers import (
    ContactLetter,
    ContributionCertificate,
    InformationForm,
    ResultNotice,
)
from models.messages.stages import Stage
from models.messages.steps import CaseOrder, NoticeOrder, TakenIn
from rules.amounts.amount_findings import WHY_MONTHS_STAY
from rules.amounts.residents import months_that_count
from rules.application.linking import recognised_months
from rules.application.remedies import remedies
from rules.values.months import Month


def contact_letter(
    order: CaseOrder, certificate: ContributionCertificate, number: str, agency: BureauContact | None
) -> ContactLetter:
    """《基本养老保险关系转移接续联系函》 under an official number (第七条第三项)."""
    application = order.application
    return ContactLetter(
        number=f"contact-letter/{order.case_no}",
        official_number=number,
        agency=agency,
        case_no=order.case_no,
        bureau_in=application.bureau_in,
        bureau_out=application.bureau_out,
        name=application.name,
        id_number=application.id_number,
        scheme_from=application.scheme_from,
        scheme_to=application.scheme_to,
        certificate=certificate.number,
        certificate_official_number=certificate.official_number,
        personal_number=application.personal_number or certificate.personal_number,
        sent_on=today(),
        started_at=started_at(),
    )


def notice(order: NoticeOrder, number: str, agency: BureauContact | None) -> ResultNotice:
    """A notice of missing papers, or of every reason for refusal with the remedies (第六条)."""
    return ResultNotice(
        number=f"notice/{order.case_no}/{order.version}",
        official_number=number,
        agency=agency,
        case_no=order.case_no,
        version=order.version,
        outcome=order.outcome,
        refusals=order.refusals,
        missing=order.missing,
        remedies=remedies(today()) if order.outcome is Stage.REFUSED else (),
        told_on=today(),
        started_at=started_at(),
    )


def notice_of_taking_in(
    form: InformationForm, version: int, done: TakenIn, number: str, agency: BureauContact | None
) -> ResultNotice:
    """《办理情况告知》: what was posted, and months paid twice if there are any (第七条第三项)."""
    return ResultNotice(
        number=f"notice/{form.case_no}/{version}",
        official_number=number,
        agency=agency,
        case_no=form.case_no,
        version=version,
        outcome=Stage.AWAITING_CHOICE if done.duplicate_months else Stage.CLOSED,
        taken_in=done.number,
        individual=done.individual,
        pooled=done.pooled,
        months=done.months,
        recognised_months=recognised_months(form.head.recognised_service, form.record),
        duplicate_months=done.duplicate_months,
        months_apart=form.months_apart,
        arrears_waived=form.arrears_waived,
        why_apart=tuple(one for one in form.findings if one.code in WHY_MONTHS_STAY),
        told_on=today(),
        started_at=started_at(),
    )


def record_of_taking_in(form: InformationForm, number: str, duplicate_months: tuple[Month, ...]) -> TakenIn:
    return TakenIn(
        number=number,
        version=form.version,
        individual=form.lines.individual,
        pooled=form.lines.pooled,
        months=months_that_count(form.scheme_from, form.months),
        duplicate_months=duplicate_months,
        taken_in_on=today(),
        started_at=started_at(),
    )
