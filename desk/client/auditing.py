"""Has the bureaus' own workers check their books, and the platform compare them."""

import asyncio
import hashlib
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from desk.client.silence import WaitingFor, nobody_is_told
from desk.language import Words
from desk.problems import BadInput, Hint, See
from desk.today import china_today
from models.messages.audit import AuditOrder, AuditReport
from rules.application.bureau_list import BUREAUS
from workflows.audit import AuditBooks
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, PLATFORM_QUEUE, bureau_queue

TO_START = timedelta(seconds=15)
"""How long the platform has to start the audit, beside the time a bureau has to answer."""
LOOKED_AT_EVERY = timedelta(seconds=1)
AT_MOST = timedelta(hours=12)


async def audit_books(
    client: Client,
    keys: Collection[str],
    patience_seconds: int,
    since: datetime | None = None,
    waiting_for: WaitingFor = nobody_is_told,
) -> AuditReport:
    """Ask the bureaus' workers about their own books and compare; joins an audit of the same bureaus.

    `waiting_for` is told meanwhile which bureaus have a step of it to do. Raises BadInput when the platform's
    worker, which asks and compares, does not start it in time.
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
    following = asyncio.create_task(_follow(handle, asked, waiting_for))
    try:
        return await handle.result()
    finally:
        following.cancel()


async def _follow(handle: WorkflowHandle[Any, Any], asked: Collection[str], waiting_for: WaitingFor) -> None:
    """Report every second whose step the engine lists as not done, as long as it does."""
    with suppress(RPCError):
        while True:
            steps = (await handle.describe()).raw_description.pending_activities
            queues = {step.activity_options.task_queue.name for step in steps}
            waiting_for([key for key in asked if bureau_queue(key) in queues])
            await asyncio.sleep(LOOKED_AT_EVERY.total_seconds())


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
