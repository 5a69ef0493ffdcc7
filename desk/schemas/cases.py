"""One case as `show` tells it, its papers as files, and its form under the codes of other systems."""

from typing import Any, Literal

from pydantic import Field

from desk.schemas.document import Document, Yuan
from desk.schemas.law import ServiceDocument
from models.messages.clocks import Responsibility
from models.messages.dossier import JournalEntry
from models.messages.progress import Progress
from models.outbox.outgoing import OutgoingLine
from rules.values.due_dates import Clock
from rules.values.papers import PaperKind

Masked = dict[str, Any]
"""A paper with names, ID numbers and accounts masked unless `--unmask` is given; money in fen."""


class ShowDocument(Progress):
    """`show`: where the case stands, with its journal, its papers, and its working days by party."""

    dossier_at: str | None = Field(
        description="the bureau whose dossier was asked, or null for the case itself"
    )
    broken_off: str | None
    working_days_late_now: dict[Clock, int]
    journal: list[JournalEntry]
    papers: Masked
    choice: Masked | None
    corrections: list[Masked]
    answered: list[Masked]
    chosen: Masked | None
    cleared: Masked | None
    disputes: list[Masked]
    to_be_approved: Masked | None
    rulings: list[Masked]
    unanswered: str | None
    responsibility: Responsibility | None
    messages: list[OutgoingLine] | None = Field(default=None, description="with --messages alone")


class ToldDocument(Document):
    """A question of the insured person with its answers."""

    head: str
    lines: list[str]


class ApplicantDocument(Document):
    """`show --for applicant`: what the person is told, and the code of the receipt."""

    case_no: str
    code: str
    told: list[ToldDocument]


class PrintedDocument(Document):
    """`papers`: a paper that was printed, and its digest in the register."""

    file: str
    kind: PaperKind
    version: int
    bureau: str
    digest: str
    en: str
    zh: str


class VerifiedDocument(Document):
    """`papers verify`: whether a file is the paper that is on file."""

    good: bool
    verdict: str
    en: str
    zh: str
    seal: str | None
    case_no: str | None
    kind: PaperKind | None
    version: int | None
    digest: str | None


class ExchangeRow(Document):
    """A row of the form (IC91): months on one base in a year, a resident's year, or a balance taken over.

    Amounts in yuan, months YYYYMM.
    """

    AAB299: str | None
    AAB300: str | None
    AAE001: int
    AAE041: str | None
    AAE042: str | None
    AAE180: Yuan | None
    AAE202: int | None
    AAA041: str | None
    AAA042: str | None
    AAA043: str | None
    AAE381: Yuan | None
    AAE264: Yuan | None
    AAE269: Yuan | None
    AAE265: Yuan | None
    AAE382: Yuan | None
    AAE273: Yuan | None
    AAE013: str | None


class ExchangeDocument(Document):
    """`export exchange`: the information form in force. Days YYYYMMDD, months YYYYMM; null is not known."""

    official: Literal[False]
    note: str
    case_no: str
    version: int
    AAE270: str | None
    AAB301: str | None
    AAB299: str | None
    AAC002: str
    AAC003: str
    AAC004: Literal["1", "2"] | None
    AAC006: str | None
    AAC010: str | None
    AAC007: str | None
    AAB305: str | None
    AAC049: str | None
    AAC032: str | None
    AAE030: str | None
    AAE031: str | None
    AAE201: int
    AIC083: Yuan
    AIC084: Yuan
    AIC102: Yuan
    AAE035: str
    recognised_service: list[ServiceDocument]
    IC91: list[ExchangeRow]
