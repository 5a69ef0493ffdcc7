"""A whole case as it stood when it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.client.silence import NoAnswer
from models.messages.clocks import Responsibility
from models.messages.corrections import AnsweredItem, OpenItem
from models.messages.disputes import DisputeRecord, HoldRecord, RulingRecord
from models.messages.dossier import JournalEntry
from models.messages.duplicates import ClearedDuplicates, DuplicateNotice
from models.messages.progress import Progress
from models.messages.requests import Choice, ToBeApproved
from models.messages.steps import CasePapers
from rules.values.due_dates import Clock


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that can be asked of a case, as it stood at one moment.

    `broken_off` says how the case was terminated, if it was. `filed_at` is the bureau whose dossier was read,
    and `charged` the days by party in it; both are None if the case itself was asked.
    """

    broken_off: str | None
    progress: Progress
    journal: list[JournalEntry]
    papers: CasePapers
    choice: DuplicateNotice | None
    disputes: list[DisputeRecord]
    rulings: list[RulingRecord]
    corrections: list[OpenItem]
    answered: tuple[AnsweredItem, ...] = ()
    holds: tuple[HoldRecord, ...] = ()
    chosen: Choice | None = None
    cleared: ClearedDuplicates | None = None
    charged: Responsibility | None = None
    filed_at: str | None = None
    to_be_approved: ToBeApproved | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """What the platform computes of a case at `now`: its days by party, how late its clocks are.

    `unanswered` says why it did not answer; the rest of the case is shown all the same.
    """

    now: datetime
    charged: Responsibility | None
    late: Mapping[Clock, int]
    unanswered: NoAnswer | None = None
