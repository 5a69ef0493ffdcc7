"""The fields of the information form that a correction or a ruling may name, and the values they take.

Written `name`, `base/2017-01..2017-08` (one monthly base for these months) and `line/1`, `line/2`, `line/3`,
`line/5` (amounts as stated). A value is a name, or an amount in yuan. 吉社保〔2020〕6号第七条第二项 speaks of
wrong basic data and wrong amounts; which fields these are is this system's own list.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from rules.values.money import GREATEST_AMOUNT, Fen, fen_from_yuan, yuan
from rules.values.months import Month
from rules.values.names import lost_character, lost_in_a_name, normal_name
from rules.values.record import GREATEST_BASE

NAME = "name"
ID_NUMBER = "id_number"
CIRCLED = {1: "①", 2: "②", 3: "③", 4: "④", 5: "⑤", 6: "⑥"}
STATED = (1, 2, 3, 5)
"""The lines of the form that are stated, not summed."""
SUMS = {4: "①+②+③", 6: "④+⑤"}
"""The lines of the form that are sums of other lines."""

_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f]")
_LINE = re.compile(r"line/([1-6])", re.ASCII)
_BASE = re.compile(r"base/(\d{4}-\d{2})\.\.(\d{4}-\d{2})", re.ASCII)


class WrongFormField(ValueError):
    """A field or value that cannot be stated; says in both languages what to write, not what was written."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        self.en = en
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class NameField:
    """The person's name."""

    def __str__(self) -> str:
        return NAME

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return "name", "姓名"

    def value(self, text: str) -> str:
        """The name in its normal form. Raises WrongFormField for none, or one that has lost a character."""
        if _UNWRITABLE.search(text):
            raise WrongFormField("姓名含有控制字符", "the name holds a character that cannot be written")
        name = normal_name(text)
        if not name:
            raise WrongFormField("姓名不能为空", "the name is empty")
        if lost := lost_character(name):
            raise WrongFormField(*lost_in_a_name(lost))
        return name


@dataclass(frozen=True, slots=True)
class BaseField:
    """The monthly contribution base of the months `first` to `last`, both included."""

    first: Month
    last: Month

    def __str__(self) -> str:
        return f"base/{self.first}..{self.last}"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return f"monthly base {self.first} to {self.last}", f"{self.first}至{self.last}月缴费基数"

    def value(self, text: str) -> Fen:
        """The monthly base in fen, from yuan. Raises WrongFormField for anything else, or one too large."""
        return _amount(text, GREATEST_BASE)


@dataclass(frozen=True, slots=True)
class LineField:
    """The amount stated on line ①, ②, ③ or ⑤; `number` is 1, 2, 3 or 5."""

    number: int

    def __str__(self) -> str:
        return f"line/{self.number}"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return f"line {CIRCLED[self.number]}", f"第{CIRCLED[self.number]}项金额"

    def value(self, text: str) -> Fen:
        """The amount in fen, from yuan. Raises WrongFormField for anything else, or one too large."""
        return _amount(text, GREATEST_AMOUNT)


FormField = NameField | BaseField | LineField


def form_field(text: str) -> FormField:
    """The field a text names (吉社保〔2020〕6号第七条第二项); `str` of a field gives the text again.

    Raises WrongFormField, with a sentence of its own for the sums ④ and ⑥ and for the ID number.
    """
    if text == NAME:
        return NameField()
    if text == ID_NUMBER:
        raise WrongFormField(
            "公民身份号码不能更正：号码不同即为另一人，请终结本案并重新申请",
            "the ID number cannot be amended: another number is another person; close the case, apply anew",
        )
    if found := _LINE.fullmatch(text):
        return _line(int(found[1]))
    if found := _BASE.fullmatch(text):
        return _base(found[1], found[2])
    raise WrongFormField(
        "没有该栏目，应为 姓名（name）、base/年年年年-月月..年年年年-月月、line/1、line/2、line/3 或 line/5",
        "no such field; write name, base/YYYY-MM..YYYY-MM, line/1, line/2, line/3 or line/5",
    )


def _line(number: int) -> LineField:
    if number in SUMS:
        line, parts = CIRCLED[number], SUMS[number]
        raise WrongFormField(
            f"{line}为合计（{parts}），请更正其组成各项",
            f"line {line} is a sum ({parts}); amend the lines it is made of",
        )
    return LineField(number)


def _base(first: str, last: str) -> BaseField:
    try:
        months = BaseField(Month.parse(first), Month.parse(last))
    except ValueError:
        raise WrongFormField("月份应为 01 至 12", "a month runs from 01 to 12") from None
    if months.last < months.first:
        raise WrongFormField("起始月份晚于终止月份", "the first month lies after the last")
    return months


def _amount(text: str, greatest: Fen) -> Fen:
    try:
        amount = fen_from_yuan(text)
    except ValueError:
        raise WrongFormField(
            "不是最多两位小数的金额，应如 3500.00",
            "not an amount in yuan with at most two decimals, such as 3500.00",
        ) from None
    if amount < 0:
        raise WrongFormField("金额不能为负", "the amount is below zero")
    if amount > greatest:
        limit = yuan(greatest)
        raise WrongFormField(f"金额不应超过 {limit} 元", f"it must not be more than {limit} yuan")
    return amount


class CorrectionEffect(StrEnum):
    """What a correction does to a running clock. The measures are silent (吉社保〔2020〕6号第七条第二项).

    Switchable per clock; which one holds by default, and why, stands in `rules.clocks.clocks`.
    """

    RUN_ON = "run_on"
    """The clock runs as if the form had been right: a wrong form does not fulfil a duty."""
    PAUSE = "pause"
    """Working days on which the case lay with the other side are not counted."""
    RESTART = "restart"
    """The full length runs again, from the day the side that owes has what it needs."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _EFFECTS[self]


_EFFECTS = {
    CorrectionEffect.RUN_ON: ("runs on", "继续计算"),
    CorrectionEffect.PAUSE: ("pauses", "中止计算"),
    CorrectionEffect.RESTART: ("restarts", "重新起算"),
}
