"""What the bureaus of a case have arranged for themselves, and the variants of the law it runs under."""

from datetime import time
from enum import StrEnum

from models.papers import Paper
from models.requests import Approvable
from rules.corrections import CorrectionEffect
from rules.refunds import RefundOf


class Officers(StrEnum):
    """How many different officers a deed needs (社会保险经办条例第三十六至三十八条: graded approval)."""

    STRAIGHT_THROUGH = "straight_through"
    ONE_OFFICER = "one_officer"
    TWO_OFFICERS = "two_officers"

    @property
    def needed(self) -> int:
        """The number of different officers."""
        return list(Officers).index(self)


class Arrangements(Paper):
    """Recorded at the opening of a case, which keeps to them to its end.

    `close_of_business` is the hour at which a last day ends (民法典第二百零三条), 24:00 when None.
    """

    officers: dict[Approvable, Officers]
    effect_on_clock_b: CorrectionEffect
    effect_on_clock_c: CorrectionEffect
    refund_of: RefundOf
    close_out: time | None = None
    close_in: time | None = None

    def needed(self, what: Approvable) -> int:
        """How many different officers have to approve something."""
        return self.officers[what].needed
