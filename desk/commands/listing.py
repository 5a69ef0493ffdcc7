"""`starter.py list` and `find`: lists of cases, by their properties or by the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from desk.client.case_numbers import person_key, person_secret
from desk.client.session import with_client
from desk.client.views.case_list import (
    FLAGS_IN_WORDS,
    CaseList,
    CaseRow,
    CaseSearch,
    cases_found,
)
from desk.client.views.tone import Phrase, phrase, words_of
from desk.files.files import bureau_key as known_key
from desk.files.files import typed_day, typed_id_number
from desk.files.typed_words import party_words, titles_of, typed_party, typed_word
from desk.language import say
from desk.problems import BadInput, Problem, require_page
from desk.screens.screen import JsonOption, console, drawn, print_csv, print_json, table
from models.messages.stages import Party, Stage

Read = TypeVar("Read")

MOST_OF_A_PERSON = 200
"""How many cases of one person are shown; nobody has had as many."""


def list_cases(
    bureau_key: Annotated[
        str | None, typer.Option("--bureau", help="Cases of this bureau, either side.")
    ] = None,
    stage: Annotated[str, typer.Option(help="Cases at this stage, by its value or its title.")] = "",
    flag: Annotated[str, typer.Option(help="Cases that bear this flag, by its value or its title.")] = "",
    waiting_on: Annotated[
        str, typer.Option("--waiting-on", help="Whose step is next: in, out, province, applicant.")
    ] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Overdue cases only.")] = False,
    due: Annotated[
        str | None, typer.Option("--due-before", metavar="DATE", help="Due before this day, YYYY-MM-DD.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Opened on this day or later, YYYY-MM-DD.")
    ] = None,
    officer: Annotated[
        str, typer.Option(help="Cases in which this officer has acted; the first 200 are looked through.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many on a page.")] = 50,
    page: Annotated[int, typer.Option(min=1, help="Which page of them.")] = 1,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Cases by bureau, stage, flag, party, due date or day; the nearest due date first."""
    asked = (bureau_key, stage, flag, waiting_on, due, since)
    search = replace(_search(*asked), overdue=overdue, officer=officer)
    cases = with_client(lambda client: cases_found(client, search, limit, (page - 1) * limit))
    if cases.looked_through is None:
        require_page(cases.total, page, limit, "--page")
    _show(cases, as_csv=as_csv, as_json=as_json)


def find(
    id_number: Annotated[str, typer.Option("--id-number", help="The person's ID number.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The cases of a person, by ID number, which is asked about as a keyed hash alone."""
    number = typed_id_number("--id-number", id_number)
    search = CaseSearch(person=person_key(number, person_secret()))
    cases = with_client(lambda client: cases_found(client, search, MOST_OF_A_PERSON))
    _show(cases, as_csv=as_csv, as_json=as_json)


def _show(cases: CaseList, *, as_csv: bool, as_json: bool) -> None:
    if as_json:
        print_json(cases.document())
    elif as_csv:
        print_csv([_columns(), *([*map(words_of, _cells(row))] for row in cases.rows)])
    else:
        screen = console()
        screen.print(_table(cases.rows))
        screen.print(cases.count)


def _search(
    key: str | None, stage: str, flag: str, party: str, due: str | None, since: str | None
) -> CaseSearch:
    """The search as typed. Raises BadInput with everything wrong in it."""
    problems: list[Problem] = []

    def read(reader: Callable[[], Read]) -> Read | None:
        try:
            return reader()
        except BadInput as bad:
            problems.extend(bad.problems)
            return None

    search = CaseSearch(
        bureau=read(lambda: known_key(key)) if key is not None else None,
        stage=read(lambda: typed_word("--stage", titles_of(Stage), stage)) if stage else None,
        flag=read(lambda: typed_word("--flag", FLAGS_IN_WORDS, flag)) if flag else None,
        waiting_on=read(lambda: _party(party)) if party else None,
        due_before=read(lambda: typed_day("--due-before", due)) if due is not None else None,
        since=read(lambda: typed_day("--since", since)) if since is not None else None,
    )
    if problems:
        raise BadInput(problems=problems)
    return search


def _party(typed: str) -> Party:
    if (party := typed_party(typed)) is None:
        raise BadInput(problems=[Problem("--waiting-on", party_words())])
    return party


def _columns() -> list[str]:
    return [
        say("case", "案号"),
        say("stage", "阶段"),
        say("waiting on", "待办方"),
        say("out → in", "转出 → 转入"),
        say("due", "到期"),
        say("notice", "提示"),
    ]


def _cells(row: CaseRow) -> tuple[Phrase, ...]:
    words = row.waiting_on, row.ways, row.due
    return (phrase(row.case_no), row.stage, *map(phrase, words), row.marks)


def _table(rows: Sequence[CaseRow]) -> Table:
    *columns, _ = _columns()
    shown = table(*columns, "", whole=(0, 4))
    for row in rows:
        shown.add_row(*map(drawn, _cells(row)))
    return shown
