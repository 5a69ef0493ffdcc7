"""Corrections as the clocks see them: rounds, pauses, the effect they have, and what comes out of it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.due_dates import DueDate, Suspended
from rules.law import Law


class CorrectionEffect(StrEnum):
    """What a correction does to a running clock. The measures are silent (吉社保〔2020〕6号第七条第二项).

    Switchable per clock; which one holds by default, and why, stands in `rules.correction_effects`.
    """

    RUN_ON = "run_on"
    """The clock runs as if the form had been right: a wrong form does not fulfil a duty."""
    PAUSE = "pause"
    """Working days on which the case lay with the other side are not counted."""
    RESTART = "restart"
    """The full length runs again, from the day the side that owes has what it needs."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _EFFECTS[self]


_EFFECTS = {
    CorrectionEffect.RUN_ON: ("runs on", "继续计算"),
    CorrectionEffect.PAUSE: ("pauses", "中止计算"),
    CorrectionEffect.RESTART: ("restarts", "重新计算"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One correction round: asked for, and answered by a reissued form; None while it is open."""

    asked_on: date
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """A clock before any correction: its day 0, its length, and what a ruling added, in working days."""

    anchored_on: date
    working_days: int
    extension: int = 0


@dataclass(frozen=True, slots=True)
class CorrectedPeriod:
    """When a clock runs out after its corrections, under which effect and why.

    `waited` is the number of working days on which a correction was open, whatever the effect.
    """

    effect: CorrectionEffect
    due: DueDate | Suspended
    waited: int
    law: Law
    zh: str
    en: str
