"""A history divided into what moves and what stays, and the account of what moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from rules.amounts.account import (
    ShareOf,
    YearlyAccount,
    credits_by_year,
    share_as_booked,
    share_before_1998,
    share_that_moves,
    with_credits,
    yearly_account,
)
from rules.amounts.contributions import PaidStretch, kinds_that_stay, stretches
from rules.amounts.interest import YearCredits
from rules.amounts.one_off import OneOffCheck, OneOffNotice, one_off_notice
from rules.amounts.residents import is_linking, resident_credits
from rules.amounts.subsidies import SubsidyInterest, outside_openings, with_subsidies
from rules.values.money import NO_MONEY, WHOLE, Fen, Rate, half_up
from rules.values.moves import Scheme
from rules.values.record import AccountCredit, CreditRounding, History, MonthKind, Opening

NO_OPENING = Opening(year=0, balance=NO_MONEY)


def paid_on_a_base(parts: tuple[PaidStretch, ...]) -> tuple[PaidStretch, ...]:
    """The stretches of the employee schemes: residents pay by the year, on no base."""
    return tuple(part for part in parts if part.kind is not MonthKind.RESIDENT)


@dataclass(frozen=True, slots=True)
class SortedRanges:
    """A history in stretches: `moving` count, `funded` among them carry money, `kept` stay on record.

    `own` are those of `moving` that no earlier transfer brought; `openings` the balances taken over.
    Pilot months and arrears are in none: their money, if any, is not in this account.
    """

    openings: tuple[Opening, ...]
    own: tuple[PaidStretch, ...]
    moving: tuple[PaidStretch, ...]
    funded: tuple[PaidStretch, ...]
    kept: tuple[PaidStretch, ...]
    unmoved: frozenset[MonthKind]
    one_off: OneOffNotice | None
    """The notice owed to the person of one-off months that stay."""
    rounding: CreditRounding
    share_of: ShareOf = share_that_moves
    """The share of a base that moves, since 1998."""
    paid_by_year: Mapping[int, YearCredits] = field(default_factory=dict)
    """Yearly payments into a resident account, beside the credits on a base."""
    gives_pooled: bool = True
    subsidies: tuple[AccountCredit, ...] = ()
    """The subsidies whose money is in no opening."""
    subsidy: SubsidyInterest = SubsidyInterest.FROM_MONTH


def sort_ranges(
    history: History,
    to: Scheme,
    on: date,
    one_off: OneOffCheck,
    subsidy: SubsidyInterest = SubsidyInterest.FROM_MONTH,
) -> SortedRanges:
    opening = history.opening or NO_OPENING
    stay = kinds_that_stay(history, on, one_off)
    own = tuple(part for part in stretches(history.ranges) if part.kind not in stay)
    # Resident months that linking brought into an employee scheme count for nothing there (17号第五条).
    brought = tuple(
        (one.opening, part)
        for one in history.brought
        for part in paid_on_a_base(tuple(stretches(one.ranges)))
    )
    kept: tuple[PaidStretch, ...] = ()
    if MonthKind.ONE_OFF_WITHOUT_PAPERS in stay:
        left = (part for part in history.ranges if part.kind is MonthKind.ONE_OFF_WITHOUT_PAPERS)
        kept = tuple(part for part in stretches(left) if part.year > opening.year)
    return SortedRanges(
        openings=(
            _with_arrears_paid(opening, own, history.credit_rounding),
            *(one.opening for one in history.brought),
        ),
        own=own,
        moving=(*own, *(part for _, part in brought)),
        funded=(
            *(part for part in own if part.year > opening.year),
            # Credited here at the share that counts, whatever was booked before they came.
            *(part._replace(booked=None) for taken, part in brought if part.year > taken.year),
        ),
        kept=kept,
        unmoved=frozenset(part.kind for part in history.ranges if part.kind in stay),
        one_off=one_off_notice(history.ranges, on, one_off),
        rounding=history.credit_rounding,
        share_of=share_as_booked if is_linking(history.scheme, to) else share_that_moves,
        paid_by_year=_paid_by_residents(history, opening),
        gives_pooled=not is_linking(history.scheme, to),
        subsidies=outside_openings(history),
        subsidy=subsidy,
    )


def _paid_by_residents(history: History, opening: Opening) -> dict[int, YearCredits]:
    """What residents paid after an opening, by year: of the record, and of each account brought into it."""
    paid = resident_credits(history.ranges, opening.year)
    for one in history.brought:
        paid = with_credits(paid, resident_credits(one.ranges, one.opening.year))
    return paid


def _with_arrears_paid(opening: Opening, own: tuple[PaidStretch, ...], rounding: CreditRounding) -> Opening:
    """The opening with arrears of its years that were paid since: principal, as of its end (own reading)."""
    paid = [part for part in own if part.kind is MonthKind.ARREARS_PAID and part.year <= opening.year]
    before, since = (
        sum(half_up(year.credited, WHOLE) for year in credits_by_year(paid, share_of, rounding).values())
        for share_of in (share_before_1998, share_that_moves)
    )
    bases = sum(part.base * part.months for part in paid if part.counts is not None)
    return replace(
        opening,
        balance=Fen(opening.balance + since),
        before_1998=Fen(opening.before_1998 + before),
        pooled_base_sum=Fen(opening.pooled_base_sum + bases),
    )


def years_of_account(history: SortedRanges, on: date) -> range:
    """The years of the account, from the first with money in it to the year of transfer."""
    first = [part.year for part in (*history.funded, *history.kept)]
    first += (one.month.year for one in history.subsidies)
    first += (one.year + 1 for one in history.openings if one.balance or one.before_1998)
    return range(min(first, default=on.year), on.year + 1)


def moving_accounts(
    history: SortedRanges, years: range, rates: Mapping[int, Rate]
) -> tuple[YearlyAccount, YearlyAccount]:
    """The account that moves, in its two parts: paid before 1998 (line ①), and since (② and ③)."""
    before = credits_by_year(history.funded, share_before_1998, history.rounding)
    by_months = credits_by_year(history.funded, history.share_of, history.rounding)
    paid = with_credits(by_months, history.paid_by_year)
    since = with_subsidies(paid, history.subsidies, history.subsidy)
    return (
        yearly_account(taken_over(history, "before_1998"), before, years, rates),
        yearly_account(taken_over(history, "balance"), since, years, rates),
    )


def taken_over(history: SortedRanges, part: Literal["before_1998", "balance"]) -> dict[int, Fen]:
    """One part of the balances taken over, in fen, by the year at whose end they stood."""
    sums: dict[int, Fen] = {}
    for opening in history.openings:
        sums[opening.year] = Fen(sums.get(opening.year, 0) + getattr(opening, part))
    return sums
