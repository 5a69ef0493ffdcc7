"""What two bureaus can be at odds about, as a closed set, so that rulings on the same point can be found."""

from enum import StrEnum


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
        return _TITLES[self]


_TITLES = {
    DisputePoint.SCOPE: ("whether the measures apply", "是否适用本办法"),
    DisputePoint.MONTHS: ("which months count", "缴费月份"),
    DisputePoint.BASES: ("contribution bases", "缴费基数"),
    DisputePoint.AMOUNT: ("the amount that moves", "转移金额"),
    DisputePoint.IDENTITY: ("the person's identity", "参保人员身份"),
    DisputePoint.DUPLICATES: ("months paid twice", "重复缴费"),
    DisputePoint.FUNDS: ("funds sent and received", "资金收付"),
    DisputePoint.PROCEDURE: ("procedure and time limits", "程序与期限"),
}
