"""Months paid twice (第四条): what the person is offered, and what was cleared and refunded."""

from collections.abc import Sequence

from pydantic import Field

from models.messages.papers import Done, Paper
from models.messages.requests import Choice
from models.messages.steps import CaseOrder, TakenIn
from models.officers.vouching import SealedAct
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import CreditRounding, RefundOf


class OfferOrder(Paper):
    """Asks the transfer-in bureau to tell the person of the months paid twice."""

    order: CaseOrder
    taken_in: TakenIn
    certifications: int = 0
    """How many certifications of service had come: after each the person is told anew."""
    renewals: int = 0
    """How many notices no longer fitted the books; `replaces` is the number of the latest, '' for none."""
    replaces: str = ""
    refund_of: RefundOf
    credit_rounding: CreditRounding = CreditRounding.YEARLY


class OfferedRecord(Paper):
    """A record that holds months paid twice; `transferred` is the one this case brought.

    `scheme` and `bureau` are those the months were paid in; `origin_case` brought them here, '' for none.
    """

    scheme: Scheme
    bureau: str
    transferred: bool
    origin_case: str = ""


class OfferedOption(Paper):
    """One way to clear a period: which of the notice's records keeps the months, and the refund in fen."""

    keep: int
    refund: Fen


class OfferedPeriod(Paper):
    """A period paid twice. With only one option nothing is asked: certified service decides it."""

    first: Month
    last: Month
    certified: bool
    options: tuple[OfferedOption, ...]


class DuplicateNotice(Done):
    """What the person is told: every period, every option with its amount, and what the amounts consist of
    and how they are rounded.

    `replaces` is the number of a notice that no longer fitted the books, '' for none.
    """

    number: str
    case_no: str
    version: int
    replaces: str = ""
    records: tuple[OfferedRecord, ...]
    periods: tuple[OfferedPeriod, ...]
    certifications: int = 0
    """How many certifications of service had come."""
    renewals: int = 0
    """How many notices no longer fitted the books."""
    refund_of: RefundOf = RefundOf.PRINCIPAL
    credit_rounding: CreditRounding = CreditRounding.YEARLY

    @property
    def open_periods(self) -> int:
        """How many periods the person has to decide."""
        return sum(len(period.options) > 1 for period in self.periods)

    @property
    def needs_consent(self) -> bool:
        """Whether anything is cleared that no certification decides (第四条)."""
        return any(len(period.options) > 1 or not period.certified for period in self.periods)

    def promised(self, keep: Sequence[int]) -> Fen:
        """What the person is to get for the options chosen, one for each period that they have to decide."""
        chosen = iter(keep)
        return Fen(
            sum(
                period.options[next(chosen) - 1 if len(period.options) > 1 else 0].refund
                for period in self.periods
            )
        )


class ClearingOrder(Paper):
    """Asks the transfer-in bureau to clear as chosen and refund what the notice offers."""

    order: CaseOrder
    notice: DuplicateNotice
    choice: Choice
    officers: tuple[str, ...] = ()
    approvals: tuple[SealedAct, ...] = Field(default=(), repr=False)
    """The officers' sealed approvals; the bureau checks that it has vouched for them."""


class ClearedDuplicates(Done):
    """What was cleared: months, refund in fen, and the months that count in the end."""

    number: str
    months: tuple[Month, ...] = Field(default=())
    refund: Fen
    months_counted: int


class ClearingAnswer(Paper):
    """What was cleared; None when the notice no longer fits the books, and nothing was done.

    Another case of the person may have cleared, moved or brought months since the notice.
    """

    cleared: ClearedDuplicates | None
