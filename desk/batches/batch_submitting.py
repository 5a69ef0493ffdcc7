"""Handing in the rows of a file, each to its case, and answering each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from desk.client.request_forms import Envelope, request_of
from desk.client.session import with_client
from desk.commands.submitting import flagged
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.bad_input import lines_of
from desk.screens.screen import console, print_json
from models.messages.requests import Receipt, StaffAction

if TYPE_CHECKING:
    from temporalio.client import Client

Once = Callable[["Client", "Row"], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """What a row hands in to a case; `number` is the line of the file."""

    number: int
    content: dict[str, Any]
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a row: whether it was taken, and in what words."""

    row: Row
    accepted: bool
    words: str


def submit_rows(action: StaffAction, file: Path, rows: Sequence[Row], once: Once | None = None) -> None:
    """Check every row, then hand each in and print its answer; exits 1 when a case has said no.

    Raises BadInput with every problem of every row, and nothing is sent. `once` tells apart two messages of
    the same content that mean different things.
    """
    problems = []
    for row in rows:
        request, found = request_of(action, row.content, row.envelope)
        if request is None:
            problems += [flagged(one).within(f"row {row.number}", f"第 {row.number} 行") for one in found]
    if problems:
        raise BadInput(Words(f"{file} cannot be used; nothing was sent:", f"{file} 有误，未提交："), problems)
    answers = with_client(lambda client: _submit_each(client, action, rows, once))
    if any(row.envelope.as_json for row in rows):
        print_json([_document(one) for one in answers])
    else:
        for one in answers:
            console().print(_line(one), markup=False, soft_wrap=True)
    if not all(one.accepted for one in answers):
        raise typer.Exit(1)


async def _submit_each(
    client: Client, action: StaffAction, rows: Sequence[Row], once: Once | None
) -> list[Answered]:
    return [await _submit_row(client, action, row, once) for row in rows]


async def _submit_row(client: Client, action: StaffAction, row: Row, once: Once | None) -> Answered:
    from desk.client.handing_in import deliver

    case = row.envelope.case
    try:
        apart = await once(client, row) if once else ""
        request, _ = request_of(action, row.content, row.envelope, apart)
        assert request is not None, "checked before anything was sent"
        answer = await deliver(client, action, request, case)
    except BadInput as bad:
        return Answered(row, accepted=False, words=" ".join(line.strip() for line in lines_of(bad)))
    words = say(answer.en, answer.zh)
    if isinstance(answer, Receipt) and answer.duplicate:
        words = say("handed in before; nothing was done again", "此前已提交，未重复办理")
    return Answered(row, isinstance(answer, Receipt), words)


def _line(answered: Answered) -> str:
    row, case, words = answered.row.number, answered.row.envelope.case, answered.words
    return say(f"row {row}: {case}: {words}", f"第 {row} 行：{case}：{words}")


def _document(answered: Answered) -> dict[str, Any]:
    row = answered.row
    return {
        "row": row.number,
        "case_no": row.envelope.case,
        "accepted": answered.accepted,
        "answer": answered.words,
    }


def rows_of(envelope: Envelope, numbered: Sequence[tuple[int, str, dict[str, Any]]]) -> list[Row]:
    """Rows by number, case and content, handed in by one officer."""
    return [Row(number, content, replace(envelope, case=case)) for number, case, content in numbered]
