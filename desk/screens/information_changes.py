"""What changed between two versions of an information form, for people to read."""

from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from desk.files.orders import field_title, field_value
from desk.language import say
from desk.screens.screen import table
from models.messages.papers import FieldChange


def changes_table(changes: Iterable[FieldChange], unmask: bool) -> Table:
    """Each field with its value before and after; a name is masked unless it is asked for."""
    shown = table(say("changed", "更正栏目"), say("before", "更正前"), say("after", "更正后"))
    shown.columns[1].justify = shown.columns[2].justify = "right"
    for change in changes:
        shown.add_row(
            field_title(change.field),
            escape(field_value(change.field, change.before, unmask)),
            escape(field_value(change.field, change.after, unmask)),
        )
    return shown
