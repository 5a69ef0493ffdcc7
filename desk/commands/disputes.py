"""`starter.py dispute`, `withdraw-dispute`, `answer`, `settle`, `refer`: disputes of two bureaus (第九条)."""

from typing import Annotated

import typer

from desk.commands.staff_options import CaseArgument, StaffOptions, with_staff_options
from desk.commands.submitting import submit
from models.messages.requests import StaffAction

StatementOption = Annotated[str, typer.Option(help="Required: what the bureau holds.")]
EvidenceOption = Annotated[list[str] | None, typer.Option(help="What it rests on, repeatable.")]


@with_staff_options
def dispute(
    case: CaseArgument,
    point: Annotated[
        str,
        typer.Option(
            help="Required: scope, months, bases, amount, identity, duplicates, funds or procedure."
        ),
    ] = "",
    statement: StatementOption = "",
    evidence: EvidenceOption = None,
    *,
    options: StaffOptions,
) -> None:
    """Disagree with the other bureau on a point; --by says which bureau, in or out."""
    position = {"statement": statement, "evidence": evidence or []}
    envelope = options.envelope(case, None)
    submit(StaffAction.DISPUTE, {"point": point, "position": position}, envelope)


@with_staff_options
def withdraw_dispute(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Required: why the dispute is taken back.")] = "",
    *,
    options: StaffOptions,
) -> None:
    """Take back a dispute that the other bureau has not answered."""
    envelope = options.envelope(case, None)
    submit(StaffAction.WITHDRAW_DISPUTE, {"reason": reason}, envelope)


@with_staff_options
def answer(
    case: CaseArgument,
    statement: StatementOption = "",
    evidence: EvidenceOption = None,
    *,
    options: StaffOptions,
) -> None:
    """Answer a dispute with the other bureau's position."""
    position = {"statement": statement, "evidence": evidence or []}
    envelope = options.envelope(case, None)
    submit(StaffAction.ANSWER, {"position": position}, envelope)


@with_staff_options
def settle(
    case: CaseArgument,
    terms: Annotated[
        str, typer.Option(help="Required: terms; settled when both bureaus hand in the same.")
    ] = "",
    *,
    options: StaffOptions,
) -> None:
    """Propose terms, or agree to those of the other bureau by handing in the same."""
    envelope = options.envelope(case, None)
    submit(StaffAction.SETTLE, {"terms": terms}, envelope)


@with_staff_options
def refer(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Required: why it cannot be settled between the bureaus.")] = "",
    *,
    options: StaffOptions,
) -> None:
    """Lay a dispute before the provincial bureau."""
    envelope = options.envelope(case, None)
    submit(StaffAction.REFER, {"reason": reason}, envelope)
