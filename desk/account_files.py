"""Files of accounts: JSON, one history or a list of them; CSV, one row per range of months."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from activities.clock import china_today
from desk.files import field_problems, read_text
from desk.language import say
from desk.problems import BadInput
from models.history_file import HistoryFile

REQUIRED = ("bureau", "scheme", "id_number", "name", "from", "to", "base")
OPTIONAL = (
    "booked_percent",
    "kind",
    "opening_before_1998",
    "opening_year",
    "opening_balance",
    "opening_pooled_base_sum",
)


def read_accounts(files: Iterable[Path]) -> list[HistoryFile]:
    """Every history in the files. Raises BadInput with the problems of all files at once."""
    accounts: list[HistoryFile] = []
    problems: list[str] = []
    for path in files:
        try:
            accounts += _from_csv(path) if path.suffix.lower() == ".csv" else _from_json(path)
        except BadInput as bad:
            problems += [f"{path}: {problem}" for problem in bad.problems] or [bad.summary]
    if problems:
        raise BadInput(say("Nothing was loaded:", "未载入任何数据："), problems)
    return accounts


def _from_json(path: Path) -> list[HistoryFile]:
    text = read_text(path)
    try:
        document: Any = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise BadInput(say(f"{path} is not JSON.", f"{path} 不是有效的 JSON。")) from None
    entries = document if isinstance(document, list) else [document]
    return _validated([(f"[{number}]", entry) for number, entry in enumerate(entries)])


def _from_csv(path: Path) -> list[HistoryFile]:
    rows = csv.DictReader(io.StringIO(read_text(path)))
    columns = [column.strip() for column in rows.fieldnames or ()]
    rows.fieldnames = columns
    missing = [column for column in REQUIRED if column not in columns]
    unknown = [column for column in columns if column not in REQUIRED + OPTIONAL]
    problems = [say(f"column {c} is missing", f"缺少列 {c}") for c in missing]
    problems += [say(f"column {c} is not known", f"无法识别的列 {c}") for c in unknown]
    if problems:
        raise BadInput(say(f"{path} cannot be used:", f"{path} 有误："), problems)
    histories: dict[tuple[str, str, str], dict[str, Any]] = {}
    places: dict[tuple[str, str, str], list[int]] = {}
    for row in rows:
        cells = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        if any(cells.values()):
            key = (cells["bureau"], cells["scheme"], cells["id_number"])
            places.setdefault(key, []).append(rows.line_num)
            _add(histories.setdefault(key, _head(cells)), cells)
    return _validated(
        [
            (say(f"rows {_rows(places[key])}", f"第 {_rows(places[key])} 行"), entry)
            for key, entry in histories.items()
        ]
    )


def _rows(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)


def _head(cells: dict[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "person": {"name": cells["name"], "id_number": cells["id_number"]},
        "scheme": cells["scheme"],
        "bureau": cells["bureau"],
        "months": [],
    }
    opening = {
        column.removeprefix("opening_"): value
        for column, value in cells.items()
        if column.startswith("opening_") and value
    }
    if "year" in opening and opening["year"].isdecimal():
        entry["opening"] = {**opening, "year": int(opening["year"])}
    elif opening:
        entry["opening"] = opening
    return entry


def _add(entry: dict[str, Any], cells: dict[str, str]) -> None:
    columns = ("from", "to", "base", "booked_percent", "kind")
    entry["months"].append({column: cells[column] for column in columns if cells.get(column)})


def _validated(entries: list[tuple[str, Any]]) -> list[HistoryFile]:
    accounts, problems = [], []
    for place, entry in entries:
        try:
            accounts.append(HistoryFile.model_validate(entry, context={"on": china_today()}))
        except ValidationError as error:
            problems += [f"{place} {problem}" for problem in field_problems(error)]
    if problems:
        raise BadInput(say("The accounts cannot be used:", "账户数据有误："), problems)
    return accounts
