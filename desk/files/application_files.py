"""Applications as people hand them in: single fields, a table with one row each, or JSON."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desk.files.files import field_problems, json_in, read_bytes
from desk.files.tables import FileTable, is_table, table_in
from desk.language import Words
from desk.problems import Problem, counted, of_the_whole
from desk.today import china_today
from models.files.application_intake import SEPARATORS, TITLES, CheckedApplication
from models.messages.application import TransferApplication

BUREAU_OUT = ("bureau_out", TITLES["bureau_out"])
REQUIRED = tuple(name for name, field in CheckedApplication.model_fields.items() if field.is_required())


def applications_from(row: Mapping[str, Any]) -> tuple[list[TransferApplication], list[Problem]]:
    """The applications of one row, one for each transfer-out bureau, or every problem with them.

    Several transfer-out bureaus are separated by semicolons; all other fields are the same for each.
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
        # A bureau's key is not personal and may be shown; without it the problem could be with any of them.
        problems += [_at_place(problem, place) for problem in found]
        applications += [application] if application else []
    if len(set(places)) < len(places):
        problems.append(_titled(Problem("bureau_out", Words("the same bureau twice", "同一机构重复"))))
    return [] if problems else applications, list(dict.fromkeys(problems))


def _at_place(problem: Problem, place: str) -> Problem:
    """A problem with one of several transfer-out bureaus, with the bureau's key."""
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


def read_applications(path: Path) -> tuple[list[TransferApplication], list[Problem]]:
    """The applications of a file: a table with one row each, or JSON with one or a list of them.

    Every problem names its row or entry; a file is used whole or not at all. Raises BadInput when it cannot
    be read.
    """
    return applications_in(read_bytes(path), str(path), table=is_table(path))


def applications_in(
    raw: bytes, name: str, *, table: bool = True
) -> tuple[list[TransferApplication], list[Problem]]:
    """Like `read_applications`, from the bytes of a file and its name.

    The heading of a table holds field names or their Chinese titles; `materials` are separated by semicolons.
    Blank rows are skipped; a row that occurs twice yields the same application twice.
    """
    if table:
        applications, problems = _from_table(table_in(raw, name, TITLES, REQUIRED))
    else:
        applications, problems = _from_json(json_in(raw, name))
    if not applications and not problems:
        problems.append(of_the_whole("no application in it", "没有申请"))
    return applications, problems


def _from_table(table: FileTable) -> tuple[list[TransferApplication], list[Problem]]:
    applications: list[TransferApplication] = []
    problems = list(table.problems)
    for row in table.rows:
        read, found = ([], []) if row.slipped else applications_from(row.cells)
        problems += row.with_problems(found)
        applications += read if not row.problems else []
    return applications, problems


def _from_json(document: Any) -> tuple[list[TransferApplication], list[Problem]]:
    applications: list[TransferApplication] = []
    problems: list[Problem] = []
    several = isinstance(document, list)
    for number, entry in enumerate(document if several else [document], start=1):
        read, found = (
            applications_from(entry)
            if isinstance(entry, dict)
            else ([], [of_the_whole("no record in braces", "不是花括号内的一条记录")])
        )
        applications += read
        problems += [one.within(f"record {number}", f"第 {number} 条") for one in found] if several else found
    return applications, problems


def _titled(problem: Problem) -> Problem:
    """A problem that names its field by its title in Chinese."""
    field, _, rest = problem.field.partition(".")
    called, called_zh = counted(problem.field), counted(f"{TITLES.get(field, field)}.{rest}".rstrip("."))
    return replace(problem, named=Words(called.en, called_zh.zh))
