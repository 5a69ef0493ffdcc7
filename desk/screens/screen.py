"""What a person sees: one console, one JSON document, tables that line up with Chinese text in them."""

import json
import sys
from collections.abc import Collection
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.client.views.tone import Phrase, Tone

STYLES = {Tone.STRONG: "bold", Tone.GOOD: "green", Tone.NOTICE: "yellow", Tone.BAD: "red"}
"""How a terminal shows what words mean."""


def console() -> Console:
    """The console for people. Wide enough for a table when the output goes to a file or a pipe."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(highlight=False, width=120)


def complaints() -> Console:
    """The console for what went wrong: standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(document: Any) -> None:
    """One JSON document on standard output, in UTF-8 and for reading."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.flush()


def table(*columns: str, title: str | None = None, whole: Collection[int] = ()) -> Table:
    """A plain table: a bold head, no lines. Text too long for its column is folded, never cut.

    Columns named in `whole` hold what people copy, numbers and days: they stay on one line.
    """
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    made.header_style = "bold"
    for number, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=number in whole)
    return made


def drawn(phrase: Phrase) -> Text:
    """Words in the colours of their tones."""
    return Text.assemble(*((part.words, STYLES.get(part.tone, "")) for part in phrase))


def pairs() -> Table:
    """A table of labels and values."""
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
