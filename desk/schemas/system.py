"""The bank's statement, past rulings, officers' keys, and releases."""

from typing import Any, Literal

from desk.client.arrivals import CaseTold
from desk.schemas.document import Document, Instant, document_of
from models.messages.bank_statement import LineAnswer, UnallocatedAnswer
from models.messages.duplicates import DuplicateNotice
from models.rates.messages import PublishedRates, RateRefusal
from rules.values.orders import DisputePoint

EnteredLine = document_of(
    "EnteredLine",
    LineAnswer,
    "What became of a line of a bank's statement, and whether its case has heard of it.",
    missing=(int, ...),
    case=(CaseTold, ...),
)


class StatementDocument(Document):
    """`funds import`: a statement that was entered, line by line; amounts in fen."""

    bureau: str
    lines: list[EnteredLine]  # type: ignore[valid-type]


class MovedDocument(UnallocatedAnswer):
    """`funds assign`, `funds return`: what became of an order about money in suspense."""

    case: CaseTold


class ProvisionalFormDocument(Document):
    """A form that borrowed a rate, and by how much it would change, in fen."""

    case_no: str
    form: str
    bureau_out: str
    bureau_in: str
    individual: int
    pooled: int
    open: bool


class RatePreviewDocument(Document):
    """`rates preview`: the forms that a yearly rate would change; `silent` are bureaus without an answer."""

    forms: list[ProvisionalFormDocument]
    silent: list[str]


class RefusedRateDocument(RateRefusal):
    """A published rate that a bureau refuses; `case_no` is '' unless it is the settlement of a case."""

    year: int
    document: str
    case_no: str


class RatesDocument(PublishedRates):
    """`rates show`: the rates that the province has published, and what a bureau refuses of them."""

    refused: tuple[RefusedRateDocument, ...]


class RulingsDocument(Document):
    """`rulings`: a page of past rulings on a point, newest first, masked unless `--unmask` is given."""

    point: DisputePoint
    total: int
    rulings: list[dict[str, Any]]


class OfferDocument(Document):
    """`choose` without an answer: the months paid twice, whether they have been looked for, and whether the
    person can still choose."""

    case_no: str
    open: bool
    looked_for: bool
    choice: DuplicateNotice | None


class KeyDocument(Document):
    """`officer key`: the public half of an officer's key."""

    officer: str
    bureau: str
    key: str
    public_key: str


class ReleaseDocument(Document):
    """A release of the platform."""

    build_id: str
    state: str
    seen_since: Instant
    current_since: Instant | None


class ReleasesDocument(Document):
    """`releases`, `promote`: the releases that run or ran, newest first."""

    releases: list[ReleaseDocument]


class RevivedDocument(Document):
    """`revive`: a case that goes on where it was ended."""

    case_no: str
    revived: Literal[True]
