"""Files of accounts: JSON, one history or a list of them; CSV, one row per range of months."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.language import Words
from desk.problems import BadInput, Problem, of_the_whole
from desk.today import china_today
from models.files.history_file import HistoryFile
from rules.values.moves import Scheme

REQUIRED = ("bureau", "scheme", "id_number", "name", "from", "to", "base")
OPENING = ("opening_before_1998", "opening_year", "opening_balance", "opening_pooled_base_sum")
COLUMNS = (*REQUIRED, "booked_percent", "kind", *OPENING)
OF_A_RANGE = ("from", "to", "base", "booked_percent", "kind")

_RANGE = re.compile(r"months\.(\d+)(?:\.|$)")
_COLUMN = (("person.", ""), ("opening.", "opening_"))
"""How a field of a history is called as a column."""


@dataclass
class _Entry:
    """One history as it stands in a file; `rows` are those of its months in a table."""

    place: Words
    document: Any
    rows: list[int] = field(default_factory=list)


def read_accounts(files: Iterable[Path]) -> list[HistoryFile]:
    """Every history in the files. Raises BadInput with the problems of all files at once."""
    accounts: dict[tuple[str, str, str], tuple[Words, HistoryFile]] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            entries = _from_csv(path) if path.suffix.lower() == ".csv" else _from_json(path)
            read = _validated(entries)
        except BadInput as bad:
            place = str(path)
            problems += [one.within(place, place) for one in bad.problems] or [Problem("", bad.summary)]
            continue
        for where, account in read:
            here = Words(f"{path}: {where.en}", f"{path}：{where.zh}")
            key = (account.bureau, account.scheme, account.person.id_number)
            there, known = accounts.setdefault(key, (here, account))
            if known != account:
                problems.append(
                    of_the_whole(
                        f"the same person, scheme and bureau as in {there}, with other contents",
                        f"与 {there} 为同一人员、险种和经办机构，内容却不同",
                    ).within(here.en, here.zh)
                )
    if problems:
        raise BadInput(Words("Nothing was loaded:", "未载入任何数据："), problems)
    return [account for _, account in accounts.values()]


def _from_json(path: Path) -> list[_Entry]:
    text = read_text(path)
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(Words(f"{path} is not JSON.", f"{path} 不是有效的 JSON。")) from None
    entries = document if isinstance(document, list) else [document]
    return [_Entry(Words(f"[{number}]", f"[{number}]"), entry) for number, entry in enumerate(entries)]


def _from_csv(path: Path) -> list[_Entry]:
    rows = csv.DictReader(io.StringIO(read_text(path)), restkey="", strict=True)
    try:
        heading = [column.strip() for column in rows.fieldnames or ()]
        problems = _heading_problems(heading)
        if not problems:
            rows.fieldnames = heading
            entries, problems = _collected(rows)
    except csv.Error:
        number = rows.reader.line_num
        unreadable = of_the_whole("not readable as CSV", "不是有效的 CSV")
        problems = [unreadable.within(f"row {number}", f"第 {number} 行")]
    if problems:
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), problems)
    return entries


def _heading_problems(heading: list[str]) -> list[Problem]:
    """Columns missing, unknown or there twice. A first row that is none may hold a person: not shown."""
    if not set(heading) & set(COLUMNS):
        listed = ", ".join(REQUIRED)
        return [
            of_the_whole(
                f"row 1 is not a heading; name the columns {listed}", f"第 1 行不是表头，应为 {listed}"
            )
        ]
    problems = [of_the_whole(f"column {c} is missing", f"缺少列 {c}") for c in REQUIRED if c not in heading]
    unknown = dict.fromkeys(column for column in heading if column not in COLUMNS)
    problems += [of_the_whole(f"column '{c}' is not known", f"无法识别的列“{c}”") for c in unknown]
    twice = dict.fromkeys(column for column in heading if heading.count(column) > 1)
    return problems + [
        of_the_whole(f"column {c} is there twice", f"列 {c} 重复") for c in twice if c in COLUMNS
    ]


def _collected(rows: "csv.DictReader[str]") -> tuple[list[_Entry], list[Problem]]:
    """The rows of one person, scheme and bureau together, and rows that cannot belong together."""
    found: dict[tuple[str, str, str], _Entry] = {}
    problems: list[Problem] = []
    for row in rows:
        surplus = row.pop("", None)
        cells = {column: (value or "").strip() for column, value in row.items()}
        if not surplus and not any(cells.values()):
            continue
        wrong = [of_the_whole("more cells than the heading has", "单元格多于表头")] if surplus else []
        key = (cells["bureau"], cells["scheme"], cells["id_number"])
        head = _head(cells)
        entry = found.setdefault(key, _Entry(Words("", ""), head))
        if head["person"] != entry.document["person"]:
            wrong.append(Problem("name", Words("not the name given above", "与上文姓名不一致")))
        if head.get("opening", entry.document.get("opening")) != entry.document.get("opening"):
            wrong.append(Problem("opening", Words("not what is given above", "与上文不一致")))
        entry.document["months"].append({column: cells[column] for column in OF_A_RANGE if cells.get(column)})
        entry.rows.append(rows.line_num)
        entry.place = _rows(entry.rows)
        number = rows.line_num
        problems += [one.within(f"row {number}", f"第 {number} 行") for one in wrong]
    return list(found.values()), problems


def _rows(numbers: Sequence[int]) -> Words:
    listed = ", ".join(str(number) for number in numbers)
    return Words(f"row {listed}" if len(numbers) == 1 else f"rows {listed}", f"第 {listed} 行")


def _head(cells: dict[str, str]) -> dict[str, Any]:
    """What is said of the person in every row, and of the balance taken over in the first."""
    entry: dict[str, Any] = {
        "person": {"name": cells["name"], "id_number": cells["id_number"]},
        "scheme": cells["scheme"],
        "bureau": cells["bureau"],
        "months": [],
    }
    opening = {column.removeprefix("opening_"): cells[column] for column in OPENING if cells.get(column)}
    if opening:
        entry["opening"] = opening
    return entry


_NO_RESIDENTS = Problem(
    "scheme",
    Words(
        "accounts of the resident scheme are not kept here; they link by their own rules "
        "(人社部发〔2014〕17号)",
        "本系统不管理城乡居民养老保险账户，其衔接按人社部发〔2014〕17号办理",
    ),
)


def _validated(entries: list[_Entry]) -> list[tuple[Words, HistoryFile]]:
    accounts: list[tuple[Words, HistoryFile]] = []
    problems: list[Problem] = []
    for entry in entries:
        try:
            account = HistoryFile.model_validate(entry.document, context={"on": china_today()})
            accounts.append((entry.place, account))
            if account.scheme is Scheme.RESIDENT:
                problems.append(_placed(_NO_RESIDENTS, entry))
        except ValidationError as error:
            problems += [_placed(problem, entry) for problem in field_problems(error)]
    if not entries:
        problems.append(of_the_whole("no account in it", "没有账户数据"))
    if problems:
        raise BadInput(Words("The accounts cannot be used:", "账户数据有误："), problems)
    return accounts


def _placed(problem: Problem, entry: _Entry) -> Problem:
    """A problem under the row and the column of a table, or under the number of an entry of a list."""
    place, field = entry.place, problem.field
    if entry.rows:
        if in_range := _RANGE.match(field):
            place, field = _rows([entry.rows[int(in_range[1])]]), field[in_range.end() :]
        for path, column in _COLUMN:
            if field.startswith(path):
                field = column + field.removeprefix(path)
    return replace(problem, field=field).within(place.en, place.zh)
