"""`starter.py demo`: the sample cases from application to dossier, live, and the audit at the end."""

import asyncio
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import typer
from rich.live import Live
from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from desk.account_files import read_accounts
from desk.applying import applications_of
from desk.audit import audit_books, is_clean
from desk.audit_report import print_report
from desk.case_numbers import person_secret
from desk.language import say
from desk.opening import open_case
from desk.problems import BadInput
from desk.screen import console, table
from desk.seed import seed_all
from desk.session import SETTLE_SECONDS
from desk.stack import ROOT, Workers, run_orderly
from desk.words import bureau, money, title
from engine.embedded import EmbeddedServer, free_port
from engine.preparation import prepare
from models.application import TransferApplication
from models.audit import AuditReport
from models.progress import Progress
from models.stages import Stage
from rules.money import Fen
from workflows.names import STAGE, case_workflow_id
from workflows.transfer_case import TransferCase

EXAMPLES = ROOT / "examples"
PATIENCE_SECONDS = 90
LOOK_SECONDS = 0.2
ENDS = {Stage.CLOSED, Stage.REFUSED}


@dataclass
class Sample:
    """One sample case: what it shows, how it should end, and how it did."""

    story: tuple[str, str]
    expected: Stage
    application: TransferApplication
    case_no: str = ""
    stage: Stage = Stage.APPLICATION_RECEIVED
    progress: Progress | None = None
    activities: int = 0
    events: int = 0
    took: timedelta = timedelta(0)

    @property
    def as_expected(self) -> bool:
        return self.progress is not None and self.progress.stage is self.expected


def demo() -> None:
    """Run the sample cases on an embedded server with a worker per bureau; exit 1 unless all end well."""
    samples = _samples()
    screen = console()
    _show_refused_file()
    with tempfile.TemporaryDirectory(prefix="transfer-demo-") as directory:
        report = run_orderly(_run(Path(directory), samples))
    screen.print()
    screen.print(_results(samples))
    screen.print()
    print_report(report)
    if not (all(sample.as_expected for sample in samples) and is_clean(report)):
        raise typer.Exit(1)


def _samples() -> list[Sample]:
    applications = applications_of(EXAMPLES / "applications.csv")
    with (EXAMPLES / "stories.csv").open(encoding="utf-8", newline="") as file:
        stories = list(csv.DictReader(file))
    return [
        Sample((story["en"], story["zh"]), Stage(story["expected"]), application)
        for story, application in zip(stories, applications, strict=True)
    ]


def _show_refused_file() -> None:
    """A wrong ID number never becomes a case; the demo shows what the clerk is told."""
    screen = console()
    screen.print(f"[dim]$ starter.py apply --file {(EXAMPLES / 'wrong-id.csv').relative_to(ROOT)}[/dim]")
    try:
        applications_of(EXAMPLES / "wrong-id.csv")
    except BadInput as bad:
        screen.print(bad.summary.replace(f"{ROOT}/", ""))
        for problem in bad.problems:
            screen.print(f"  {problem}", markup=False)
    else:
        raise typer.Exit(1)
    screen.print()


async def _run(directory: Path, samples: Sequence[Sample]) -> AuditReport:
    server = EmbeddedServer(free_port(), None, None, directory / "server.log")
    workers = Workers(server.address, directory)
    accounts = read_accounts([EXAMPLES / "accounts.json"])
    keys = sorted(_bureaus(samples) | {account.bureau for account in accounts})
    try:
        with console().status(say("starting server and workers …", "正在启动服务和工作进程……")):
            client = await server.start()
            await prepare(client)
            workers.start_platform()
            for key in keys:
                workers.start_bureaus(key, [key])
            await seed_all(client, accounts)
        console().print(
            say(
                f"1 platform worker, {len(keys)} bureau workers with a store each, "
                f"{len(accounts)} accounts loaded",
                f"省级平台 1 个，经办机构 {len(keys)} 个（各有账库），已载入账户 {len(accounts)} 个",
            )
        )
        await _open(client, samples)
        await _watch(client, samples)
        for sample in samples:
            await _measure(client, sample)
        return await audit_books(client, keys, PATIENCE_SECONDS)
    finally:
        await asyncio.to_thread(workers.stop)
        server.stop()
        await asyncio.sleep(SETTLE_SECONDS)


def _bureaus(samples: Sequence[Sample]) -> set[str]:
    return {
        key for sample in samples for key in (sample.application.bureau_in, sample.application.bureau_out)
    }


async def _open(client: Client, samples: Sequence[Sample]) -> None:
    secret = person_secret()
    for sample in samples:
        sample.case_no = (await open_case(client, sample.application, secret)).case_no


async def _watch(client: Client, samples: Sequence[Sample]) -> None:
    """Follow the cases until all have ended; stages come from the same list a clerk would ask for."""
    by_id = {case_workflow_id(sample.case_no): sample for sample in samples}
    with Live(_board(samples), console=console(), refresh_per_second=8) as live:
        for _ in range(round(PATIENCE_SECONDS / LOOK_SECONDS)):
            async for found in client.list_workflows("WorkflowType = 'TransferCase'"):
                if sample := by_id.get(found.id):
                    sample.stage = Stage(found.typed_search_attributes[STAGE])
            live.update(_board(samples))
            if all(sample.stage in ENDS for sample in samples):
                return
            await asyncio.sleep(LOOK_SECONDS)


def _board(samples: Sequence[Sample]) -> Table:
    shown = table(
        say("case", "案号"),
        say("what it shows", "情形"),
        say("from", "转出"),
        say("to", "转入"),
        say("stage", "阶段"),
    )
    for sample in samples:
        application = sample.application
        mark = "green" if sample.stage is sample.expected else "yellow"
        shown.add_row(
            sample.case_no,
            say(*sample.story),
            f"{application.scheme_from} {bureau(application.bureau_out)}",
            f"{application.scheme_to} {bureau(application.bureau_in)}",
            f"[{mark}]{title(sample.stage)}[/{mark}]",
        )
    return shown


async def _measure(client: Client, sample: Sample) -> None:
    """Outcome and cost of a case. A case that has not ended keeps no outcome, and the demo fails."""
    handle = client.get_workflow_handle_for(TransferCase.run, case_workflow_id(sample.case_no))
    if sample.stage not in ENDS:
        return
    sample.progress = await handle.result()
    history = await handle.fetch_history()
    sample.events = len(history.events)
    sample.activities = sum(
        event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED for event in history.events
    )
    first, last = history.events[0].event_time, history.events[-1].event_time
    sample.took = last.ToDatetime() - first.ToDatetime()


def _results(samples: Sequence[Sample]) -> Table:
    shown = table(
        say("case", "案号"),
        say("outcome", "结果"),
        say("months", "月数"),
        say("individual ④", "个人账户④"),
        say("pooled ⑤", "统筹基金⑤"),
        say("total ⑥, yuan", "合计⑥（元）"),
        say("activities", "活动"),
        say("events", "事件"),
        say("ms", "毫秒"),
    )
    for column in shown.columns[2:]:
        column.justify = "right"
    for sample in samples:
        cost = (str(sample.activities), str(sample.events), str(round(sample.took.total_seconds() * 1000)))
        shown.add_row(sample.case_no, _outcome(sample), *_moved(sample.progress), *cost)
    return shown


def _moved(progress: Progress | None) -> tuple[str, str, str, str]:
    """Months and money of a case; blanks where nothing moved."""
    if progress is None or progress.stage is not Stage.CLOSED:
        return ("", "", "", "")
    total = Fen(progress.individual + progress.pooled)
    return (str(progress.months), money(progress.individual), money(progress.pooled), money(total))


def _outcome(sample: Sample) -> str:
    if sample.progress is None:
        return say("[red]not ended[/red]", "[red]未办结[/red]")
    reasons = len(sample.progress.refusals) + len(sample.progress.missing)
    told = say(f", {reasons} reason{'s' * (reasons > 1)}", f"，理由 {reasons} 项") if reasons else ""
    mark = "green" if sample.as_expected else "red"
    return f"[{mark}]{title(sample.progress.stage)}{told}[/{mark}]"
