"""A month in figures, and the proof of the books."""

from desk.schemas.document import Document, MonthText, Yuan, document_of
from models.messages.audit import AuditReport, Verdict
from models.messages.stages import Party
from rules.values.due_dates import Clock


class SpreadDocument(Document):
    """Median and 90th percentile of working days over some cases; null of none."""

    cases: int
    median: int | None
    ninetieth: int | None


class DirectionDocument(Document):
    """The cases of a bureau on one side, from one scheme to the other."""

    bureau: str
    side: str
    scheme_from: str
    scheme_to: str
    opened: int
    closed: int
    refused: int
    withdrawn: int
    ruled: int
    open: int
    late: int
    money_sent: Yuan
    money_received: Yuan
    corrections: int
    corrections_per_hundred: str
    days_by_party: dict[Party, SpreadDocument]
    days_by_period: dict[Clock, SpreadDocument]


class OccurrenceDocument(Document):
    """A ground or a disputed point, and in how many cases it was one."""

    code: str
    en: str
    zh: str
    cases: int


class ReportDocument(Document):
    """`report`: a month, bureaus side by side; `silent` are the bureaus that did not answer."""

    month: MonthText
    silent: list[str]
    bureaus: list[DirectionDocument]
    days_by_party: dict[Party, SpreadDocument]
    days_by_period: dict[Clock, SpreadDocument]
    grounds: list[OccurrenceDocument]
    points: list[OccurrenceDocument]


AuditDocument = document_of(
    "AuditDocument", AuditReport, "`audit`: what the comparison of all books found.", verdict=(Verdict, ...)
)
