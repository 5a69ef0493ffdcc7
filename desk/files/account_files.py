"""Files of accounts: JSON with one history or a list of them, or a table with one row per range of months."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desk.files.files import field_problems, json_in, read_bytes
from desk.files.tables import TableRow, is_table, read_table
from desk.files.typed_words import known_word, titles_of
from desk.language import Words
from desk.problems import BadInput, Problem, of_the_whole
from desk.today import china_today
from models.files.application_intake import known_scheme
from models.files.history_file import HistoryFile
from models.files.written_values import code, plain
from rules.values.names import normal_name
from rules.values.record import MonthKind

TITLES = {
    "bureau": "社会保险局",
    "scheme": "险种",
    "id_number": "公民身份号码",
    "name": "姓名",
    "from": "起始年月",
    "to": "截止年月",
    "base": "月缴费基数",
    "booked_percent": "划入个人账户比例",
    "kind": "缴费性质",
    "opening_before_1998": "1998年前个人缴费本息",
    "opening_year": "结转年度",
    "opening_balance": "结转余额",
    "opening_pooled_base_sum": "结转月缴费基数之和",
    "own": "个人缴费",
    "collective": "集体补助",
    "aid": "社会资助",
    "subsidy": "政府补贴",
}
"""The columns, with their titles in a Chinese table."""
REQUIRED = ("bureau", "scheme", "id_number", "name", "from", "to", "base")
"""Columns that must be there; their cells may be empty, as a resident's base is."""
OPENING = tuple(column for column in TITLES if column.startswith("opening_"))
COLUMNS = tuple(TITLES)
OF_A_RANGE = ("from", "to", "base", "booked_percent", "kind", "own", "collective", "aid", "subsidy")

_RANGE = re.compile(r"months\.(\d+)(?:\.|$)")
_COLUMN = (("person.", ""), ("opening.", "opening_"))
"""How the prefix of a history's field changes in a column's name."""


@dataclass
class _Entry:
    """One history as read from a file; `rows` are the rows of its months in a table."""

    place: Words
    document: Any
    rows: list[int] = field(default_factory=list)


def read_accounts(files: Iterable[Path]) -> list[HistoryFile]:
    """Every history in the files. Raises BadInput with the problems of all files together."""
    accounts: dict[tuple[str, str, str], tuple[Words, HistoryFile]] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            entries = _from_table(path) if is_table(path) else _from_json(path)
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
    document = json_in(read_bytes(path), str(path))
    entries = document if isinstance(document, list) else [document]
    return [
        _Entry(Words(f"record {number}", f"第 {number} 条"), entry)
        for number, entry in enumerate(entries, start=1)
    ]


def _from_table(path: Path) -> list[_Entry]:
    table = read_table(path, TITLES, REQUIRED)
    entries, problems = _collected(table.rows)
    if problems := [*table.problems, *problems]:
        raise BadInput(Words(f"{path} cannot be used:", f"{path} 有误："), problems)
    return entries


def _collected(rows: Iterable[TableRow]) -> tuple[list[_Entry], list[Problem]]:
    """The rows grouped by person, scheme and bureau, and the problems of rows that contradict each other."""
    found: dict[tuple[str, str, str], _Entry] = {}
    problems: list[Problem] = []
    for row in rows:
        cells = _in_the_words_of_a_history(row.cells)
        wrong: list[Problem] = []
        key = (cells["bureau"], cells["scheme"], cells["id_number"])
        head = _head(cells)
        entry = found.setdefault(key, _Entry(Words("", ""), head))
        if head["person"] != entry.document["person"]:
            wrong.append(Problem("name", Words("not the name given above", "与上文姓名不一致")))
        if head.get("opening", entry.document.get("opening")) != entry.document.get("opening"):
            wrong.append(Problem("opening", Words("not what is given above", "与上文不一致")))
        entry.document["months"].append({column: cells[column] for column in OF_A_RANGE if cells.get(column)})
        entry.rows.append(row.number)
        entry.place = _rows(entry.rows)
        problems += row.with_problems(_titled(one) for one in wrong)
    return list(found.values()), problems


def _in_the_words_of_a_history(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells with the values a history uses, so that rows of one history can be grouped."""
    read = dict(cells)
    read["bureau"] = code(read["bureau"]).upper()
    read["id_number"] = code(read["id_number"]).upper()
    read["name"] = normal_name(read["name"])
    read["scheme"] = known_scheme(read["scheme"])
    if read.get("kind"):
        read["kind"] = known_word(titles_of(MonthKind), plain(read["kind"]))
    return read


def _rows(numbers: Sequence[int]) -> Words:
    listed = ", ".join(str(number) for number in numbers)
    return Words(f"row {listed}" if len(numbers) == 1 else f"rows {listed}", f"第 {listed} 行")


def _head(cells: dict[str, str]) -> dict[str, Any]:
    """The fields of the person, which every row repeats, and of the opening balance, in the first row."""
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


def _validated(entries: list[_Entry]) -> list[tuple[Words, HistoryFile]]:
    accounts: list[tuple[Words, HistoryFile]] = []
    problems: list[Problem] = []
    for entry in entries:
        try:
            account = HistoryFile.model_validate(entry.document, context={"on": china_today()})
            accounts.append((entry.place, account))
        except ValidationError as error:
            problems += [_placed(problem, entry) for problem in field_problems(error)]
    if not entries:
        problems.append(of_the_whole("no account in it", "没有账户数据"))
    if problems:
        raise BadInput(Words("The accounts cannot be used:", "账户数据有误："), problems)
    return accounts


def _placed(problem: Problem, entry: _Entry) -> Problem:
    """A problem with its row and column in a table, or with the number of its entry in a list."""
    place, field = entry.place, problem.field
    if entry.rows:
        if in_range := _RANGE.match(field):
            place, field = _rows([entry.rows[int(in_range[1])]]), field[in_range.end() :]
        for path, column in _COLUMN:
            if field.startswith(path):
                field = column + field.removeprefix(path)
        problem = _titled(replace(problem, field=field))
    return problem.within(place.en, place.zh)


def _titled(problem: Problem) -> Problem:
    """A problem that names its column by its title in Chinese."""
    field = problem.field
    return replace(problem, named=Words(field, TITLES.get(field, field)))
