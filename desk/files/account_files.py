"""Files of accounts: JSON, one history or a list of them; CSV, one row per range of months."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.language import say
from desk.problems import BadInput
from desk.today import china_today
from models.files.history_file import HistoryFile
from rules.values.moves import Scheme

REQUIRED = ("bureau", "scheme", "id_number", "name", "from", "to", "base")
OPENING = ("opening_before_1998", "opening_year", "opening_balance", "opening_pooled_base_sum")
COLUMNS = (*REQUIRED, "booked_percent", "kind", *OPENING)
OF_A_RANGE = ("from", "to", "base", "booked_percent", "kind")

_RANGE = re.compile(r"months\.(\d+)[.:] ?")
_COLUMN = (("person.", ""), ("opening.", "opening_"))
"""How a field of a history is called as a column."""


@dataclass
class _Entry:
    """One history as it stands in a file; `rows` are those of its months in a table."""

    place: str
    document: Any
    rows: list[int] = field(default_factory=list)


def read_accounts(files: Iterable[Path]) -> list[HistoryFile]:
    """Every history in the files. Raises BadInput with the problems of all files at once."""
    accounts: dict[tuple[str, str, str], tuple[str, HistoryFile]] = {}
    problems: list[str] = []
    for path in files:
        try:
            entries = _from_csv(path) if path.suffix.lower() == ".csv" else _from_json(path)
            read = _validated(entries)
        except BadInput as bad:
            problems += [f"{path}: {problem}" for problem in bad.problems] or [bad.summary]
            continue
        for place, account in read:
            here, key = f"{path}: {place}", (account.bureau, account.scheme, account.person.id_number)
            there, known = accounts.setdefault(key, (here, account))
            if known != account:
                problems.append(
                    say(
                        f"{here}: the same person, scheme and bureau as in {there}, with other contents",
                        f"{here}：与 {there} 为同一人员、险种和经办机构，内容却不同",
                    )
                )
    if problems:
        raise BadInput(say("Nothing was loaded:", "未载入任何数据："), problems)
    return [account for _, account in accounts.values()]


def _from_json(path: Path) -> list[_Entry]:
    text = read_text(path)
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(say(f"{path} is not JSON.", f"{path} 不是有效的 JSON。")) from None
    entries = document if isinstance(document, list) else [document]
    return [_Entry(f"[{number}]", entry) for number, entry in enumerate(entries)]


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
        problems = [say(f"row {number}: not readable as CSV", f"第 {number} 行：不是有效的 CSV")]
    if problems:
        raise BadInput(say(f"{path} cannot be used:", f"{path} 有误："), problems)
    return entries


def _heading_problems(heading: list[str]) -> list[str]:
    """Columns missing, unknown or there twice. A first row that is none may hold a person: not shown."""
    if not set(heading) & set(COLUMNS):
        listed = ", ".join(REQUIRED)
        return [say(f"row 1 is not a heading; name the columns {listed}", f"第 1 行不是表头，应为 {listed}")]
    problems = [say(f"column {c} is missing", f"缺少列 {c}") for c in REQUIRED if c not in heading]
    unknown = dict.fromkeys(column for column in heading if column not in COLUMNS)
    problems += [say(f"column '{c}' is not known", f"无法识别的列“{c}”") for c in unknown]
    twice = dict.fromkeys(column for column in heading if heading.count(column) > 1)
    return problems + [say(f"column {c} is there twice", f"列 {c} 重复") for c in twice if c in COLUMNS]


def _collected(rows: "csv.DictReader[str]") -> tuple[list[_Entry], list[str]]:
    """The rows of one person, scheme and bureau together, and rows that cannot belong together."""
    found: dict[tuple[str, str, str], _Entry] = {}
    problems: list[str] = []
    for row in rows:
        surplus = row.pop("", None)
        cells = {column: (value or "").strip() for column, value in row.items()}
        if not surplus and not any(cells.values()):
            continue
        wrong = [say("more cells than the heading has", "单元格多于表头")] if surplus else []
        key = (cells["bureau"], cells["scheme"], cells["id_number"])
        head = _head(cells)
        entry = found.setdefault(key, _Entry("", head))
        if head["person"] != entry.document["person"]:
            wrong.append(say("name: not the name given above", "name：与上文姓名不一致"))
        if head.get("opening", entry.document.get("opening")) != entry.document.get("opening"):
            wrong.append(say("opening: not what is given above", "opening：与上文不一致"))
        entry.document["months"].append({column: cells[column] for column in OF_A_RANGE if cells.get(column)})
        entry.rows.append(rows.line_num)
        entry.place = _rows(entry.rows)
        problems += [say(f"row {rows.line_num}: {one}", f"第 {rows.line_num} 行：{one}") for one in wrong]
    return list(found.values()), problems


def _rows(numbers: Sequence[int]) -> str:
    listed = ", ".join(str(number) for number in numbers)
    return say(f"row {listed}" if len(numbers) == 1 else f"rows {listed}", f"第 {listed} 行")


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


def _no_residents() -> str:
    return say(
        "scheme: accounts of the resident scheme are not kept here; they link by their own rules "
        "(人社部发〔2014〕17号)",
        "scheme：本系统不管理城乡居民养老保险账户，其衔接按人社部发〔2014〕17号办理",
    )


def _validated(entries: list[_Entry]) -> list[tuple[str, HistoryFile]]:
    accounts: list[tuple[str, HistoryFile]] = []
    problems: list[str] = []
    for entry in entries:
        try:
            account = HistoryFile.model_validate(entry.document, context={"on": china_today()})
            accounts.append((entry.place, account))
            if account.scheme is Scheme.RESIDENT:
                problems.append(_placed(_no_residents(), entry))
        except ValidationError as error:
            problems += [_placed(str(problem), entry) for problem in field_problems(error)]
    if not entries:
        problems.append(say("no account in it", "没有账户数据"))
    if problems:
        raise BadInput(say("The accounts cannot be used:", "账户数据有误："), problems)
    return accounts


def _placed(problem: str, entry: _Entry) -> str:
    """A problem under the row and the column of a table, or under the number of an entry of a list."""
    place = entry.place
    if entry.rows:
        if in_range := _RANGE.match(problem):
            place, problem = _rows([entry.rows[int(in_range[1])]]), problem[in_range.end() :]
        for path, column in _COLUMN:
            if problem.startswith(path):
                problem = column + problem.removeprefix(path)
    return say(f"{place}: {problem}", f"{place}：{problem}")
