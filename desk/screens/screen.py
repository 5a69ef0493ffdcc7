"""Output of commands: a console, JSON documents, and tables that stay aligned with Chinese text."""

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from desk.client.silence import WaitingFor
from desk.client.views.tone import Phrase, Tone
from desk.language import say
from desk.screens.typed import as_typed
from desk.words import bureau
from rules.values.texts import shown

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document.")]
"""The option of every command that can also print its answer by `print_json`."""

WORD = re.compile(r"[!-~]+|[^\x00-\x7f]")
"""Text without a line break in it: a run of ASCII characters, or one character of another script."""

NAMED = 2
"""How many of the bureaus still to answer are named."""
STYLES = {Tone.STRONG: "bold", Tone.GOOD: "green", Tone.NOTICE: "yellow", Tone.BAD: "red"}
"""The terminal's style for each tone."""


class Screen(Console):
    """A console that prints every command as this caller would type it.

    A Chinese sentence has no blanks to break at, so its line is left whole for the terminal to wrap.
    """

    def print(self, *objects: Any, **how: Any) -> None:
        if say("", "zh") and all(isinstance(one, str) for one in objects):
            how.setdefault("soft_wrap", True)
        typed = [as_typed(one) if isinstance(one, str) else one for one in objects]
        super().print(*typed, **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The rendered output, with every invisible character made visible except line ends."""
        for one in super().render(renderable, options):
            lines = (shown(part) for part in one.text.split("\n"))
            yield one if one.control else Segment("\n".join(lines), one.style)


def console() -> Console:
    """The console for people, wide enough for a table if the output goes to a file or a pipe."""
    if sys.stdout.isatty():
        return Screen(highlight=False)
    return Screen(highlight=False, width=120)


def complaints() -> Console:
    """The console for errors: standard error."""
    return Screen(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress(doing: str, total: int, *, hidden: bool = False) -> Iterator[Callable[[int, str], None]]:
    """Show a progress bar on standard error, or nothing if that is no terminal.

    The function it yields is called with how much is done and what is being done.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    screen = complaints()
    with Progress(*columns, console=screen, transient=True, disable=hidden or not screen.is_terminal) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda done, doing: bar.update(task, completed=done, description=doing)


@contextmanager
def awaited(keys: Collection[str]) -> Iterator[WaitingFor]:
    """A progress bar of the bureaus that are asked; it names the first of those still to answer."""
    with progress(say("asking the bureaus", "询问经办机构"), len(keys)) as show:
        yield lambda left: show(len(keys) - len(left), _waiting_for(left))


def _waiting_for(keys: Collection[str]) -> str:
    if not keys:
        return say("comparing", "核对汇总")
    named = say(", ", "、").join(map(bureau, list(keys)[:NAMED]))
    if len(keys) > NAMED:
        named += say(f" and others, {len(keys)} in all,", f"等 {len(keys)} 个")
    return say(f"waiting for {named}", f"等待 {named} 答复")


def print_json(document: Any) -> None:
    """Print a JSON document on standard output, indented, in UTF-8."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode(errors="backslashreplace") + b"\n")
    sys.stdout.flush()


class _Upright(Table):
    """A table that breaks no word and no reference: if it is too wide for its screen, it is shown upright.

    Upright, every row is a list of labels and values, followed by a blank line.
    """

    def __rich_console__(self, screen: Console, options: ConsoleOptions) -> RenderResult:
        if not self.row_count:
            if self.title:
                yield Text(str(self.title), style="bold")
            yield Text(say("nothing", "没有"))
            return
        least = [_least_width(column) for column in self.columns]
        gaps = 2 * (len(least) - 1)
        if sum(least) + gaps <= options.max_width:
            for column, width in zip(self.columns, least, strict=True):
                column.min_width = width
            yield from super().__rich_console__(screen, options)
            return
        for at in range(self.row_count):
            shown = pairs()
            for column in self.columns:
                if str(cell := list(column.cells)[at]):
                    shown.add_row(column.header, cell)
            yield shown
            yield Text()


def _least_width(column: Column) -> int:
    """The least width at which a column breaks no word; Chinese may be broken anywhere."""
    cells = [column.header, *column.cells]
    texts = [cell.plain if isinstance(cell, Text) else Text.from_markup(str(cell)).plain for cell in cells]
    if column.no_wrap:
        return max((cell_len(line) for text in texts for line in text.splitlines()), default=0)
    return max((cell_len(word) for text in texts for word in WORD.findall(text)), default=0)


def print_csv(rows: Iterable[Iterable[str]]) -> None:
    """Print a table on standard output for spreadsheets: CSV in UTF-8 with a byte order mark."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    sys.stdout.buffer.write(text.getvalue().encode("utf-8-sig"))
    sys.stdout.flush()


def table(*columns: str, whole: Collection[int] = ()) -> Table:
    """A plain table: a bold head, no lines. Text too long for its column is wrapped, never cut.

    `whole` holds the columns of numbers and days, which people copy: they stay on one line.
    """
    made = _Upright(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    made.header_style = "bold"
    for number, column in enumerate(columns):
        made.add_column(column, overflow="fold", no_wrap=number in whole)
    return made


def drawn(phrase: Phrase) -> Text:
    """A phrase in the styles of its tones."""
    return Text.assemble(*((part.words, STYLES.get(part.tone, "")) for part in phrase))


def pairs() -> Table:
    """A table of labels and values. Values too long for a line are wrapped, never cut."""
    values = (Column(), Column(overflow="fold"))
    return Table(*values, box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
