"""The publication of a yearly rate and the settlement of forms that borrowed one. Money in fen."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.messages.papers import (
    ContactLetter,
    Done,
    FormerEmployersForm,
    InformationForm,
    Paper,
    ResultNotice,
)
from models.messages.requests import OfficerId
from models.messages.steps import TakenIn
from models.officers.orders import OfficersOrder
from models.officers.rosters import RosterChange
from rules.values.law import Finding
from rules.values.money import WHOLE, Fen, Rate

DocumentNumber = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,60}$")]


class RateDraft(Paper):
    """A yearly interest rate, in parts per million, and the document that publishes it."""

    year: Annotated[int, Field(ge=1990, le=2200)]
    rate: Annotated[Rate, Field(ge=0, le=WHOLE)]
    document: DocumentNumber


class RateSignature(Paper):
    """An officer's word on a rate, given on what that officer holds; `bureaus` are those to be informed."""

    draft: RateDraft
    officer: OfficerId
    bureaus: tuple[str, ...] = ()
    by_itself: bool = True
    """Whether settlements follow by themselves; else each waits for an officer's word."""
    withdrawn: bool = False
    """The officer takes back what the officer has proposed."""
    order: OfficersOrder | None = Field(default=None, repr=False)
    """The officer's seal over all of it."""


class SignedRate(Paper):
    """A rate that two officers have signed, as each of them did."""

    maker: RateSignature
    checker: RateSignature

    @property
    def draft(self) -> RateDraft:
        """The rate as its maker proposed it."""
        return self.maker.draft


class PublishedRate(Done):
    """A rate in the province's register, and at each bureau. It is never altered; a later one of the same
    year takes its place."""

    draft: RateDraft
    maker: OfficerId
    checker: OfficerId
    signed: SignedRate = Field(repr=False)
    entered_on: date
    published_at: datetime | None = None
    """When the province filed it, in the copy that a bureau files; None in the province's own."""


class RateFiling(Paper):
    """What became of a signed rate at the province: it is filed, or a seal under it does not hold.

    `of_maker`: the seal is that of the officer who proposed it, and nothing can be published under it.
    """

    published: PublishedRate | None = None
    refusals: tuple[Finding, ...] = ()
    of_maker: bool = False


class RateDelivery(Paper):
    """A published rate for a bureau, with the roster of the province, by which its seals are verified."""

    rate: PublishedRate
    roster: tuple[RosterChange, ...] = ()


class RatesQuestion(Paper):
    """Asks the province for the rates it has published."""


class PublishedRates(Paper):
    """The rates that the province has published, in that order."""

    rates: tuple[PublishedRate, ...] = ()


class ProvisionalQuestion(Paper):
    """Asks a bureau for its forms that borrowed a rate for a year, or state another than is known now.

    `rate` is what the year's rate would be, None for what is known; `case_no` asks for one case only.
    """

    year: int
    rate: Rate | None = None
    case_no: str = ""


class ProvisionalForm(Paper):
    """A form with another rate of the year, and by how much its lines change with the rate asked about.

    `open`: its case is under way, and is settled when that has ended. `sequence` is the number of the next
    movement of money in the case.
    """

    form: InformationForm = Field(repr=False)
    entry: ContactLetter | FormerEmployersForm = Field(repr=False)
    individual: Fen
    pooled: Fen
    sequence: int
    open: bool


class ProvisionalForms(Paper):
    """The forms found, in order of their cases."""

    forms: tuple[ProvisionalForm, ...] = ()


class TakenInQuestion(Paper):
    """Asks the transfer-in bureau whether what a case brought is still with it."""

    case_no: str


class TakenInStatus(Paper):
    """Whether a difference can be posted: the months are here, or were cleared here, and did not move on."""

    possible: bool


class DifferenceOrder(Paper):
    """Asks the transfer-in bureau to post what a further version of a form is more, or less, than was taken
    in, and to tell the person."""

    form: InformationForm
    by: str
    """The document by which the rate was published."""
    officers: tuple[str, ...] = ()


class DifferenceTaken(Done):
    """What was posted beside what had been taken in, and the notice of it."""

    taken_in: TakenIn
    notice: ResultNotice


class RateRefusal(Paper):
    """A step of a rate that a bureau refuses: why, and when it is asked again if no officer says so before.

    The province owns it: what the bureau was given is the province's rate.
    """

    bureau: str
    en: str
    zh: str
    refused_at: datetime
    asked_again_at: datetime


class SettlementStage(StrEnum):
    """How far the settlement of one form has come."""

    AWAITING_WORD = "awaiting_word"
    AWAITING_END = "awaiting_end"
    UNDER_WAY = "under_way"
    SETTLED = "settled"
    BY_HAND = "by_hand"
    """What was taken in has moved on, or an officer has ended what a bureau refuses: what is left of the
    difference has to follow by hand."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _STAGES[self]


_STAGES = {
    SettlementStage.AWAITING_WORD: ("waits for an officer's word", "待经办人确认"),
    SettlementStage.AWAITING_END: ("waits for the case to end", "待案件办结"),
    SettlementStage.UNDER_WAY: ("under way", "补差办理中"),
    SettlementStage.SETTLED: ("settled", "已补差"),
    SettlementStage.BY_HAND: ("to be settled by hand", "须人工补差"),
}


class SettlementOrder(Paper):
    """Has one form settled under a published rate, which goes to both bureaus with its seals."""

    delivery: RateDelivery
    case_no: str
    bureau_out: str
    bureau_in: str
    officers: tuple[OfficerId, ...]
    by_itself: bool = True

    @property
    def draft(self) -> RateDraft:
        """The rate under which it is settled."""
        return self.delivery.rate.draft


class Settlement(Paper):
    """A settlement as it stands; the difference is known once it is under way."""

    case_no: str
    year: int
    stage: SettlementStage
    individual: Fen = Fen(0)
    pooled: Fen = Fen(0)
    refused: tuple[RateRefusal, ...] = ()


class SettlementApproval(Paper):
    """An officer's word that the settlement of a case under a rate may go ahead; with `by_hand` that one that
    a bureau refuses ends, and the officers of both bureaus see to the rest."""

    year: int
    document: str
    case_no: str
    officer: OfficerId
    by_hand: bool = False
    order: OfficersOrder | None = Field(default=None, repr=False)


class RateStage(StrEnum):
    """How far a publication has come."""

    AWAITING_CHECK = "awaiting_check"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    """The seal of who proposed it does not hold."""
    FILED = "filed"
    ANNOUNCED = "announced"


class RatePublication(Paper):
    """A publication as it stands; `found` are the cases whose forms are settled under it."""

    draft: RateDraft
    stage: RateStage
    maker: OfficerId
    checker: OfficerId | None = None
    found: tuple[str, ...] = ()
    refused: tuple[RateRefusal, ...] = ()


CHECKED_AGAIN = timedelta(days=1)
"""How long a settlement waits before it looks again whether a case has ended."""
