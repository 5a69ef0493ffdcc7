"""`starter.py audit`: proof over all bureaus' books that no fen and no month is lost or doubled."""

import asyncio
import hashlib
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Annotated

import typer
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from activities.clock import china_today
from desk.client.session import with_client
from desk.files.files import typed_day
from desk.language import say
from desk.problems import BadInput
from desk.screens.audit_report import print_report
from desk.screens.screen import print_json
from models.messages.audit import AuditOrder, AuditReport, Verdict
from rules.application.bureau_list import BUREAUS
from rules.application.bureaus import listed_bureau
from rules.clocks.clocks import CHINA_TIME
from workflows.audit import AuditBooks
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, PLATFORM_QUEUE

TO_START = timedelta(seconds=15)
"""How long the platform has to take the audit up, beside the time a bureau has to answer."""
AT_MOST = timedelta(hours=12)
LONGEST_WAIT = 3600
"""Of seconds for one bureau: an hour, where a hundred thousand cases take two minutes."""
EXIT_CODES = {Verdict.CLEAN: 0, Verdict.DIFFERS: 1, Verdict.INCOMPLETE: 3}
"""Two is bad input."""


async def audit_books(
    client: Client, keys: Collection[str], patience_seconds: int, since: datetime | None = None
) -> AuditReport:
    """Ask the bureaus' workers about their own books and compare; joins an audit of the same bureaus.

    Raises BadInput when the platform's worker, which asks and compares, does not take it up in time.
    """
    asked = sorted(set(keys))
    named = " ".join([*asked, str(since)])
    handle = await client.start_workflow(
        AuditBooks.run,
        AuditOrder(bureaus=tuple(asked), patience_seconds=patience_seconds, since=since),
        id=f"audit/{hashlib.sha256(named.encode()).hexdigest()[:16]}",
        task_queue=PLATFORM_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        execution_timeout=AT_MOST,
    )
    try:
        await handle.query(AuditBooks.so_far, rpc_timeout=timedelta(seconds=patience_seconds) + TO_START)
    except (RPCError, WorkflowQueryFailedError):
        await handle.terminate("nobody took the audit up")
        raise BadInput(
            say(
                "The platform's worker did not take the audit up in time; start it with `make up` or "
                "`worker.py --platform`.",
                "省级平台未在时限内开始核对，请用 `make up` 或 `worker.py --platform` 启动。",
            )
        ) from None
    return await handle.result()


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
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Only cases and links of the chain with an entry since this day."),
    ] = None,
    wait: Annotated[
        int, typer.Option(min=1, max=LONGEST_WAIT, help="Seconds to wait for a bureau's answer.")
    ] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Prove all bureaus' books.

    Exit code 0: clean; 1: something diverges; 3: nothing does in what was checked, but not all was.
    """
    from_day = _checked(bureau_key or (), since)

    async def run(client: Client) -> AuditReport:
        return await audit_books(client, bureau_key or await bureaus_to_ask(client), wait, from_day)

    report = with_client(run)
    if as_json:
        print_json({"verdict": report.verdict, **report.model_dump(mode="json")})
    else:
        print_report(report)
    if code := EXIT_CODES[report.verdict]:
        raise typer.Exit(code)


def _checked(keys: Collection[str], since: str | None) -> datetime | None:
    """The first instant of the day. Raises BadInput with everything that is wrong with what was typed."""
    problems = []
    if unknown := sorted({key for key in keys if listed_bureau(key) is None}):
        named = ", ".join(unknown)
        problems.append(
            say(
                f"No bureau has the key {named}; `starter.py bureaus` lists them.",
                f"没有代码为 {named} 的经办机构，请用 `starter.py bureaus` 查询。",
            )
        )
    day = _day(since, problems) if since is not None else None
    if problems:
        raise BadInput(problems[0], problems[1:])
    return datetime.combine(day, time(), CHINA_TIME) if day else None


def _day(text: str, problems: list[str]) -> date | None:
    try:
        day = typed_day("--since", text)
    except BadInput as bad:
        problems.append(bad.summary)
        return None
    if day > china_today():
        problems.append(say(f"--since: {day} is yet to come.", f"--since：{day} 尚未到来。"))
    return day


def is_clean(report: AuditReport) -> bool:
    """Nothing found, nobody silent, and no case of which only one side was asked."""
    return report.clean
