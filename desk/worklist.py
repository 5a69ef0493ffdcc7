"""`starter.py worklist`: what each party has to do now, the nearest due date first."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.console import Console
from temporalio.client import Client

from desk.asking import ask
from desk.duty_words import owed
from desk.handing_in import JsonOption
from desk.language import say
from desk.listing import marks
from desk.problems import BadInput
from desk.screen import console, print_json, table
from desk.session import with_client
from desk.visibility import ListedCase, bureau_key, find, flagged
from desk.words import bureau, day, title
from models.progress import Progress
from models.stages import Party, Stage
from workflows.names import BUREAU_IN, BUREAU_OUT, STAGE, WAITING_ON, Flag
from workflows.transfer_case import TransferCase

AT_ONCE = 8
"""Cases asked at the same time; a worklist must not keep the platform from its work."""

RUNNING = "ExecutionStatus = 'Running'"


@dataclass(frozen=True, slots=True)
class Task:
    """A case that waits on somebody, and what it waits for."""

    row: ListedCase
    progress: Progress


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
    query = _query(key, province=province, applicant=applicant)
    tasks, total = with_client(lambda client: _tasks(client, query, limit))
    if as_json:
        print_json({"total": total, "tasks": [_document(task) for task in tasks]})
        return
    print_tasks(console(), tasks, total)


def _query(key: str | None, *, province: bool, applicant: bool) -> str:
    """Whose deed is next; for the province also what it has to see to without it being its deed."""
    if key is not None:
        known = bureau_key(key)
        inward = f"({BUREAU_IN.name} = '{known}' AND {WAITING_ON.name} = '{Party.TRANSFER_IN}')"
        outward = f"({BUREAU_OUT.name} = '{known}' AND {WAITING_ON.name} = '{Party.TRANSFER_OUT}')"
        return f"({inward} OR {outward})"
    if province:
        before = f"{STAGE.name} = '{Stage.BEFORE_THE_PROVINCE}'"
        return f"({WAITING_ON.name} = '{Party.PROVINCE}' OR {before} OR {flagged(Flag.ESCALATED)})"
    if applicant:
        return f"{WAITING_ON.name} = '{Party.APPLICANT}'"
    return f"{WAITING_ON.name} != '{Party.NOBODY}'"


async def _tasks(client: Client, query: str, limit: int) -> tuple[list[Task], int]:
    rows, total = await find(client, [RUNNING, query], limit)
    turn = asyncio.Semaphore(AT_ONCE)

    async def task(row: ListedCase) -> Task:
        async with turn:
            return Task(row, await ask(client, row.case_no, TransferCase.progress))

    return list(await asyncio.gather(*(task(row) for row in rows))), total


def print_tasks(screen: Console, tasks: Sequence[Task], total: int) -> None:
    """A table for each party that has something to do."""
    for party in Party:
        if own := [task for task in tasks if task.progress.waiting_on is party]:
            screen.print(f"[bold]{title(party)}[/bold]")
            _print_table(screen, own)
            screen.print()
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
        progress = task.progress
        since = progress.holdings[-1].since if progress.holdings else None
        shown.add_row(
            progress.case_no,
            bureau(_at(progress)),
            _to_do(progress),
            day(since) if since else "",
            str(task.row.due_on or ""),
            marks(task.row),
        )
    screen.print(shown)


def _at(progress: Progress) -> str:
    """The bureau that acts, or the one at which a person or the province would ask."""
    return progress.bureau_out if progress.waiting_on is Party.TRANSFER_OUT else progress.bureau_in


def _to_do(progress: Progress) -> str:
    fields = len(progress.open_fields)
    more = say(f", {fields} fields open", f"，待更正 {fields} 项") if fields else ""
    return owed(progress) + more


def _document(task: Task) -> dict[str, Any]:
    progress = task.progress
    return {
        **task.row.document(),
        "stage": progress.stage,
        "waiting_on": progress.waiting_on,
        "bureau": _at(progress),
        "since": progress.holdings[-1].since.isoformat() if progress.holdings else None,
        "to_do": owed(progress),
        "open_fields": len(progress.open_fields),
        "approvals": [one.model_dump(mode="json") for one in progress.approvals],
    }
