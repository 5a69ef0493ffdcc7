"""The journal of a case on a screen."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from desk.client.views.journal import JournalLine
from desk.language import say
from desk.screens.screen import table


def journal_table(journal: Iterable[JournalLine]) -> Table:
    """One row per entry, oldest first."""
    shown = table(say("when", "时间"), say("who", "责任方"), say("what", "事项"), "", whole=(0,))
    for line in journal:
        shown.add_row(line.when, line.who, line.what, Text(line.about))
    return shown
