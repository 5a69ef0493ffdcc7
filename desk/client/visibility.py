"""Cases as the engine lists them: found by search attributes, which hold nothing personal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecution

from activities.audit.compare import problems_of
from desk.client.asking import broken_off, how_broken_off
from desk.client.silence import NoSuchCase
from desk.files.files import bureau_key
from models.messages.stages import Stage
from rules.clocks.clocks import CHINA_TIME, last_day
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
)

CASES = ALL_CASES


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case by its search attributes; `stuck` where the platform's program keeps failing on it."""

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
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME)
    return f"{DUE_AT.name} < '{(midnight + timedelta(seconds=1)).isoformat()}'"


def opened_since(day: date) -> str:
    """Cases opened on a day, in China's time, or later."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME)
    return f"StartTime >= '{midnight.isoformat()}'"


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
    that was broken off and revived the engine lists both runs, and only the one under way is shown.
    """
    query = " AND ".join([CASES, *parts])
    rows = [_listed(one) async for one in client.list_workflows(f"{query} AND {DUE_AT.name} IS NOT NULL")]
    rows.sort(key=lambda row: (row.due_at, row.case_no))
    if left := max(0, skip + limit - len(rows)):
        others = client.list_workflows(f"{query} AND {DUE_AT.name} IS NULL", limit=left)
        rows += [_listed(one) async for one in others]
    shown = rows[skip : skip + limit]
    revived = [row for row in shown if row.broken_off and not await _still_broken_off(client, row.case_no)]
    total = (await client.count_workflows(query)).count
    return [row for row in shown if row not in revived], total - len(revived)


def _listed(found: WorkflowExecution) -> ListedCase:
    attributes = found.typed_search_attributes
    return ListedCase(
        case_no=found.id.removeprefix("transfer/"),
        stage=attributes.get(STAGE) or Stage.APPLICATION_RECEIVED,
        waiting_on=attributes.get(WAITING_ON) or "",
        bureau_out=attributes.get(BUREAU_OUT) or "",
        bureau_in=attributes.get(BUREAU_IN) or "",
        due_at=attributes.get(DUE_AT),
        overdue=bool(attributes.get(OVERDUE)),
        flags=tuple(sorted(attributes.get(FLAGS) or ())),
        broken_off=broken_off(found.status),
        stuck=broken_off(found.status) is None and bool(problems_of(found)),
    )
