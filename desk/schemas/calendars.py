"""The calendar that the province has published, and what a notice changes."""

from typing import Any

from pydantic import Field

from desk.client.calendar_effects import Effect
from desk.schemas.document import Day, Document, Instant
from models.messages.stages import Party
from rules.values.due_dates import Clock


class NoticeDocument(Document):
    """A published notice with the two officers who published it; `content` as its file says."""

    number: str
    published_on: Day
    maker: str
    checker: str
    content: dict[str, Any]


class ProposedNoticeDocument(Document):
    """A notice that one officer has proposed and another has to check."""

    words: str
    maker: str


class CalendarDocument(Document):
    """`calendar show`: what the province has published over the nationwide calendar."""

    calendar: str
    notices: list[NoticeDocument]
    proposed: list[ProposedNoticeDocument] = Field(description="what a second officer has to check")


class BureauEffects(Document):
    """How many clocks that a bureau owes each effect concerns."""

    bureau: str
    moves: int
    firms_up: int
    turns_provisional: int
    turns_overdue: int
    no_longer_overdue: int
    bounds_move: int


class DueDateDocument(Document):
    """A due date before or after the notice."""

    due_on: Day
    due_at: Instant
    provisional: bool
    earliest: Day
    latest: Day
    calendar: str


class ChangedDayDocument(Document):
    """A day that counts otherwise by the notice."""

    date: Day
    counts: bool
    why: str


class ChangeDocument(Document):
    """What a notice does to a clock that runs."""

    case_no: str
    bureau: str
    clock: Clock
    owed_by: Party
    effects: list[Effect]
    before: DueDateDocument
    after: DueDateDocument
    days: list[ChangedDayDocument]


class PreviewDocument(Document):
    """`calendar preview`: the effect of a notice on open cases, before it is published."""

    notice: str
    calendar: str
    running_clocks: int
    not_answered: list[str] = Field(description="cases that did not say how their clocks run")
    bureaus: list[BureauEffects]
    changes: list[ChangeDocument]


class RefusedDocument(Document):
    """The no to an order, in the reader's language."""

    refused: str
