"""`starter.py correct`, `amend`, `withdraw-correction`, `reopen`, `complete` (第七条第二项)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk.commands.staff_options import CaseArgument, FileOption, StaffOptions, file_alone, with_staff_options
from desk.commands.submitting import named_part, submit
from desk.files.files import read_document
from desk.files.orders import typed_field, typed_value
from desk.language import Words
from desk.problems import Problem, of_the_whole
from models.messages.requests import StaffAction
from models.messages.stages import Party
from rules.values.form_fields import WrongFormField, form_field

if TYPE_CHECKING:
    from temporalio.client import Client

Part = dict[str, Any]
VALUES = ("seen", "expected", "value")
"""The parts of a correction, or of its answer, that hold a value of its field."""


@with_staff_options
def correct(
    case: CaseArgument,
    field: Annotated[list[str] | None, typer.Option(help="Field of the form, base/2017-01..2017-08.")] = None,
    seen: Annotated[list[str] | None, typer.Option(help="Value on the form, 3500.00.")] = None,
    expected: Annotated[list[str] | None, typer.Option(help="Value it should have.")] = None,
    evidence: Annotated[
        list[str] | None, typer.Option(help="What proves it; once for all fields, or once per field.")
    ] = None,
    file: FileOption = None,
    *,
    options: StaffOptions,
) -> None:
    """Ask the transfer-out bureau to correct fields of the information form.

    Fields: name, base/YYYY-MM..YYYY-MM (a monthly base), line/1, line/2,
    line/3, line/5; amounts in yuan. Several fields by repeating --field with
    its --seen and --expected, or from a file with a list of tables 'items'.
    """
    if file:
        items, problems = _parts_of(file, "items")
    else:
        items, problems = _side_by_side(field, seen, expected, evidence)
    items = _as_meant(items)
    content = {} if problems else {"items": items}
    problems += file_alone(file, field, seen, expected, evidence)
    problems += _value_problems(items, "seen", "expected")
    envelope = options.envelope(case, Party.TRANSFER_IN)
    submit(StaffAction.CORRECT, content, envelope, problems)


@with_staff_options
def amend(
    case: CaseArgument,
    field: Annotated[list[str] | None, typer.Option(help="Field amended, repeatable.")] = None,
    value: Annotated[list[str] | None, typer.Option(help="Its value now, one per --field.")] = None,
    decline: Annotated[list[str] | None, typer.Option(help="Field that stays as it is, repeatable.")] = None,
    reason: Annotated[list[str] | None, typer.Option(help="Why it stays, one per --decline.")] = None,
    file: FileOption = None,
    *,
    options: StaffOptions,
) -> None:
    """Answer a correction field by field: amended to a value, or declined with a reason.

    A field left out stays open. The form is reissued as a further version.
    A file has a list of tables 'answers', each with field and value or reason.
    """
    if file:
        answers, problems = _parts_of(file, "answers")
    else:
        answers, problems = _amended_and_declined(field or (), value or (), decline or (), reason or ())
    answers = _as_meant(answers)
    content = {} if problems else {"answers": answers}
    problems += file_alone(file, field, value, decline, reason)
    problems += _value_problems(answers, "value")
    if content:
        problems += _neither_nor_both(answers)
    envelope = options.envelope(case, Party.TRANSFER_OUT)
    submit(StaffAction.AMEND, content, envelope, problems)


@with_staff_options
def withdraw_correction(
    case: CaseArgument,
    field: Annotated[list[str] | None, typer.Option(help="Field no longer asked about, repeatable.")] = None,
    *,
    options: StaffOptions,
) -> None:
    """Take back requests for correction that have not been answered."""
    envelope = options.envelope(case, Party.TRANSFER_IN)
    meant = _as_meant([{"field": one} for one in field or ()])
    submit(
        StaffAction.WITHDRAW_CORRECTION,
        {"fields": [one["field"] for one in meant]},
        envelope,
        _value_problems(meant),
    )


@with_staff_options
def reopen(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Required: why the closed case is taken up again.")] = "",
    field: Annotated[list[str] | None, typer.Option(help="Field of the form, base/2017-01..2017-08.")] = None,
    seen: Annotated[list[str] | None, typer.Option(help="Value on the form, 3500.00.")] = None,
    expected: Annotated[list[str] | None, typer.Option(help="Value it should have.")] = None,
    evidence: Annotated[
        list[str] | None, typer.Option(help="What proves it; once for all fields, or once per field.")
    ] = None,
    *,
    options: StaffOptions,
) -> None:
    """Take a closed case up again to correct its form; a second officer approves.

    The case goes on from its dossier under its number: the fields are corrected
    like those of an open case, the posting is reversed and made anew.
    """
    items, problems = _side_by_side(field, seen, expected, evidence)
    items = _as_meant(items)
    content = {"reason": reason} if problems else {"reason": reason, "items": items}
    problems += _value_problems(items, "seen", "expected")
    envelope = options.envelope(case, Party.TRANSFER_IN)
    submit(StaffAction.REOPEN, content, envelope, problems, before=lambda client: _start(client, case))


async def _start(client: Client, case: str) -> None:
    from desk.client.case_numbers import person_secret
    from desk.client.filed_cases import start_from_dossier

    await start_from_dossier(client, case, person_secret())


@with_staff_options
def complete(
    case: CaseArgument,
    name: Annotated[str | None, typer.Option(help="The name as the record is to have it.")] = None,
    evidence: Annotated[str | None, typer.Option(help="What the completion rests on.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why the record is right as it stands.")] = None,
    *,
    options: StaffOptions,
) -> None:
    """Complete the bureau's own record before the form, or confirm it as it stands (第七条第二项).

    With --evidence the record is completed: the name as given, months and rates
    in the bureau's books, which are read anew. With --reason it stands, and the
    application is refused.
    """
    envelope = options.envelope(case, None)
    submit(StaffAction.COMPLETE, {"name": name, "evidence": evidence, "reason": reason}, envelope)


def _side_by_side(
    fields: Sequence[str] | None,
    seen: Sequence[str] | None,
    expected: Sequence[str] | None,
    evidence: Sequence[str] | None,
) -> tuple[list[Part], list[Problem]]:
    names, proofs = list(fields or ()), list(evidence or ())
    if len(proofs) == 1:
        proofs *= len(names)
    columns = {"field": names, "seen": seen or (), "expected": expected or (), "evidence": proofs}
    problems = _uneven(names, columns)
    if not names:
        problems.append(_nothing("--field"))
    parts = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)]
    return (parts, problems) if not problems else ([{"field": name} for name in names], problems)


def _amended_and_declined(
    fields: Sequence[str], values: Sequence[str], declined: Sequence[str], reasons: Sequence[str]
) -> tuple[list[Part], list[Problem]]:
    problems = _uneven(fields, {"field": fields, "value": values})
    problems += _uneven(declined, {"decline": declined, "reason": reasons})
    if not fields and not declined:
        problems.append(_nothing("--field, --decline"))
    answers = [{"field": name, "value": one} for name, one in zip(fields, values, strict=False)]
    answers += [{"field": name, "reason": why} for name, why in zip(declined, reasons, strict=False)]
    return (
        (answers, problems) if not problems else ([{"field": one} for one in (*fields, *declined)], problems)
    )


def _as_meant(parts: Sequence[Part]) -> list[Part]:
    """The parts, with field names and values in the form in which a case reads them."""
    meant = []
    for part in parts:
        if isinstance(name := part.get("field"), str):
            field = typed_field(name)
            values = {
                key: typed_value(field, value)
                for key, value in part.items()
                if key in VALUES and isinstance(value, str)
            }
            meant.append({**part, "field": field, **values})
        else:
            meant.append(part)
    return meant


def _uneven(names: Sequence[str], columns: Mapping[str, Sequence[str]]) -> list[Problem]:
    """A problem for each flag that is not given as often as the first."""
    first = next(iter(columns))
    return [
        Problem(
            flag,
            Words(
                f"given {len(given)} times for {len(names)} --{first}",
                f"{len(given)} 个，而 --{first} 有 {len(names)} 个",
            ),
        )
        for flag, given in columns.items()
        if len(given) != len(names)
    ]


def _parts_of(file: Path, key: str) -> tuple[list[Part], list[Problem]]:
    """The list of tables under a key of a file, and the problems with the file as a whole."""
    document = read_document(file)
    parts = document.get(key)
    problems = [
        of_the_whole(f"{file}: '{other}' is not known", f"{file}：无法识别“{other}”")
        for other in document
        if other != key
    ]
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        return [], [
            *problems,
            of_the_whole(f"{file}: no list of tables [[{key}]]", f"{file}：没有 [[{key}]] 列表"),
        ]
    return parts, problems if parts else [*problems, _nothing(f"[[{key}]]")]


def _nothing(where: str) -> Problem:
    return _named(where, "names no field", "没有栏目")


def _named(what: str, en: str, zh: str) -> Problem:
    """A problem with a field, under the name that the clerk has given."""
    return Problem(what, Words(en, zh), named=Words(what, what))


def _value_problems(parts: Sequence[Part], *keys: str) -> list[Problem]:
    """Unknown fields, and values that a field cannot have; values are not repeated, as one may be a name."""
    problems = []
    for part in parts:
        name = part.get("field")
        if not isinstance(name, str):
            continue  # the request's own check reports a missing field
        try:
            known = form_field(name.strip())
        except WrongFormField as wrong:
            problems.append(_named(name, wrong.en, wrong.zh))
            continue
        for key in keys:
            if isinstance(written := part.get(key), str):
                try:
                    known.value(written.strip())
                except WrongFormField as wrong:
                    called = named_part(key)
                    named = Words(f"{name}, {called.en}", f"{name}，{called.zh}")
                    problems.append(Problem(name, Words(wrong.en, wrong.zh), named=named))
    return problems + _twice(parts)


def _twice(parts: Sequence[Part]) -> list[Problem]:
    names = [part.get("field") for part in parts]
    return [
        _named(str(name), "there more than once", "重复")
        for name in dict.fromkeys(names)
        if name is not None and names.count(name) > 1
    ]


def _neither_nor_both(answers: Sequence[Part]) -> list[Problem]:
    return [
        _named(
            str(part.get("field")),
            "a value, or the reason why it stays, and not both",
            "应填写更正值或不予更正的理由，二者择一",
        )
        for part in answers
        if (part.get("value") is None) == (part.get("reason") is None)
    ]
