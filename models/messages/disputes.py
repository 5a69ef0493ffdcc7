"""Disputes and rulings (第九条): the positions, the province's file, and what a ruling may order."""

from datetime import datetime

from pydantic import Field

from models.messages.papers import Paper
from models.messages.requests import HoldReason, Position, Ruling
from models.messages.stages import Party
from models.messages.steps import CasePapers
from rules.values.law import Finding
from rules.values.orders import CaseFacts, DisputePoint, Order


class PositionTaken(Paper):
    """A party's position, and when it was taken."""

    party: Party
    position: Position
    at: datetime


class ProposedTerms(Paper):
    """Terms on which a party would settle."""

    party: Party
    terms: str = Field(repr=False)
    at: datetime


class DisputeRecord(Paper):
    """One dispute from its beginning to its end."""

    number: int
    point: DisputePoint
    raised_by: Party
    positions: tuple[PositionTaken, ...]
    proposals: tuple[ProposedTerms, ...] = ()
    referred_at: datetime | None = None
    settled_at: datetime | None = None
    withdrawn_at: datetime | None = None
    """When the bureau that raised it took it back, and why."""
    why_withdrawn: str = Field(default="", repr=False)

    @property
    def is_open(self) -> bool:
        """Whether it is neither settled nor withdrawn."""
        return self.settled_at is None and self.withdrawn_at is None

    @property
    def spoken(self) -> frozenset[Party]:
        """The bureaus that have taken a position or proposed terms."""
        positions = {one.party for one in self.positions}
        return frozenset(positions | {one.party for one in self.proposals})


class HoldRecord(Paper):
    """One time in which a case was on hold: why, on which evidence, and why it went on."""

    why: HoldReason
    evidence: str = Field(repr=False)
    by: Party
    officer: str
    since: datetime
    until: datetime | None = None
    reason: str = Field(default="", repr=False)


class ProvinceFile(Paper):
    """What the provincial bureau has before it: both positions and the papers."""

    case_no: str
    dispute: DisputeRecord
    papers: CasePapers


class SilenceOrder(Paper):
    """Asks whether a bureau that has not answered a dispute since an instant still negotiates."""

    bureau: str
    since: datetime
    until: datetime


class Silence(Paper):
    """How many working days it has lasted, and how many mean that negotiation has failed."""

    working_days: int
    needed: int

    @property
    def long_enough(self) -> bool:
        return self.working_days >= self.needed


class RulingRecord(Paper):
    """A ruling, what it was about, and which of its orders have been carried out."""

    case_no: str
    point: DisputePoint
    ruling: Ruling
    officers: tuple[str, ...]
    made_at: datetime
    carried_out: int = 0
    """How many of the orders, counted from the first."""

    @property
    def orders(self) -> tuple[Order, ...]:
        return self.ruling.orders


class RulingCheck(Paper):
    """Asks whether a ruling can be carried out as things stand."""

    orders: tuple[Order, ...]
    standing: CaseFacts


class RulingNumber(Paper):
    """The number of a ruling, and the case that uses it."""

    number: str
    case_no: str


class RulingAnswer(Paper):
    """Everything that stands in the way; nothing when it can be carried out."""

    findings: tuple[Finding, ...]


RULINGS_TOLD = 50
"""The most rulings in one answer: whatever they say, they fit into the engine's limit for a message."""


class RulingsQuestion(Paper):
    """Asks the province for rulings on a point, after the first `skip`; those of one case can be left out."""

    point: DisputePoint
    without_case: str = ""
    limit: int = Field(default=RULINGS_TOLD, ge=1, le=RULINGS_TOLD)
    skip: int = Field(default=0, ge=0)


class PastRulings(Paper):
    """Rulings on a point, newest first, and how many there are in all."""

    rulings: tuple[RulingRecord, ...]
    total: int
