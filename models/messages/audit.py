"""What the audit asks of the bureaus, what they answer, and its report. Nothing of it names a person."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from models.messages.papers import Paper
from rules.values.books import CaseBooks, Divergence

NAMED = 100
"""How many divergences a report names; the rest are only counted."""


class AuditOrder(Paper):
    """Which bureaus to ask, and how long to wait until one takes a question up, in seconds.

    With `since`, only the links of the chain from the first one entered since then on are looked at, and the
    cases with a paper or posting since; sums and months are proved over the whole books all the same. A long
    audit goes on in a further run: `so_far` is its report up to the case number `after`.
    """

    bureaus: tuple[str, ...]
    patience_seconds: int
    since: datetime | None = None
    after: str = ""
    so_far: "AuditReport | None" = None


class BooksQuestion(Paper):
    """Asks a bureau for its books as a whole."""

    bureau: str
    since: datetime | None = None


class BooksSummary(Paper):
    """What a bureau's worker reports on its books as a whole; money in fen, months by their state.

    `links` of the chain were verified up to `head`; `before` links and `cases_before` cases were not looked
    at, since nothing was entered in them since the day asked about; `more` divergences were found beside
    those named.
    """

    bureau: str
    opened_at: datetime | None
    persons: int
    postings: int
    papers: int
    balances: dict[str, int]
    months: dict[str, int]
    links: int
    head: str
    before: int = 0
    cases_before: int = 0
    findings: tuple[Divergence, ...] = ()
    more: int = 0


class CasesQuestion(Paper):
    """Asks a bureau for the next cases in its books after a number."""

    bureau: str
    after: str
    since: datetime | None = None


class CaseLine(NamedTuple):
    """The summary of one case in one bureau's books; money in fen."""

    case_no: str
    peer: str | None
    closed: bool
    fingerprint: str
    sent: int
    received: int
    given_back: int
    posted: int
    refunded: int
    in_suspense: int
    months_moved: int
    months_taken_in: int
    remittances: int


class CasesPage(Paper):
    """Some cases of a bureau in the order of their numbers; the `last` page ends the list.

    `findings` are those of the bureau's own books, each with its case. A page ends early when it would grow
    too large.
    """

    bureau: str
    lines: tuple[CaseLine, ...]
    findings: tuple[tuple[str, Divergence], ...] = ()
    last: bool


class NamedCases(Paper):
    """Asks a bureau for its books of these cases."""

    bureau: str
    numbers: tuple[str, ...]


class CasesInFull(Paper):
    """A bureau's books of some cases; cases unknown to the books are left out."""

    bureau: str
    cases: tuple[CaseBooks, ...]


class CasesToCompare(Paper):
    """All bureaus' lines of the cases after one number up to another, for the platform to compare.

    `up_to` is empty where no case comes after. `query` finds the cases' workflows, whose ids are the case
    number after `prefix`; `attributes` name what says of a workflow its two bureaus, in and out, and stage.
    """

    after: str
    up_to: str
    lines: dict[str, tuple[CaseLine, ...]]
    opened_at: dict[str, datetime | None]
    since: datetime | None
    query: str
    prefix: str
    attributes: tuple[str, str, str]


class Suspect(NamedTuple):
    """A case to be looked at more closely, and the bureaus to ask; `counted` if it is in the sums already."""

    case_no: str
    bureaus: tuple[str, ...]
    counted: bool = True


class Totals(Paper):
    """Sums over cases that were compared, in fen and months.

    What was received and not given back is posted or in suspense; what was refunded was posted before.
    """

    cases: int = 0
    open_cases: int = 0
    workflows: int = 0
    remittances: int = 0
    sent: int = 0
    received: int = 0
    given_back: int = 0
    posted: int = 0
    refunded: int = 0
    in_suspense: int = 0
    months_moved: int = 0
    months_taken_in: int = 0

    def plus(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(**{name: getattr(self, name) + getattr(other, name) for name in Totals.model_fields})


class CasesCompared(Paper):
    """The sums, the cases that could not be compared, and those whose lines do not show them in order."""

    totals: Totals
    not_checked: int
    not_checked_sample: tuple[str, ...]
    suspects: tuple[Suspect, ...]


class SuspectBooks(Paper):
    """The books of the bureaus asked, for the platform to say what is wrong with each suspect.

    `prefix` begins a case's workflow id, `attribute` is the name under which the engine lists its stage.
    """

    suspects: tuple[Suspect, ...]
    books: tuple[CasesInFull, ...]
    prefix: str
    attribute: str


class Judgement(Paper):
    """What diverges in the cases looked at, and the sums of those not counted before."""

    findings: tuple[Divergence, ...]
    totals: Totals = Totals()


class Verdict(StrEnum):
    """How an audit ends."""

    CLEAN = "clean"
    """Nothing was found, and everything asked for was checked."""
    DIFFERS = "differs"
    INCOMPLETE = "not_all_checked"
    """Nothing was found; a bureau did not answer, or of a case only one side was asked."""


class AuditReport(Totals):
    """What the comparison found over all books. Clean only when nothing was found and all were checked.

    The sums are those of the cases that were compared; `cases_not_checked` counts those whose other bureau
    was not asked or did not answer, of which `not_checked_sample` names some. `findings` names the first
    divergences, `more` counts the rest.
    """

    bureaus: tuple[str, ...]
    not_checked: tuple[str, ...]
    since: datetime | None = None
    books: tuple[BooksSummary, ...] = ()
    postings: int = 0
    cases_not_checked: int = 0
    not_checked_sample: tuple[str, ...] = ()
    findings: tuple[Divergence, ...] = ()
    more: int = 0

    @property
    def verdict(self) -> Verdict:
        """A finding outweighs what was not checked."""
        if self.findings or self.more:
            return Verdict.DIFFERS
        return Verdict.INCOMPLETE if self.not_checked or self.cases_not_checked else Verdict.CLEAN

    @property
    def clean(self) -> bool:
        """Whether nothing was found, every bureau answered and no case was looked at on one side only."""
        return self.verdict is Verdict.CLEAN
