"""The clocks of a case on a screen: one row each, with notes below on its law and details."""

from collections.abc import Sequence

from rich.console import Console

from desk.client.views.clocks import ClockRow
from desk.language import say
from desk.screens.screen import drawn, table


def print_clocks(screen: Console, clocks: Sequence[ClockRow]) -> None:
    """Print every clock of a case, then the notes of each under its letter."""
    shown = table(
        say("clock", "期限"),
        say("owed by", "责任方"),
        say("received", "收到"),
        say("due", "到期"),
        say("days", "工作日"),
        say("state", "状态"),
        whole=(2, 3),
    )
    for clock in clocks:
        days = str(clock.received_on), f"{clock.due_on} {clock.hour}", clock.days
        shown.add_row(clock.letter, clock.owed_by, *days, drawn(clock.state))
    screen.print(shown)
    for clock in clocks:
        for note in clock.notes:
            screen.print(f"{clock.letter}  {note}", markup=False)
