"""The journal and the full file of a case (案卷)."""

from datetime import datetime

from pydantic import Field

from models.messages.application import TransferApplication
from models.messages.arrangements import Arrangements
from models.messages.clocks import Responsibility
from models.messages.corrections import AnsweredItem, OpenItem
from models.messages.disputes import DisputeRecord, HoldRecord, RulingRecord
from models.messages.duplicates import ClearedDuplicates, DuplicateNotice
from models.messages.papers import Paper, Reconciliation, ResultNotice
from models.messages.progress import Progress
from models.messages.requests import Choice, ToBeApproved
from models.messages.stages import Event, Party, Stage
from models.messages.steps import CasePapers, LetterRegistration, Review, TakenIn
from models.officers.vouching import SealedAct
from rules.values.papers import PaperKind, Side


class JournalEntry(Paper):
    """One line of a case's journal: when, who, what, on which paper.

    `paper` is its number, or the name of a clock (`rules.values.due_dates.Clock`); `detail` a figure or a
    sentence without anything personal, `detail_zh` the sentence in Chinese. What comes again and again, such
    as a message that is refused, is one line: `count` says how often, `last_at` when last.
    """

    at: datetime
    party: Party
    event: Event
    paper: str | None = None
    detail: str = ""
    detail_zh: str = ""
    officer: str = ""
    key: str = ""
    """The id of the key with which the officer has sealed it."""
    demonstration: bool = False
    """The officer is a demonstration officer."""
    count: int = 1
    last_at: datetime | None = None


class CaseRecord(Paper):
    """Everything an open case can be asked, in one answer; names, ID numbers and accounts are in it.

    `choice` is None before there is an offer, `chosen` before the person has answered it; `answered` are the
    requests for correction that no longer wait, `to_be_approved` holds nothing where nothing waits.
    """

    progress: Progress
    journal: tuple[JournalEntry, ...] = Field(repr=False)
    papers: CasePapers = Field(repr=False)
    choice: DuplicateNotice | None = None
    disputes: tuple[DisputeRecord, ...] = ()
    rulings: tuple[RulingRecord, ...] = ()
    holds: tuple[HoldRecord, ...] = ()
    corrections: tuple[OpenItem, ...] = Field(default=(), repr=False)
    answered: tuple[AnsweredItem, ...] = Field(default=(), repr=False)
    chosen: Choice | None = Field(default=None, repr=False)
    cleared: ClearedDuplicates | None = None
    to_be_approved: ToBeApproved = Field(default=ToBeApproved(), repr=False)


class Dossier(Paper):
    """Everything the case can be asked, kept where the end of the retention time does not reach.

    `progress` is the case's last, with its clocks; `corrections` are fields nobody answered before the end.
    """

    case_no: str
    version: int = 1
    """A case that was reopened files a further version when it closes again."""
    progress: Progress
    application: TransferApplication
    arrangements: Arrangements
    papers: CasePapers
    reconciliation: Reconciliation | None
    notice: ResultNotice
    review: Review | None = None
    registration: LetterRegistration | None = None
    taken_in: TakenIn | None = None
    duplicates: DuplicateNotice | None = None
    chosen: Choice | None = Field(default=None, repr=False)
    cleared: ClearedDuplicates | None = None
    disputes: tuple[DisputeRecord, ...] = ()
    rulings: tuple[RulingRecord, ...] = ()
    holds: tuple[HoldRecord, ...] = ()
    corrections: tuple[OpenItem, ...] = Field(default=(), repr=False)
    answered: tuple[AnsweredItem, ...] = Field(default=(), repr=False)
    responsibility: Responsibility
    journal: tuple[JournalEntry, ...] = Field(repr=False)
    acts: tuple[SealedAct, ...] = Field(default=(), repr=False)
    """What officers have handed in, each with its seal."""

    @property
    def outcome(self) -> Stage:
        """How the case ended."""
        return self.progress.stage


class DossierQuestion(Paper):
    """Asks a bureau for the dossier of a case."""

    case_no: str


class DossierAnswer(Paper):
    """The dossier as it was filed, or None where the bureau has none."""

    dossier: Dossier | None = Field(default=None, repr=False)


class PaperQuestion(Paper):
    """Asks a bureau for the digests of the papers of one kind that it has filed in a case."""

    case_no: str
    kind: PaperKind
    side: Side


class PapersOnFile(Paper):
    """The digests, one for each version, in order; none where there is no such paper."""

    digests: tuple[str, ...] = ()
