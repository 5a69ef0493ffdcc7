"""Asking a case where it stands: its queries, and one plain sentence when nobody answers."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from desk.language import say
from desk.problems import BadInput
from models.corrections import OpenItem
from models.disputes import DisputeRecord, RulingRecord
from models.dossier import JournalEntry
from models.duplicates import DuplicateNotice
from models.messages import CasePapers
from models.progress import Progress
from workflows.names import case_workflow_id
from workflows.transfer_case import TransferCase

Answer = TypeVar("Answer")

QUERY_PATIENCE = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything a case can be asked, as it stood at about one moment."""

    progress: Progress
    journal: list[JournalEntry]
    papers: CasePapers
    choice: DuplicateNotice | None
    disputes: list[DisputeRecord]
    rulings: list[RulingRecord]
    corrections: list[OpenItem]


def handle_of(client: Client, case: str) -> WorkflowHandle[Any, Any]:
    """The handle of a case's workflow."""
    return client.get_workflow_handle(case_workflow_id(case))


async def look_up(client: Client, case: str) -> CaseView:
    """Ask a case everything. Raises BadInput when there is no such case, or nobody answers for it."""
    handle, patience = handle_of(client, case), QUERY_PATIENCE
    answers = await asyncio.gather(
        answer(case, handle.query(TransferCase.progress, rpc_timeout=patience)),
        answer(case, handle.query(TransferCase.journal, rpc_timeout=patience)),
        answer(case, handle.query(TransferCase.papers, rpc_timeout=patience)),
        answer(case, handle.query(TransferCase.choice, rpc_timeout=patience)),
        answer(case, handle.query(TransferCase.all_disputes, rpc_timeout=patience)),
        # Beyond five, the type checker no longer tells the answers apart.
        asyncio.gather(
            answer(case, handle.query(TransferCase.rulings, rpc_timeout=patience)),
            answer(case, handle.query(TransferCase.open_corrections, rpc_timeout=patience)),
        ),
    )
    progress, journal, papers, choice, disputes, (rulings, corrections) = answers
    return CaseView(progress, journal, papers, choice, disputes, rulings, corrections)


async def progress_of(client: Client, case: str) -> Progress:
    """Where a case stands. Raises BadInput like `look_up`."""
    return await answer(
        case, handle_of(client, case).query(TransferCase.progress, rpc_timeout=QUERY_PATIENCE)
    )


async def answer(case: str, query: Awaitable[Answer]) -> Answer:
    """A query's answer. Raises BadInput in one sentence when there is none."""
    try:
        return await query
    except WorkflowQueryFailedError:
        # A worker of an older release does not know the question.
        raise no_answer() from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise no_such_case(case) from None
        raise no_answer() from None


def no_such_case(case: str) -> BadInput:
    """There is no case of this number."""
    return BadInput(
        say(
            f"There is no case {case}; `starter.py list` shows the cases.",
            f"没有案件 {case}，请用 `starter.py list` 查询。",
        )
    )


def no_answer() -> BadInput:
    """The platform's worker, which answers for all cases, does not."""
    return BadInput(
        say(
            "The platform's worker does not answer; start it with `make up` or `worker.py --platform`.",
            "省级平台未响应，请用 `make up` 或 `worker.py --platform` 启动。",
        )
    )
