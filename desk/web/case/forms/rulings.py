"""The form of a ruling."""

from typing import Any

from starlette.datastructures import FormData

from desk.files.orders import WrongOrder, order_from
from desk.language import Words, say
from desk.problems import Problem
from desk.web.case.finding import Found
from desk.web.case.forms.filled_in import ActionForm, Entered, text
from desk.web.case.inputs import Group, Input, Kind
from desk.words import title
from rules.values.orders import OrderKind, Proceed

ORDERS_AT_ONCE = 6
_ORDERS_SAY = Words(
    "A field and its value (base/2017-01..2017-08 4200.00); two amounts in yuan, individual account and "
    "pooled fund (79538.37 92736.00); a clock (B); a clock and days (B 10). A ruling ends with proceed or "
    "close.",
    "更正栏目：栏目和值（base/2017-01..2017-08 4200.00）；金额：个人账户、统筹基金（79538.37 92736.00，元）；"
    "期限：字母（B），延长另加天数（B 10）。最后一项应为继续办理或终结。",
)


def _rule(_: Found) -> list[Group]:
    kinds = tuple((one.value, title(one)) for one in OrderKind)
    head = (
        Input(
            "number",
            say("Number of the ruling", "裁定文号"),
            hint=say("such as 吉社保裁〔2026〕3号", "例如 吉社保裁〔2026〕3号"),
        ),
        Input("reasons", say("Reasons", "理由"), Kind.LONG),
    )
    orders = tuple(
        Group(
            say(f"Order {number + 1}", f"第 {number + 1} 项裁定"),
            (
                Input(f"orders.{number}", say("What is ordered", "裁定事项"), Kind.CHOICE, options=kinds),
                Input(
                    f"orders.{number}.rest",
                    say("To what", "内容"),
                    hint=str(_ORDERS_SAY) if number == 0 else "",
                ),
            ),
        )
        for number in range(ORDERS_AT_ONCE)
    )
    return [Group("", head), *orders]


def _read_rule(form: FormData, _: Found) -> Entered:
    orders: list[Any] = []
    problems: list[Problem] = []
    for number in range(ORDERS_AT_ONCE):
        kind, rest = text(form, f"orders.{number}"), text(form, f"orders.{number}.rest")
        if not (kind or rest):
            continue
        try:
            orders.append(order_from(f"{kind} {rest}".strip()))
        except WrongOrder as wrong:
            where = f"orders.{number}.rest" if kind else f"orders.{number}"
            problems.append(Problem(where, wrong.words))
    if not orders and not problems:
        problems.append(Problem("orders.0", Words("at least one order", "至少一项裁定事项")))
    content = {"number": text(form, "number"), "reasons": text(form, "reasons")}
    # What cannot be read is told of once, and not as missing as well.
    return Entered({**content, "orders": [Proceed()] if problems else orders}, problems)


RULING = ActionForm(_rule, _read_rule)
