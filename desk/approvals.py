"""`starter.py approve`: an officer's approval of something that waits for it (maker and checker)."""

from typing import Annotated

import typer
from temporalio.client import Client

from desk.asking import ask, how_broken_off
from desk.handing_in import (
    ByOption,
    CaseArgument,
    JsonOption,
    MessageIdOption,
    OfficerOption,
    SignalOption,
    hand_in,
)
from desk.request_forms import Envelope
from desk.session import with_client
from models.requests import Approvable, HandIn
from models.stages import Event, Party
from workflows.transfer_case import TransferCase


def approve(
    case: CaseArgument,
    what: Annotated[str, typer.Argument(metavar="WHAT", help="release_of_funds, posting, refund or ruling.")],
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
    hand_in(HandIn.APPROVE, {"what": what}, envelope, once=once)


async def _times_awaited(client: Client, case: str, what: str) -> int:
    """How often this has waited for approval: the supplement's release is another than the first one's."""
    await how_broken_off(client, case)
    journal = await ask(client, case, TransferCase.journal)
    return sum(entry.event is Event.APPROVAL_AWAITED and entry.paper == what for entry in journal)
