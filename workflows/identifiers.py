"""The names that the engine knows: task queues, workflow ids, signals, search attributes. None is random."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from hashlib import sha256

from temporalio.common import SearchAttributeKey

PLATFORM_QUEUE = "platform"
PLATFORM_DEPLOYMENT = "transfer-platform"
"""The deployment under which the engine knows the platform's releases, each by its build id."""
CALENDAR_PUBLISHED = "calendar_published"
"""The signal that informs a case of a published holiday notice."""
FUNDS_ARRIVED = "funds_arrived"
"""The signal that informs a case of money that has arrived by the bank's statement."""
HANDED_OVER = "handed_over"
"""The field of a case's order in which one run hands the state of the case over to the next."""
ANNOUNCED_TO = "query"
"""The field of an announcement with the query for its cases, for the run that continues it."""
REFUSED_ENCODING = b"binary/refused"
"""The encoding of a payload that no party with the key has written for this place; see
`engine.encryption`."""
UNPROVEN = "Unproven"
"""The type of a failure that no party with the key has written."""
ALL_RUNS = "WorkflowType = 'TransferCase'"
ALL_CASES = f"{ALL_RUNS} AND ExecutionStatus != 'ContinuedAsNew'"
"""Each case once: runs that a long case has handed over are not listed."""
RUNNING = "ExecutionStatus = 'Running'"
RUNNING_CASES = f"{ALL_CASES} AND {RUNNING}"

BUREAU_IN = SearchAttributeKey.for_keyword("BureauIn")
BUREAU_OUT = SearchAttributeKey.for_keyword("BureauOut")
STAGE = SearchAttributeKey.for_keyword("CaseStage")
WAITING_ON = SearchAttributeKey.for_keyword("WaitingOn")
PERSON_KEY = SearchAttributeKey.for_keyword("PersonKey")
"""A keyed hash of the ID number; the number itself never leaves the payloads."""
DUE_AT = SearchAttributeKey.for_datetime("DueAt")
COUNTED_UNTIL = SearchAttributeKey.for_datetime("CountedUntil")
"""The last day on which the dates of a case's clocks depend, as its midnight in UTC; unset where no clock
runs, or one is paused. A notice that changes later days only does not concern the case."""
OVERDUE = SearchAttributeKey.for_bool("Overdue")
FLAGS = SearchAttributeKey.for_keyword_list("Flags")

SEARCH_ATTRIBUTES = (
    BUREAU_IN,
    BUREAU_OUT,
    STAGE,
    WAITING_ON,
    PERSON_KEY,
    DUE_AT,
    COUNTED_UNTIL,
    OVERDUE,
    FLAGS,
)


class Flag(StrEnum):
    """The marks by which a worklist can select cases, as values of the search attribute `Flags`."""

    REMINDED = "reminded"
    ESCALATED = "escalated"
    DISPUTED = "disputed"
    AWAITING_APPROVAL = "awaiting_approval"
    MESSAGE_REFUSED = "message_refused"
    PROVISIONAL = "provisional"
    REOPENED = "reopened"
    """A run that reopened a closed case: the engine lists the run before it as well."""


def bureau_queue(bureau: str) -> str:
    """The task queue of a bureau; only the bureau's own worker polls it."""
    return f"bureau-{bureau}"


def case_workflow_id(case_no: str) -> str:
    """The workflow id of a case. A case has one workflow."""
    return f"transfer/{case_no}"


def case_no_of(workflow_id: str) -> str:
    """The case whose workflow id this is."""
    return workflow_id.removeprefix(case_workflow_id(""))


def concerned_cases(changes_from: date, bureaus: tuple[str, ...]) -> str:
    """A query for the running cases that a change of the calendar may concern.

    `changes_from` is the first day that changes; with `bureaus` it changes for those bureaus only.
    """
    since = listed_day(changes_from).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = f"{RUNNING_CASES} AND ({COUNTED_UNTIL.name} >= '{since}' OR {COUNTED_UNTIL.name} IS NULL)"
    if bureaus:
        keys = ", ".join(f"'{bureau}'" for bureau in bureaus)
        query += f" AND ({BUREAU_IN.name} IN ({keys}) OR {BUREAU_OUT.name} IN ({keys}))"
    return query


def listed_day(day: date) -> datetime:
    """A day as a search attribute: its midnight in UTC."""
    return datetime.combine(day, time(), UTC)


def rate_workflow_id(year: int, document: str) -> str:
    """The workflow that publishes a yearly rate by a document."""
    return f"rate/{year}/{document}"


def settlement_workflow_id(year: int, document: str, case_no: str) -> str:
    """The workflow that settles one form under a published rate."""
    return f"{rate_workflow_id(year, document)}/{case_no}"


def calendar_workflow_id(number: str) -> str:
    """The workflow id of the publication of a notice; one runs at a time for each number."""
    return f"calendar/{sha256(number.encode()).hexdigest()[:16]}"
