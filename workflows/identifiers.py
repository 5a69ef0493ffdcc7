"""Names the engine knows: task queues, workflow ids, search attributes. None of them is random."""

from enum import StrEnum
from hashlib import sha256

from temporalio.common import SearchAttributeKey

PLATFORM_QUEUE = "platform"
PLATFORM_DEPLOYMENT = "transfer-platform"
"""The name under which releases of the platform are known to the engine, one build id each."""
CALENDAR_PUBLISHED = "calendar_published"
"""The signal by which every case hears of a holiday notice."""
FUNDS_ARRIVED = "funds_arrived"
"""The signal by which a case hears that the bank has reported an arrival."""
ALL_CASES = "WorkflowType = 'TransferCase'"
RUNNING_CASES = f"{ALL_CASES} AND ExecutionStatus = 'Running'"

BUREAU_IN = SearchAttributeKey.for_keyword("BureauIn")
BUREAU_OUT = SearchAttributeKey.for_keyword("BureauOut")
STAGE = SearchAttributeKey.for_keyword("CaseStage")
WAITING_ON = SearchAttributeKey.for_keyword("WaitingOn")
PERSON_KEY = SearchAttributeKey.for_keyword("PersonKey")
"""A keyed hash of the ID number; the number itself never leaves the payloads."""
DUE_AT = SearchAttributeKey.for_datetime("DueAt")
OVERDUE = SearchAttributeKey.for_bool("Overdue")
FLAGS = SearchAttributeKey.for_keyword_list("Flags")

SEARCH_ATTRIBUTES = (BUREAU_IN, BUREAU_OUT, STAGE, WAITING_ON, PERSON_KEY, DUE_AT, OVERDUE, FLAGS)


class Flag(StrEnum):
    """What a worklist looks for in a case."""

    REMINDED = "reminded"
    ESCALATED = "escalated"
    DISPUTED = "disputed"
    AWAITING_APPROVAL = "awaiting_approval"
    MESSAGE_REFUSED = "message_refused"
    PROVISIONAL = "provisional"


def bureau_queue(bureau: str) -> str:
    """The queue that only the bureau's own worker polls."""
    return f"bureau-{bureau}"


def case_workflow_id(case_no: str) -> str:
    """The id of the one workflow of a case."""
    return f"transfer/{case_no}"


def calendar_workflow_id(number: str) -> str:
    """The id of the publication of a notice; there is one at a time under each number."""
    return f"calendar/{sha256(number.encode()).hexdigest()[:16]}"
