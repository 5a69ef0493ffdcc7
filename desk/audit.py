"""`starter.py audit`: proof over all bureaus' books that no fen and no month is lost or doubled."""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Annotated

import typer
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from activities.clock import china_today
from desk.language import say
from desk.screen import console, print_json, table
from desk.session import with_client
from desk.words import bureau, money
from models.messages import AuditFinding, AuditOrder, AuditReport
from rules.bureaus import bureaus
from workflows.audit import AuditBooks
from workflows.names import BUREAU_IN, BUREAU_OUT, PLATFORM_QUEUE

_FINDINGS = {
    "posting_unbalanced": ("a posting does not balance", "分录不平衡"),
    "ledger_unbalanced": ("debits and credits differ, fen", "借贷不平（分）"),
    "sent_not_received": ("sent is not received, fen", "划出与到账不符（分）"),
    "received_not_posted": ("received is not posted, fen", "到账与入账不符（分）"),
    "months_not_taken_in": ("months moved are not the months taken in", "转出与转入月数不符"),
}


async def audit_books(client: Client, keys: Sequence[str], patience_seconds: int) -> AuditReport:
    """Ask the bureaus' workers about their own books and compare; joins an audit of the same bureaus."""
    return await client.execute_workflow(
        AuditBooks.run,
        AuditOrder(bureaus=tuple(keys), patience_seconds=patience_seconds),
        id=f"audit/{hashlib.sha256(' '.join(keys).encode()).hexdigest()[:16]}",
        task_queue=PLATFORM_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


async def bureaus_with_cases(client: Client) -> list[str]:
    """The bureaus that any case, open or closed, has moved money between."""

    async def has_cases(key: str) -> bool:
        query = f"{BUREAU_IN.name} = '{key}' OR {BUREAU_OUT.name} = '{key}'"
        return (await client.count_workflows(query)).count > 0

    keys = [listed.key for listed in bureaus(china_today())]
    found = await asyncio.gather(*(has_cases(key) for key in keys))
    return [key for key, has in zip(keys, found, strict=True) if has]


def audit(
    bureau_key: Annotated[
        list[str] | None, typer.Option("--bureau", help="Ask these bureaus only; repeatable.")
    ] = None,
    wait: Annotated[int, typer.Option(min=1, help="Seconds to wait for a bureau's answer.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Compare all bureaus' books; exit code 1 when a fen or a month is missing or a bureau did not answer."""

    async def run(client: Client) -> AuditReport:
        return await audit_books(client, bureau_key or await bureaus_with_cases(client), wait)

    report = with_client(run)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        print_report(report)
    if not is_clean(report):
        raise typer.Exit(1)


def is_clean(report: AuditReport) -> bool:
    """Nothing found, and nobody left unasked."""
    return not report.findings and not report.not_checked


def print_report(report: AuditReport) -> None:
    """The proof as a table, then what diverges, then who did not answer."""
    shown = table(say("audit", "核对"), say("out", "转出"), say("received", "到账"), say("posted", "入账"))
    shown.columns[1].justify = shown.columns[2].justify = shown.columns[3].justify = "right"
    shown.add_row(
        say("money, yuan", "金额（元）"), money(report.sent), money(report.received), money(report.posted)
    )
    shown.add_row(
        say("months", "缴费月数"),
        str(report.months_moved),
        str(report.months_taken_in),
        str(report.months_taken_in),
    )
    screen = console()
    screen.print(shown)
    for finding in report.findings:
        screen.print(f"[red]{_sentence(finding)}[/red]")
    for key in report.not_checked:
        screen.print(
            say(
                f"[yellow]{bureau(key)}: not checked, it did not answer[/yellow]",
                f"[yellow]{bureau(key)}：未核对，未答复[/yellow]",
            )
        )
    checked = say(
        f"{len(report.bureaus)} bureaus, {report.remittances} remittances, {report.postings} postings: ",
        f"{len(report.bureaus)} 个经办机构，{report.remittances} 笔划转，{report.postings} 笔分录：",
    )
    verdict = say("[green]clean[/green]", "[green]无差异[/green]")
    if not is_clean(report):
        verdict = say("[red]not clean[/red]", "[red]有差异或未核对[/red]")
    screen.print(checked + verdict)


def _sentence(finding: AuditFinding) -> str:
    where = " / ".join(bureau(key) for key in finding.bureau.split(" / "))
    what = say(*_FINDINGS[finding.code])
    return f"{where}: {finding.subject}: {what}: {finding.expected} ≠ {finding.found}"
