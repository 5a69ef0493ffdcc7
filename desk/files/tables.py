"""Tables as people hand them in, CSV as a Chinese office saves it or a workbook: heading, rows and cells.

The encodings and separators of Excel and WPS are accepted, also the commas of an input method, headings of
Chinese titles or field names, and the marks by which a spreadsheet keeps a number as text. A number that may
have lost digits is refused; nothing is guessed about money or identity.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desk.files.files import read_bytes, text_of
from desk.files.workbooks import CUT, Cell, no_workbook, rows_of_workbook
from desk.language import Words
from desk.problems import Problem, of_the_whole
from rules.application.identity import CUT_BY_SPREADSHEET, cut_by_a_spreadsheet

SEPARATORS = ",\t;，；|"
"""Cell separators: Excel's comma, tab or semicolon, and what an input method types for them."""
WORKBOOK = b"PK\x03\x04"

_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The first line that tells Excel the separator."""
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)
"""The formula by which programs make a spreadsheet keep a number as text."""
_SHORT_FORM = re.compile(r"\d([.]\d+)?[eE][+]\d+", re.ASCII)
_AS_TABLE = Words("save it again as CSV UTF-8, or as .xlsx", "请另存为“CSV UTF-8”或 .xlsx")
_OTHER_TITLES = dict.fromkeys(("身份证号", "身份证号码", "公民身份证号码", "身份证件号码"), "公民身份号码")

ID_NUMBER = "id_number"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row by its columns, '' for a column without a cell. `number` is the row's in the spreadsheet.

    `problems` are those of its cells and its length, found before the values are read.
    """

    number: int
    cells: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    slipped: bool = False
    """Whether its cells are not under the columns of the heading."""

    def with_problems(self, found: Iterable[Problem]) -> list[Problem]:
        """Its own problems and those `found`, each with the row; only its own for an unreadable cell."""
        unread = {one.field for one in self.problems if one.field}
        both = [*self.problems, *(one for one in found if one.field not in unread)]
        return [one.within(f"row {self.number}", f"第 {self.number} 行") for one in both]


@dataclass(frozen=True, slots=True)
class FileTable:
    """The rows that are not blank; none if the heading or the whole file has problems."""

    rows: tuple[TableRow, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def is_table(path: Path) -> bool:
    """Whether a file's name ends like that of a table, not of a document."""
    return path.suffix.lower() not in (".json", ".toml")


def read_table(path: Path, titles: Mapping[str, str], required: Iterable[str]) -> FileTable:
    """The table in a file. Raises BadInput when the file cannot be read at all."""
    return table_in(read_bytes(path), str(path), titles, required)


def table_in(raw: bytes, name: str, titles: Mapping[str, str], required: Iterable[str]) -> FileTable:
    """The table in the bytes of a file; `name` is the file's name.

    `titles` holds the columns it may have, each with its title in a Chinese table.
    """
    try:
        if workbook := raw.startswith(WORKBOOK):
            rows: Iterator[tuple[int, list[Cell]]] = iter(rows_of_workbook(raw, name))
        else:
            if name.lower().endswith(".xlsx"):
                raise no_workbook(name)
            rows = _rows_of_text(text_of(raw, name, _AS_TABLE), titles)
        _, first = next(rows, (1, []))
        heading = [_column(cell, titles) for cell in _without_empty_end(first)]
        if problems := heading_problems(heading, titles, tuple(required)):
            return FileTable(problems=tuple(problems))
        filled = ((number, _without_empty_end(cells)) for number, cells in rows)
        rows_read = (_row(number, cells, heading, titles, workbook) for number, cells in filled if cells)
        return FileTable(tuple(rows_read))
    except csv.Error as error:
        unreadable = of_the_whole("not readable as CSV", "不是有效的 CSV")
        number = error.args[1]
        return FileTable(problems=(unreadable.within(f"row {number}", f"第 {number} 行"),))


def _rows_of_text(text: str, titles: Mapping[str, str]) -> Iterator[tuple[int, list[Cell]]]:
    """The rows with their numbers; blank rows count. Raises csv.Error with the row's number."""
    separator = ""
    if named := _NAMED_SEPARATOR.match(text):
        separator, text = named[1], text[named.end() :]
    separator = separator or _separator(text, titles)
    # A single carriage return ends a line too.
    lines = csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(lines, None)
        except csv.Error as error:
            raise csv.Error(str(error), number) from None
        if cells is None:
            return
        yield number, list(cells)


def _separator(text: str, titles: Mapping[str, str]) -> str:
    """The separator that splits the first line into the most known columns; on a tie, the comma."""
    heading = text.lstrip("\n").partition("\n")[0]

    def known_columns(separator: str) -> int:
        return sum(_column(cell, titles) in titles for cell in heading.split(separator))

    return max(SEPARATORS, key=known_columns)


def _column(cell: Cell, titles: Mapping[str, str]) -> str:
    """The column that a heading cell names, by name or Chinese title, whatever blanks or mark it has."""
    written = "".join(_tidied(str(cell)).split())
    title = unicodedata.normalize("NFKC", written).strip('"').strip("*")
    title = _OTHER_TITLES.get(title, title)
    return next((name for name, chinese in titles.items() if title == chinese), title)


def _without_empty_end(cells: Sequence[Cell]) -> list[Cell]:
    """The tidied cells, without the empty ones that a spreadsheet adds at the end."""
    tidied = [_tidied(cell) if isinstance(cell, str) else cell for cell in cells]
    while tidied and tidied[-1] == "":
        tidied.pop()
    return tidied


def _tidied(cell: str) -> str:
    """A cell without surrounding blanks and without the marks that make a spreadsheet keep it as text."""
    text = cell.strip()
    if formula := _AS_TEXT.fullmatch(text):
        text = formula[1]
    return text.removeprefix("'").removeprefix("‘").removeprefix("’").strip(" \t\r\n\u3000\ufeff\u200b")


def _row(
    number: int, cells: list[Cell], heading: Sequence[str], titles: Mapping[str, str], workbook: bool
) -> TableRow:
    by_column = dict(zip(heading, cells, strict=False))
    slipped = _slipped(cells, len(heading))
    found = [slipped] if slipped else []
    for column, cell in by_column.items():
        if words := _unusable(column, cell, workbook):
            found.append(Problem(column, words, named=Words(column, titles[column])))
    texts = {column: cell for column, cell in by_column.items() if isinstance(cell, str)}
    filled = {column: texts.get(column, "") for column in heading}
    return TableRow(number, filled, tuple(found), slipped is not None)


def _slipped(cells: Sequence[Cell], columns: int) -> Problem | None:
    """The problem of a row whose cells are not under their columns."""
    if len(cells) > columns:
        return of_the_whole("more cells than the heading has", "单元格多于表头")
    if len(cells) < columns and any(isinstance(cell, str) and "，" in cell for cell in cells):
        return of_the_whole(
            "fewer cells than the heading has, and a full-width comma (，) in one of them; "
            "type the comma that divides cells",
            "单元格少于表头，且其中有全角逗号“，”，请改为分隔用的半角逗号",
        )
    return None


def _unusable(column: str, cell: Cell, workbook: bool) -> Words | None:
    """Why a cell cannot be used: it is wrong in itself, or a spreadsheet has cut the number in it.

    A number that a workbook keeps as text has all its digits, even if it ends in 000.
    """
    if isinstance(cell, Words):
        return cell
    if _SHORT_FORM.fullmatch(cell):
        return CUT
    if column == ID_NUMBER and not workbook and cut_by_a_spreadsheet(cell):
        return Words(CUT_BY_SPREADSHEET.en, CUT_BY_SPREADSHEET.zh)
    return None


def heading_problems(
    heading: Sequence[str], titles: Mapping[str, str], required: Sequence[str]
) -> list[Problem]:
    """Columns missing, unknown or repeated. A first row that is no heading may be personal: not shown."""
    if heading and not set(heading) & set(titles):
        listed, listed_zh = ", ".join(required), "、".join(titles[one] for one in required)
        return [
            of_the_whole(
                f"row 1 is not a heading; name the columns {listed}", f"第 1 行不是表头，应为 {listed_zh}"
            )
        ]
    problems = []
    for one in required:
        if one not in heading:
            one_zh = f"{titles[one]}（{one}）"
            problems.append(of_the_whole(f"column {one} is missing", f"缺少列 {one_zh}"))
    for one in dict.fromkeys(one for one in heading if one not in titles):
        problems.append(of_the_whole(f"column '{one}' is not known", f"无法识别的列“{one}”"))
    for one, one_zh in titles.items():
        if heading.count(one) > 1:
            problems.append(of_the_whole(f"column {one} is there twice", f"列 {one_zh} 重复"))
    return problems
