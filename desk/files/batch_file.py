"""A CSV file with one thing to hand in on each row, read whole or not at all."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desk.files.files import read_text
from desk.language import Words
from desk.problems import BadInput, Problem, of_the_whole


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row of the file by its columns; those that are not there are ''."""

    number: int
    cells: Mapping[str, str]


def read_batch(path: Path, titles: Mapping[str, str], optional: frozenset[str]) -> list[BatchRow]:
    """Every row that is not blank. `titles` are the columns, with what a Chinese table calls them.

    Raises BadInput with everything wrong in heading and rows.
    """
    rows = csv.DictReader(io.StringIO(read_text(path)), restkey="", restval="", strict=True)
    found: list[BatchRow] = []
    try:
        heading = [_column(one, titles) for one in rows.fieldnames or ()]
        problems = _heading_problems(heading, titles, optional)
        if not problems:
            rows.fieldnames = heading
            for row in rows:
                surplus = row.pop("", None)
                cells = {column: value.strip() for column, value in row.items()}
                if surplus:
                    problems.append(_slipped(rows.line_num))
                elif any(cells.values()):
                    found.append(BatchRow(rows.line_num, cells))
    except csv.Error:
        problems = [of_the_whole("not readable as CSV", "不是有效的 CSV")]
    if not found and not problems:
        problems = [of_the_whole("no row below the heading", "表头之下没有内容")]
    if problems:
        raise BadInput(Words(f"{path} cannot be used; nothing was sent:", f"{path} 有误，未提交："), problems)
    return found


def _column(heading: str, titles: Mapping[str, str]) -> str:
    title = heading.strip()
    return next((name for name, chinese in titles.items() if title == chinese), title)


def _slipped(number: int) -> Problem:
    longer = of_the_whole("more cells than the heading has", "单元格多于表头")
    return longer.within(f"row {number}", f"第 {number} 行")


def _heading_problems(
    heading: list[str], titles: Mapping[str, str], optional: frozenset[str]
) -> list[Problem]:
    """Columns missing, unknown or there twice."""
    found = []
    for name in titles:
        title_en, title_zh = name, f"{titles[name]}（{name}）"
        if name not in heading and name not in optional:
            found.append(of_the_whole(f"column {title_en} is missing", f"缺少列 {title_zh}"))
        if heading.count(name) > 1:
            found.append(of_the_whole(f"column {title_en} is there twice", f"列 {title_zh} 重复"))
    unknown = dict.fromkeys(column for column in heading if column not in titles)
    return found + [of_the_whole(f"column '{c}' is not known", f"无法识别的列“{c}”") for c in unknown]
