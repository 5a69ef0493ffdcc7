"""The papers that wait for an officer's approval, on a screen."""

from collections.abc import Iterable

from rich.console import Console

from desk.client.views.approvals import WaitingPaper
from desk.language import say
from desk.screens.screen import table
from desk.words import money


def print_to_be_approved(screen: Console, waiting: Iterable[WaitingPaper]) -> None:
    """Print what the next officer has to read: each paper, who drew it up, and what it changes."""
    for paper in waiting:
        screen.print()
        screen.print(f"{paper.head}  {paper.officer}".rstrip(), style="bold", markup=False)
        for line in paper.lines:
            screen.print(f"  {line}", markup=False)
        if paper.amounts:
            shown = table(say("yuan", "金额（元）"), say("before", "审批前"), say("after", "审批后"))
            shown.columns[1].justify = shown.columns[2].justify = "right"
            for amount in paper.amounts:
                shown.add_row(amount.words, money(amount.before), money(amount.after))
            screen.print(shown)
