"""Calendar files (TOML) as the province hands them in: read whole or not at all."""

import tomllib
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from desk.files.files import field_problems, read_text
from desk.files.province_files import not_toml
from desk.language import Words
from desk.problems import BadInput, Problem, of_the_whole
from models.files.holiday_notice import CalendarFile
from rules.calendar.notices import closure_problems, notice_problems

JUDGED_ON_THE_WHOLE = frozenset({"statutory_day_missing", "days_unbalanced"})
"""Findings that are meaningless while some of the notice's days cannot be read."""


def read_calendar_files(paths: Sequence[Path]) -> list[CalendarFile]:
    """Several calendar files, in their order.

    Raises BadInput with everything wrong in all of them.
    """
    files: list[CalendarFile] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            files.append(read_calendar_file(path))
        except BadInput as bad:
            place = str(path)
            problems += [one.within(place, place) for one in bad.problems] or [Problem("", bad.summary)]
    if problems:
        raise BadInput(problems=problems)
    return files


def read_calendar_file(path: Path) -> CalendarFile:
    """One calendar file. Raises BadInput with everything wrong in it, in format and in law."""
    return calendar_file_of(read_text(path), str(path))


def calendar_file_of(text: str, name: str) -> CalendarFile:
    """Like `read_calendar_file`, from a file's text and name."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise not_toml(name, error) from None
    file, problems = _validated(document)
    if not problems and file is not None and file.notice is None and not file.closures:
        problems.append(
            of_the_whole("neither a notice nor a closure is in it", "既无放假通知，也无本局放假日")
        )
    if problems or file is None:
        raise BadInput(Words(f"{name} cannot be used:", f"{name} 有误："), problems)
    return file


def _validated(document: dict[str, Any]) -> tuple[CalendarFile | None, list[Problem]]:
    """The file and what is wrong with it; the readable part is judged even if the rest cannot be read."""
    try:
        file = CalendarFile.model_validate(document)
    except ValidationError as error:
        readable = _readable_part(document, error)
        return None, [*field_problems(error), *(_judged(readable, whole=False) if readable else ())]
    return file, list(_judged(file, whole=True))


def _readable_part(document: dict[str, Any], error: ValidationError) -> CalendarFile | None:
    """The file without the entries that could not be read; None if anything else is wrong too."""
    rest = deepcopy(document)
    for place in sorted({_entry_of(wrong["loc"]) for wrong in error.errors()}, key=str, reverse=True):
        *way, last = place
        at: Any = rest
        try:
            for step in way:
                at = at[step]
            del at[last]
        except (KeyError, IndexError, TypeError):
            return None
    try:
        return CalendarFile.model_validate(rest)
    except ValidationError:
        return None


def _entry_of(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The path of the list entry that a wrong field belongs to, or the field's own path."""
    for depth, step in enumerate(place):
        if isinstance(step, int):
            return place[: depth + 1]
    return place


def _judged(file: CalendarFile, whole: bool) -> Iterator[Problem]:
    closures = [entry.closure() for entry in file.closures]
    findings = [*(notice_problems(file.notice.notice()) if file.notice else ()), *closure_problems(closures)]
    for finding in findings:
        if whole or finding.code not in JUDGED_ON_THE_WHOLE:
            law = finding.law
            yield of_the_whole(f"{finding.en} ({law})", f"{finding.zh} ({law})")
