"""`starter.py approve`: an officer's approval of something that waits for it (maker and checker)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from desk.client.request_forms import Envelope
from desk.client.session import with_client
from desk.client.views.approvals import WaitingPaper
from desk.commands.staff_options import (
    ByOption,
    CaseArgument,
    JsonOption,
    MessageIdOption,
    OfficerOption,
    SignalOption,
)
from desk.commands.submitting import submit
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party

if TYPE_CHECKING:
    from temporalio.client import Client


def approve(
    case: CaseArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="release_of_funds, posting, refund or ruling.")],
    of: Annotated[str, typer.Option(help="Number of the paper you have read, as `show` tells it.")] = "",
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Approve what waits for approval; where two officers are needed, two different ones."""
    known = what in tuple(Approvable)
    usual = Approvable(what).party if known else Party.NOBODY
    envelope = Envelope(case, officer, usual, by, message_id, signal, as_json)
    once = ""
    if known and officer and not message_id:
        once = str(with_client(lambda client: _times_awaited(client, case, what)))
    submit(StaffAction.APPROVE, {"what": what, "of": of}, envelope, once=once)


def print_to_be_approved(screen: Console, waiting: Iterable[WaitingPaper]) -> None:
    """What the next officer has to read, each paper with who drew it up."""
    for paper in waiting:
        screen.print()
        screen.print(f"{paper.head}  {paper.officer}", style="bold" if paper.lines else "", markup=False)
        for line in paper.lines:
            screen.print(f"  {line}", markup=False)


async def _times_awaited(client: Client, case: str, what: str) -> int:
    """How often this has waited for approval: the supplement's release is another than the first one's."""
    from desk.client.asking import ask, how_broken_off
    from workflows.transfer_case import TransferCase

    await how_broken_off(client, case)
    journal = await ask(client, case, TransferCase.journal)
    return sum(entry.event is Event.APPROVAL_AWAITED and entry.paper == what for entry in journal)
