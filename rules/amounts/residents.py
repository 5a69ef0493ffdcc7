"""Money of the resident scheme in linking (人社部发〔2014〕17号; for the government scheme 6号第八条).

The whole balance changes scheme and no pooled money moves. Months that an employee scheme has too are cleared
from the resident record by month, after the transfer, and refunded out of the account that joined.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from rules.amounts.interest import YearCredits
from rules.amounts.one_off import OneOffCheck
from rules.values.law import RESIDENT_LINKING, Finding, Law
from rules.values.money import MONTHS_IN_A_YEAR, WHOLE, Fen, half_up
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, ResidentYear

TO_EMPLOYEE = Law(RESIDENT_LINKING, "第五条")
TO_RESIDENT = Law(RESIDENT_LINKING, "第六条")
OVERLAP = Law(RESIDENT_LINKING, "第七条")


class AidRefund(StrEnum):
    """Whether payments by others than the collective (社会资助) are refunded with months paid twice.

    17号第七条 names the person's own payments and the collective's. `REFUNDED`, the default, follows
    人社厅发〔2014〕25号第六条、第七条, which was read in a weak copy only and adds other aid; `STAYS`
    follows 17号 by its words. The government's subsidy and interest stay either way.
    """

    REFUNDED = "refunded"
    STAYS = "stays"


AID_REFUND = AidRefund.REFUNDED


def is_linking(left: Scheme, joined: Scheme) -> bool:
    """Whether a move links the resident scheme with an employee scheme (第八条)."""
    return (left is Scheme.RESIDENT) is not (joined is Scheme.RESIDENT)


def one_off_check(left: Scheme, joined: Scheme, asked: OneOffCheck = OneOffCheck.APPLY) -> OneOffCheck:
    """The check of one-off contributions in a move: none in linking, where the whole account moves.

    94号 is written for moves between employee schemes, 17号第六条 for the whole balance (全部储存额).
    """
    return OneOffCheck.OFF if is_linking(left, joined) else asked


def months_that_count(left: Scheme, moved: int) -> int:
    """How many of the months that moved count in the new scheme: resident years do not become years of an
    employee scheme (17号第五条); years of an employee scheme are added to those of residents (第六条)."""
    return 0 if left is Scheme.RESIDENT else moved


def resident_credits(ranges: Iterable[ContributionRange], after: int) -> dict[int, YearCredits]:
    """The payments of each year after `after` into a resident account, in millionths of a fen.

    No text was found on the interest of the year of payment; here a payment bears interest from the next year
    on, at the rate that the record states for it.
    """
    paid = {part.first.year: part.paid for part in ranges if part.paid is not None}
    return {year: YearCredits(one.total * WHOLE) for year, one in paid.items() if year > after}


def refundable(paid: ResidentYear, aid: AidRefund = AID_REFUND) -> Fen:
    """The part of a year's payments of which a month paid twice gives back a twelfth, in fen (17号第七条)."""
    given = paid.aid if aid is AidRefund.REFUNDED else 0
    return Fen(paid.own + paid.collective + given)


def resident_refund(
    ranges: Iterable[ContributionRange],
    cleared: Collection[Month],
    overlap: Collection[Month],
    aid: AidRefund = AID_REFUND,
) -> Fen:
    """The refund for clearing some months of a resident record, in fen (17号第七条).

    Counted by month: a year's payments ÷ 12 × its months, half up once a year. `overlap` are all months paid
    twice, of which `cleared` are some: the refunds of single periods add up to that of all. That a yearly
    payment is spread evenly over its months is this system's reading; the text only says 按月.
    """
    total = 0
    for year, paid in {part.first.year: part.paid for part in ranges if part.paid is not None}.items():
        given, amount = 0, refundable(paid, aid)
        for count, month in enumerate(sorted(one for one in overlap if one.year == year), start=1):
            upto = half_up(amount * count, MONTHS_IN_A_YEAR)
            total += upto - given if month in cleared else 0
            given = upto
    return Fen(total)


def whole_balance(left: Scheme) -> Finding:
    """The finding on what moves in linking and how the years count (17号第五条、第六条)."""
    if left is Scheme.RESIDENT:
        return Finding(
            "whole_resident_balance",
            TO_EMPLOYEE,
            "城乡居民个人账户全部储存额并入职工个人账户，城乡居民缴费年限不折算为职工缴费年限。",
            "The whole resident balance joins the individual account; resident years do not become years of "
            "the employee scheme.",
        )
    return Finding(
        "whole_employee_balance",
        TO_RESIDENT,
        "职工个人账户全部储存额并入城乡居民个人账户，缴费年限合并累计；"
        "办法未规定转移统筹基金，故不转移（本系统的理解）。",
        "The whole individual account joins the resident account and the years add up. Of pooled money the "
        "rules say nothing, so none moves (a reading of this system).",
    )
