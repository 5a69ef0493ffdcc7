"""What the bureaus of a case have arranged for themselves, and the variants of the law it runs under."""

from datetime import time
from enum import StrEnum

from models.messages.papers import Paper
from models.messages.requests import Approvable
from models.messages.stages import Party
from rules.values.form_fields import CorrectionEffect
from rules.values.record import CreditRounding, RefundOf


class Officers(StrEnum):
    """How many different officers a step needs (社会保险经办条例第三十六至三十八条: graded approval)."""

    STRAIGHT_THROUGH = "straight_through"
    ONE_OFFICER = "one_officer"
    TWO_OFFICERS = "two_officers"

    @property
    def needed(self) -> int:
        """The number of different officers."""
        return list(Officers).index(self)


class Rail(StrEnum):
    """How money of the other bureau reaches a bureau, and how the bureau hears of it."""

    EMBEDDED = "embedded"
    """It settles at once: what is sent has arrived."""
    BANK_STATEMENT = "bank_statement"
    """The bank carries it, and its statement says later what has arrived."""


class OfficeHoursQuestion(Paper):
    """Asks at what hour a bureau's last day ends."""

    bureau: str


class OfficeHours(Paper):
    """The hour a bureau has arranged; None for 24:00 (民法典第二百零三条)."""

    close_of_business: time | None


class Arrangements(Paper):
    """Recorded at the opening of a case, which keeps to them to its end.

    `close_of_business` is the hour at which a last day ends (民法典第二百零三条), 24:00 when None.
    """

    officers: dict[Approvable, Officers]
    effect_on_transfer_out: CorrectionEffect
    effect_on_take_in: CorrectionEffect
    refund_of: RefundOf
    credit_rounding: CreditRounding = CreditRounding.YEARLY
    reopen_within_days: int = 365
    """So many days after its close a case can be reopened by the transfer-in bureau."""
    close_out: time | None = None
    close_in: time | None = None
    rail_out: Rail = Rail.EMBEDDED
    """How what is sent back reaches the transfer-out bureau."""
    rail_in: Rail = Rail.EMBEDDED
    """How the funds reach the transfer-in bureau."""

    def rail_to(self, party: Party) -> Rail:
        """The rail by which money reaches a bureau of the case."""
        return self.rail_out if party is Party.TRANSFER_OUT else self.rail_in

    def with_officers(self, what: Approvable, officers: Officers) -> "Arrangements":
        """The same, but for how many officers have to approve something."""
        return self.model_copy(update={"officers": self.officers | {what: officers}})

    def needed(self, what: Approvable) -> int:
        """How many different officers have to approve something."""
        return self.officers[what].needed
