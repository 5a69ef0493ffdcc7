"""`starter.py supplement`, `withdraw`, `hold`, `resume`: what an officer enters for the person."""

from typing import Annotated, Any

import typer

from desk.batches.batch_submitting import submit_file
from desk.batches.batches import SUPPLEMENTS
from desk.commands.staff_options import (
    BatchOption,
    CaseArgument,
    EachCase,
    StaffOptions,
    case_or_file,
    with_staff_options,
)
from desk.commands.submitting import submit
from desk.files.spans import typed_spans
from models.messages.requests import StaffAction
from models.messages.stages import Party


@with_staff_options
def supplement(
    case: EachCase = "",
    paper: Annotated[list[str] | None, typer.Option(help="Required: paper handed in, repeatable.")] = None,
    file: BatchOption = None,
    *,
    options: StaffOptions,
) -> None:
    """Enter papers that were missing; the same case goes on (第六条).

    Papers: identity_document, application_form, posting_document,
    former_employers_form, departure_document, service_certification,
    one_off_papers, arrears_waiver, or their Chinese titles.
    A file has the columns case and paper, several papers separated by semicolons.
    """
    case_or_file(case, file, paper, options.message_id, options.signal)
    if file is not None:
        submit_file(SUPPLEMENTS, file, options.envelope("", None))
        return
    envelope = options.envelope(case, Party.TRANSFER_IN)
    submit(StaffAction.SUPPLEMENT, {"materials": sorted(set(paper or ()))}, envelope)


@with_staff_options
def arrears(
    case: CaseArgument,
    months: Annotated[
        str, typer.Option(help="Required: months that were paid, such as 2019-07..2019-12.")
    ] = "",
    evidence: Annotated[str, typer.Option(help="Required: the receipt of the payment.")] = "",
    *,
    options: StaffOptions,
) -> None:
    """Enter at the transfer-out bureau that months in arrears were paid.

    Whoever gives up paying hands in the waiver: supplement CASE --paper arrears_waiver.
    """
    envelope = options.envelope(case, Party.TRANSFER_OUT)
    spans, problems = typed_spans([months] if months else [])
    content = {"evidence": evidence}
    for first, last in spans:
        content |= {"first": first, "last": last}
    submit(StaffAction.ARREARS, content, envelope, problems)


@with_staff_options
def certify(
    case: CaseArgument,
    months: Annotated[
        list[str] | None,
        typer.Option(help="Required: months certified, such as 2018-05..2018-06; repeatable."),
    ] = None,
    evidence: Annotated[
        str, typer.Option(help="Required: who certified them, and the number of the opinion.")
    ] = "",
    *,
    options: StaffOptions,
) -> None:
    """Enter months certified as government service; possible until months paid twice are cleared."""
    envelope = options.envelope(case, Party.TRANSFER_IN)
    spans, problems = typed_spans(months or [])
    content: dict[str, Any] = {"evidence": evidence}
    if spans:
        content["periods"] = [{"first": first, "last": last} for first, last in spans]
    submit(StaffAction.CERTIFY, content, envelope, problems)


@with_staff_options
def withdraw(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Required: why the applicant takes the application back.")] = "",
    *,
    options: StaffOptions,
) -> None:
    """Take an application back for the applicant; possible until the funds leave."""
    envelope = options.envelope(case, Party.APPLICANT)
    submit(StaffAction.WITHDRAW, {"reason": reason}, envelope)


@with_staff_options
def hold(
    case: CaseArgument,
    why: Annotated[str, typer.Option(help="Required: death, retirement, court_freeze or other.")] = "",
    evidence: Annotated[str, typer.Option(help="Required: what shows it, a court's order.")] = "",
    *,
    options: StaffOptions,
) -> None:
    """Put a case on hold for a death, a retirement, a court's freeze; its clocks are paused.

    The case stops at its next step. Meanwhile it can be withdrawn as long as
    the funds have not left.
    """
    envelope = options.envelope(case, None)
    submit(StaffAction.HOLD, {"why": why, "evidence": evidence}, envelope)


@with_staff_options
def resume(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Required: why the case goes on.")] = "",
    *,
    options: StaffOptions,
) -> None:
    """Let a case on hold go on, by the bureau that put it on hold."""
    envelope = options.envelope(case, None)
    submit(StaffAction.RESUME, {"reason": reason}, envelope)
