"""`starter.py outbox`: the messages of a case, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from desk.client.session import with_client
from desk.files.files import bureau_key
from desk.language import say
from desk.outbox.outgoing import dead_letters, messages_of_case
from desk.problems import BadInput
from desk.screens.screen import JsonOption, console, print_json, table
from desk.words import bureau, instant, title
from models.outbox.outgoing import OutgoingLine, Recipient
from rules.values.officers import PROVINCE

if TYPE_CHECKING:
    from temporalio.client import Client


def outbox(
    case: Annotated[str, typer.Option("--case", help="The messages of this case.")] = "",
    key: Annotated[str, typer.Option("--bureau", help="What could not be delivered from this bureau.")] = "",
    province: Annotated[
        bool, typer.Option("--province", help="What could not be delivered from the province.")
    ] = False,
    retry: Annotated[bool, typer.Option(help="Try again what could not be delivered.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Messages sent outside: those of a case, or those that could not be delivered.

    Exit code 1 when something could not be delivered.
    """
    if sum((bool(case), bool(key), province)) != 1 or (case and retry):
        raise BadInput(
            say(
                "Give one of --case, --bureau, --province; --retry goes with the last two.",
                "请在 --case、--bureau、--province 中选一；--retry 只用于后两者。",
            )
        )
    where = PROVINCE if province else bureau_key(key) if key else ""
    lines = with_client(lambda client: _ask(client, case, where, retry))
    if as_json:
        print_json([line.model_dump(mode="json") for line in lines])
    elif lines:
        console().print(messages_table(lines))
    else:
        console().print(say("nothing", "没有"))
    if where and lines and not retry:
        raise typer.Exit(1)


async def _ask(client: Client, case: str, where: str, retry: bool) -> Sequence[OutgoingLine]:
    if where:
        return await dead_letters(client, where, retry=retry)
    from desk.client.filed_cases import look_up_either

    view = await look_up_either(client, case)
    ends = (view.progress.bureau_in, view.progress.bureau_out)
    return await messages_of_case(client, case, ends)


def messages_table(lines: Sequence[OutgoingLine]) -> Table:
    """Each message with whom it is for, and when it was delivered or why it was not."""
    shown = table(
        say("written", "写入"),
        say("case", "案号"),
        say("what", "事项"),
        say("for", "收件方"),
        say("state", "状态"),
        say("delivered", "送达时间"),
        whole=(0, 1, 5),
    )
    for line in lines:
        message = line.message
        to = title(message.recipient)
        if message.recipient in (Recipient.TRANSFER_IN, Recipient.TRANSFER_OUT):
            to = f"{to} {bureau(message.bureau)}"
        state = title(line.state) + (f" ({line.last_error})" if line.last_error else "")
        sent = instant(line.delivered_at) if line.delivered_at else ""
        shown.add_row(instant(line.written_at), message.case_no, title(message.event), to, state, sent)
    return shown
