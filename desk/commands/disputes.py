"""`starter.py dispute`, `withdraw-dispute`, `answer`, `settle`, `refer`: two bureaus at odds (第九条)."""

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

StatementOption = Annotated[str, typer.Option(help="What the bureau holds.")]
EvidenceOption = Annotated[list[str] | None, typer.Option(help="What it rests on, repeatable.")]


def dispute(
    case: CaseArgument,
    point: Annotated[
        str,
        typer.Option(help="scope, months, bases, amount, identity, duplicates, funds or procedure."),
    ] = "",
    statement: StatementOption = "",
    evidence: EvidenceOption = None,
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Disagree with the other bureau on a point; --by says which bureau, in or out."""
    position = {"statement": statement, "evidence": evidence or []}
    envelope = Envelope(case, officer, None, by, message_id, signal, as_json)
    submit(StaffAction.DISPUTE, {"point": point, "position": position}, envelope)


def withdraw_dispute(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Why the dispute is taken back.")] = "",
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take back a dispute that the other bureau has not answered."""
    envelope = Envelope(case, officer, None, by, message_id, signal, as_json)
    submit(StaffAction.WITHDRAW_DISPUTE, {"reason": reason}, envelope)


def answer(
    case: CaseArgument,
    statement: StatementOption = "",
    evidence: EvidenceOption = None,
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Answer a dispute with the other bureau's position."""
    position = {"statement": statement, "evidence": evidence or []}
    envelope = Envelope(case, officer, None, by, message_id, signal, as_json)
    submit(StaffAction.ANSWER, {"position": position}, envelope)


def settle(
    case: CaseArgument,
    terms: Annotated[str, typer.Option(help="Terms; settled when both bureaus hand in the same.")] = "",
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Propose terms, or agree to those of the other bureau by handing in the same."""
    envelope = Envelope(case, officer, None, by, message_id, signal, as_json)
    submit(StaffAction.SETTLE, {"terms": terms}, envelope)


def refer(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Why it cannot be settled between the bureaus.")] = "",
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Lay a dispute before the provincial bureau."""
    envelope = Envelope(case, officer, None, by, message_id, signal, as_json)
    submit(StaffAction.REFER, {"reason": reason}, envelope)
