"""`starter.py worklist`: what each party has to do now, the nearest due date first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from desk.client.session import with_client
from desk.client.silence import NoAnswer
from desk.commands.listing import marks
from desk.commands.staff_options import JsonOption
from desk.files.files import bureau_key
from desk.language import say
from desk.problems import BadInput
from desk.screens.duty_words import owed
from desk.screens.screen import console, print_json, table
from desk.words import bureau, day, title
from models.messages.progress import Progress
from models.messages.stages import Party, Stage
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, STAGE, WAITING_ON, Flag

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.visibility import ListedCase

AT_ONCE = 8
"""Cases asked at the same time; a worklist must not keep the platform from its work."""

RUNNING = "ExecutionStatus = 'Running'"


@dataclass(frozen=True, slots=True)
class Task:
    """A case that waits on somebody, and what it waits for, or why it does not say."""

    row: ListedCase
    told: Progress | NoAnswer

    @property
    def waiting_on(self) -> Party:
        """As the case says, or else as it is listed."""
        return (
            self.told.waiting_on
            if isinstance(self.told, Progress)
            else Party(self.row.waiting_on or Party.NOBODY)
        )

    @property
    def bureau(self) -> str:
        """The bureau that acts, or the one at which a person or the province would ask."""
        return self.row.bureau_out if self.waiting_on is Party.TRANSFER_OUT else self.row.bureau_in

    @property
    def since(self) -> datetime | None:
        """Since when it waits on this party."""
        told = isinstance(self.told, Progress) and self.told.holdings
        return told[-1].since if told else None


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
    query = _query(known, province=province, applicant=applicant)
    tasks, total = with_client(lambda client: _tasks(client, query, limit))
    if as_json:
        print_json({"total": total, "tasks": [_document(task) for task in tasks]})
        return
    print_tasks(console(), tasks, total)


def _query(key: str | None, *, province: bool, applicant: bool) -> str:
    """Whose step is next; for the province also what it has to see to without it being its step."""
    from desk.client.visibility import at_either_side, flagged

    if key is not None:
        inward = f"({BUREAU_IN.name} = '{key}' AND {WAITING_ON.name} = '{Party.TRANSFER_IN}')"
        outward = f"({BUREAU_OUT.name} = '{key}' AND {WAITING_ON.name} = '{Party.TRANSFER_OUT}')"
        return f"({inward} OR {outward} OR ({at_either_side(key)} AND {flagged(Flag.MESSAGE_REFUSED)}))"
    if province:
        before = f"{STAGE.name} = '{Stage.BEFORE_THE_PROVINCE}'"
        marked = f"{flagged(Flag.ESCALATED)} OR {flagged(Flag.MESSAGE_REFUSED)}"
        return f"({WAITING_ON.name} = '{Party.PROVINCE}' OR {before} OR {marked})"
    if applicant:
        return f"{WAITING_ON.name} = '{Party.APPLICANT}'"
    return f"{WAITING_ON.name} != '{Party.NOBODY}'"


async def _tasks(client: Client, query: str, limit: int) -> tuple[list[Task], int]:
    from desk.client.asking import ask_each
    from desk.client.visibility import find

    rows, total = await find(client, [RUNNING, query], limit)
    answers = await ask_each(client, [row.case_no for row in rows], AT_ONCE)
    return [Task(row, told) for row, told in zip(rows, answers, strict=True) if told is not None], total


def print_tasks(screen: Console, tasks: Sequence[Task], total: int) -> None:
    """A table for each party that has something to do, and why cases did not answer."""
    for party in Party:
        if own := [task for task in tasks if task.waiting_on is party]:
            screen.print(f"[bold]{title(party)}[/bold]")
            _print_table(screen, own)
            screen.print()
    for task in tasks:
        if isinstance(task.told, NoAnswer):
            screen.print(task.told.summary, style="yellow", markup=False)
    screen.print(say(f"{len(tasks)} of {total} cases", f"共 {total} 件，显示 {len(tasks)} 件"))


def _print_table(screen: Console, tasks: Sequence[Task]) -> None:
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
        shown.add_row(
            task.row.case_no,
            bureau(task.bureau),
            _to_do(task),
            day(task.since) if task.since else "",
            str(task.row.due_on or ""),
            marks(task.row),
        )
    screen.print(shown)


def _to_do(task: Task) -> str:
    told = task.told
    if isinstance(told, NoAnswer):
        return say("[yellow]no answer[/yellow]", "[yellow]未答复[/yellow]")
    fields = len(told.open_fields)
    more = say(f", {fields} fields open", f"，待更正 {fields} 项") if fields else ""
    if Flag.MESSAGE_REFUSED in task.row.flags:
        more += say("; read in its journal which message was refused", "；查看办理记录中未予处理的消息")
    return owed(told) + more


def _document(task: Task) -> dict[str, Any]:
    told = task.told
    document = {
        **task.row.document(),
        "waiting_on": task.waiting_on,
        "bureau": task.bureau,
        "since": task.since.isoformat() if task.since else None,
        "answered": isinstance(told, Progress),
    }
    if isinstance(told, NoAnswer):
        return document | {"no_answer": told.summary}
    return document | {
        "stage": told.stage,
        "to_do": owed(told),
        "open_fields": len(told.open_fields),
        "approvals": [one.model_dump(mode="json") for one in told.approvals],
    }
