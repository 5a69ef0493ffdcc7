"""`approve --file` and `supplement --file`: each row to its case, and each answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from desk.batches.batches import (
    Answered,
    Batch,
    BatchRow,
    cases_not_found,
    problems_of,
    rows_of,
    submit_row,
)
from desk.client.request_forms import Envelope
from desk.client.session import with_client
from desk.client.silence import NoSuchCase
from desk.commands.submitting import flagged
from desk.files.batch_file import read_batch
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.screens.bad_input import lines_of
from desk.screens.screen import console, print_json

if TYPE_CHECKING:
    from temporalio.client import Client


def submit_file(batch: Batch, file: Path, everyone: Envelope) -> None:
    """Check every row, then hand each in and print its answer; exits 1 when a case has said no.

    Raises BadInput with every problem of every row, a case that is not there among them; nothing is sent.
    """
    rows = rows_of(batch, read_batch(file, batch.titles, batch.optional), everyone)
    if problems := problems_of(batch, rows):
        raise _unusable(file, problems)
    answers = with_client(lambda client: _submit_each(client, batch, rows, file))
    if everyone.as_json:
        print_json([_document(one) for one in answers])
    else:
        for one in answers:
            console().print(_line(one), markup=False, soft_wrap=True)
    if not all(one.accepted for one in answers):
        raise typer.Exit(1)


def _unusable(file: Path, problems: Sequence[Problem]) -> BadInput:
    summary = Words(f"{file} cannot be used; nothing was sent:", f"{file} 有误，未提交：")
    return BadInput(summary, [*map(flagged, problems)])


async def _submit_each(client: Client, batch: Batch, rows: Sequence[BatchRow], file: Path) -> list[Answered]:
    from desk.client.asking import how_broken_off

    async def look_for(case: str) -> Words | None:
        try:
            await how_broken_off(client, case)
        except NoSuchCase as nowhere:
            return nowhere.summary
        return None

    if problems := await cases_not_found(rows, look_for):
        raise _unusable(file, problems)
    return [await submit_row(client, batch, row) for row in rows]


def _words(answered: Answered) -> str:
    """The answer, with the command that helps where no case has answered."""
    if answered.bad is None:
        return answered.words
    return " ".join(line.strip() for line in lines_of(answered.bad))


def _line(answered: Answered) -> str:
    row, case, words = answered.row.number, answered.row.envelope.case, _words(answered)
    return say(f"row {row}: {case}: {words}", f"第 {row} 行：{case}：{words}")


def _document(answered: Answered) -> dict[str, Any]:
    row = answered.row
    return {
        "row": row.number,
        "case_no": row.envelope.case,
        "accepted": answered.accepted,
        "answer": _words(answered),
    }
