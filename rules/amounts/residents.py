"""Linking with the resident scheme (人社部发〔2014〕17号; for the government scheme 吉社保〔2020〕6号第八条).

Once of retirement age, a working life ends up in one scheme or the other, with all its money.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules.values.law import RESIDENT_LINKING, InForce, Law, Refusal, in_force
from rules.values.money import MONTHS_IN_A_YEAR, NO_MONEY, Fen, half_up
from rules.values.months import Month

WHEN = Law(RESIDENT_LINKING, "第三条")
TO_EMPLOYEE = Law(RESIDENT_LINKING, "第五条")
TO_RESIDENT = Law(RESIDENT_LINKING, "第六条")

IN_FORCE_FROM = date(2014, 7, 1)
"""Recalled; the passage read did not hold the day."""

_LATER_RETIREMENT = Law("国务院关于渐进式延迟法定退休年龄的办法", "")

MINIMUM_MONTHS = (
    InForce(180, since=IN_FORCE_FROM, law=WHEN),
    *(InForce(180 + 6 * step, since=date(2029 + step, 1, 1), law=_LATER_RETIREMENT) for step in range(1, 11)),
)
"""Months in the employee schemes that decide the direction: 15 years; from 2030 half a year more each year,
up to 20 in 2039. The rise is recalled, no official text was read; that it also moves the line of 17号第三条
is inferred, both being the minimum for a monthly pension."""


class Linking(StrEnum):
    """Which way a relationship is linked."""

    RESIDENT_TO_EMPLOYEE = "resident_to_employee"
    EMPLOYEE_TO_RESIDENT = "employee_to_resident"


@dataclass(frozen=True, slots=True)
class ResidentYear:
    """One year paid in the resident scheme, in fen: the person's own part and the collective's (集体补助).

    The government's subsidy and interest are no part of it: they are never refunded.
    """

    year: int
    own: Fen
    collective: Fen = NO_MONEY


@dataclass(frozen=True, slots=True)
class YearRefund:
    """What one year's overlap gives back, in fen, for so many months."""

    year: int
    months: int
    refund: Fen


@dataclass(frozen=True, slots=True)
class Linked:
    """The result of linking, money in fen.

    `moved` is what changes scheme, always a whole individual account; no pooled money moves. `account` is
    the individual account afterwards, `months` what counts in the scheme that pays.
    """

    linking: Linking
    moved: Fen
    refund: Fen
    account: Fen
    months: int
    law: Law
    pooled: Fen = NO_MONEY


def minimum_months(on: date) -> int:
    """The least months in employee schemes for a pension there, by the day of retirement age (17号第三条).

    Raises LookupError before the rules came into force.
    """
    return in_force(MINIMUM_MONTHS, on).value


def linking(employee_months: int, retirement_age_on: date) -> Linking:
    """Which way to link: towards the employee scheme with the minimum there, else away from it (17号第三条).

    `employee_months` counts all employee relationships, gathered first (第四条), extended contributions
    included. Raises LookupError for a day before the rules came into force.
    """
    enough = employee_months >= minimum_months(retirement_age_on)
    return Linking.RESIDENT_TO_EMPLOYEE if enough else Linking.EMPLOYEE_TO_RESIDENT


def grounds_against_linking(retirement_age_on: date, draws_pension: bool, on: date) -> tuple[Refusal, ...]:
    """Every ground against linking on a day: too early, or too late (17号第三条)."""
    found = []
    if on < retirement_age_on:
        found.append(
            Refusal(
                "before_retirement_age",
                WHEN,
                "未达到城镇职工基本养老保险法定退休年龄，暂不能办理制度衔接。",
                "The person has not reached the retirement age of the employee scheme yet.",
                f"请于 {retirement_age_on.isoformat()} 后申请。",
                f"Apply from {retirement_age_on.isoformat()} on.",
            )
        )
    if draws_pension:
        found.append(
            Refusal(
                "already_a_pensioner",
                WHEN,
                "已领取养老保险待遇，不再办理制度衔接。",
                "A person who already draws a pension is no longer linked.",
                "无法补正。",
                "None.",
            )
        )
    return tuple(found)


def overlap_refunds(years: Sequence[ResidentYear], employee: Collection[Month]) -> tuple[YearRefund, ...]:
    """What is refunded for months also paid in an employee scheme (17号第七条), fen, half up a year.

    Counted by month; only the employee months count. The text does not say how a yearly payment falls on
    months; here (own + collective) ÷ 12 × months. Subsidy and interest stay in the account. Years without
    overlap are left out.
    """
    paid = {month.year: 0 for month in employee}
    for month in set(employee):
        paid[month.year] += 1
    return tuple(
        YearRefund(
            year=one.year,
            months=paid[one.year],
            refund=Fen(half_up((one.own + one.collective) * paid[one.year], MONTHS_IN_A_YEAR)),
        )
        for one in years
        if one.year in paid
    )


def link(
    way: Linking,
    resident_balance: Fen,
    years: Sequence[ResidentYear],
    employee_balance: Fen,
    employee: Collection[Month],
) -> Linked:
    """Link the two relationships, balances in fen (17号第五条、第六条、第七条).

    Towards the employee scheme the resident balance joins the account and its years do not count. Towards
    the resident scheme the whole employee account joins and the years add up, a month paid in both counted
    once; of pooled money nothing is said, so none moves. The overlap is refunded out of the resident balance
    first. Raises ValueError when that balance is too small for it: then the record is wrong.
    """
    refunds = overlap_refunds(years, employee)
    refund = sum(one.refund for one in refunds)
    if refund > resident_balance:
        raise ValueError("the refund is larger than the resident balance")
    resident = Fen(resident_balance - refund)
    account = Fen(resident + employee_balance)
    months = len(set(employee))
    if way is Linking.RESIDENT_TO_EMPLOYEE:
        return Linked(way, resident, Fen(refund), account, months, TO_EMPLOYEE)
    months += MONTHS_IN_A_YEAR * len({one.year for one in years}) - sum(one.months for one in refunds)
    return Linked(way, employee_balance, Fen(refund), account, months, TO_RESIDENT)


def refund_of_second_pension(resident_balance: Fen, government_subsidy: Fen) -> Fen:
    """What ending the resident relationship gives back where both pensions were drawn (17号第八条), in fen.

    The balance less the government's subsidy; the basic resident pension drawn meanwhile is to be paid
    back or set off, which is not part of this figure. Raises ValueError when the subsidy is the larger.
    """
    if government_subsidy > resident_balance:
        raise ValueError("the subsidy is larger than the balance")
    return Fen(resident_balance - government_subsidy)
