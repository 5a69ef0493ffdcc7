"""`starter.py supplement` and `withdraw`: what an applicant brings to the counter, entered by an officer."""

import re
from typing import Annotated

import typer

from desk.batches.batch_submitting import rows_of, submit_rows
from desk.commands.staff_options import BatchOption, CaseArgument, EachCase, Head, case_or_file, with_head
from desk.commands.submitting import submit
from desk.files.batch_file import read_batch
from models.messages.requests import StaffAction
from models.messages.stages import Party

TITLES = {"case": "案号", "paper": "材料"}
SEPARATORS = re.compile(r"[;；、]")


@with_head
def supplement(
    case: EachCase = "",
    paper: Annotated[list[str] | None, typer.Option(help="Required: paper handed in, repeatable.")] = None,
    file: BatchOption = None,
    *,
    head: Head,
) -> None:
    """Enter papers that were missing; the same case goes on (第六条).

    Papers: identity_document, application_form, posting_document,
    former_employers_form, departure_document, service_certification, or their Chinese titles.
    A file has the columns case and paper, several papers separated by semicolons.
    """
    case_or_file(case, file, paper, head.message_id, head.signal)
    if file is not None:
        everyone = head.envelope("", Party.TRANSFER_IN)
        rows = read_batch(file, TITLES, frozenset())
        papers = [SEPARATORS.split(row.cells["paper"]) for row in rows]
        contents = [{"materials": sorted({one.strip() for one in each if one.strip()})} for each in papers]
        numbered = [(row.number, row.cells["case"], said) for row, said in zip(rows, contents, strict=True)]
        submit_rows(StaffAction.SUPPLEMENT, file, rows_of(everyone, numbered))
        return
    envelope = head.envelope(case, Party.TRANSFER_IN)
    submit(StaffAction.SUPPLEMENT, {"materials": sorted(set(paper or ()))}, envelope)


@with_head
def withdraw(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Required: why the applicant takes the application back.")] = "",
    *,
    head: Head,
) -> None:
    """Take an application back for the applicant; possible until the funds leave."""
    envelope = head.envelope(case, Party.APPLICANT)
    submit(StaffAction.WITHDRAW, {"reason": reason}, envelope)
