"""`starter.py show`: one case with its status, who owes what since when, its clocks, days and journal."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.client.applicant.receipt import receipt_code
from desk.client.applicant.telling import told_to_the_person
from desk.client.case_numbers import person_secret
from desk.client.session import with_client
from desk.client.views.case import CaseView, Days
from desk.client.views.journal import LINES
from desk.client.views.shown_case import OpenCorrection, ShownCase, ask_case, shown_case
from desk.commands.choosing import print_offer
from desk.commands.staff_options import CaseArgument
from desk.commands.submitting import reads
from desk.files.files import bureau_key
from desk.language import say
from desk.outbox.command import messages_table
from desk.outbox.outgoing import messages_of_case
from desk.screens.bad_input import summary_of
from desk.screens.case_tables import (
    journal_table,
    print_clocks,
    print_papers,
    print_responsibility,
    print_sections,
    print_to_be_approved,
)
from desk.screens.masking import masked
from desk.screens.possible import possible_lines
from desk.screens.screen import JsonOption, console, drawn, pairs, print_json, table
from models.messages.requests import StaffAction

if TYPE_CHECKING:
    from temporalio.client import Client

    from models.outbox.outgoing import OutgoingLine


class Audience(StrEnum):
    """The readers to whom a case can be shown."""

    OFFICER = "officer"
    APPLICANT = "applicant"


def show(
    case: CaseArgument,
    as_json: JsonOption = False,
    dossier_at: Annotated[
        str, typer.Option("--bureau", help="Whose dossier to read once the case has ended.")
    ] = "",
    papers: Annotated[bool, typer.Option(help="Also the papers of the case.")] = False,
    messages: Annotated[
        bool, typer.Option(help="Also the messages sent about the case, and whether they arrived.")
    ] = False,
    unmask: Annotated[bool, typer.Option(help="Show names, ID numbers and accounts in full.")] = False,
    reader: Annotated[
        Audience, typer.Option("--for", help="Whom it is for: an officer, or the person in plain words.")
    ] = Audience.OFFICER,
    lines: Annotated[
        int, typer.Option("--journal", min=1, help="How many lines of the journal, the latest.")
    ] = LINES,
    officer: Annotated[
        str, typer.Option("--officer", metavar="ID", help="Who reads it, for the access log; never a name.")
    ] = "",
) -> None:
    """One case: where it stands, who is to act, its clocks, its days by party, and its journal."""
    key = bureau_key(dossier_at) if dossier_at else ""
    reads(officer)
    view, days, sent = with_client(lambda client: _ask(client, case, key, messages))
    if reader is Audience.APPLICANT:
        _print_told(view, as_json)
        return
    if as_json:
        print_json(_document(view, days, unmask) | _sent_document(sent))
        return
    screen = console()
    shown = shown_case(view, days, unmask)
    print_case(screen, shown, lines)
    if papers:
        _print_papers(screen, shown, StaffAction.CHOOSE in view.progress.possible)
    if sent is not None:
        screen.print()
        screen.print(f"[bold]{say('messages', '消息')}[/bold]")
        screen.print(messages_table(sent) if sent else say("nothing", "没有"))


async def _ask(
    client: Client, case: str, dossier_at: str, messages: bool
) -> tuple[CaseView, Days, Sequence[OutgoingLine] | None]:
    """The case, and its messages if asked for."""
    view, days = await ask_case(client, case, dossier_at)
    if not messages:
        return view, days, None
    ends = (view.progress.bureau_in, view.progress.bureau_out)
    return view, days, await messages_of_case(client, case, ends)


def _sent_document(sent: Sequence[OutgoingLine] | None) -> dict[str, Any]:
    return {} if sent is None else {"messages": [line.model_dump(mode="json") for line in sent]}


def _print_told(view: CaseView, as_json: bool) -> None:
    """Print what the person is told: each question with its answers, and the code of the receipt."""
    blocks = told_to_the_person(view)
    code = receipt_code(view.progress.case_no, person_secret())
    if as_json:
        told = [{"head": one.head, "lines": list(one.lines)} for one in blocks]
        print_json({"case_no": view.progress.case_no, "code": code, "told": told})
        return
    screen = console()
    for block in blocks:
        screen.print(block.head, style="bold", markup=False)
        for line in block.lines:
            screen.print(f"  {line}", markup=False)
        screen.print()
    screen.print(say(f"Code on the receipt: {code}", f"回执查询码：{code}"), markup=False)


def _print_papers(screen: Console, shown: ShownCase, choice_is_open: bool) -> None:
    print_papers(screen, shown.papers)
    if shown.offer is not None:
        screen.print()
        screen.print(f"[bold]{say('months paid twice ', '')}《重复缴费确认书》[/bold]")
        print_offer(screen, shown.offer, choice_is_open)
    print_sections(screen, shown.decisions)
    print_sections(screen, shown.disputes)
    print_sections(screen, shown.rulings)


def _document(view: CaseView, days: Days, unmask: bool) -> dict[str, Any]:
    document: dict[str, Any] = view.progress.model_dump(mode="json")
    document["dossier_at"] = view.filed_at
    document["broken_off"] = view.broken_off
    document["working_days_late_now"] = dict(days.late)
    document["journal"] = [entry.model_dump(mode="json") for entry in view.journal]
    document["papers"] = masked(view.papers, unmask)
    document["choice"] = masked(view.choice, unmask) if view.choice else None
    document["corrections"] = [masked(one, unmask) for one in view.corrections]
    document["answered"] = [masked(one, unmask) for one in view.answered]
    document["chosen"] = masked(view.chosen, unmask) if view.chosen else None
    document["cleared"] = masked(view.cleared, unmask) if view.cleared else None
    document["disputes"] = [masked(one, unmask) for one in view.disputes]
    waiting = view.to_be_approved
    document["to_be_approved"] = masked(waiting, unmask) if waiting else None
    document["rulings"] = [masked(one, unmask) for one in view.rulings]
    document["unanswered"] = str(days.unanswered) if days.unanswered else None
    document["responsibility"] = days.charged.model_dump(mode="json") if days.charged else None
    return document


def print_case(screen: Console, shown: ShownCase, lines: int = LINES) -> None:
    """Print the case without its papers, and the latest lines of its journal."""
    _print_head(screen, shown)
    if shown.corrections:
        screen.print()
        screen.print(_open_corrections(shown.corrections))
    print_to_be_approved(screen, shown.to_be_approved)
    if shown.clocks:
        screen.print()
        print_clocks(screen, shown.clocks)
    if shown.charged is not None:
        screen.print()
        print_responsibility(screen, shown.charged)
    if shown.unanswered is not None:
        why = summary_of(shown.unanswered)
        screen.print()
        screen.print(say("Whose the days were is not shown: ", "责任归属未显示：") + why, markup=False)
    if shown.possible is not None:
        screen.print()
        for line in possible_lines(shown.case_no, shown.possible, shown.statement_at):
            # On one line, however long: a command is there to be copied.
            screen.print(line, markup=False, soft_wrap=True)
    screen.print()
    if (before := len(shown.journal) - lines) > 0:
        whole = f"`starter.py show {shown.case_no} --journal {len(shown.journal)}`"
        screen.print(
            say(
                f"{before} earlier lines of the journal: {whole}", f"办理记录另有较早的 {before} 条：{whole}"
            ),
            markup=False,
            soft_wrap=True,
        )
    screen.print(journal_table(shown.journal[-lines:]))


def _print_head(screen: Console, shown: ShownCase) -> None:
    head = pairs()
    for row in shown.standing:
        head.add_row(row.label, drawn(row.value))
    screen.print(head)
    if shown.filed:
        screen.print(f"  {shown.filed}", markup=False)
    for ground, cure in shown.grounds:
        screen.print(f"  {ground}", markup=False)
        if cure:
            screen.print(f"    {cure}", markup=False)


def _open_corrections(corrections: Sequence[OpenCorrection]) -> Table:
    shown = table(
        say("open correction", "待更正栏目"),
        say("seen", "信息表"),
        say("expected", "应为"),
        say("asked by", "提出方"),
        say("since", "提出日期"),
        whole=(4,),
    )
    for one in corrections:
        shown.add_row(one.field, Text(one.seen), Text(one.expected), one.asked_by, one.since)
    return shown
