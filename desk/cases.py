"""`starter.py show` and `list`: one case with its clocks and who owes what; many, by what is asked."""

import asyncio
from collections.abc import Awaitable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from desk.language import say
from desk.papers import papers_document, print_papers
from desk.problems import BadInput
from desk.screen import console, pairs, print_json, table
from desk.session import with_client
from desk.words import bureau, instant, money, scheme, sentence, title
from models.messages import CasePapers, Progress
from models.papers import ClockReading, JournalEntry
from models.stages import Party, Stage
from rules.clocks import CHINA_TIME, last_day
from workflows.names import (
    BUREAU_IN,
    BUREAU_OUT,
    DUE_AT,
    OVERDUE,
    STAGE,
    WAITING_ON,
    case_workflow_id,
)
from workflows.transfer_case import TransferCase

Answer = TypeVar("Answer")
QUERY_PATIENCE = timedelta(seconds=8)
NO_ANSWER = {
    RPCStatusCode.CANCELLED,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.FAILED_PRECONDITION,
}
"""What the server answers to a question that no worker has taken up."""
BROKEN_OFF = {
    "terminated": ("terminated", "已终止"),
    "failed": ("failed", "已失败"),
    "timed_out": ("timed out", "已超时"),
    "canceled": ("cancelled", "已取消"),
}
"""Ends of a workflow that are no end of a case: nobody acts on it any more, whatever its stage says."""


def show(
    case: Annotated[str, typer.Argument(help="Case number.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    papers: Annotated[bool, typer.Option(help="Also the papers of the case.")] = False,
    unmask: Annotated[bool, typer.Option(help="Show ID numbers in full.")] = False,
) -> None:
    """One case: where it stands, who is to act, its clocks and its journal."""
    broken_off, progress, journal, filed = with_client(lambda client: _look_up(client, case))
    if as_json:
        document = progress.model_dump(mode="json")
        document["broken_off"] = broken_off
        document["journal"] = [entry.model_dump(mode="json") for entry in journal]
        document["papers"] = papers_document(filed, unmask)
        print_json(document)
        return
    screen = console()
    screen.print(_head(progress, broken_off))
    for refusal in progress.refusals:
        screen.print("  " + sentence(refusal))
        screen.print("    " + say(refusal.cure_en, refusal.cure_zh))
    for paper in progress.missing:
        screen.print("  " + sentence(paper))
    if progress.clocks:
        screen.print()
        screen.print(_clocks(progress.clocks))
    screen.print()
    screen.print(_journal(journal))
    if papers:
        print_papers(screen, filed, unmask)


async def _look_up(client: Client, case: str) -> tuple[str | None, Progress, list[JournalEntry], CasePapers]:
    handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(case_workflow_id(case))
    broken_off = await _end(case, handle)
    progress, journal, filed = await asyncio.gather(
        _answer(handle.query(TransferCase.progress, rpc_timeout=QUERY_PATIENCE)),
        _answer(handle.query(TransferCase.journal, rpc_timeout=QUERY_PATIENCE)),
        _answer(handle.query(TransferCase.papers, rpc_timeout=QUERY_PATIENCE)),
    )
    return broken_off, progress, journal, filed


async def _end(case: str, handle: WorkflowHandle[Any, Any]) -> str | None:
    """How a case was broken off, if it was. Raises BadInput when the server knows no such case."""
    try:
        return _broken_off((await handle.describe()).status)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise BadInput(
            say(
                f"There is no case {case}; `starter.py list` shows the cases.",
                f"没有案件 {case}，请用 `starter.py list` 查询。",
            )
        ) from None


async def _answer(query: Awaitable[Answer]) -> Answer:
    try:
        return await query
    except RPCError as error:
        if error.status not in NO_ANSWER:
            raise
        raise BadInput(
            say(
                "The platform's worker does not answer; start it with `make up` or `worker.py --platform`. "
                "If it runs, its log says what it cannot read in this case.",
                "省级平台未响应，请用 `make up` 或 `worker.py --platform` 启动；若已启动，原因见其日志。",
            )
        ) from None


def _broken_off(status: WorkflowExecutionStatus | None) -> str | None:
    """How a workflow was ended that should not have been; None for one that runs or came to its own end."""
    return status.name.lower() if status and status.name.lower() in BROKEN_OFF else None


def _stage(stage: Stage, broken_off: str | None) -> str:
    """The stage's title; of a case that was broken off first how, as the stage is only where it stood."""
    if broken_off is None:
        return title(stage)
    return f"[red]{say(*BROKEN_OFF[broken_off])}[/red] ({title(stage)})"


def _head(progress: Progress, broken_off: str | None) -> Table:
    head = pairs()
    head.add_row(say("case", "案号"), f"[bold]{progress.case_no}[/bold]")
    head.add_row(say("stage", "阶段"), f"[bold]{_stage(progress.stage, broken_off)}[/bold]")
    if broken_off is None and progress.waiting_on is not Party.NOBODY:
        head.add_row(say("waiting on", "待办方"), title(progress.waiting_on))
    head.add_row(say("from", "转出"), f"{scheme(progress.scheme_from)}, {bureau(progress.bureau_out)}")
    head.add_row(say("to", "转入"), f"{scheme(progress.scheme_to)}, {bureau(progress.bureau_in)}")
    head.add_row(say("applied on", "申请日期"), str(progress.submitted_on))
    if progress.months or progress.individual or progress.pooled:
        total = money(type(progress.individual)(progress.individual + progress.pooled))
        head.add_row(say("months", "缴费月数"), str(progress.months))
        head.add_row(say("individual account", "个人账户"), money(progress.individual))
        head.add_row(say("pooled fund", "统筹基金"), money(progress.pooled))
        head.add_row(say("total, yuan", "合计（元）"), f"[bold]{total}[/bold]")
    return head


def _clocks(clocks: tuple[ClockReading, ...]) -> Table:
    shown = table(
        say("clock", "期限"),
        say("owed by", "责任方"),
        say("received", "收到"),
        say("due", "到期"),
        say("working days", "工作日"),
        say("state", "状态"),
        say("law", "依据"),
        whole=(2, 6),
    )
    for clock in clocks:
        shown.add_row(
            clock.clock,
            title(clock.owed_by),
            str(clock.received_on),
            _due(clock),
            str(clock.working_days),
            _state(clock),
            str(clock.law),
        )
    return shown


def _due(clock: ClockReading) -> str:
    if not clock.provisional:
        return str(clock.due_on)
    between = f"{clock.earliest} – {clock.latest}"
    return say(f"{clock.due_on} (provisional, {between})", f"{clock.due_on}（暂定，{between}）")


def _state(clock: ClockReading) -> str:
    if clock.stopped_at is None:
        return say("[red]overdue[/red]", "[red]逾期[/red]") if clock.overdue else say("running", "计时中")
    late = say(", late", "（逾期）") if clock.overdue else ""
    return say("done ", "已完成 ") + instant(clock.stopped_at) + late


def _journal(journal: list[JournalEntry]) -> Table:
    heads = say("when", "时间"), say("who", "责任方"), say("what", "事项"), say("paper", "文书")
    shown = table(*heads, whole=(0, 3))
    for entry in journal:
        shown.add_row(instant(entry.at), title(entry.party), title(entry.event), entry.paper or "")
    return shown


def list_cases(
    bureau_key: Annotated[
        str | None, typer.Option("--bureau", help="Cases of this bureau, either side.")
    ] = None,
    stage: Annotated[Stage | None, typer.Option(help="Cases at this stage.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Overdue cases only.")] = False,
    due_before: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Due before this day.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Cases by bureau, stage, overdue or due date; the nearest due date first."""
    query = _query(bureau_key, stage, overdue, due_before.date() if due_before else None)
    rows, total = with_client(lambda client: _find(client, query, limit))
    if as_json:
        print_json({"total": total, "cases": rows})
        return
    shown = table(
        say("case", "案号"),
        say("stage", "阶段"),
        say("waiting on", "待办方"),
        say("out", "转出"),
        say("in", "转入"),
        say("due", "到期"),
        "",
        whole=(0, 5),
    )
    for row in rows:
        mark = say("[red]overdue[/red]", "[red]逾期[/red]") if row["overdue"] else ""
        shown.add_row(
            row["case_no"],
            _stage(Stage(row["stage"]), row["broken_off"]),
            "" if row["broken_off"] else title(Party(row["waiting_on"])),
            bureau(row["bureau_out"]),
            bureau(row["bureau_in"]),
            row["due_on"] or "",
            mark,
        )
    screen = console()
    screen.print(shown)
    screen.print(say(f"{len(rows)} of {total} cases", f"共 {total} 件，显示 {len(rows)} 件"))


def _query(bureau_key: str | None, stage: Stage | None, overdue: bool, due_before: date | None) -> str:
    parts = ["WorkflowType = 'TransferCase'"]
    if bureau_key:
        if not bureau_key.isalnum():
            raise BadInput(say("A bureau's key has letters and digits only.", "经办机构代码只含字母和数字。"))
        parts.append(f"({BUREAU_IN.name} = '{bureau_key}' OR {BUREAU_OUT.name} = '{bureau_key}')")
    if stage:
        parts.append(f"{STAGE.name} = '{stage}'")
    if overdue:
        parts.append(f"{OVERDUE.name} = true")
    if due_before:
        # The day before ends at this very midnight; the server is not to be asked about equal instants.
        midnight = datetime(due_before.year, due_before.month, due_before.day, tzinfo=CHINA_TIME)
        parts.append(f"{DUE_AT.name} < '{(midnight + timedelta(seconds=1)).isoformat()}'")
    return " AND ".join(parts)


async def _find(client: Client, query: str, limit: int) -> tuple[list[dict[str, Any]], int]:
    """All with a due date are asked for and sorted here, as the server cannot; then the newest others."""
    running = f"{query} AND {DUE_AT.name} IS NOT NULL"
    rows = [_row(found) async for found in client.list_workflows(running)]
    rows.sort(key=lambda row: (row["due_at"], row["case_no"]))
    if left := max(0, limit - len(rows)):
        others = f"{query} AND {DUE_AT.name} IS NULL"
        rows += [_row(found) async for found in client.list_workflows(others, limit=left)]
    return rows[:limit], (await client.count_workflows(query)).count


def _row(found: WorkflowExecution) -> dict[str, Any]:
    attributes = found.typed_search_attributes
    due = attributes.get(DUE_AT)
    return {
        "case_no": found.id.removeprefix("transfer/"),
        "stage": attributes.get(STAGE),
        "waiting_on": attributes.get(WAITING_ON),
        "bureau_out": attributes.get(BUREAU_OUT),
        "bureau_in": attributes.get(BUREAU_IN),
        "due_on": str(last_day(due)) if due else None,
        "due_at": due.isoformat() if due else None,
        "overdue": bool(attributes.get(OVERDUE)),
        "broken_off": _broken_off(found.status),
    }
