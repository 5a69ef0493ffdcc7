"""One month of one bureau, counted from its store."""

from datetime import date

from models.messages.papers import Paper
from models.messages.stages import Party
from rules.values.due_dates import Clock
from rules.values.money import NO_MONEY, Fen
from rules.values.months import Month
from rules.values.moves import Scheme


class MonthQuestion(Paper):
    """Asks a bureau for a month in figures."""

    month: Month


class DaysCharged(Paper):
    """So many closed cases in which so many working days were charged to a party."""

    party: Party
    working_days: int
    cases: int


class PeriodSpan(Paper):
    """So many closed cases in which a statutory period ran from one day to another."""

    clock: Clock
    received_on: date
    stopped_on: date
    cases: int


class Occurrence(Paper):
    """How often a ground of refusal or a disputed point came up, under a title that holds for every case."""

    code: str
    zh: str
    en: str
    cases: int


class DirectionMonth(Paper):
    """What a month has come to for one side and direction; money in fen.

    `open` are the cases without an end when the month was over, or now if it is not; `late` those closed in
    the month in which a statutory period was overdue. Days, corrections, grounds and points are of the cases
    closed in the month.
    """

    side: Party
    scheme_from: Scheme
    scheme_to: Scheme
    opened: int = 0
    closed: int = 0
    refused: int = 0
    withdrawn: int = 0
    ruled: int = 0
    """Ended by a ruling without the transfer."""
    open: int = 0
    late: int = 0
    money: Fen = NO_MONEY
    """Sent by this bureau for the cases of this direction, whichever way."""
    money_received: Fen = NO_MONEY
    corrections: int = 0
    days: tuple[DaysCharged, ...] = ()
    periods: tuple[PeriodSpan, ...] = ()
    grounds: tuple[Occurrence, ...] = ()
    points: tuple[Occurrence, ...] = ()

    @property
    def ended(self) -> int:
        """The cases that came to an end in the month, whatever end."""
        return self.closed + self.refused + self.withdrawn + self.ruled


class BureauMonth(Paper):
    """All sides and directions of a bureau that had anything in the month or open after it."""

    bureau: str
    month: Month
    directions: tuple[DirectionMonth, ...]
