"""What changed between two versions of an information form, on a screen."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from desk.client.views.papers import FieldChanged
from desk.language import say
from desk.screens.screen import table


def changes_table(changes: Iterable[FieldChanged]) -> Table:
    """Each field with its value before and after."""
    shown = table(say("changed", "更正栏目"), say("before", "更正前"), say("after", "更正后"))
    for change in changes:
        shown.add_row(change.field, Text(change.before), Text(change.after))
    return shown
