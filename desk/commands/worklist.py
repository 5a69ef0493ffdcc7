"""`starter.py worklist`: what each party has to do now, nearest due date first."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from desk.client.session import with_client
from desk.client.silence import NoAnswer
from desk.client.views.tasks import Proposal, Task, Worklist, worklist_of
from desk.files.files import bureau_key
from desk.language import say
from desk.outbox.command import messages_table
from desk.outbox.outgoing import dead_letters
from desk.problems import BadInput
from desk.screens.bad_input import summary_of
from desk.screens.screen import JsonOption, console, drawn, print_json, table
from desk.words import bureau, day, title
from models.messages.progress import Progress
from models.messages.stages import Party
from models.outbox.outgoing import OutgoingLine
from rules.values.officers import PROVINCE

if TYPE_CHECKING:
    from temporalio.client import Client


def worklist(
    key: Annotated[str | None, typer.Option("--bureau", help="What this bureau has to do.")] = None,
    province: Annotated[
        bool, typer.Option("--province", help="Cases before the province, and those escalated to it.")
    ] = False,
    applicant: Annotated[
        bool, typer.Option("--applicant", help="Cases that wait for the insured person.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """What each party has to do now: cases waiting on it, what they wait for, and until when."""
    if sum((key is not None, province, applicant)) > 1:
        raise BadInput(
            say(
                "Give one of --bureau, --province, --applicant.",
                "--bureau、--province、--applicant 只能选一。",
            )
        )
    known = bureau_key(key) if key is not None else None
    party = Party.PROVINCE if province else Party.APPLICANT if applicant else None
    store = PROVINCE if province else known
    found, undelivered = with_client(lambda client: _ask(client, known, party, limit, store))
    if as_json:
        document = found.document()
        document["undelivered"] = [line.model_dump(mode="json") for line in undelivered]
        print_json(document)
    else:
        screen = console()
        print_worklist(screen, found)
        if undelivered:
            screen.print()
            screen.print(f"[bold]{say('could not be delivered', '无法送达')}[/bold]")
            screen.print(messages_table(undelivered))
    if found.silence:
        raise typer.Exit(NoAnswer.exit_code)


async def _ask(
    client: Client, key: str | None, party: Party | None, limit: int, store: str | None
) -> tuple[Worklist, Sequence[OutgoingLine]]:
    """The worklist, and the undelivered messages of a store; none if its worker does not answer."""
    found = await worklist_of(client, key, party, limit)
    try:
        return found, await dead_letters(client, store) if store else ()
    except NoAnswer:
        return found, ()


def print_worklist(screen: Console, found: Worklist) -> None:
    """Print a table for each party that has something to do, and why cases did not answer."""
    for party, tasks in found.by_party():
        screen.print(f"[bold]{title(party)}[/bold]")
        screen.print(_table(tasks))
        screen.print()
    if found.proposals:
        screen.print(f"[bold]{say('to be checked by a second officer', '待另一经办人复核')}[/bold]")
        for one in found.proposals:
            maker = say(f"proposed by {one.maker}", f"提交人 {one.maker}")
            screen.print(f"  {one.words}{say(', ', '，')}{maker}", markup=False)
            screen.print(f"    {_command(one)}", markup=False, soft_wrap=True)
        screen.print()
    for why in found.unanswered:
        screen.print(summary_of(why), style="yellow", markup=False)
    if any(isinstance(task.told, Progress) and task.told.awaited_funds for task in found.tasks):
        command = "starter.py funds import STATEMENT.csv --bureau KEY"
        hint = say(f"A bank's statement is entered by: {command}", f"导入银行对账单：{command}")
        screen.print(hint, markup=False, soft_wrap=True)
    screen.print(found.count)


def _command(proposal: Proposal) -> str:
    """The command by which the second officer checks the proposal."""
    if (rate := proposal.rate) is not None:
        named = f"--year {rate.year} --rate PERCENT --document {quote(rate.document)}"
        return f"starter.py rates publish {named} --officer ID"
    receipt = proposal.receipt
    if receipt is None or receipt.proposed is None:
        return "starter.py calendar publish NOTICE.toml --officer ID"
    order = receipt.proposed
    where = f"assign {order.reference} --to {order.to}" if order.to else f"return {order.reference}"
    return f"starter.py funds {where} --bureau {proposal.bureau} --officer ID"


def _table(tasks: Sequence[Task]) -> Table:
    shown = table(
        say("case", "案号"),
        say("bureau", "经办机构"),
        say("to do", "待办事项"),
        say("since", "自"),
        say("due", "到期"),
        "",
        whole=(0, 3, 4),
    )
    for task in tasks:
        since = day(task.since) if task.since else ""
        due = str(task.row.due_on or "")
        place = bureau(task.bureau)
        shown.add_row(task.row.case_no, place, drawn(task.to_do), since, due, drawn(task.marks))
    return shown
