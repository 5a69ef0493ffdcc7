"""`starter.py approve`: an officer's approval of what waits for it (maker and checker)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from desk.batches.batch_submitting import submit_file
from desk.batches.batches import APPROVALS, times_awaited
from desk.client.session import with_client
from desk.client.views.approvals import waiting_documents, waiting_papers
from desk.commands.staff_options import BatchOption, EachCase, StaffOptions, case_or_file, with_staff_options
from desk.commands.submitting import reads, submit
from desk.files.typed_words import known_word, titles_of
from desk.language import say
from desk.officers.signing import demonstration_officers_here
from desk.screens.case_tables import print_to_be_approved
from desk.screens.screen import console, print_json
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Party

if TYPE_CHECKING:
    from temporalio.client import Client


@with_staff_options
def approve(
    case: EachCase = "",
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="release_of_funds, posting, refund or ruling, or its title.")
    ] = "",
    of: Annotated[str, typer.Option(help="Number of the paper you have read, as `show` tells it.")] = "",
    unmask: Annotated[
        bool, typer.Option(help="Without WHAT: show what waits with names, ID numbers and accounts in full.")
    ] = False,
    file: BatchOption = None,
    *,
    options: StaffOptions,
) -> None:
    """Read what waits for approval, with its amounts, or approve it; two officers are two persons.

    Without WHAT nothing is approved: what waits is shown, with --unmask in
    full and with the person's account; the access log keeps who read it.
    A file has the columns case and what, and of where a paper is named.
    """
    case_or_file(case, file, what, of, options.message_id, options.signal)
    if file is not None:
        submit_file(APPROVALS, file, options.envelope("", None))
        return
    if not (what or of or options.by or options.message_id):
        reads(options.officer)
        _show_what_waits(case, options.as_json, unmask)
        return
    what = known_word(titles_of(Approvable), what)
    known = what in tuple(Approvable)
    usual = Approvable(what).party if known else Party.NOBODY
    envelope = options.envelope(case, usual)
    once = ""
    if known and (options.officer or demonstration_officers_here()) and not options.message_id:
        once, approved_by = with_client(lambda client: _awaited_so_far(client, case, Approvable(what)))
        envelope = replace(envelope, approved_by=approved_by)
    submit(StaffAction.APPROVE, {"what": what, "of": of}, envelope, once=once)


async def _awaited_so_far(client: Client, case: str, what: Approvable) -> tuple[str, tuple[str, ...]]:
    """How often such an approval has been asked for, and who has given the one that waits now."""
    from desk.client.asking import ask
    from workflows.transfer_case import TransferCase

    times = await times_awaited(client, case, what)
    progress = await ask(client, case, TransferCase.progress)
    return times, next((one.by for one in progress.approvals if one.what is what), ())


def _show_what_waits(case: str, as_json: bool, unmask: bool) -> None:
    from desk.client.asking import look_up

    view = with_client(lambda client: look_up(client, case))
    if as_json:
        print_json({"case_no": case, "awaited": waiting_documents(view, unmask)})
    elif waiting := waiting_papers(view, unmask):
        print_to_be_approved(console(), waiting)
    else:
        console().print(say("Nothing waits for approval.", "当前无待审批事项。"))
