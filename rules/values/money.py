"""Whole fen, and rates in whole parts per million; text in yuan and per cent only at the edges."""

import re
from decimal import Decimal
from typing import NewType

Fen = NewType("Fen", int)
"""An amount of money: whole fen, a hundredth of a yuan."""

Rate = NewType("Rate", int)
"""A share or a yearly interest rate in parts per million: 8.31 % is 83 100."""

NO_MONEY = Fen(0)
GREATEST_AMOUNT = Fen(1_000_000_000_000)
"""Ten billion yuan: several times what the greatest base would leave in an account in forty years. No law
names a limit; an amount beyond it is a typing error, and many of them would overflow the sums of a store."""
WHOLE = Rate(1_000_000)
MONTHS_IN_A_YEAR = 12

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?", re.ASCII)


def half_up(numerator: int, denominator: int) -> int:
    """The quotient as a whole number, halves away from zero; `denominator` is positive."""
    if numerator < 0:
        return -half_up(-numerator, denominator)
    return (2 * numerator + denominator) // (2 * denominator)


def fen_from_yuan(text: str) -> Fen:
    """'1234.50' → 123450 fen. Raises ValueError for anything but a plain amount to the fen."""
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount in yuan with at most two decimals")
    return Fen(int(Decimal(text) * 100))


def yuan(amount: Fen) -> str:
    """123450 fen → '1234.50', for files and machines."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def rate_from_percent(text: str) -> Rate:
    """'8.31' → 83 100 parts per million. Raises ValueError for anything but a plain percentage."""
    if not _PERCENT.fullmatch(text):
        raise ValueError("not a percentage with at most four decimals")
    return Rate(int(Decimal(text) * 10_000))


def percent(rate: Rate) -> str:
    """83 100 parts per million → '8.31', for files and machines."""
    return f"{(Decimal(rate) / 10_000).normalize():f}"


def share(amount: Fen, rate: Rate) -> Fen:
    """The part of an amount that a rate names, to the fen, half up (the law is silent on rounding)."""
    return Fen(half_up(amount * rate, WHOLE))
