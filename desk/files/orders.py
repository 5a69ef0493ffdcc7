"""The orders of a ruling, as typed and in words: `amend_field base/2017-01..2017-08 4200.00`."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress

from pydantic_core import PydanticCustomError

from desk.files.spans import typed_spans
from desk.files.typed_words import known_word, one_of, titles_of
from desk.language import Words, say
from desk.problems import Problem
from desk.words import first_difference, mask_change, mask_name, money, title
from models.files.written_values import amount, plain
from rules.clocks.clocks import LONGEST_PERIOD
from rules.values.due_dates import Clock
from rules.values.form_fields import CIRCLED, ID_NUMBER, NAME, SUMS, NameField, WrongFormField, form_field
from rules.values.money import Fen, fen_from_yuan, yuan
from rules.values.orders import (
    AmendField,
    Close,
    ExtendClock,
    Order,
    OrderKind,
    Proceed,
    RestartClock,
    RestoreRelationship,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)

_CLOCKS = {clock.letter: clock for clock in (Clock.REVIEW, Clock.TRANSFER_OUT, Clock.TAKE_IN)}
"""The clocks of a case, by the letters to type."""
_NUMBER = re.compile(r"[0-9０-９]{1,9}")

_NO_FIELDS = {
    **{f"line/{number}": Words(f"line {CIRCLED[number]}", f"第{CIRCLED[number]}项金额") for number in SUMS},
    "months": Words("months", "缴费月数"),
    "adjusted_record_balance": Words("balance of the record", "调整后账户储存额"),
}
"""Parts of the form that follow from its fields and cannot be amended themselves."""
_SUMS = frozenset(_NO_FIELDS) - {"months"}
"""The amounts among these."""


class WrongOrder(ValueError):
    """An order that cannot be read; the message says in both languages what to write."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.words = Words(en, zh)


def orders_from(written: Sequence[str]) -> tuple[list[Order], list[Problem]]:
    """The orders as listed, and every problem with its field, such as 'orders.0'."""
    orders: list[Order] = []
    problems = []
    for number, text in enumerate(written, start=1):
        try:
            orders.append(order_from(text))
        except WrongOrder as wrong:
            named = Words(f"order {number}", f"第 {number} 项裁定")
            problems.append(Problem(f"orders.{number - 1}", wrong.words, named))
    return orders, problems


def order_from(text: str) -> Order:
    """One order. Raises WrongOrder; the text is not repeated, as it may contain a name."""
    typed, *rest = text.split(maxsplit=1)[:2] or [""]
    kinds_known = titles_of(OrderKind)
    word = known_word(kinds_known, typed)
    if word not in tuple(OrderKind):
        kinds = one_of(kinds_known)
        raise WrongOrder(f"no such order; {kinds.en}", f"没有此类裁定事项，{kinds.zh}")
    return _READERS[OrderKind(word)](rest[0].strip() if rest else "")


def _alone(order: Order) -> Callable[[str], Order]:
    def read(rest: str) -> Order:
        if rest:
            raise WrongOrder(f"{order.kind} stands alone", f"{order.kind} 之后不应有内容")
        return order

    return read


def _amend_field(rest: str) -> Order:
    first, *second = rest.split(maxsplit=1) or [""]
    field = typed_field(first)
    value = typed_value(field, second[0] if second else "")
    try:
        form_field(field).value(value)
    except WrongFormField as wrong:
        raise WrongOrder(f"amend_field FIELD VALUE: {wrong.en}", f"amend_field 栏目 值：{wrong.zh}") from None
    return AmendField(field, value)


def _set_amount(rest: str) -> Order:
    return SetAmount(*_two_amounts(OrderKind.SET_AMOUNT, rest))


def _supplement_funds(rest: str) -> Order:
    return SupplementFunds(*_two_amounts(OrderKind.SUPPLEMENT_FUNDS, rest))


def _two_amounts(kind: OrderKind, rest: str) -> tuple[Fen, Fen]:
    """Individual account and pooled fund, in yuan, such as 79538.37 92736.00."""
    try:
        individual, pooled = (fen_from_yuan(_typed_amount(part)) for part in rest.split())
    except ValueError:
        raise WrongOrder(
            f"{kind} INDIVIDUAL POOLED: two amounts in yuan, such as 79538.37 92736.00",
            f"{kind} 个人账户 统筹基金：应为两个金额（元），如 79538.37 92736.00",
        ) from None
    return individual, pooled


def typed_field(text: str) -> str:
    """A form field by its name in a case, from the typed text: '姓名' → 'name'; wide letters narrowed.

    The months of a base may be typed like other months, 'base/2017年1月至2017年8月'.
    """
    written = plain(text)
    kind, _, months = written.partition("/")
    spans, _ = typed_spans([months]) if kind == "base" else ([], [])
    for first, last in spans:
        return f"{kind}/{first}..{last}"
    return NAME if written in NameField().titles else written


def typed_value(field: str, text: str) -> str:
    """A field's value as a case reads it, from the typed text; for an amount see `_typed_amount`."""
    return text if is_personal(field) else _typed_amount(text)


def _typed_amount(text: str) -> str:
    """'6,000.00', as screens show it, or '６０００' → '6000.00'; any other text is returned unchanged."""
    try:
        fen_from_yuan(text)
    except ValueError:
        with suppress(PydanticCustomError):
            return yuan(amount(text))
    return text


def _restart_clock(rest: str) -> Order:
    return RestartClock(_clock(OrderKind.RESTART_CLOCK, rest))


def _extend_clock(rest: str) -> Order:
    clock, *days = rest.split(maxsplit=1) or [""]
    number = int(days[0]) if days and _NUMBER.fullmatch(days[0]) else 0
    if not 1 <= number <= LONGEST_PERIOD:
        raise WrongOrder(
            f"extend_clock CLOCK DAYS: a clock and a number of working days, 1 to {LONGEST_PERIOD}, as B 10",
            f"extend_clock 期限 天数：应为期限和不超过 {LONGEST_PERIOD} 的工作日数，如 B 10",
        )
    return ExtendClock(_clock(OrderKind.EXTEND_CLOCK, clock), number)


def _clock(kind: OrderKind, text: str) -> Clock:
    letter = plain(text).upper()
    if letter not in _CLOCKS:
        listed = ", ".join(_CLOCKS)
        raise WrongOrder(f"{kind} CLOCK: the clocks are {listed}", f"{kind} 期限：期限为 {listed}")
    return _CLOCKS[letter]


_READERS: dict[OrderKind, Callable[[str], Order]] = {
    OrderKind.PROCEED: _alone(Proceed()),
    OrderKind.AMEND_FIELD: _amend_field,
    OrderKind.SET_AMOUNT: _set_amount,
    OrderKind.SUPPLEMENT_FUNDS: _supplement_funds,
    OrderKind.RETURN_FUNDS: _alone(ReturnFunds()),
    OrderKind.RESTORE_RELATIONSHIP: _alone(RestoreRelationship()),
    OrderKind.RESTART_CLOCK: _restart_clock,
    OrderKind.EXTEND_CLOCK: _extend_clock,
    OrderKind.CLOSE: _alone(Close()),
}


def order_words(order: Order, unmask: bool = False) -> str:
    """'extend a clock: B, 10 working days'; a name is masked unless `unmask`."""
    match order:
        case AmendField():
            rest = f"{field_title(order.field)} = {field_value(order.field, order.value, unmask)}"
        case SetAmount() | SupplementFunds():
            rest = say(
                f"individual account {money(order.individual)}, pooled fund {money(order.pooled)}",
                f"个人账户 {money(order.individual)} 元，统筹基金 {money(order.pooled)} 元",
            )
        case RestartClock():
            rest = order.clock.letter
        case ExtendClock():
            letter, days = order.clock.letter, order.working_days
            rest = say(f"{letter}, {days} working days", f"{letter}，{days} 个工作日")
        case _:
            return title(order.kind)
    return f"{title(order.kind)}{say(': ', '：')}{rest}"


def field_title(text: str) -> str:
    """The title of a field of the form; the text itself if there is no such field."""
    if text in _NO_FIELDS:
        return str(_NO_FIELDS[text])
    try:
        return title(form_field(text))
    except WrongFormField:
        return text


def field_value(field: str, value: str, unmask: bool) -> str:
    """A field's value; a name is masked unless `unmask`."""
    return mask_name(value) if is_personal(field) and not unmask else value


def amount_with_separators(field: str, value: str) -> str:
    """'66841.58' → '66,841.58' for a field that holds an amount; any other value is unchanged."""
    try:
        read = fen_from_yuan(value) if field in _SUMS else form_field(field).value(value)
    except ValueError:
        return value
    return money(read) if isinstance(read, int) else value


def field_change(field: str, before: str, after: str, unmask: bool) -> tuple[str, str]:
    """A field's value before and after; of a name only what differs, unless `unmask`.

    If two names look the same when masked, the number of the first character that differs follows them.
    """
    if unmask or not is_personal(field):
        return before, after
    masked = mask_change(before, after)
    if before == after or masked[0] != masked[1]:
        return masked
    at = first_difference(before, after)
    return masked[0], masked[1] + say(f" (character {at} differs)", f"（第 {at} 字不同）")


def is_personal(field: str) -> bool:
    """Whether a field of the form holds personal data."""
    return field in (NAME, ID_NUMBER)
