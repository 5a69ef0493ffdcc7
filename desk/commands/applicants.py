"""`starter.py supplement` and `withdraw`: what an applicant brings to the counter, entered by an officer."""

from typing import Annotated

import typer

from desk.client.request_forms import Envelope
from desk.commands.staff_options import (
    ByOption,
    CaseArgument,
    JsonOption,
    MessageIdOption,
    OfficerOption,
    SignalOption,
)
from desk.commands.submitting import submit
from models.messages.requests import StaffAction
from models.messages.stages import Party


def supplement(
    case: CaseArgument,
    paper: Annotated[list[str] | None, typer.Option(help="Paper handed in, repeatable.")] = None,
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Enter papers that were missing; the same case goes on (第六条).

    Papers: identity_document, application_form, posting_document,
    former_employers_form, departure_document, service_certification.
    """
    envelope = Envelope(case, officer, Party.TRANSFER_IN, by, message_id, signal, as_json)
    submit(StaffAction.SUPPLEMENT, {"materials": sorted(set(paper or ()))}, envelope)


def withdraw(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Why the applicant takes the application back.")] = "",
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take an application back for the applicant; possible until the funds leave."""
    envelope = Envelope(case, officer, Party.APPLICANT, by, message_id, signal, as_json)
    submit(StaffAction.WITHDRAW, {"reason": reason}, envelope)
