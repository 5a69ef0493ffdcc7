"""`starter.py list`: many cases, by bureau, stage, flag, overdue or due date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from desk.client.session import with_client
from desk.commands.staff_options import JsonOption
from desk.files.files import bureau_key as known_key
from desk.files.files import typed_day
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.duty_words import stage_words
from desk.screens.screen import console, print_json, table
from desk.words import bureau, title
from models.messages.stages import Party, Stage
from workflows.identifiers import OVERDUE, Flag

if TYPE_CHECKING:
    from desk.client.visibility import ListedCase

FLAGS_IN_WORDS = {
    Flag.REMINDED: Words("reminded", "已催办"),
    Flag.ESCALATED: Words("escalated", "已上报省局"),
    Flag.DISPUTED: Words("disputed", "有异议"),
    Flag.AWAITING_APPROVAL: Words("awaits approval", "待审批"),
    Flag.MESSAGE_REFUSED: Words("message refused", "有消息未予处理"),
    Flag.PROVISIONAL: Words("due date provisional", "到期日暂定"),
}


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
    from desk.client.visibility import at_either_side, at_stage, due_before, find, flagged

    parts = [at_either_side(key)] if key else []
    parts += [due_before(day)] if day else []
    parts += [at_stage(stage)] if stage else []
    parts += [flagged(flag)] if flag else []
    parts += [f"{OVERDUE.name} = true"] if overdue else []
    rows, total = with_client(lambda client: find(client, parts, limit))
    if as_json:
        print_json({"total": total, "cases": [row.document() for row in rows]})
        return
    screen = console()
    screen.print(_table(rows))
    screen.print(say(f"{len(rows)} of {total} cases", f"共 {total} 件，显示 {len(rows)} 件"))


def _typed(key: str | None, due: str | None) -> tuple[str | None, date | None]:
    """The bureau and the day that were typed. Raises BadInput with everything wrong in them."""
    problems: list[str] = []
    day = None
    try:
        key = known_key(key) if key is not None else None
    except BadInput as bad:
        problems.append(bad.summary)
    try:
        day = typed_day("--due-before", due) if due is not None else None
    except BadInput as bad:
        problems.append(bad.summary)
    if problems:
        raise BadInput(problems[0], problems[1:])
    return key, day


def _table(rows: Sequence[ListedCase]) -> Table:
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
        shown.add_row(
            row.case_no,
            stage_words(Stage(row.stage), row.broken_off),
            _waiting_on(row),
            f"{bureau(row.bureau_out)} → {bureau(row.bureau_in)}",
            "" if row.broken_off else str(row.due_on or ""),
            marks(row),
        )
    return shown


def _waiting_on(row: ListedCase) -> str:
    """Nobody, and nobody any more, is left blank."""
    nobody = row.broken_off or row.waiting_on in ("", Party.NOBODY)
    return "" if nobody else title(Party(row.waiting_on))


def marks(row: ListedCase) -> str:
    """What a person has to notice about a case, the gravest first."""
    if row.broken_off:
        return ""
    words = [say("[red]cannot go on[/red]", "[red]程序出错[/red]")] if row.stuck else []
    words += [say("[red]overdue[/red]", "[red]逾期[/red]")] if row.overdue else []
    words += [str(FLAGS_IN_WORDS[Flag(one)]) for one in row.flags if one in FLAGS_IN_WORDS]
    return say(", ", "，").join(words)
