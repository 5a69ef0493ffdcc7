"""`approve --file` and `supplement --file`: each row to its case, and each answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from desk.batches.batches import Answered, Batch, BatchRow, problems_of, rows_of, submit_row
from desk.client.request_forms import Envelope
from desk.client.session import with_client
from desk.commands.submitting import flagged
from desk.files.batch_file import read_batch
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.bad_input import lines_of
from desk.screens.screen import console, print_json

if TYPE_CHECKING:
    from temporalio.client import Client


def submit_file(batch: Batch, file: Path, everyone: Envelope) -> None:
    """Check every row, then hand each in and print its answer; exits 1 when a case has said no.

    Raises BadInput with every problem of every row, and nothing is sent.
    """
    rows = rows_of(batch, read_batch(file, batch.titles, batch.optional), everyone)
    if problems := problems_of(batch, rows):
        summary = Words(f"{file} cannot be used; nothing was sent:", f"{file} 有误，未提交：")
        raise BadInput(summary, [*map(flagged, problems)])
    answers = with_client(lambda client: _submit_each(client, batch, rows))
    if everyone.as_json:
        print_json([_document(one) for one in answers])
    else:
        for one in answers:
            console().print(_line(one), markup=False, soft_wrap=True)
    if not all(one.accepted for one in answers):
        raise typer.Exit(1)


async def _submit_each(client: Client, batch: Batch, rows: Sequence[BatchRow]) -> list[Answered]:
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
