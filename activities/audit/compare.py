"""The province's steps of the audit: the bureaus' answers, compared with one another and with workflows."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from temporalio import activity
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from activities.audit.case_lines import line_of, totals_of
from activities.contracts import COMPARE_CASES, JUDGE_CASES
from models.messages.audit import (
    CaseLine,
    CasesCompared,
    CasesToCompare,
    Judgement,
    Suspect,
    SuspectBooks,
    Totals,
)
from models.messages.stages import Stage
from rules.audit import divergences_between
from rules.values.books import CaseBooks, Divergence

SAMPLE = 20
"""How many of the cases that could not be compared are named."""
NOT_FOUND = "not found"
REPORTED_PROBLEMS = SearchAttributeKey.for_keyword_list("TemporalReportedProblems")
"""The server's own search attribute for a workflow whose workflow code fails again and again."""


def problems_of(found: WorkflowExecution) -> tuple[str, ...]:
    """Why a workflow cannot go on, or could not when it was terminated, in the server's words."""
    return tuple(found.typed_search_attributes.get(REPORTED_PROBLEMS) or ())


class ListedWorkflow(NamedTuple):
    """A case's workflow as the list shows it; `stuck` where the program keeps failing on it."""

    bureaus: tuple[str, str]
    status: WorkflowExecutionStatus | None
    stage: str
    since: datetime
    stuck: bool

    @property
    def running(self) -> bool:
        return self.status is WorkflowExecutionStatus.RUNNING


class AuditActivities:
    """Compares what the bureaus report; opens no store."""

    @COMPARE_CASES.implements
    async def compare_cases(self, asked: CasesToCompare) -> CasesCompared:
        """The cases that the two bureaus' lines, or the list of workflows, do not show to be in order."""
        by_case: dict[str, dict[str, CaseLine]] = defaultdict(dict)
        for bureau, lines in asked.lines.items():
            for line in lines:
                by_case[line.case_no][bureau] = line
        listed = await _listed(asked)
        compared = _Comparison(asked.lines.keys(), asked.since)
        for case_no, held in sorted(by_case.items()):
            compared.add(case_no, held, listed.get(case_no))
        for case_no in sorted(listed.keys() - by_case.keys()):
            if _reached(listed[case_no], asked):
                compared.suspects.append(Suspect(case_no, listed[case_no].bureaus))
            elif listed[case_no].stuck:
                compared.suspect(case_no, listed[case_no].bureaus)
        return CasesCompared(
            totals=compared.totals.plus(Totals(workflows=len(listed))),
            not_checked=len(compared.not_checked),
            not_checked_sample=tuple(compared.not_checked[:SAMPLE]),
            suspects=tuple(compared.suspects),
        )

    @JUDGE_CASES.implements
    async def judge_cases(self, suspicion: SuspectBooks) -> Judgement:
        """What is wrong with each suspect case, by its bureaus' full books."""
        held: dict[str, dict[str, CaseBooks]] = defaultdict(dict)
        for answer in suspicion.books:
            for one in answer.cases:
                held[one.case_no][answer.bureau] = one
        found: list[Divergence] = []
        totals = Totals()
        for suspect in suspicion.suspects:
            books = held[suspect.case_no]
            if books and not suspect.counted:
                totals = totals.plus(totals_of(map(line_of, books.values())))
            found += _contradictions(suspect, books)
            standing = await _standing(suspicion.prefix + suspect.case_no, suspicion.attribute)
            found += _unaccounted(suspect, books, *standing)
        return Judgement(findings=tuple(found), totals=totals)


class _Comparison:
    """What has been compared so far: sums, cases not checked, suspects."""

    def __init__(self, asked: Iterable[str], since: datetime | None) -> None:
        self.asked = frozenset(asked)
        self.since = since
        self.totals = Totals()
        self.not_checked: list[str] = []
        self.suspects: list[Suspect] = []

    def suspect(self, case_no: str, bureaus: Iterable[str]) -> None:
        """Add a case to be read in full if its bureaus were asked, whatever their books hold of it."""
        if asked := sorted(self.asked.intersection(bureaus)):
            self.suspects.append(Suspect(case_no, tuple(asked)))

    def add(self, case_no: str, held: Mapping[str, CaseLine], workflow: ListedWorkflow | None) -> None:
        """Add one case: the lines of its bureaus, and its workflow."""
        stuck = workflow is not None and (workflow.stuck or workflow.stage == Stage.CANNOT_GO_ON)
        concerned = {line.peer for line in held.values() if line.peer} | held.keys()
        closed = any(line.closed for line in held.values())
        # An open case is in the books of the transfer-in bureau, whose key begins its number.
        needed = concerned if closed else concerned | {case_no.partition("-")[0]}
        if not needed <= self.asked:
            self.not_checked.append(case_no)
            if stuck:
                self.suspect(case_no, needed)
            return
        # Since a day, a case may have something new at one of its bureaus only: the other one tells nothing.
        counted = not self.since or held.keys() >= concerned
        if counted:
            self.totals = self.totals.plus(totals_of(held.values()))
        running = workflow is not None and workflow.running
        if stuck or not _agree(held, concerned) or not (closed or running):
            self.suspects.append(Suspect(case_no, tuple(sorted(needed)), counted))


def _agree(held: Mapping[str, CaseLine], concerned: Iterable[str]) -> bool:
    """Whether every bureau of the case has a line, and all lines agree."""
    paired = [line for line in held.values() if line.peer]
    same = {(line.closed, line.fingerprint) for line in (held.values() if paired else ())}
    return len(same) <= 1 and held.keys() >= set(concerned)


async def _listed(asked: CasesToCompare) -> dict[str, ListedWorkflow]:
    """The workflows of these cases; with a day, closed ones only from that day on.

    Of several runs under one id the running one counts, otherwise the latest; the case began with the first.
    """
    into, out, stage = (SearchAttributeKey.for_keyword(name) for name in asked.attributes)
    query = f"{asked.query} AND WorkflowId > '{_quoted(asked.prefix + asked.after)}'"
    if asked.up_to:
        query += f" AND WorkflowId <= '{_quoted(asked.prefix + asked.up_to)}'"
    if asked.since:
        since = asked.since.isoformat()
        query += f" AND (StartTime >= '{since}' OR CloseTime >= '{since}' OR ExecutionStatus = 'Running')"
    found: dict[str, ListedWorkflow] = {}
    async for each in activity.client().list_workflows(query):
        case_no = each.id.removeprefix(asked.prefix)
        said = each.typed_search_attributes
        bureaus = (said.get(into) or "", said.get(out) or "")
        stuck = each.status is WorkflowExecutionStatus.RUNNING and bool(problems_of(each))
        listed = ListedWorkflow(bureaus, each.status, said.get(stage) or "", each.start_time, stuck)
        found[case_no] = _latest(found[case_no], listed) if case_no in found else listed
    return found


def _latest(one: ListedWorkflow, other: ListedWorkflow) -> ListedWorkflow:
    """Which of two runs of a case counts, with the earlier of both start times."""
    counts = max(one, other, key=lambda run: (run.running, run.since))
    return counts._replace(since=min(one.since, other.since))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")


def _reached(workflow: ListedWorkflow, asked: CasesToCompare) -> bool:
    """Whether a workflow has come so far that its bureaus' books must know its case.

    A case that has just begun may not have reached any store yet; a case that began before a store's first
    entry need not be in that store.
    """
    if workflow.status not in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED):
        return False
    if workflow.stage in ("", Stage.APPLICATION_RECEIVED) or not set(workflow.bureaus) <= asked.lines.keys():
        return False
    begun = [asked.opened_at.get(bureau) for bureau in workflow.bureaus]
    bounds = [*begun, asked.since] if asked.since else begun
    return all(bound is not None and workflow.since >= bound for bound in bounds)


def _contradictions(suspect: Suspect, books: Mapping[str, CaseBooks]) -> list[Divergence]:
    """Where the bureaus' books of a case contradict each other, or one bureau's have lost the case."""
    found: dict[Divergence, None] = {}
    for bureau, one in sorted(books.items()):
        if one.peer and one.peer in suspect.bureaus and one.peer != bureau:
            other = books.get(one.peer) or CaseBooks(suspect.case_no, one.peer, bureau)
            pair = sorted((one, other), key=lambda side: side.bureau)
            found |= dict.fromkeys(divergences_between(*pair))
    return list(found)


def _unaccounted(
    suspect: Suspect,
    books: Mapping[str, CaseBooks],
    status: WorkflowExecutionStatus | None,
    problems: Sequence[str],
    stage: str,
) -> list[Divergence]:
    """A workflow that cannot go on, an open case without a workflow, or a workflow without its case."""
    where = " / ".join(suspect.bureaus)
    if problems and status is WorkflowExecutionStatus.RUNNING:
        return [Divergence("workflow_stuck", where, suspect.case_no, "running", " ".join(problems))]
    if stage == Stage.CANNOT_GO_ON and status is WorkflowExecutionStatus.RUNNING:
        return [Divergence("case_cannot_go_on", where, suspect.case_no, "under way", stage)]
    if any(side.dossier for side in books.values()):
        return []
    if books and status is not WorkflowExecutionStatus.RUNNING:
        told = NOT_FOUND if status is None else status.name.lower()
        return [Divergence("case_without_workflow", where, suspect.case_no, "running", told)]
    if not books and status is not None:
        return [Divergence("workflow_without_case", where, suspect.case_no, status.name.lower(), NOT_FOUND)]
    return []


async def _standing(
    workflow_id: str, attribute: str
) -> tuple[WorkflowExecutionStatus | None, Sequence[str], str]:
    """The status of a workflow, its problems and its case's stage, by the service itself: its list lags."""
    handle = activity.client().get_workflow_handle(workflow_id)
    try:
        async with asyncio.timeout(10):
            described = await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None, (), ""
        raise
    stage = described.typed_search_attributes.get(SearchAttributeKey.for_keyword(attribute)) or ""
    return described.status, problems_of(described), stage
