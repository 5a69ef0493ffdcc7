"""`starter.py audit`: proof over all bureaus' books that no fen and no month is lost or doubled."""

import asyncio
import hashlib
from collections.abc import Collection
from datetime import timedelta
from typing import Annotated

import typer
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy

from activities.clock import china_today
from desk.language import say
from desk.problems import BadInput
from desk.screen import console, print_json, table
from desk.session import with_client
from desk.words import bureau, money
from models.messages import AuditFinding, AuditOrder, AuditReport
from rules.bureau_list import BUREAUS
from rules.bureaus import listed_bureau
from workflows.audit import AuditBooks
from workflows.names import BUREAU_IN, BUREAU_OUT, PLATFORM_QUEUE

_FINDINGS = {
    "posting_unbalanced": ("a posting does not balance", "分录不平衡"),
    "ledger_unbalanced": ("debits and credits differ, fen", "借贷不平（分）"),
    "sent_not_received": ("sent is not received, fen", "划出与到账不符（分）"),
    "received_not_posted": ("received is not posted, fen", "到账与入账不符（分）"),
    "months_not_taken_in": ("months moved are not the months taken in", "转出与转入月数不符"),
}

TO_COMPARE = timedelta(seconds=15)
"""How long the platform has, beside the time the bureaus have to answer."""


async def audit_books(client: Client, keys: Collection[str], patience_seconds: int) -> AuditReport:
    """Ask the bureaus' workers about their own books and compare; joins an audit of the same bureaus.

    Raises BadInput when the platform's worker, which asks and compares, does not answer in time.
    """
    asked = sorted(set(keys))
    try:
        return await client.execute_workflow(
            AuditBooks.run,
            AuditOrder(bureaus=tuple(asked), patience_seconds=patience_seconds),
            id=f"audit/{hashlib.sha256(' '.join(asked).encode()).hexdigest()[:16]}",
            task_queue=PLATFORM_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            execution_timeout=timedelta(seconds=patience_seconds) + TO_COMPARE,
        )
    except WorkflowFailureError:
        raise BadInput(
            say(
                "The platform's worker did not finish the audit in time; start it with `make up` or "
                "`worker.py --platform`.",
                "省级平台未在时限内完成核对，请用 `make up` 或 `worker.py --platform` 启动。",
            )
        ) from None


async def bureaus_to_ask(client: Client) -> list[str]:
    """Every bureau of today, whether the engine knows a case of it or not, and replaced keys with cases."""

    async def has_cases(key: str) -> bool:
        query = f"{BUREAU_IN.name} = '{key}' OR {BUREAU_OUT.name} = '{key}'"
        return (await client.count_workflows(query)).count > 0

    today = china_today()
    others = [listed.key for listed in BUREAUS if not listed.valid(today)]
    found = await asyncio.gather(*(has_cases(key) for key in others))
    named = {key for key, has in zip(others, found, strict=True) if has}
    return [listed.key for listed in BUREAUS if listed.valid(today) or listed.key in named]


def audit(
    bureau_key: Annotated[
        list[str] | None, typer.Option("--bureau", help="Ask these bureaus only; repeatable.")
    ] = None,
    wait: Annotated[int, typer.Option(min=1, help="Seconds to wait for a bureau's answer.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Compare all bureaus' books; exit code 1 when a fen or a month is missing or a bureau did not answer."""
    unknown = sorted({key for key in bureau_key or () if listed_bureau(key) is None})
    if unknown:
        named = ", ".join(unknown)
        raise BadInput(
            say(
                f"No bureau has the key {named}; `starter.py bureaus` lists them.",
                f"没有代码为 {named} 的经办机构，请用 `starter.py bureaus` 查询。",
            )
        )

    async def run(client: Client) -> AuditReport:
        return await audit_books(client, bureau_key or await bureaus_to_ask(client), wait)

    report = with_client(run)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        print_report(report)
    if report.findings or report.not_checked:
        raise typer.Exit(1)


def is_clean(report: AuditReport) -> bool:
    """Nothing found, nobody silent, and no remittance of which only one side was asked."""
    return not (report.findings or report.not_checked or report.remittances_not_checked)


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
    if unchecked := len(report.remittances_not_checked):
        screen.print(
            say(
                f"[yellow]{unchecked} remittances not checked: their other bureau did not speak[/yellow]",
                f"[yellow]{unchecked} 笔划转未核对：对方经办机构未被询问或未答复[/yellow]",
            )
        )
    checked = say(
        f"{len(report.bureaus)} bureaus, {report.remittances} remittances, {report.postings} postings: ",
        f"{len(report.bureaus)} 个经办机构，{report.remittances} 笔划转，{report.postings} 笔分录：",
    )
    screen.print(checked + _verdict(report))


def _verdict(report: AuditReport) -> str:
    """Clean is said only where everything was checked."""
    if report.findings or report.not_checked:
        return say("[red]not clean[/red]", "[red]有差异或未核对[/red]")
    if report.remittances_not_checked:
        return say("[yellow]no difference in what was checked[/yellow]", "[yellow]已核对部分无差异[/yellow]")
    return say("[green]clean[/green]", "[green]无差异[/green]")


def _sentence(finding: AuditFinding) -> str:
    where = " / ".join(bureau(key) for key in finding.bureau.split(" / "))
    what = say(*_FINDINGS[finding.code])
    return f"{where}: {finding.subject}: {what}: {finding.expected} ≠ {finding.found}"
