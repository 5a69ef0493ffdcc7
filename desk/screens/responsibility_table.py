"""Whose the working days of a case were, on a screen."""

from rich.console import Console

from desk.language import say
from desk.screens.screen import table
from desk.words import title
from models.messages.clocks import Responsibility
from models.messages.stages import Party
from rules.values.charged_days import Share

SHOWN = 4
"""So many stretches of days are named; what is longer is in the JSON document."""


def print_responsibility(screen: Console, charged: Responsibility) -> None:
    """The days of each party, which of them, their sum, and how long the prompt duties took."""
    shown = table(say("charged to", "责任归属"), say("working days", "工作日"), say("which", "起止"))
    shown.columns[1].justify = "right"
    for share in charged.ledger.shares:
        shown.add_row(title(share.party), str(share.working_days), _ranges(share))
    total = charged.ledger.total
    between = f"{charged.ledger.applied_on} – {charged.ledger.closed_on}"
    shown.add_row(say("all", "合计"), str(total), between, style="bold")
    screen.print(shown)
    for prompt in charged.duties:
        days = prompt.working_days
        screen.print(
            say(
                f"{title(prompt.duty)}: {days} working days ({prompt.duty.law}: promptly)",
                f"{title(prompt.duty)}：{days} 个工作日（{prompt.duty.law}：及时）",
            ),
            markup=False,
        )


def _ranges(share: Share[Party]) -> str:
    """'2026-01-16 – 2026-01-20, 2026-01-26', and how many stretches more."""
    named = [str(one.first) if one.first == one.last else f"{one.first} – {one.last}" for one in share.ranges]
    more = len(named) - SHOWN
    text = ", ".join(named[:SHOWN])
    return text + (say(f" and {more} more", f" 等 {more + SHOWN} 段") if more > 0 else "")
