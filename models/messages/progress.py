"""Where a case stands, for anyone who asks. Nothing personal."""

from datetime import date, datetime

from models.messages.arrangements import Officers
from models.messages.bank_statement import AwaitedFunds
from models.messages.clocks import ClockReading, DutySpan
from models.messages.papers import Paper
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Party, Stage
from rules.values.charged_days import StepOwner
from rules.values.law import MissingPaper, Refusal
from rules.values.money import Fen
from rules.values.moves import ApplicationRoute
from rules.values.orders import DisputePoint


class AwaitedApproval(Paper):
    """Something that waits for officers, and who has approved it so far."""

    what: Approvable
    policy: Officers
    by: tuple[str, ...]
    of: str = ""
    """The number of the paper it is about: a form, a notice, a ruling."""
    since: datetime | None = None


class OpenField(Paper):
    """A field that waits for correction; the values stay in the case's papers."""

    field: str
    raised_by: Party
    asked_at: datetime


class Fault(Paper):
    """A step that a bureau cannot do, and why: it is to be mended, or the province rules.

    `reason` and `reason_zh` name papers and months, and nothing personal; the Chinese is empty where the
    bureau's program says it in English alone.
    """

    step: str
    party: Party
    reason: str
    reason_zh: str = ""
    since: datetime


class Progress(Paper):
    """Everything that a case shows of where it stands."""

    case_no: str
    linked: tuple[str, ...] = ()
    anew_after: str = ""
    """The case in which the same application was refused before; '' for none."""
    stage: Stage
    waiting_on: Party
    bureau_out: str
    bureau_in: str
    scheme_from: str
    scheme_to: str
    submitted_on: date
    entry: ApplicationRoute
    months: int
    individual: Fen
    pooled: Fen
    settled: bool
    """The transfer itself is complete: posted, and the person told."""
    refunded: Fen = Fen(0)
    information_since: datetime | None
    funds_since: datetime | None
    awaited_funds: AwaitedFunds | None = None
    """What is on its way by the bank, and how much of it has come."""
    bank_references: tuple[str, ...] = ()
    """The arrivals the case has heard of, by the bank's references."""
    form_version: int
    clocks: tuple[ClockReading, ...]
    refusals: tuple[Refusal, ...]
    missing: tuple[MissingPaper, ...]
    differences: int
    open_fields: tuple[OpenField, ...] = ()
    approvals: tuple[AwaitedApproval, ...] = ()
    dispute: DisputePoint | None = None
    fault: Fault | None = None
    """Why the case cannot go on; None while it can."""
    holdings: tuple[StepOwner[Party], ...]
    duty_since: datetime | None = None
    """Since when the party that is waited for owes what it owes now."""
    duties: tuple[DutySpan, ...] = ()
    until: datetime | None = None
    possible: tuple[StaffAction, ...] = ()
    """What staff can hand in now."""
