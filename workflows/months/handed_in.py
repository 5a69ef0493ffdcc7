"""What is handed in while a case is under way: for the application, and for the transfer-out bureau."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.papers import FormerEmployersForm
    from models.messages.requests import Certification
    from models.messages.steps import CaseOrder, CertificateOrder
    from models.officers.rosters import RosterChange
    from rules.values.moves import Material
    from workflows.case.context import CaseContext
    from workflows.months.arrears import Arrears
    from workflows.months.left_behind import LeftBehind


def with_additions(
    order: CaseOrder, papers: Sequence[Material], certified: Certification | None
) -> CaseOrder:
    """The order with further papers, and with service that was certified."""
    application = order.application
    periods = (*application.certified_government_service, *(certified.periods if certified else ()))
    changed = {
        "materials": tuple(dict.fromkeys((*application.materials, *papers))),
        "certified_government_service": tuple(dict.fromkeys(periods)),
    }
    opened_with = order.opened_with or application
    enlarged = application.model_copy(update=changed)
    return order.model_copy(update={"application": enlarged, "opened_with": opened_with})


def with_roster(order: CaseOrder, roster: tuple[RosterChange, ...]) -> CaseOrder:
    """The order with the roster entries that a review has given for the officer who accepted it, if any."""
    return order.model_copy(update={"roster": roster}) if roster else order


def certificate_order(context: CaseContext, version: int) -> CertificateOrder:
    """The order for the transfer-out bureau's certificate."""
    state = context.state
    return CertificateOrder(
        order=context.order,
        version=version,
        received_at=state.holdings[0].since,
        reviewed=state.review is not None,
        credit_rounding=context.arrangements.credit_rounding,
    )


def former_employers_form(order: CaseOrder, received_on: date) -> FormerEmployersForm:
    """The form that takes the letter's place at the transfer-out bureau (7号第九条)."""
    application = order.application
    return FormerEmployersForm(
        number=f"former-employers-form/{order.case_no}",
        case_no=order.case_no,
        bureau_in=application.bureau_in,
        bureau_out=application.bureau_out,
        name=application.name,
        id_number=application.id_number,
        scheme_from=application.scheme_from,
        scheme_to=application.scheme_to,
        received_on=received_on,
    )


def delivery_details(context: CaseContext, arrears: Arrears, left_behind: LeftBehind) -> dict[str, Any]:
    """The facts the transfer-out bureau needs to draw the form up, beside the paper that it registers."""
    return {
        "credit_rounding": context.arrangements.credit_rounding,
        "arrears_waived": arrears.waived,
        "one_off_proven": left_behind.proven,
        "application": context.order.application,
    }
