"""Orders forged with knowledge of a case's papers: for every step that acts, orders with papers that are not
those on file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from case_dossier import dossier
from staff import choice

from activities.contracts import (
    AMEND_INFORMATION_FORM,
    AWAIT_FUNDS,
    CLEAR_DUPLICATES,
    COMPLETE_RECORD,
    ENTER_ARREARS_PAYMENT,
    FILE_DOSSIER,
    GIVE_WRITTEN_NOTICE,
    ISSUE_CERTIFICATE,
    NOTIFY_APPLICANT,
    OFFER_CHOICE,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    RECEIVE_RETURN,
    REGISTER_CONTACT_LETTER,
    REGISTER_FORMER_EMPLOYERS_FORM,
    RELEASE_RESERVATION,
    REMIT_AND_END_RELATIONSHIP,
    RESTORE_RELATIONSHIP,
    RETURN_FUNDS,
    REVERSE_TAKING_IN,
    REVIEW_APPLICATION,
    SUPPLEMENT_FUNDS,
    TAKE_IN,
    TAKE_IN_DIFFERENCE,
    ActivityContract,
)
from models.messages.corrections import (
    AmendmentOrder,
    FieldOrder,
    MoneyOrder,
    ReleaseReservationOrder,
    RestoreOrder,
    ReversalOrder,
    StatedAmounts,
)
from models.messages.duplicates import ClearingOrder, DuplicateNotice, OfferOrder
from models.messages.papers import (
    ContactLetter,
    FormerEmployersForm,
    InformationForm,
    Paper,
    Remittance,
    RemittancePurpose,
    ResultNotice,
)
from models.messages.stages import Stage
from models.messages.steps import (
    ArrearsOrder,
    CaseOrder,
    CasePapers,
    CertificateOrder,
    CompletionOrder,
    FormDelivery,
    FundsDelivery,
    LetterDelivery,
    NoticeOrder,
    RemittanceOrder,
    ReviewOrder,
    TakeInOrder,
    TakenIn,
    WrittenNoticeOrder,
)
from models.rates.messages import DifferenceOrder
from province import CHANGCHUN, SIPING, WORKER, YANBIAN, application
from rules.application.grounds import grounds_for_refusal
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.record import AmountLines, RefundOf

UNKNOWN = "220100-20260115-ZZZZZZZZ"


def tenfold(form: InformationForm) -> InformationForm:
    lines = AmountLines(
        *(Fen(10 * one) for one in (form.lines.before_1998, form.lines.to_last_year)),
        *(Fen(10 * one) for one in (form.lines.this_year_principal, form.lines.pooled)),
    )
    return form.model_copy(
        update={"lines": lines, "adjusted_record_balance": Fen(10 * form.adjusted_record_balance)}
    )


TENFOLD_BASE = FieldOrder(field="base/2020-01..2025-12", value="60000.00")
"""A base that no officer has given as an answer and no ruling has set."""


def tenfold_amounts(form: InformationForm) -> StatedAmounts:
    lines = tenfold(form).lines
    return StatedAmounts(individual=lines.individual, pooled=lines.pooled)


def forged_orders(case_no: str, papers: CasePapers) -> Mapping[ActivityContract[Any, Any], list[Paper]]:
    """For every step that acts, orders with papers that are not those on file."""
    form, letter = papers.information_forms[-1], papers.entry
    refused = application(status="pensioner").move()
    assert isinstance(letter, ContactLetter)
    assert papers.certificate is not None
    order = CaseOrder(case_no=case_no, application=application())
    elsewhere = CaseOrder(case_no=case_no, application=application(bureau_in=SIPING, bureau_out=SIPING))
    forged, stolen = tenfold(form), form.model_copy(update={"id_number": WORKER})
    sent = Remittance(
        number=f"remittance/{UNKNOWN}/1",
        case_no=UNKNOWN,
        sequence=1,
        bureau_out=YANBIAN,
        bureau_in=CHANGCHUN,
        information_form=form.number,
        individual=Fen(100_00),
        pooled=Fen(100_00),
        sent_on=date(2026, 3, 2),
        started_at=form.started_at,
    )
    back = sent.model_copy(update={"purpose": RemittancePurpose.SURPLUS, "case_no": case_no, "sequence": 2})

    def money(
        of: InformationForm, purpose: RemittancePurpose, individual: int, sequence: int = 2
    ) -> MoneyOrder:
        return MoneyOrder(
            form=of,
            sequence=sequence,
            purpose=purpose,
            individual=Fen(individual),
            pooled=Fen(0),
            by="a forgery",
        )

    taken_in = TakenIn(
        number=f"taking-in/{case_no}/1",
        version=1,
        individual=Fen(1),
        pooled=Fen(1),
        months=1,
        duplicate_months=(),
        taken_in_on=date(2026, 3, 2),
        started_at=form.started_at,
    )
    offer = DuplicateNotice(
        number=f"duplicate-notice/{case_no}/1",
        case_no=case_no,
        version=1,
        records=(),
        periods=(),
        refund_of=RefundOf.BALANCE,
        started_at=form.started_at,
    )
    notice = ResultNotice(
        number=f"notice/{case_no}/7",
        case_no=case_no,
        version=7,
        outcome=Stage.CLOSED,
        told_on=date(2026, 3, 2),
        started_at=form.started_at,
    )
    leaver = FormerEmployersForm(
        number=f"former-employers-form/{UNKNOWN}",
        case_no=UNKNOWN,
        bureau_in=CHANGCHUN,
        bureau_out=YANBIAN,
        name=letter.name,
        id_number=letter.id_number,
        scheme_from=letter.scheme_from,
        scheme_to=letter.scheme_to,
        received_on=date(2026, 3, 2),
    )
    unknown_letter = letter.model_copy(update={"case_no": UNKNOWN})
    other_certificate = papers.certificate.model_copy(update={"id_number": WORKER})
    return {
        RELEASE_RESERVATION: [ReleaseReservationOrder(case_no=case_no, by=by) for by in ("", "a forgery")],
        NOTIFY_APPLICANT: [
            NoticeOrder(case_no=case_no, outcome=outcome, version=version, refusals=refusals)
            for outcome in (Stage.AWAITING_MATERIALS, Stage.REFUSED, Stage.WITHDRAWN, Stage.RETURNED)
            for refusals in ((), grounds_for_refusal(refused, refused.submitted_on))
            for version in (1, 2)
        ],
        ISSUE_CERTIFICATE: [
            CertificateOrder(order=one, version=version)
            for one in (elsewhere, CaseOrder(case_no=UNKNOWN, application=application()))
            for version in (1, 9)
        ],
        COMPLETE_RECORD: [
            CompletionOrder(
                case_no=case_no,
                id_number=letter.id_number,
                version=1,
                message_id="forged",
                grounds=("name_differs",),
                name="王另外",
                evidence="无",
                officer="out-01",
            )
        ],
        ENTER_ARREARS_PAYMENT: [_arrears(order), _arrears(elsewhere)],
        GIVE_WRITTEN_NOTICE: [WrittenNoticeOrder(form=one) for one in (forged, stolen)],
        REVIEW_APPLICATION: [
            ReviewOrder(order=elsewhere),
            ReviewOrder(order=order.model_copy(update={"case_no": UNKNOWN})),
            ReviewOrder(order=order, version=9, certificate=other_certificate),
        ],
        REGISTER_CONTACT_LETTER: [LetterDelivery(letter=unknown_letter, received_at=letter.started_at)],
        REGISTER_FORMER_EMPLOYERS_FORM: [FormDelivery(form=leaver, received_at=letter.started_at)],
        REMIT_AND_END_RELATIONSHIP: [RemittanceOrder(form=one) for one in (forged, stolen)],
        AMEND_INFORMATION_FORM: [
            *(AmendmentOrder(entry=letter, form=one, by="a forgery") for one in (forged, stolen)),
            AmendmentOrder(entry=letter, form=form, by="a forgery", fields=(TENFOLD_BASE,)),
            AmendmentOrder(entry=letter, form=form, by="a forgery", stated=tenfold_amounts(form)),
        ],
        SUPPLEMENT_FUNDS: [
            money(forged, RemittancePurpose.SUPPLEMENT, 100_00),
            money(form, RemittancePurpose.SUPPLEMENT, 100_00),
            money(form, RemittancePurpose.SUPPLEMENT, 100_00, sequence=9),
        ],
        RETURN_FUNDS: [
            money(forged, RemittancePurpose.RETURN, 100_00),
            money(form, RemittancePurpose.RETURN, 100_00),
            money(form, RemittancePurpose.SURPLUS, 100_00, sequence=9),
        ],
        RECEIVE_RETURN: [back, back.model_copy(update={"case_no": UNKNOWN})],
        RECEIVE_INFORMATION: [
            form.model_copy(update={"case_no": UNKNOWN}),
            form.model_copy(update={"bureau_in": SIPING, "version": 9}),
        ],
        RECEIVE_FUNDS: [
            FundsDelivery(remittance=sent),
            FundsDelivery(remittance=sent, form=form),
            FundsDelivery(remittance=sent.model_copy(update={"bureau_in": SIPING, "case_no": case_no})),
        ],
        AWAIT_FUNDS: [sent, back],
        TAKE_IN: [TakeInOrder(form=one, notice_version=9) for one in (forged, stolen)],
        REVERSE_TAKING_IN: [
            ReversalOrder(case_no=case_no, form=one, by="a forgery") for one in (form, forged)
        ],
        RESTORE_RELATIONSHIP: [RestoreOrder(case_no=case_no, form=forged, by="a forgery")],
        TAKE_IN_DIFFERENCE: [DifferenceOrder(form=one, by="a forgery") for one in (form, forged, stolen)],
        OFFER_CHOICE: [OfferOrder(order=order, taken_in=taken_in, refund_of=RefundOf.BALANCE)],
        CLEAR_DUPLICATES: [ClearingOrder(order=order, notice=offer, choice=choice())],
        FILE_DOSSIER: [
            dossier(application(), papers.model_copy(update={"information_forms": (forged,)}), notice, None),
            dossier(application(), papers, notice.model_copy(update={"case_no": UNKNOWN}), None),
        ],
    }


def _arrears(order: CaseOrder) -> ArrearsOrder:
    """An order for arrears that nobody has paid."""
    months = (Month(2019, 7), Month(2019, 12))
    return ArrearsOrder(
        order=order, version=1, first=months[0], last=months[1], message_id="forged", officer="out-01"
    )
