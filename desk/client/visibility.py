"""Cases as the engine lists them: found by search attributes, which hold nothing personal."""

import asyncio
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client, WorkflowExecutionStatus

from activities.audit.compare import REPORTED_PROBLEMS
from desk.client.asking import broken_off, how_broken_off
from desk.client.silence import NoSuchCase
from desk.files.files import bureau_key
from models.messages.stages import Stage
from rules.clocks.clocks import last_day
from rules.values.due_dates import china_midnight
from workflows.identifiers import (
    ALL_CASES,
    BUREAU_IN,
    BUREAU_OUT,
    DUE_AT,
    FLAGS,
    OVERDUE,
    STAGE,
    WAITING_ON,
    Flag,
    case_no_of,
    case_workflow_id,
)

ATTRIBUTES = tuple(
    key.name for key in (STAGE, WAITING_ON, BUREAU_OUT, BUREAU_IN, DUE_AT, OVERDUE, FLAGS, REPORTED_PROBLEMS)
)
PAGE = 1000
"""Cases that the server lists at a time."""
NAMED_TOGETHER = 100
"""Cases that one query names."""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case by its search attributes; `stuck` where the platform's program keeps failing on it.

    `run` is the run of its workflow that is listed, begun at `began`.
    """

    case_no: str
    stage: str
    waiting_on: str
    bureau_out: str
    bureau_in: str
    due_at: datetime | None
    overdue: bool
    flags: tuple[str, ...]
    broken_off: str | None
    stuck: bool = False
    run: str = ""
    began: float = 0.0

    @property
    def due_on(self) -> date | None:
        """The last day of the period."""
        return last_day(self.due_at) if self.due_at else None

    def document(self) -> dict[str, Any]:
        """For machines."""
        return {
            "case_no": self.case_no,
            "stage": self.stage,
            "waiting_on": self.waiting_on,
            "bureau_out": self.bureau_out,
            "bureau_in": self.bureau_in,
            "due_on": str(self.due_on) if self.due_on else None,
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "overdue": self.overdue,
            "flags": list(self.flags),
            "broken_off": self.broken_off,
            "stuck": self.stuck,
        }


def at_either_side(key: str) -> str:
    """Cases of a bureau. Raises BadInput for what is no bureau's key."""
    known = bureau_key(key)
    return f"({BUREAU_IN.name} = '{known}' OR {BUREAU_OUT.name} = '{known}')"


def at_stage(stage: Stage) -> str:
    """Cases at a stage."""
    return f"{STAGE.name} = '{stage}'"


def flagged(flag: Flag) -> str:
    """Cases that bear a flag."""
    return f"{FLAGS.name} IN ('{flag}')"


def due_before(day: date) -> str:
    """Cases whose last day ends before a day begins."""
    # The day before ends at this very midnight; the server is not to be asked about equal instants.
    return f"{DUE_AT.name} < '{(china_midnight(day) + timedelta(seconds=1)).isoformat()}'"


def opened_since(day: date) -> str:
    """Cases opened on a day, in China's time, or later."""
    return f"StartTime >= '{china_midnight(day).isoformat()}'"


async def _still_broken_off(client: Client, case: str) -> bool:
    """Whether it has not been brought back since, nor been forgotten: the list lags behind the server."""
    try:
        return await how_broken_off(client, case) is not None
    except NoSuchCase:
        return False


async def find(
    client: Client, parts: Collection[str], limit: int, skip: int = 0
) -> tuple[list[ListedCase], int]:
    """At most `limit` cases that fit all parts of a query, after the first `skip`, and how many there are.

    All with a due date are asked for and sorted here, as the server cannot; then the newest others. Of a case
    that was broken off and revived, or closed and taken up again, the engine lists each run, and only the
    last is shown and counted.
    """
    query = " AND ".join([ALL_CASES, *parts])
    earlier = await _earlier_runs(client, query)
    rows, others, counted = await asyncio.gather(
        _listed(client, f"{query} AND {DUE_AT.name} IS NOT NULL"),
        _listed(client, f"{query} AND {DUE_AT.name} IS NULL", skip + limit + len(earlier)),
        client.count_workflows(query),
    )
    rows = sorted((row for row in rows if row.run not in earlier), key=lambda row: (row.due_at, row.case_no))
    others = [row for row in others if row.run not in earlier]
    shown = [*rows, *others[: max(0, skip + limit - len(rows))]][skip : skip + limit]
    revived = [row for row in shown if row.broken_off and not await _still_broken_off(client, row.case_no)]
    return [row for row in shown if row not in revived], counted.count - len(earlier) - len(revived)


async def _earlier_runs(client: Client, query: str) -> set[str]:
    """The runs that a query finds of closed cases that a later run has taken up again."""
    again = await _listed(client, f"{ALL_CASES} AND {flagged(Flag.REOPENED)}")
    ids = sorted({case_workflow_id(one.case_no) for one in again})
    earlier: set[str] = set()
    for start in range(0, len(ids), NAMED_TOGETHER):
        named = ", ".join(f"'{one}'" for one in ids[start : start + NAMED_TOGETHER])
        runs, found = await asyncio.gather(
            _listed(client, f"{ALL_CASES} AND WorkflowId IN ({named})"),
            _listed(client, f"{query} AND WorkflowId IN ({named})"),
        )
        last: dict[str, ListedCase] = {}
        for one in runs:
            if one.case_no not in last or last[one.case_no].began < one.began:
                last[one.case_no] = one
        earlier |= {one.run for one in found if one.run != last[one.case_no].run}
    return earlier


async def _listed(client: Client, query: str, limit: int | None = None) -> list[ListedCase]:
    """What the engine lists, the newest first.

    Read from the server's answer as it comes: the SDK decodes every attribute twice, which is most of the
    time that a list of hundreds takes.
    """
    rows: list[ListedCase] = []
    token = b""
    while True:
        asked = ListWorkflowExecutionsRequest(
            namespace=client.namespace,
            query=query,
            page_size=min(PAGE, limit - len(rows)) if limit is not None else PAGE,
            next_page_token=token,
        )
        answer = await client.workflow_service.list_workflow_executions(asked, retry=True)
        rows += map(_row, answer.executions)
        token = answer.next_page_token
        if not token or (limit is not None and len(rows) >= limit):
            return rows


def _row(found: WorkflowExecutionInfo) -> ListedCase:
    fields = found.search_attributes.indexed_fields
    said = {name: json.loads(fields[name].data) for name in ATTRIBUTES if name in fields}
    due_at = said.get(DUE_AT.name)
    ended = broken_off(WorkflowExecutionStatus(found.status)) if found.status else None
    return ListedCase(
        case_no=case_no_of(found.execution.workflow_id),
        stage=said.get(STAGE.name) or Stage.APPLICATION_RECEIVED,
        waiting_on=said.get(WAITING_ON.name) or "",
        bureau_out=said.get(BUREAU_OUT.name) or "",
        bureau_in=said.get(BUREAU_IN.name) or "",
        due_at=datetime.fromisoformat(due_at) if due_at else None,
        overdue=bool(said.get(OVERDUE.name)),
        flags=tuple(sorted(_several(said.get(FLAGS.name)))),
        broken_off=ended,
        stuck=ended is None and bool(said.get(REPORTED_PROBLEMS.name)),
        run=found.execution.run_id,
        began=found.start_time.ToMicroseconds() / 1e6,
    )


def _several(said: list[str] | str | None) -> list[str]:
    """A list of keywords; of one the server may give the keyword alone."""
    return [said] if isinstance(said, str) else said or []
