"""`starter.py report`: a month in figures, from the bureaus' stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from desk.client.session import with_client
from desk.figures.monthly import PARTIES, Report, Spread, corrections_per_hundred, month_of, table_rows
from desk.files.files import bureau_keys
from desk.language import say
from desk.problems import BadInput
from desk.screens.screen import JsonOption, awaited, console, print_csv, print_json, table
from desk.today import china_today
from desk.words import bureau, money, title
from models.figures.monthly import Occurrence
from models.files.written_values import month as written_month
from models.messages.stages import Party
from rules.application.bureaus import bureaus_at_work
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.months import Month

if TYPE_CHECKING:
    from temporalio.client import Client


def report(
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="The month; else the one under way.")] = "",
    key: Annotated[list[str] | None, typer.Option("--bureau", help="Only this bureau; repeatable.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    as_json: JsonOption = False,
) -> None:
    """A month in figures: cases, working days, money, corrections and grounds, bureaus side by side.

    Exit code 3 when a bureau did not answer.
    """
    asked = _month(month)
    named, problems = bureau_keys(key or ())
    if problems:
        raise BadInput(problems=problems)
    keys = named or [one.key for one in bureaus_at_work(china_today())]
    found = with_client(lambda client: _ask(client, asked, keys))
    if as_json:
        print_json(found.document())
    elif as_csv:
        print_csv(table_rows(found))
    else:
        print_report(console(), found)
    if found.silent:
        raise typer.Exit(3)


async def _ask(client: Client, month: Month, keys: list[str]) -> Report:
    with awaited(keys) as waiting_for:
        return await month_of(client, month, keys, waiting_for)


def _month(text: str) -> Month:
    """The month. Raises BadInput for anything else, and for one that has not begun."""
    now = Month.of(china_today())
    if not text:
        return now
    try:
        month = written_month(text)
    except ValueError:
        raise BadInput(
            say(
                "--month: not a month; write it as 2026-11.",
                "--month：不是月份，应写成 2026-11 或 2026年11月。",
            )
        ) from None
    if month > now:
        raise BadInput(say(f"--month: {month} has not begun.", f"--month：{month} 尚未开始。"))
    return month


def print_report(screen: Console, found: Report) -> None:
    """Bureaus, then days by party and by period, then grounds and points."""
    screen.print(f"[bold]{say(f'figures of {found.month}', f'{found.month} 统计')}[/bold]")
    screen.print(_bureaus(found))
    screen.print()
    by_party = [(title(party), found.days_of(party)) for party in PARTIES]
    screen.print(_spreads(say("charged to", "责任方"), by_party))
    screen.print()
    periods = [(f"{clock.letter} {title(clock)}", found.period_of(clock)) for clock in Clock]
    screen.print(_spreads(say("period", "办理期限"), periods))
    for heading, listed in (
        (say("grounds of refusal", "不予受理理由"), found.grounds()),
        (say("disputed points", "争议事项"), found.points()),
    ):
        if listed:
            screen.print()
            screen.print(_occurrences(heading, listed))
    for silent in found.silent:
        screen.print(say(f"no answer: {silent}", f"未答复：{silent}"), style="yellow", markup=False)


def _bureaus(found: Report) -> Table:
    shown = table(
        say("bureau", "经办机构"),
        say("side", "方向"),
        say("opened", "新收"),
        say("closed", "办结"),
        say("otherwise ended", "其他终止"),
        say("open", "未结"),
        say("late", "逾期"),
        say("sent", "划出（元）"),
        say("received", "收到（元）"),
        say("corrections per 100", "每百件更正"),
    )
    for column in shown.columns[2:]:
        column.justify = "right"
    for key, part in found.rows():
        side = say("in", "转入") if part.side is Party.TRANSFER_IN else say("out", "转出")
        shown.add_row(
            bureau(key),
            f"{side} {part.scheme_from}→{part.scheme_to}",
            str(part.opened),
            str(part.closed),
            str(part.ended - part.closed),
            str(part.open),
            str(part.late),
            money(Fen(part.money)),
            money(Fen(part.money_received)),
            corrections_per_hundred(part),
        )
    return shown


def _spreads(heading: str, spreads: list[tuple[str, Spread]]) -> Table:
    shown = table(
        heading,
        say("cases", "件数"),
        say("median, working days", "中位数（工作日）"),
        say("90 % within", "90% 不超过"),
    )
    for column in shown.columns[1:]:
        column.justify = "right"
    for named, of in spreads:
        values = ("" if value is None else str(value) for value in (of.median, of.ninetieth))
        shown.add_row(named, str(of.cases), *values)
    return shown


def _occurrences(heading: str, listed: list[Occurrence]) -> Table:
    shown = table(heading, say("cases", "件数"))
    shown.columns[1].justify = "right"
    for one in listed:
        shown.add_row(say(one.en, one.zh), str(one.cases))
    return shown
