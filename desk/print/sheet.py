"""The content and layout of a printed paper as plain data, which `sheet.typ` typesets."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid or table; `span` counts columns. A changed cell is marked."""

    text: str
    span: int = 1
    label: bool = False
    right: bool = False
    center: bool = False
    bold: bool = False
    changed: bool = False


def label(text: str) -> Cell:
    """A cell that names the value beside it."""
    return Cell(text, label=True)


def value(text: object, span: int = 1, *, changed: bool = False) -> Cell:
    """A cell with a value; empty for None."""
    return Cell("" if text is None else str(text), span, changed=changed)


def amount(text: str, span: int = 1, *, changed: bool = False, bold: bool = False) -> Cell:
    """A cell with an amount, right-aligned."""
    return Cell(text, span, right=True, changed=changed, bold=bold)


def band(text: str, span: int) -> Cell:
    """A cell across the whole width that is the heading of what is below it."""
    return Cell(text, span, label=True, bold=True)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a paper, from top to bottom; `after` is the space below it in millimetres."""

    after: float = field(default=2, kw_only=True)


@dataclass(frozen=True, slots=True)
class Grid(Part):
    """Rows of cells; `widths` are the shares of the columns, and a row's spans add up to their number."""

    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Table(Part):
    """A grid whose head is repeated on every page."""

    widths: tuple[int, ...]
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Text(Part):
    """A paragraph; its line breaks are kept on the paper."""

    text: str
    small: bool = False
    indent: bool = True
    right: bool = False


@dataclass(frozen=True, slots=True)
class Signatures(Part):
    """Places to sign or seal, side by side, with what is known already."""

    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole paper. `copies` names each copy; `left` and `right` are printed below the title."""

    title: str
    parts: tuple[Part, ...]
    author: str
    left: str = ""
    right: str = ""
    foot: str = ""
    landscape: bool = False
    copies: tuple[str, ...] = ("",)

    def texts(self) -> Iterable[str]:
        """Every text on the paper."""
        yield from (self.title, self.author, self.left, self.right, self.foot, *self.copies)
        for part in self.parts:
            match part:
                case Grid():
                    yield from _texts(part.rows)
                case Table():
                    yield from _texts((part.head, *part.rows))
                case Text():
                    yield part.text
                case Signatures():
                    yield from (text for one in part.fields for text in one)

    def document(self) -> dict[str, Any]:
        """The paper as `sheet.typ` reads it, without the mark."""
        return asdict(self) | {"parts": [_drawn(part) for part in self.parts]}


def _texts(rows: Sequence[Sequence[Cell]]) -> Iterable[str]:
    return (cell.text for row in rows for cell in row)


def _drawn(part: Part) -> dict[str, Any]:
    drawn = asdict(part) | {"kind": type(part).__name__.lower()}
    if isinstance(part, Signatures):
        drawn["fields"] = [{"label": named, "text": text} for named, text in part.fields]
    return drawn
