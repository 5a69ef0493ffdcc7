"""The working days of a case by the party they are charged to, on a screen."""

from rich.console import Console

from desk.client.views.responsibility import DaysShown
from desk.language import say
from desk.screens.screen import table


def print_responsibility(screen: Console, charged: DaysShown) -> None:
    """Print the days of each party with their dates, their sum, and how long the prompt duties took."""
    shown = table(say("charged to", "责任归属"), say("working days", "工作日"), say("which", "起止"))
    shown.columns[1].justify = "right"
    for share in charged.shares:
        shown.add_row(share.party, str(share.working_days), share.which)
    total = charged.total
    shown.add_row(total.party, str(total.working_days), total.which, style="bold")
    screen.print(shown)
    for duty in charged.prompt_duties:
        screen.print(duty, markup=False)
