"""`starter.py list`: many cases, by bureau, stage, flag, overdue or due date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from rich.table import Table

from desk.client.session import with_client
from desk.client.views.case_list import CaseRow, CaseSearch, cases_found
from desk.commands.staff_options import JsonOption
from desk.files.files import bureau_key as known_key
from desk.files.files import typed_day
from desk.language import say
from desk.problems import BadInput, Problem
from desk.screens.screen import console, drawn, print_json, table
from models.messages.stages import Stage
from workflows.identifiers import Flag


def list_cases(
    bureau_key: Annotated[
        str | None, typer.Option("--bureau", help="Cases of this bureau, either side.")
    ] = None,
    stage: Annotated[Stage | None, typer.Option(help="Cases at this stage.")] = None,
    flag: Annotated[Flag | None, typer.Option(help="Cases that bear this flag.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Overdue cases only.")] = False,
    due: Annotated[
        str | None, typer.Option("--due-before", metavar="DATE", help="Due before this day, YYYY-MM-DD.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Cases by bureau, stage, flag, overdue or due date; the nearest due date first."""
    key, day = _typed(bureau_key, due)
    search = CaseSearch(key, stage, flag, overdue, day)
    cases = with_client(lambda client: cases_found(client, search, limit))
    if as_json:
        print_json(cases.document())
        return
    screen = console()
    screen.print(_table(cases.rows))
    screen.print(cases.count)


def _typed(key: str | None, due: str | None) -> tuple[str | None, date | None]:
    """The bureau and the day that were typed. Raises BadInput with everything wrong in them."""
    problems: list[Problem] = []
    day = None
    try:
        key = known_key(key) if key is not None else None
    except BadInput as bad:
        problems += bad.problems
    try:
        day = typed_day("--due-before", due) if due is not None else None
    except BadInput as bad:
        problems += bad.problems
    if problems:
        raise BadInput(problems=problems)
    return key, day


def _table(rows: Sequence[CaseRow]) -> Table:
    shown = table(
        say("case", "案号"),
        say("stage", "阶段"),
        say("waiting on", "待办方"),
        say("out → in", "转出 → 转入"),
        say("due", "到期"),
        "",
        whole=(0, 4),
    )
    for row in rows:
        shown.add_row(row.case_no, drawn(row.stage), row.waiting_on, row.ways, row.due, drawn(row.marks))
    return shown
