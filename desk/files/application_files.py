"""Applications as people hand them in: one by its fields, or a CSV file with one row each."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from desk.files.files import field_problems
from desk.language import Words
from desk.problems import Problem, of_the_whole
from desk.today import china_today
from models.files.application_intake import SEPARATORS, TITLES, CheckedApplication
from models.messages.application import TransferApplication

BUREAU_OUT = ("bureau_out", TITLES["bureau_out"])
REQUIRED = tuple(name for name, field in CheckedApplication.model_fields.items() if field.is_required())


def applications_from(row: Mapping[str, Any]) -> tuple[list[TransferApplication], list[Problem]]:
    """The applications of one row, one for each earlier place, or every problem with them.

    Several transfer-out bureaus are separated by semicolons; all else is the same for each of them.
    """
    key = next((key for key in row if str(key).strip() in BUREAU_OUT), "bureau_out")
    places = [place.strip() for place in SEPARATORS.split(str(row.get(key) or "")) if place.strip()]
    if len(places) < 2:
        application, problems = application_from(row)
        return [application] if application else [], problems
    applications: list[TransferApplication] = []
    problems = []
    for place in places:
        application, found = application_from({**row, key: place})
        # A key of a bureau is nobody's secret; without it nobody knows which of them is meant.
        problems += [_at_place(problem, place) for problem in found]
        applications += [application] if application else []
    if len(set(places)) < len(places):
        problems.append(_titled(Problem("bureau_out", Words("the same bureau twice", "同一机构重复"))))
    return [] if problems else applications, list(dict.fromkeys(problems))


def _at_place(problem: Problem, place: str) -> Problem:
    """A problem with one of several earlier places, under the key of that place."""
    if problem.field not in BUREAU_OUT:
        return problem
    named = problem.named or Words(problem.field, problem.field)
    return replace(problem, named=Words(f"{named.en} {place}", f"{named.zh} {place}"))


def application_from(row: Mapping[str, Any]) -> tuple[TransferApplication | None, list[Problem]]:
    """One application, or every problem with it. Empty fields count as not given."""
    try:
        checked = CheckedApplication.model_validate(dict(row), context={"on": china_today()})
    except ValidationError as error:
        return None, [_titled(problem) for problem in field_problems(error)]
    return checked.application(), []


def read_applications(text: str) -> tuple[list[TransferApplication], list[Problem]]:
    """The applications of a CSV file, and every problem in it with its row; row 1 is the heading.

    The heading names the fields, or their Chinese titles; `materials` are separated by semicolons. Blank
    lines are passed over, and the same row twice is the same application twice.
    """
    rows = csv.DictReader(io.StringIO(text), restkey="", strict=True)
    try:
        heading = [column.strip() for column in rows.fieldnames or ()]
        if problems := _heading_problems(heading):
            return [], problems
        rows.fieldnames = heading
        return _read_rows(rows)
    except csv.Error:
        row = rows.reader.line_num
        unreadable = of_the_whole("not readable as CSV", "不是有效的 CSV")
        return [], [unreadable.within(f"row {row}", f"第 {row} 行")]


def _read_rows(rows: "csv.DictReader[str]") -> tuple[list[TransferApplication], list[Problem]]:
    applications: list[TransferApplication] = []
    problems: list[Problem] = []
    for row in rows:
        number = rows.line_num
        surplus = row.pop("", None)
        if not surplus and not any((cell or "").strip() for cell in row.values()):
            continue
        read, found = applications_from({key: cell or "" for key, cell in row.items()})
        if surplus:
            found = [of_the_whole("more cells than the heading has", "单元格多于表头"), *found]
        problems += [one.within(f"row {number}", f"第 {number} 行") for one in found]
        if not surplus:
            applications += read
    if not applications and not problems:
        problems.append(of_the_whole("no application below the heading", "表头之下没有申请"))
    return applications, problems


def _heading_problems(heading: list[str]) -> list[Problem]:
    """Columns missing, unknown or there twice, under the name the file gives them.

    A first row that names no column at all is no heading: it may hold a person, and is not shown.
    """
    fields = {zh: field for field, zh in TITLES.items()}
    named = [fields.get(column, column) for column in heading]
    if named and not set(named) & set(TITLES):
        listed = ", ".join(REQUIRED)
        return [
            of_the_whole(
                f"row 1 is not a heading; name the columns {listed}", f"第 1 行不是表头，应为 {listed}"
            )
        ]
    problems = [
        of_the_whole(f"column {field} is missing", f"缺少列 {TITLES[field]}（{field}）")
        for field in REQUIRED
        if field not in named
    ]
    for column, field in zip(heading, named, strict=True):
        if field not in TITLES:
            problems.append(of_the_whole(f"column '{column}' is not known", f"无法识别的列“{column}”"))
    problems += [
        of_the_whole(f"column {field} is there twice", f"列 {TITLES.get(field, field)} 重复")
        for field in dict.fromkeys(named)
        if named.count(field) > 1
    ]
    return problems


def _titled(problem: Problem) -> Problem:
    """In Chinese, a problem under the title of its field."""
    field, dot, rest = problem.field.partition(".")
    title_en, title_zh = field, TITLES.get(field, field)
    return replace(problem, named=Words(f"{title_en}{dot}{rest}", f"{title_zh}{dot}{rest}"))
