"""`starter.py approve`: an officer's approval of something that waits for it (maker and checker)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from desk.client.request_forms import Envelope
from desk.client.session import with_client
from desk.client.views.approvals import waiting_documents, waiting_papers
from desk.commands.staff_options import (
    ByOption,
    CaseArgument,
    JsonOption,
    MessageIdOption,
    OfficerOption,
    SignalOption,
)
from desk.commands.submitting import submit
from desk.language import say
from desk.screens.screen import console, print_json
from desk.screens.to_be_approved import print_to_be_approved
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party

if TYPE_CHECKING:
    from temporalio.client import Client


def approve(
    case: CaseArgument,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="release_of_funds, posting, refund or ruling.")
    ] = "",
    of: Annotated[str, typer.Option(help="Number of the paper you have read, as `show` tells it.")] = "",
    officer: OfficerOption = "",
    by: ByOption = "",
    message_id: MessageIdOption = "",
    signal: SignalOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read what waits for approval, with its amounts, or approve it; two officers are two persons.

    Without WHAT nothing is approved: what waits is shown in full, with the
    person's account; the access log keeps who has read it.
    """
    if not (what or officer or of or by or message_id):
        _show_what_waits(case, as_json)
        return
    known = what in tuple(Approvable)
    usual = Approvable(what).party if known else Party.NOBODY
    envelope = Envelope(case, officer, usual, by, message_id, signal, as_json)
    once = ""
    if known and officer and not message_id:
        once = str(with_client(lambda client: _times_awaited(client, case, what)))
    submit(StaffAction.APPROVE, {"what": what, "of": of}, envelope, once=once)


def _show_what_waits(case: str, as_json: bool) -> None:
    from desk.client.asking import look_up

    view = with_client(lambda client: look_up(client, case))
    if as_json:
        print_json({"case_no": case, "awaited": waiting_documents(view)})
    elif waiting := waiting_papers(view, unmask=True):
        print_to_be_approved(console(), waiting)
    else:
        console().print(say("Nothing waits for approval.", "当前无待审批事项。"))


async def _times_awaited(client: Client, case: str, what: str) -> int:
    """How often this has waited for approval: the supplement's release is another than the first one's."""
    from desk.client.asking import ask, how_broken_off
    from workflows.transfer_case import TransferCase

    await how_broken_off(client, case)
    journal = await ask(client, case, TransferCase.journal)
    return sum(entry.event is Event.APPROVAL_AWAITED and entry.paper == what for entry in journal)
