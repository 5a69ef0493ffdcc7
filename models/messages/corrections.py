"""Corrections (第七条第二项): what is open, what the transfer-out bureau is asked, how the money follows."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from models.messages.papers import Done, EntryPaper, InformationForm, Paper, RemittancePurpose
from models.messages.requests import AmendmentAnswer, CorrectionItem
from models.messages.stages import Party
from models.officers.rosters import RosterChange
from models.officers.vouching import SealedAct
from rules.values.law import Finding
from rules.values.money import Fen

ALREADY_SO = "already_so"
"""The reason of a decline by a value that the form has already; readers see it in their language."""


class OpenItem(Paper):
    """A field that waits for the transfer-out bureau's answer.

    `raised_by` is the transfer-in bureau, or the province's platform where form and money disagree.
    """

    request: str
    raised_by: Party
    item: CorrectionItem
    asked_at: datetime


class ItemOutcome(StrEnum):
    """What became of a request to correct a field."""

    AMENDED = "amended"
    AMENDED_OTHERWISE = "amended_otherwise"
    """To another value than was asked for."""
    DECLINED = "declined"
    REPLACED = "replaced"
    """By a later request for the same field."""
    WITHDRAWN = "withdrawn"
    RULED = "ruled"
    """A ruling has set the field."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _OUTCOMES[self]


_OUTCOMES = {
    ItemOutcome.AMENDED: ("amended", "已更正"),
    ItemOutcome.AMENDED_OTHERWISE: ("amended to another value than requested", "已更正，与请求不同"),
    ItemOutcome.DECLINED: ("declined", "不予更正"),
    ItemOutcome.REPLACED: ("replaced by a later request", "已由新请求替换"),
    ItemOutcome.WITHDRAWN: ("withdrawn", "已撤回"),
    ItemOutcome.RULED: ("decided by ruling", "由裁定决定"),
}


class AnsweredItem(Paper):
    """A request to correct a field, with its evidence and its outcome.

    `answer` has the value as amended or why the field stays, None where nobody answered; `officer` is who
    answered, withdrew or asked anew, '' where a ruling decided.
    """

    asked: OpenItem
    outcome: ItemOutcome
    at: datetime
    officer: str = ""
    answer: AmendmentAnswer | None = None


class FieldOrder(Paper):
    """Sets one field of the form to a value; see `rules.values.form_fields`."""

    field: str
    value: str = Field(repr=False)


class FieldsCheck(Paper):
    """Asks whether fields of a form can take these values.

    `seen` are the values that the form has now, as the bureau asking for a correction states them; a request
    for the present value is refused too.
    """

    fields: tuple[FieldOrder, ...]
    form: InformationForm
    seen: tuple[FieldOrder, ...] = Field(default=(), repr=False)


class FieldsAnswer(Paper):
    """Every reason against it; nothing when the fields can take the values.

    `unchanged` are the fields that have the value already.
    """

    findings: tuple[Finding, ...]
    unchanged: tuple[str, ...] = ()


class StatedAmounts(Paper):
    """Lines ④ and ⑤ as a ruling sets them, in fen."""

    individual: Fen
    pooled: Fen


class AmendmentOrder(Paper):
    """Asks the transfer-out bureau for the next version of the form. `by` is the request or the ruling."""

    entry: EntryPaper
    form: InformationForm
    by: str
    fields: tuple[FieldOrder, ...] = ()
    stated: StatedAmounts | None = None
    recompute: bool = False
    """Compute every line anew, as of the day of the first version: a rate that it borrowed is published."""


class ReversalCheck(Paper):
    """Asks the transfer-in bureau whether what a case has taken in can be taken back as its books stand."""

    case_no: str


class ReversalAnswer(Paper):
    """Every reason against it; nothing when it can be reversed."""

    findings: tuple[Finding, ...]


class ReversalOrder(Paper):
    """Asks the transfer-in bureau to reverse a taking in: money to suspense, months out of the record.

    What was posted stays in the books; the reversal is a posting of its own.
    """

    case_no: str
    form: InformationForm
    by: str


class Reversal(Done):
    """The entry that the taking in of a form's version was reversed."""

    number: str
    version: int


class MoneyOrder(Paper):
    """Asks a bureau to send money to the other: a supplement, a surplus, or all of it back.

    What the transfer-in bureau sends comes out of suspense.
    """

    form: InformationForm
    sequence: int
    purpose: RemittancePurpose
    individual: Fen
    pooled: Fen
    by: str
    """The amendment or the ruling it follows from."""
    officers: tuple[str, ...] = ()
    approvals: tuple[SealedAct, ...] = Field(default=(), repr=False)
    """The officers' sealed approvals; the bureau checks that it has vouched for them."""


class ReleaseReservationOrder(Paper):
    """Asks the transfer-out bureau to release the relationship, if the funds are still there.

    It rests on the ruling `by`, which closes the case, or on `withdrawal`, as an officer of the transfer-in
    bureau has sealed it; `roster` is the whole roster of that bureau.
    """

    case_no: str
    by: str = ""
    withdrawal: SealedAct | None = Field(default=None, repr=False)
    roster: tuple[RosterChange, ...] = ()


class ReservationReleased(Done):
    """The answer: False when the funds had left already, and nothing was done."""

    released: bool


class RestoreOrder(Paper):
    """Asks the transfer-out bureau to restore the relationship a case took away."""

    case_no: str
    form: InformationForm
    by: str
    """The number of the ruling."""


class Restoration(Done):
    """The months are back where they were."""

    number: str
    months: int
