"""A file that hands in an action to many cases: its columns, its rows, and the answers. No terminal."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desk.client.request_forms import Envelope, request_of
from desk.files.tables import TableRow
from desk.files.typed_words import known_word, titles_of
from desk.language import Words, say
from desk.problems import BadInput, Problem
from models.messages.requests import Approvable, Receipt, StaffAction
from models.messages.stages import Event, Party

if TYPE_CHECKING:
    from temporalio.client import Client

SEPARATORS = re.compile(r"[;；、]")
Said = tuple[dict[str, Any], Party]
"""What a row hands in, and the party whose action it usually is."""


@dataclass(frozen=True, slots=True)
class Batch:
    """An action that is handed in by file: `titles` are its columns, with their names in a Chinese table.

    `once` tells apart two messages of the same content that mean different things.
    """

    action: StaffAction
    titles: Mapping[str, str]
    optional: frozenset[str]
    said: Callable[[Mapping[str, str]], Said]
    once: Callable[[Client, BatchRow], Awaitable[str]] | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What a row hands in to a case; `number` is the line of the file."""

    number: int
    content: dict[str, Any]
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a row: whether it was accepted, and in what words; `bad` where no case has answered."""

    row: BatchRow
    accepted: bool
    words: str
    bad: BadInput | None = None


def rows_of(batch: Batch, table: Sequence[TableRow], everyone: Envelope) -> list[BatchRow]:
    """The rows of a table, each to its case, all of them handed in by one officer."""
    rows = []
    for row in table:
        content, usual = batch.said(row.cells)
        envelope = replace(everyone, case=row.cells["case"], usual=usual)
        rows.append(BatchRow(row.number, content, envelope))
    return rows


def problems_of(batch: Batch, rows: Sequence[BatchRow]) -> list[Problem]:
    """Everything wrong with the rows, each problem in its row; none of them can be sent then."""
    problems = []
    for row in rows:
        request, found = request_of(batch.action, row.content, row.envelope)
        if request is None:
            problems += [one.within(f"row {row.number}", f"第 {row.number} 行") for one in found]
    return problems


async def cases_not_found(
    rows: Sequence[BatchRow], look_for: Callable[[str], Awaitable[Words | None]]
) -> list[Problem]:
    """The rows whose case does not exist; `look_for` says so of a case number, and None if it exists."""
    return [
        Problem("case", words, Words("case", "案号")).within(f"row {row.number}", f"第 {row.number} 行")
        for row in rows
        if (words := await look_for(row.envelope.case))
    ]


async def submit_row(client: Client, batch: Batch, row: BatchRow) -> Answered:
    """Hand a row in that has no problems, and give its case's answer."""
    from desk.client.handing_in import deliver

    try:
        apart = await batch.once(client, row) if batch.once else ""
        request, _ = request_of(batch.action, row.content, row.envelope, apart)
        assert request is not None, "checked before anything was sent"
        answer = await deliver(client, batch.action, request, row.envelope.case)
    except BadInput as bad:
        return Answered(row, accepted=False, words=str(bad), bad=bad)
    words = say(answer.en, answer.zh)
    if isinstance(answer, Receipt) and answer.duplicate:
        words = say("handed in before; nothing was done again", "此前已提交，未重复办理")
    return Answered(row, isinstance(answer, Receipt), words)


async def times_awaited(client: Client, case: str, what: str) -> str:
    """How often this has waited for approval: a supplement's release is not that of the first funds."""
    from desk.client.asking import ask, how_broken_off
    from workflows.transfer_case import TransferCase

    await how_broken_off(client, case)
    journal = await ask(client, case, TransferCase.journal)
    return str(sum(entry.event is Event.APPROVAL_AWAITED and entry.paper == what for entry in journal))


def _papers(cells: Mapping[str, str]) -> Said:
    papers = (one.strip() for one in SEPARATORS.split(cells["paper"]))
    return {"materials": sorted({one for one in papers if one})}, Party.TRANSFER_IN


def _approved(cells: Mapping[str, str]) -> Said:
    what = known_word(titles_of(Approvable), cells["what"])
    usual = Approvable(what).party if what in tuple(Approvable) else Party.NOBODY
    return {"what": what, "of": cells.get("of", "")}, usual


async def _times_awaited(client: Client, row: BatchRow) -> str:
    return await times_awaited(client, row.envelope.case, str(row.content["what"]))


SUPPLEMENTS = Batch(StaffAction.SUPPLEMENT, {"case": "案号", "paper": "材料"}, frozenset(), _papers)
APPROVALS = Batch(
    StaffAction.APPROVE,
    {"case": "案号", "what": "审批事项", "of": "文书编号"},
    frozenset({"of"}),
    _approved,
    _times_awaited,
)
