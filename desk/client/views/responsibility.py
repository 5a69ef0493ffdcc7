"""The working days of a case by the party they are charged to, in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.language import say
from desk.words import listed, title
from models.messages.clocks import Responsibility
from models.messages.stages import Party
from rules.values.charged_days import PromptDuty, Share

SHOWN = 4
"""At most this many ranges of days are shown; the JSON document has them all."""


@dataclass(frozen=True, slots=True)
class ChargedDays:
    """The number of working days of one party, or of all together, and the days themselves."""

    party: str
    working_days: int
    which: str


@dataclass(frozen=True, slots=True)
class DaysShown:
    """The days of each party, their sum, and one sentence on each prompt duty's days."""

    shares: tuple[ChargedDays, ...]
    total: ChargedDays
    prompt_duties: tuple[str, ...]


def days_shown(charged: Responsibility) -> DaysShown:
    """Every working day of a case with the party it is charged to."""
    ledger = charged.ledger
    shares = (ChargedDays(title(share.party), share.working_days, _ranges(share)) for share in ledger.shares)
    duties = [
        _prompt(duty, [one.working_days for one in charged.duties if one.duty is duty])
        for duty in dict.fromkeys(one.duty for one in charged.duties)
    ]
    between = f"{ledger.applied_on} – {ledger.closed_on}"
    return DaysShown(tuple(shares), ChargedDays(say("all", "合计"), ledger.total, between), tuple(duties))


def _prompt(duty: PromptDuty, each: Sequence[int]) -> str:
    """One line for a duty, with its days added up over every time it arose."""
    days, law = " + ".join(map(str, each)), duty.law
    return say(
        f"{title(duty)}: {days} working days ({law}: promptly)",
        f"{title(duty)}：{days} 个工作日（{law}：及时）",
    )


def _ranges(share: Share[Party]) -> str:
    """'2026-01-16 – 2026-01-20, 2026-01-26', and how many more ranges there are."""
    named = [str(one.first) if one.first == one.last else f"{one.first} – {one.last}" for one in share.ranges]
    more = len(named) - SHOWN
    text = listed(named[:SHOWN])
    return text + (say(f" and {more} more", f" 等 {more + SHOWN} 段") if more > 0 else "")
