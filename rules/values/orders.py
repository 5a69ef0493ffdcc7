"""The orders of a provincial ruling (吉社保〔2020〕6号第九条): a closed set, carried out in their order.

The article says that the provincial bureau decides and not how; the set is this system's own. Every order is
a plain value; `kind` tells them apart where they are written down.
"""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from rules.values.due_dates import Clock
from rules.values.money import NO_MONEY, Fen


class OrderKind(StrEnum):
    """The kinds of orders."""

    PROCEED = "proceed"
    AMEND_FIELD = "amend_field"
    SET_AMOUNT = "set_amount"
    SUPPLEMENT_FUNDS = "supplement_funds"
    RETURN_FUNDS = "return_funds"
    RESTORE_RELATIONSHIP = "restore_relationship"
    RESTART_CLOCK = "restart_clock"
    EXTEND_CLOCK = "extend_clock"
    CLOSE = "close"

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _ORDER_TITLES[self]


_ORDER_TITLES = {
    OrderKind.PROCEED: ("proceed", "继续办理"),
    OrderKind.AMEND_FIELD: ("amend a field of the form", "更正信息表"),
    OrderKind.SET_AMOUNT: ("set the amount", "核定转移金额"),
    OrderKind.SUPPLEMENT_FUNDS: ("supplement the funds", "补划基金"),
    OrderKind.RETURN_FUNDS: ("return the funds", "退回基金"),
    OrderKind.RESTORE_RELATIONSHIP: ("restore the relationship", "恢复基本养老保险关系"),
    OrderKind.RESTART_CLOCK: ("restart a clock", "重新起算期限"),
    OrderKind.EXTEND_CLOCK: ("extend a clock", "延长期限"),
    OrderKind.CLOSE: ("close the case", "终结案件"),
}


@dataclass(frozen=True, slots=True)
class Proceed:
    """The case goes on from where it stands. One of the two orders with which a ruling ends."""

    kind: Literal[OrderKind.PROCEED] = OrderKind.PROCEED


@dataclass(frozen=True, slots=True)
class AmendField:
    """The transfer-out bureau reissues the form with this value in this field (`rules.values.form_fields`).

    Both are text as written. `value` may be a name, so it stays out of `repr`.
    """

    field: str
    value: str = dataclasses.field(repr=False)
    kind: Literal[OrderKind.AMEND_FIELD] = OrderKind.AMEND_FIELD


@dataclass(frozen=True, slots=True)
class SetAmount:
    """The form states these amounts, in fen: the individual account (line ④) and the pooled fund (line ⑤)."""

    individual: Fen
    pooled: Fen
    kind: Literal[OrderKind.SET_AMOUNT] = OrderKind.SET_AMOUNT


@dataclass(frozen=True, slots=True)
class SupplementFunds:
    """The transfer-out bureau sends these amounts, in fen, after what it has sent."""

    individual: Fen
    pooled: Fen
    kind: Literal[OrderKind.SUPPLEMENT_FUNDS] = OrderKind.SUPPLEMENT_FUNDS


@dataclass(frozen=True, slots=True)
class ReturnFunds:
    """The transfer-in bureau sends back all it received, and undoes the taking in if it has taken in."""

    kind: Literal[OrderKind.RETURN_FUNDS] = OrderKind.RETURN_FUNDS


@dataclass(frozen=True, slots=True)
class RestoreRelationship:
    """The transfer-out bureau reopens the relationship it ended, with its months and its account."""

    kind: Literal[OrderKind.RESTORE_RELATIONSHIP] = OrderKind.RESTORE_RELATIONSHIP


@dataclass(frozen=True, slots=True)
class RestartClock:
    """A clock runs its full length again, from the day of the ruling."""

    clock: Clock
    kind: Literal[OrderKind.RESTART_CLOCK] = OrderKind.RESTART_CLOCK


@dataclass(frozen=True, slots=True)
class ExtendClock:
    """A clock gets so many further working days."""

    clock: Clock
    working_days: int
    kind: Literal[OrderKind.EXTEND_CLOCK] = OrderKind.EXTEND_CLOCK


@dataclass(frozen=True, slots=True)
class Close:
    """The case ends as it stands. One of the two orders with which a ruling ends."""

    kind: Literal[OrderKind.CLOSE] = OrderKind.CLOSE


Order = (
    Proceed
    | AmendField
    | SetAmount
    | SupplementFunds
    | ReturnFunds
    | RestoreRelationship
    | RestartClock
    | ExtendClock
    | Close
)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The facts of a case on which it depends whether an order can be carried out.

    `sent` and `received` are all remittances of the case less what was returned, in fen. `refunded`: months
    paid twice are cleared and the person has been paid. `clocks` are those that have begun.
    """

    form_exists: bool = False
    sent: Fen = NO_MONEY
    received: Fen = NO_MONEY
    relationship_ended: bool = False
    taken_in: bool = False
    superseded: bool = False
    """Whether the form was reissued since it was taken in."""
    counted_twice: bool = False
    """Whether months taken in stand in another record too, and can still be cleared."""
    refunded: bool = False
    stated: tuple[Fen, Fen] = (NO_MONEY, NO_MONEY)
    """④ and ⑤ of the form as it stands, in fen."""
    remitted: tuple[Fen, Fen] = (NO_MONEY, NO_MONEY)
    """The parts of `sent`: individual account and pooled fund, in fen."""
    extended: tuple[tuple[Clock, int], ...] = ()
    """By how many working days rulings have extended clocks so far."""
    clocks: frozenset[Clock] = frozenset()
    closed: bool = False


class DisputePoint(StrEnum):
    """The point of a dispute (吉社保〔2020〕6号第九条).

    The article names no points; the list is this system's own.
    """

    SCOPE = "scope"
    """Whether the measures cover the move at all (第一条, 第二条)."""
    MONTHS = "months"
    """Which months count."""
    BASES = "bases"
    """The contribution base of some months."""
    AMOUNT = "amount"
    """The amount that moves, the months and bases being agreed (第三条)."""
    IDENTITY = "identity"
    """Whether both bureaus speak of the same person."""
    DUPLICATES = "duplicates"
    """Which record keeps months paid twice (第四条)."""
    FUNDS = "funds"
    """Money that did not come, came twice, or came in another amount than was sent."""
    PROCEDURE = "procedure"
    """Who had to do what, and by when (第七条)."""

    @property
    def titles(self) -> tuple[str, str]:
        """English and Chinese title."""
        return _POINT_TITLES[self]


_POINT_TITLES = {
    DisputePoint.SCOPE: ("whether the measures apply", "是否适用本办法"),
    DisputePoint.MONTHS: ("which months count", "缴费月份"),
    DisputePoint.BASES: ("contribution bases", "缴费基数"),
    DisputePoint.AMOUNT: ("the amount that moves", "转移金额"),
    DisputePoint.IDENTITY: ("the person's identity", "参保人员身份"),
    DisputePoint.DUPLICATES: ("months paid twice", "重复缴费"),
    DisputePoint.FUNDS: ("funds sent and received", "资金收付"),
    DisputePoint.PROCEDURE: ("procedure and time limits", "程序与期限"),
}
