"""`starter.py calculate`: what a transfer would move (试算), without opening a case."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from desk.client.histories import RecordAtBureau, record_at
from desk.files.files import read_json, typed_day
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.screens.bad_input import with_flags
from desk.screens.information_form import (
    amount_document,
    lines_table,
    service_document,
    years_table,
)
from desk.screens.screen import JsonOption, console, print_json
from desk.today import china_today
from desk.words import mask, money, relationship, scheme, sentence
from models.files.history_file import HistoryFile
from rules.amounts.amounts import OutOfScope, transfer_amount
from rules.amounts.history_problems import UnusableHistory
from rules.amounts.interest import MissingRates, UnpublishedRate
from rules.amounts.one_off import OneOffCheck
from rules.application.linking import recognised_months
from rules.values.months import year_spans
from rules.values.moves import Scheme, other_employee_scheme
from rules.values.record import CreditRounding, History, TransferAmount

_NO_SCHEME = Words("not a scheme; write G, E or R.", "不是险种，应为 G、E 或 R。")


def calculate(
    history_file: Annotated[
        Path | None, typer.Argument(metavar="HISTORY.json", help="A contribution history.")
    ] = None,
    to: Annotated[str, typer.Option(metavar="G|E|R", help="Scheme joined.")] = "",
    on: Annotated[str, typer.Option(help="Day of the transfer, YYYY-MM-DD; else today.")] = "",
    unpublished_rate: Annotated[
        UnpublishedRate, typer.Option(help="While last year's interest rate is not out.")
    ] = UnpublishedRate.LAST_PUBLISHED,
    one_off: Annotated[
        OneOffCheck, typer.Option(help="Check of one-off contributions without papers.")
    ] = OneOffCheck.APPLY,
    credit_rounding: Annotated[
        CreditRounding, typer.Option(help="Credits of the individual account to the fen, a year or a month.")
    ] = CreditRounding.YEARLY,
    as_json: JsonOption = False,
    unmask: Annotated[bool, typer.Option(help="Show the ID number in full.")] = False,
    id_number: Annotated[
        str, typer.Option("--id", help="Instead of a file: a person in a bureau's books, by ID number.")
    ] = "",
    bureau_key: Annotated[str, typer.Option("--bureau", help="The bureau to ask, with --id.")] = "",
    scheme_from: Annotated[
        str,
        typer.Option("--from", metavar="G|E|R", help="Scheme left, with --id; else the other of G and E."),
    ] = "",
) -> None:
    """Try out a transfer: the six lines of the information form, the account by years, and why."""
    joined, day = what_is_asked(to, on)
    if history_file is not None and not (id_number or bureau_key):
        file = read_json(history_file, HistoryFile, {"on": day})
        person = file.person
        periods = tuple(one.service() for one in person.recognised_service)
        known = RecordAtBureau(person.name, person.id_number, file.bureau, file.history(), periods)
    elif history_file is None and id_number and bureau_key:
        known = _known_at(bureau_key, id_number, _left(scheme_from, joined))
    else:
        raise BadInput(
            say(
                "Give either a history file, or --id and --bureau of a person in the books.",
                "请提供缴费记录文件，或用 --id 和 --bureau 指定账库中的人员。",
            )
        )
    history = replace(known.history, credit_rounding=credit_rounding)
    amount = amount_of(history, joined, day, unpublished_rate, one_off)
    if as_json:
        service = [service_document(one) for one in known.recognised_service]
        print_json({**amount_document(amount), "recognised_service": service})
        return
    shown = known.id_number if unmask else mask(known.id_number)
    print_calculation(f"{known.name}, {shown}", known, history, joined, day, amount)


def _left(text: str, joined: Scheme) -> Scheme:
    """The scheme left, as typed. Raises BadInput for anything else."""
    if not text:
        return other_employee_scheme(joined)
    if text.upper() not in set(Scheme):
        raise BadInput(_refused(), [Problem("--from", _NO_SCHEME)])
    return Scheme(text.upper())


def _known_at(key: str, id_number: str, left: Scheme) -> RecordAtBureau:
    try:
        return record_at(key, id_number, left)
    except BadInput as bad:
        raise with_flags(bad, {"bureau": "--bureau", "id_number": "--id"}) from None


def _refused() -> Words:
    return Words("Nothing can be calculated:", "无法试算：")


def what_is_asked(to: str, on: str) -> tuple[Scheme, date]:
    """The scheme joined and the day of transfer, today by default. Raises BadInput for anything else."""
    problems: list[Problem] = []
    if to.upper() not in set(Scheme):
        problems.append(Problem("--to", _NO_SCHEME))
    try:
        day = typed_day_or_today(on)
    except BadInput as bad:
        problems += bad.problems
    if problems:
        raise BadInput(_refused(), problems)
    return Scheme(to.upper()), day


def typed_day_or_today(text: str) -> date:
    """The day typed after --on; today in China if empty. Raises BadInput for anything else."""
    return typed_day("--on", text) if text else china_today()


def amount_of(
    history: History,
    to: Scheme,
    on: date,
    unpublished: UnpublishedRate = UnpublishedRate.LAST_PUBLISHED,
    one_off: OneOffCheck = OneOffCheck.APPLY,
) -> TransferAmount:
    """What a transfer moves by this history. Raises BadInput with every problem at once."""
    try:
        return transfer_amount(history, to, on, unpublished=unpublished, one_off=one_off)
    except OutOfScope as out:
        raise BadInput(
            _refused(), [Problem("--to", Words(f"{out.en} ({out.law})", f"{out.zh} ({out.law})"))]
        ) from None
    except UnusableHistory as unusable:
        problems = [
            Problem(".".join(map(str, wrong.path)), Words(wrong.en, wrong.zh)) for wrong in unusable.problems
        ]
        raise BadInput(_refused(), problems) from None
    except MissingRates as missing:
        years = year_spans(missing.years)
        words = Words(f"no interest rate for {years}.", f"缺少 {years} 年记账利率。")
        raise BadInput(_refused(), [Problem("rates", words)]) from None


def print_calculation(
    person: str, known: RecordAtBureau, history: History, to: Scheme, on: date, amount: TransferAmount
) -> None:
    """Print the calculation as a clerk would; `known` is the transfer-out bureau's record."""
    screen = console()
    head = _head(person, known.bureau, history, to, on, amount)
    if recognised := recognised_months(known.recognised_service, history.all_ranges):
        head.add_row(say("recognised service, months beside", "另有视同缴费月数"), str(recognised))
    screen.print(head)
    screen.print()
    screen.print(lines_table(amount.lines))
    screen.print()
    screen.print(years_table(amount.years, history.opening))
    if amount.provisional_rate_years:
        screen.print(say("* provisional rate", "* 暂用利率"))
    screen.print()
    for finding in amount.findings:
        screen.print(f"• {sentence(finding)}", markup=False)


def _head(person: str, key: str, history: History, to: Scheme, on: date, amount: TransferAmount) -> Table:
    head = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    head.add_row(say("trial calculation", "试算"), say("not a decision", "不作为办理依据"))
    head.add_row(say("person", "参保人员"), escape(person))
    head.add_row(say("from", "转出"), relationship(history.scheme, key))
    head.add_row(say("to", "转入"), scheme(to))
    head.add_row(say("day of transfer", "转移日期"), on.isoformat())
    head.add_row(say("months that move", "转移月数"), str(amount.months))
    head.add_row(
        say("record before the transfer", "转出前个人账户记录"), money(amount.adjusted_record_balance)
    )
    return head
