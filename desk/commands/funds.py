"""`starter.py funds`: import of the bank's statement, and what a bureau still expects from the others."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from desk.client.session import with_client
from desk.commands.staff_options import OfficerOption
from desk.commands.unallocated import assign_unallocated, print_moved, print_unallocated, return_unallocated
from desk.files.files import bureau_key
from desk.files.statement_file import TITLES, read_statement
from desk.language import say
from desk.problems import BadInput
from desk.screens.screen import JsonOption, console, print_json, table
from desk.words import bureau, money, title
from models.files.system_errors import why_not
from models.messages.bank_statement import (
    ArrivalOutcome,
    ExpectedFunds,
    LineAnswer,
    StatementLine,
    case_and_sequence,
)
from rules.values.money import yuan

if TYPE_CHECKING:
    from desk.client.arrivals import CaseTold

funds = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Money between bureaus that the bank's statement reports.",
)

File = Annotated[
    Path,
    typer.Argument(metavar="STATEMENT", help=f"Table (.csv, .xlsx) of the columns {', '.join(TITLES)}."),
]


@funds.command("import")
def import_statement(
    file: File,
    asked: Annotated[
        str, typer.Option("--bureau", help="Whose account it is; else the bureau all its cases move to.")
    ] = "",
    officer: OfficerOption = "",
    as_json: JsonOption = False,
) -> None:
    """Enter the arrivals of a bank's statement and tell their cases. The same file twice changes nothing.

    Exit code 1 when a line is not as it was entered before.
    """
    lines = read_statement(file)
    key = bureau_key(asked) if asked else _bureau_of(lines)
    from desk.client.arrivals import submit_statement

    entered = with_client(lambda client: submit_statement(client, key, lines, officer))
    if as_json:
        print_json({"bureau": key, "lines": [_document(answer, told) for answer, told in entered]})
    else:
        _print_entered(console(), key, entered)
    if any(answer.outcome is ArrivalOutcome.CONTRADICTED for answer, _ in entered):
        raise typer.Exit(1)


@funds.command()
def expected(
    asked: Annotated[str, typer.Option("--bureau", help="The bureau that expects the money.")],
    template: Annotated[
        Path | None, typer.Option(help="Also write a CSV file, to be filled in and imported.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What is announced and not all in, and money in suspense that no remittance accounts for.

    And what officers did with such money, the last fifty times.
    """
    key = bureau_key(asked)
    from desk.client.arrivals import expected_funds

    found = with_client(lambda client: expected_funds(client, key))
    if template:
        _write_template(template, found)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    _print_expected(console(), found)
    if template:
        console().print(say(f"written: {template}", f"已写入：{template}"), markup=False)


funds.command("assign")(assign_unallocated)
funds.command("return")(return_unallocated)


def _bureau_of(lines: Sequence[StatementLine]) -> str:
    """The bureau to which all these lines' cases move. Raises BadInput when that is not one bureau."""
    named = {found[0] for line in lines if (found := case_and_sequence(line.remittance))}
    keys = {case_no.partition("-")[0] for case_no in named}
    if len(keys) != 1:
        raise BadInput(
            say(
                "The lines do not tell whose statement this is; say so with --bureau KEY.",
                "无法由明细判断账户所属机构，请用 --bureau 指明。",
            )
        )
    return bureau_key(keys.pop())


def _document(answer: LineAnswer, told: CaseTold) -> dict[str, object]:
    return {**answer.model_dump(mode="json"), "missing": answer.missing, "case": told}


def _print_entered(screen: Console, key: str, entered: Sequence[tuple[LineAnswer, CaseTold]]) -> None:
    shown = table(
        say("reference", "银行流水号"),
        say("value date", "起息日"),
        say("remittance", "划转编号"),
        say("amount", "金额"),
        say("outcome", "结果"),
        whole=(1, 2, 3),
    )
    shown.columns[3].justify = "right"
    for answer, told in entered:
        line, outcome = answer.line, _words(answer, told)
        shown.add_row(line.reference, str(line.value_date), line.remittance, money(line.amount), outcome)
    screen.print(shown)
    screen.print(_sums(key, entered), markup=False, soft_wrap=True)


def _words(answer: LineAnswer, told: CaseTold) -> str:
    """'partial, 120.00 missing'; the amount held in suspense; anything else that a clerk has to know."""
    from desk.client.arrivals import CaseTold

    words = [title(answer.outcome)]
    if answer.missing and answer.outcome is not ArrivalOutcome.CONTRADICTED:
        words.append(say(f"{money(answer.missing)} missing", f"尚缺 {money(answer.missing)}"))
    if answer.kept:
        words.append(say(f"{money(answer.kept)} kept in suspense", f"{money(answer.kept)} 挂暂收款"))
    if answer.moved:
        words.append(say(f"{money(answer.moved)} moved on", f"{money(answer.moved)} 已处理"))
    if answer.known and answer.outcome is not ArrivalOutcome.CONTRADICTED:
        words.append(say("entered before", "此前已登记"))
    if told is CaseTold.ENDED:
        words.append(say("the case has ended", "案件已终结"))
    return say(", ", "，").join(words)


def _sums(key: str, entered: Sequence[tuple[LineAnswer, CaseTold]]) -> str:
    from desk.client.arrivals import CaseTold

    others = sum(answer.outcome is ArrivalOutcome.CONTRADICTED for answer, _ in entered)
    known = sum(answer.known for answer, _ in entered) - others
    told = Counter(told for _, told in entered)[CaseTold.TOLD]
    new = len(entered) - known - others
    if others:
        return say(
            f"{bureau(key)}: {others} of {len(entered)} lines are not as they were entered before, and what "
            f"was entered stays; {new} arrivals entered, {known} entered before as they are",
            f"{bureau(key)}：{len(entered)} 笔中有 {others} 笔与此前登记的不一致，原登记不变；"
            f"新登记 {new} 笔，此前已照此登记 {known} 笔",
        )
    if not new and not told:
        return say(
            f"{bureau(key)}: all {known} arrivals had been entered before; nothing was changed",
            f"{bureau(key)}：{known} 笔均已登记，未作变更",
        )
    return say(
        f"{bureau(key)}: {new} arrivals entered, {known} entered before; {told} told to their cases",
        f"{bureau(key)}：新登记 {new} 笔，此前已登记 {known} 笔；已通知案件 {told} 笔",
    )


def _print_expected(screen: Console, found: ExpectedFunds) -> None:
    shown = table(
        say("remittance", "划转编号"),
        say("from", "划出机构"),
        say("sent on", "划出日期"),
        say("announced", "通知金额"),
        say("come", "已到账"),
        say("missing", "尚缺"),
        whole=(0, 2),
    )
    for number in (3, 4, 5):
        shown.columns[number].justify = "right"
    for one in found.expected:
        amounts = (money(one.announced), money(one.come), money(one.missing))
        shown.add_row(one.remittance, bureau(one.sent_by), str(one.sent_on), *amounts)
    if found.expected:
        screen.print(shown)
    else:
        screen.print(say("Nothing is announced that is not in.", "没有已通知而未到账的款项。"))
    if found.kept:
        screen.print()
        print_unallocated(screen, found.kept)
    if found.moved:
        screen.print()
        print_moved(screen, found.moved)


def _write_template(path: Path, found: ExpectedFunds) -> None:
    """Write a row for each missing amount; the clerk copies day and reference from the bank."""
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(say(*both) for both in TITLES.items())
            rows.writerows(["", one.remittance, yuan(one.missing), ""] for one in found.expected)
    except OSError as error:
        raise BadInput(
            say(
                f"{path} cannot be written: {why_not(error).en}.",
                f"无法写入 {path}：{why_not(error).zh}。",
            )
        ) from None
