"""What moves: the six lines ①–⑥ of the information form, in both directions, to the fen.

From the government scheme: 人社厅发〔2017〕7号第七条第四项 and 人社部规〔2017〕1号; from the enterprise
scheme: 7号第八条. Points on which no text was found have a named rule of this project: `UnpublishedRate`,
`OneOffCheck`; rounding stands in `rules.amounts.interest`; the waived contributions
of 2020 in `rules.amounts.rates`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from rules.amounts.account import (
    YearlyAccount,
    credits_by_year,
    share_before_1998,
    share_on_record,
    share_that_moves,
    yearly_account,
)
from rules.amounts.amount_findings import AmountFacts, amount_findings
from rules.amounts.base_lines import base_lines
from rules.amounts.contributions import PaidStretch, kinds_that_stay, months_apart, stretches
from rules.amounts.history_problems import UnusableHistory, history_problems
from rules.amounts.interest import MissingRates, UnpublishedRate, YearRates, rates_for
from rules.amounts.one_off import OneOffCheck, OneOffNotice, one_off_notice
from rules.amounts.rates import pooled_fund_share
from rules.amounts.year_lines import year_lines
from rules.values.law import JILIN_MEASURES, Law
from rules.values.money import MONTHS_IN_A_YEAR, NO_MONEY, WHOLE, Fen, Rate, half_up
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import (
    AmountLines,
    CreditRounding,
    History,
    MonthKind,
    Opening,
    TransferAmount,
)

RESIDENTS = Law(JILIN_MEASURES, "第八条")
ACROSS_SCHEMES = Law(JILIN_MEASURES, "第二条")

NO_OPENING = Opening(year=0, balance=NO_MONEY)


class OutOfScope(ValueError):
    """A move these amounts are not for; `law` says where it belongs or why it is none."""

    def __init__(self, law: Law, zh: str, en: str) -> None:
        self.law = law
        self.zh = zh
        self.en = en
        super().__init__(f"{en} ({law})")


def transfer_amount(
    history: History,
    to: Scheme,
    on: date,
    *,
    unpublished: UnpublishedRate = UnpublishedRate.LAST_PUBLISHED,
    one_off: OneOffCheck = OneOffCheck.APPLY,
) -> TransferAmount:
    """The lines ①–⑥, the yearly table and the record to leave behind, for a transfer on the day `on`.

    7号第七条第四项 and 第八条; all money in fen. ① runs on with interest like ②, as accumulated principal
    and interest (国办发〔2009〕66号). A person with nothing to move gets zeros. Money of months in or before
    the opening's year is in the opening; those months only count. What earlier transfers brought runs on in
    the same account in the same way, see `rules.amounts.brought_accounts`.

    Raises OutOfScope for the resident scheme and for a move inside one scheme, UnusableHistory with every
    problem at once, MissingRates with every year that has no interest rate.
    """
    _require_scope(history.scheme, to)
    if problems := history_problems(history, on):
        raise UnusableHistory(problems)
    ranges = _sort_ranges(history, on, one_off)
    years = _years(ranges, on)
    rates = rates_for(history.scheme, years[:-1], history.known_rates, unpublished)
    before, since = _moving_accounts(ranges, years, rates.by_year)
    pooled = _pooled_bases(ranges, history.scheme)
    lines = AmountLines(
        before_1998=before.balance,
        to_last_year=Fen(since.balance - since.this_year),
        this_year_principal=since.this_year,
        pooled=Fen(half_up(sum(share * bases for share, bases in pooled.items()), WHOLE)),
    )
    by_year = year_lines(ranges.funded, before, since, rates)
    return TransferAmount(
        lines=lines,
        years=by_year,
        adjusted_record_balance=_record(ranges, years, rates.by_year, lines.individual),
        months=sum(part.months for part in ranges.moving),
        provisional_rate_years=rates.provisional,
        findings=amount_findings(_facts(history, ranges, years, rates, lines, tuple(sorted(pooled)))),
        apart=months_apart(history, on, one_off),
        bases=base_lines(ranges.own, ranges.moving[len(ranges.own) :], ranges.funded, by_year),
        openings=tuple(one for one in ranges.openings if one.balance or one.before_1998),
    )


def years_without_rate(
    history: History,
    on: date,
    *,
    unpublished: UnpublishedRate = UnpublishedRate.LAST_PUBLISHED,
    one_off: OneOffCheck = OneOffCheck.APPLY,
) -> tuple[int, ...]:
    """The past years whose interest rate a transfer on that day needs and nobody gave (劳办发〔1997〕116号).

    The history is otherwise sound, see `history_problems`.
    """
    if history.scheme is Scheme.RESIDENT:
        return ()
    years = _years(_sort_ranges(history, on, one_off), on)
    try:
        rates_for(history.scheme, years[:-1], history.known_rates, unpublished)
    except MissingRates as missing:
        return missing.years
    return ()


def _require_scope(left: Scheme, to: Scheme) -> None:
    if Scheme.RESIDENT in (left, to):
        raise OutOfScope(
            RESIDENTS,
            "与城乡居民养老保险之间的转移另行办理。",
            "transfers from or to the resident scheme follow their own rules.",
        )
    if left is to:
        raise OutOfScope(
            ACROSS_SCHEMES,
            "同一制度内的流动不适用本办法。",
            "a move inside one scheme is none by these measures; name the other scheme.",
        )


@dataclass(frozen=True, slots=True)
class _SortedRanges:
    """A history cut into stretches: `moving` count, `funded` among them carry money, `kept` stay on record.

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
    """What the person is to be told of one-off months that stay."""
    rounding: CreditRounding


def _sort_ranges(history: History, on: date, one_off: OneOffCheck) -> _SortedRanges:
    opening = history.opening or NO_OPENING
    stay = kinds_that_stay(history, on, one_off)
    own = tuple(part for part in stretches(history.ranges) if part.kind not in stay)
    brought = tuple((one.opening, part) for one in history.brought for part in stretches(one.ranges))
    kept: tuple[PaidStretch, ...] = ()
    if MonthKind.ONE_OFF_WITHOUT_PAPERS in stay:
        left = (part for part in history.ranges if part.kind is MonthKind.ONE_OFF_WITHOUT_PAPERS)
        kept = tuple(part for part in stretches(left) if part.year > opening.year)
    return _SortedRanges(
        openings=(opening, *(one.opening for one in history.brought)),
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
    )


def _years(history: _SortedRanges, on: date) -> range:
    """The years of the account, from the first with money in it to the year of transfer."""
    first = [part.year for part in (*history.funded, *history.kept)]
    first += (one.year + 1 for one in history.openings if one.balance or one.before_1998)
    return range(min(first, default=on.year), on.year + 1)


def _moving_accounts(
    history: _SortedRanges, years: range, rates: Mapping[int, Rate]
) -> tuple[YearlyAccount, YearlyAccount]:
    """The account that moves, in its two parts: paid before 1998 (line ①), and since (② and ③)."""
    before = credits_by_year(history.funded, share_before_1998, history.rounding)
    since = credits_by_year(history.funded, share_that_moves, history.rounding)
    return (
        yearly_account(_taken_over(history, "before_1998"), before, years, rates),
        yearly_account(_taken_over(history, "balance"), since, years, rates),
    )


def _taken_over(history: _SortedRanges, part: Literal["before_1998", "balance"]) -> dict[int, Fen]:
    """One part of the balances taken over, in fen, by the year at whose end they stood."""
    sums: dict[int, Fen] = {}
    for opening in history.openings:
        sums[opening.year] = Fen(sums.get(opening.year, 0) + getattr(opening, part))
    return sums


def _record(history: _SortedRanges, years: range, rates: Mapping[int, Rate], moving: Fen) -> Fen:
    """The transfer-out bureau's own balance just before the transfer, lifted where too little was booked.

    A lifted rate recomputes the whole stream of interest (7号第八条; that it reaches the interest is this
    project's reading, no text found). Excess and months that stay behind are in it.
    """
    parts = (*history.funded, *history.kept)
    if all(share_on_record(part) == part.counts for part in history.funded) and not history.kept:
        return moving
    before = credits_by_year(parts, share_before_1998, history.rounding)
    since = credits_by_year(parts, share_on_record, history.rounding)
    return Fen(
        yearly_account(_taken_over(history, "before_1998"), before, years, rates).balance
        + yearly_account(_taken_over(history, "balance"), since, years, rates).balance
    )


def _pooled_bases(history: _SortedRanges, scheme: Scheme) -> dict[Rate, int]:
    """The actual bases that count for ⑤, in fen, summed by the share they give (7号第七条第四项, 第八条).

    ⑤ is rounded once, over all of them, and bears no interest.
    """
    bases: dict[Rate, int] = {}
    for part in history.funded:
        if share := pooled_fund_share(scheme, part.begins):
            bases[share] = bases.get(share, 0) + part.base * part.months
    for opening in history.openings:
        closed = Month(opening.year, MONTHS_IN_A_YEAR) if opening.pooled_base_sum else None
        if closed and (share := pooled_fund_share(scheme, closed)):
            bases[share] = bases.get(share, 0) + opening.pooled_base_sum
    return bases


def _facts(
    history: History,
    ranges: _SortedRanges,
    years: range,
    rates: YearRates,
    lines: AmountLines,
    pooled_shares: tuple[Rate, ...],
) -> AmountFacts:
    return AmountFacts(
        scheme=history.scheme,
        opening=history.opening,
        own=ranges.own,
        funded=ranges.funded,
        brought=tuple(one.opening for one in history.brought),
        unmoved=ranges.unmoved,
        one_off=ranges.one_off,
        pooled_shares=pooled_shares,
        rate_years=tuple(years[:-1]),
        given_rates=tuple(sorted(history.rates)),
        published=tuple(sorted(history.published)),
        provisional=rates.provisional,
        provisional_rate=rates.by_year[rates.provisional[0]] if rates.provisional else None,
        lines=lines,
        rounding=history.credit_rounding,
        otherwise=_rounded_otherwise(ranges, years, rates),
    )


def _rounded_otherwise(history: _SortedRanges, years: range, rates: YearRates) -> Fen:
    """④ by the other rule of rounding credits."""
    other = {CreditRounding.YEARLY: CreditRounding.MONTHLY, CreditRounding.MONTHLY: CreditRounding.YEARLY}
    before, since = _moving_accounts(replace(history, rounding=other[history.rounding]), years, rates.by_year)
    return Fen(before.balance + since.balance)
