"""`starter.py funds return` and `funds assign`: how two officers return or assign unallocated money."""

from collections.abc import Sequence
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from desk.client.session import with_client
from desk.files.files import bureau_keys
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.screens.screen import JsonOption, complaints, console, print_json, table
from desk.screens.usage import argument
from desk.words import day, money, title
from models.messages.bank_statement import (
    Hindrance,
    UnallocatedAnswer,
    UnallocatedMoved,
    UnallocatedOrder,
    UnallocatedReceipt,
    case_and_sequence,
)

Reference = Annotated[str, typer.Argument(metavar="REFERENCE", help="The bank's reference of the arrival.")]
BureauKey = Annotated[str, typer.Option("--bureau", help="The bureau that keeps the money.")]
Officer = Annotated[str, typer.Option(metavar="ID", help="Officer id; two different officers are needed.")]
Reason = Annotated[str, typer.Option(help="Why; the officer who proposes has to say.")]

_MEANT = {
    "reference": Words(
        "not a bank's reference; `starter.py funds expected --bureau KEY` lists what is kept",
        "不是银行流水号，可用 `starter.py funds expected --bureau KEY` 查询",
    ),
    "to": Words(
        "not a remittance's number; `starter.py funds expected --bureau KEY` lists what is missing",
        "不是划转编号，可用 `starter.py funds expected --bureau KEY` 查询",
    ),
    "officer": Words(
        "1 to 40 letters, digits, dots, underscores or dashes",
        "1 至 40 位字母、数字、点、下划线或短横",
    ),
    "reason": Words("at most 1000 characters", "不超过 1000 字"),
}
"""What the value of each part of an order has to be."""


def return_unallocated(
    reference: Reference,
    bureau: BureauKey,
    officer: Officer,
    reason: Reason = "",
    as_json: JsonOption = False,
) -> None:
    """Send money kept in suspense back to whoever paid it: one officer proposes, another checks.

    Exit code 1 when nothing is kept under the reference.
    """
    _order({"bureau": bureau, "reference": reference, "officer": officer, "reason": reason}, as_json)


def assign_unallocated(
    reference: Reference,
    to: Annotated[str, typer.Option(help="The announced remittance that the money is in fact of.")],
    bureau: BureauKey,
    officer: Officer,
    reason: Reason = "",
    as_json: JsonOption = False,
) -> None:
    """Put money kept in suspense to the remittance it is in fact of: one officer proposes, another checks.

    No more than is missing of it; the rest stays in suspense. Exit code 1 when nothing can be put to it.
    """
    said = {"bureau": bureau, "reference": reference, "to": to, "officer": officer, "reason": reason}
    _order(said, as_json, [] if case_and_sequence(to) else ["to"])


def _order(said: dict[str, str], as_json: bool, wrong: Sequence[str] = ()) -> None:
    keys, problems = bureau_keys([said["bureau"]], "--bureau")
    found = list(wrong)
    try:
        order = UnallocatedOrder.model_validate({**said, "bureau": "".join(keys)})
    except ValidationError as error:
        found += [str(one["loc"][0]) for one in error.errors(include_input=False, include_url=False)]
    problems += [_flagged(part) for part in _MEANT if part in found]
    if problems:
        raise BadInput(say("This cannot be handed in; nothing was sent:", "输入有误，未提交："), problems)
    from desk.client.arrivals import order_unallocated

    answer, told = with_client(lambda client: order_unallocated(client, order))
    if answer.hindrance:
        why = _hindrance(answer.hindrance, order, answer.moved)
        if as_json:
            print_json({"refused": why})
        else:
            complaints().print(why, markup=False)
        raise typer.Exit(1)
    if as_json:
        print_json({**answer.model_dump(mode="json"), "case": told})
    else:
        console().print(_outcome(answer), markup=False, soft_wrap=True)


def _flagged(part: str) -> Problem:
    named = argument("REFERENCE") if part == "reference" else Words(f"--{part}", f"--{part}")
    return Problem(part, _MEANT[part], named=named)


def _hindrance(why: Hindrance, order: UnallocatedOrder, moved: UnallocatedMoved | None) -> str:
    reference, to = order.reference, order.to
    match why:
        case Hindrance.NOT_ENTERED:
            return say(
                f"No arrival is entered under the bank's reference {reference}; "
                f"`starter.py funds import STATEMENT.csv --bureau {order.bureau}` enters a statement.",
                f"未登记流水号为 {reference} 的到账，可用 "
                f"`starter.py funds import STATEMENT.csv --bureau {order.bureau}` 登记对账单。",
            )
        case Hindrance.NOTHING_UNALLOCATED if moved:
            return say(
                f"Nothing is kept under {reference} any more: {_moved(moved)}.",
                f"{reference} 已无暂收款：{_moved(moved)}。",
            )
        case Hindrance.NOTHING_UNALLOCATED:
            return say(
                f"Nothing is kept under {reference}: all of it counts towards its remittance.",
                f"{reference} 没有暂收款，已全部计入其划转。",
            )
        case Hindrance.NOT_ANNOUNCED:
            return say(f"No {to} is announced here.", f"本局未收到 {to} 的划转通知。")
        case Hindrance.NOTHING_MISSING:
            return say(f"All of {to} is here; nothing is missing of it.", f"{to} 已全额到账。")
        case Hindrance.NO_REASON:
            return say("Whoever proposes says why, with --reason.", "提交时须用 --reason 说明原因。")


def _outcome(answer: UnallocatedAnswer) -> str:
    if moved := answer.moved:
        pay = "" if moved.to else say(" The payment is made at the bank.", "付款须到银行办理。")
        return f"{moved.line.reference}{say(': ', '：')}{_moved(moved)}{say('.', '。')}{pay}"
    proposed = answer.proposed
    assert proposed is not None
    amount, officer = money(proposed.amount), proposed.officer
    return say(
        f"{proposed.reference}: {amount} to go {_where(proposed.to)}, proposed by {officer}. Nothing moves "
        "until another officer types the same with another id.",
        f"{proposed.reference}：{officer} 已提交，拟将 {amount} {_where(proposed.to)}；"
        "须由另一经办人输入同一命令复核后办理。",
    )


def _moved(moved: UnallocatedMoved) -> str:
    """'500.00 went back to the payer on 2026-03-05, by a-01 and b-02'."""
    amount, on, where = money(moved.amount), day(moved.started_at), _where(moved.to)
    return say(
        f"{amount} went {where} on {on}, by {moved.maker} and {moved.checker}",
        f"{on} 由 {moved.maker} 提交、{moved.checker} 复核，{amount} {where}",
    )


def _where(to: str) -> str:
    return say(f"to {to}", f"计入 {to}") if to else say("back to the payer", "退回付款方")


def print_unallocated(screen: Console, kept: Sequence[UnallocatedReceipt]) -> None:
    """Print the unallocated money in suspense, and what an officer has proposed to do with it."""
    shown = table(
        say("kept in suspense", "暂收款"),
        say("value date", "起息日"),
        say("remittance named", "注明的划转编号"),
        say("amount", "金额"),
        say("why", "原因"),
        say("proposed", "拟办"),
        whole=(1, 2, 3),
    )
    shown.columns[3].justify = "right"
    for one in kept:
        line, proposed = one.line, one.proposed
        row = (line.reference, str(line.value_date), line.remittance, money(one.amount), title(one.outcome))
        shown.add_row(*row, f"{_where(proposed.to)}: {proposed.officer}" if proposed else "")
    screen.print(shown)


def print_moved(screen: Console, moved: Sequence[UnallocatedMoved]) -> None:
    """Print what officers have returned or assigned, by whom, and why."""
    shown = table(
        say("no longer kept", "已处理暂收款"),
        say("on", "日期"),
        say("amount", "金额"),
        say("where to", "去向"),
        say("maker", "经办"),
        say("checker", "复核"),
        say("reason", "原因"),
        whole=(1, 2),
    )
    shown.columns[2].justify = "right"
    for one in moved:
        row = (one.line.reference, day(one.started_at), money(one.amount), _where(one.to))
        shown.add_row(*row, one.maker, one.checker, escape(one.reason))
    screen.print(shown)
