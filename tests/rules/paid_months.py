"""Months as tests write them, and amounts as tests read them."""

from rules.values.money import Rate, fen_from_yuan, rate_from_percent, yuan
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History, MonthKind, Opening, TransferAmount

GOVERNMENT, ENTERPRISE = Scheme.GOVERNMENT, Scheme.ENTERPRISE


def paid(
    first: str, last: str, base: str, booked: str | None = None, kind: MonthKind = MonthKind.REGULAR
) -> ContributionRange:
    rate = None if booked is None else rate_from_percent(booked)
    return ContributionRange(Month.parse(first), Month.parse(last), fen_from_yuan(base), rate, kind)


def lines(amount: TransferAmount) -> list[str]:
    return [yuan(value) for _, value in amount.lines.numbered()]


def codes(amount: TransferAmount) -> list[str]:
    return [finding.code for finding in amount.findings]


def no_interest() -> dict[int, Rate]:
    return {year: Rate(0) for year in range(1992, 2016)}


TEACHER = History(
    GOVERNMENT,
    (
        paid("2014-10", "2015-12", "4000"),
        paid("2016-01", "2016-12", "4500"),
        paid("2017-01", "2017-12", "5000"),
    ),
)


WORKER_BALANCE = Opening(
    2016, fen_from_yuan("38500"), fen_from_yuan("600"), pooled_base_sum=fen_from_yuan("336000")
)
