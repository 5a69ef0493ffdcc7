"""Having the bureaus' own workers look through their books, and the platform compare them."""

import asyncio
import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from desk.language import Words
from desk.problems import BadInput, Hint, See
from desk.today import china_today
from models.messages.audit import AuditOrder, AuditReport
from rules.application.bureau_list import BUREAUS
from workflows.audit import AuditBooks
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, PLATFORM_QUEUE

TO_START = timedelta(seconds=15)
"""How long the platform has to take the audit up, beside the time a bureau has to answer."""
AT_MOST = timedelta(hours=12)


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
            Words("The platform's worker did not take the audit up in time.", "省级平台未在时限内开始核对。"),
            hint=Hint(See.PLATFORM),
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


def is_clean(report: AuditReport) -> bool:
    """Nothing found, nobody silent, and no case of which only one side was asked."""
    return report.clean
