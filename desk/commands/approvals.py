"""`starter.py approve`: an officer's approval of something that waits for it (maker and checker)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from desk.client.request_forms import Envelope
from desk.client.session import with_client
from desk.commands.staff_options import (
    ByOption,
    CaseArgument,
    JsonOption,
    MessageIdOption,
    OfficerOption,
    SignalOption,
)
from desk.commands.submitting import submit
from desk.files.orders import order_words
from desk.language import say
from desk.words import mask
from models.messages.requests import Approvable, StaffAction, ToBeApproved
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


def print_to_be_approved(screen: Console, waiting: ToBeApproved, unmask: bool) -> None:
    """What the next officer has to read: a ruling with its orders, a choice with its account."""
    if (ruling := waiting.ruling) is not None:
        screen.print()
        head = say("ruling to be approved: ", "待审批裁定：")
        screen.print(f"{head}{ruling.number}  {ruling.officer}", style="bold", markup=False)
        screen.print(f"  {ruling.reasons}", markup=False)
        for number, order in enumerate(ruling.orders, start=1):
            screen.print(f"  {number}. {order_words(order, unmask)}", markup=False)
    if (choice := waiting.choice) is not None:
        screen.print()
        head = say("refund to be approved: ", "待审批退款：")
        kept = say(", ", "、").join(str(one) for one in choice.keep) or say("as certified", "按认定意见")
        account = choice.refund_account if unmask else mask(choice.refund_account)
        chosen = say(f"options kept {kept}, account {account}", f"保留选项 {kept}，退款账号 {account}")
        screen.print(f"{head}{chosen}  {choice.officer}", markup=False)


async def _times_awaited(client: Client, case: str, what: str) -> int:
    """How often this has waited for approval: the supplement's release is another than the first one's."""
    from desk.client.asking import ask, how_broken_off
    from workflows.transfer_case import TransferCase

    await how_broken_off(client, case)
    journal = await ask(client, case, TransferCase.journal)
    return sum(entry.event is Event.APPROVAL_AWAITED and entry.paper == what for entry in journal)
