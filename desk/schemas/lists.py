"""Lists of cases, worklists, messages, and what opening and handing in answer."""

from typing import Any, Literal

from pydantic import Field

from desk.schemas.document import Day, Document, Instant
from models.messages.progress import AwaitedApproval
from models.messages.requests import StaffAction
from models.messages.stages import Party, Stage
from models.outbox.outgoing import OutgoingLine
from workflows.identifiers import Flag


class ListedCaseDocument(Document):
    """A case as the engine lists it; `broken_off` says how it was ended from outside."""

    case_no: str
    stage: Stage
    waiting_on: Party | Literal[""]
    bureau_out: str
    bureau_in: str
    due_on: Day | None
    due_at: Instant | None
    overdue: bool
    flags: list[Flag]
    broken_off: str | None
    stuck: bool


class CaseListDocument(Document):
    """`list`, `find`: cases that fit, and how many there are; `looked_through` where journals were asked."""

    total: int
    cases: list[ListedCaseDocument]
    looked_through: int | None = None


class TaskDocument(ListedCaseDocument):
    """A case on a worklist; `no_answer` says why it does not say what it waits for."""

    bureau: str
    since: Instant | None
    answered: bool
    to_do: str | None = None
    no_answer: str | None = None
    open_fields: int | None = None
    approvals: list[AwaitedApproval] | None = None


class ProposalDocument(Document):
    """What one officer has proposed outside of cases and another has to check."""

    words: str
    maker: str
    receipt: dict[str, Any] | None


class WorklistDocument(Document):
    """`worklist`: what a party has to do, and what could not be delivered."""

    total: int
    tasks: list[TaskDocument]
    proposals: list[ProposalDocument]
    undelivered: list[OutgoingLine]


class OpenedDocument(Document):
    """`apply`: a case that was opened, or was there before; `refused_before` where it is decided anew."""

    case_no: str
    new: bool
    linked: list[str]
    broken_off: str | None
    refused_before: str | None
    refused_on: Day | None
    refusals: list[str]


class AnswerDocument(Document):
    """An action of staff: the case's receipt or its refusal, and what holds now.

    Of a receipt `accepted_at` and `duplicate` are told, of a refusal where the case stands.
    """

    accepted: bool
    action: StaffAction
    case_no: str
    message_id: str
    en: str
    zh: str
    now: list[str]
    duplicate: bool | None = None
    accepted_at: Instant | None = None
    stage: Stage | None = None
    possible: list[StaffAction] | None = None


class SentDocument(Document):
    """An action of staff handed in with `--signal`: nobody waited for the answer."""

    sent: Literal[True]
    action: StaffAction
    case_no: str
    message_id: str


class RowDocument(Document):
    """A row of a file of actions, and the case's answer to it."""

    row: int
    case_no: str
    accepted: bool
    answer: str


class AwaitedDocument(Document):
    """`approve` without an officer: what waits, in full; amounts by their words."""

    case_no: str
    awaited: list[dict[str, Any]] = Field(description="what, of, by, read, amounts before and after in yuan")
