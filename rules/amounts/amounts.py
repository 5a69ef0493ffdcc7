"""The amounts: lines ①–⑥ of the information form, in both directions, to the fen.

From the government scheme: 人社厅发〔2017〕7号第七条第四项 and 人社部规〔2017〕1号; from the enterprise
scheme: 7号第八条; in linking with the resident scheme: 人社部发〔2014〕17号第五条、第六条. Points on which no
text was found have a named rule of this project: `UnpublishedRate`, `OneOffCheck`; rounding stands in
`rules.amounts.interest`; the waived contributions of 2020 in `rules.amounts.rates`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from rules.amounts.account import (
    credits_by_year,
    share_before_1998,
    share_on_record,
    yearly_account,
)
from rules.amounts.amount_findings import AmountFacts, amount_findings
from rules.amounts.base_lines import base_lines
from rules.amounts.contributions import months_apart
from rules.amounts.history_problems import UnusableHistory, history_problems
from rules.amounts.interest import MissingRates, UnpublishedRate, YearRates, rates_for
from rules.amounts.one_off import OneOffCheck
from rules.amounts.rates import pooled_fund_share
from rules.amounts.residents import one_off_check
from rules.amounts.sorted_ranges import (
    SortedRanges,
    moving_accounts,
    paid_on_a_base,
    sort_ranges,
    taken_over,
    years_of_account,
)
from rules.amounts.subsidies import (
    SubsidyInterest,
    credited_by_months,
    with_subsidies,
)
from rules.amounts.year_lines import year_lines
from rules.values.law import JILIN_MEASURES, Law
from rules.values.money import MONTHS_IN_A_YEAR, WHOLE, Fen, Rate, half_up
from rules.values.months import Month
from rules.values.moves import Scheme, other_employee_scheme
from rules.values.record import (
    AmountLines,
    CreditRounding,
    History,
    TransferAmount,
)

ACROSS_SCHEMES = Law(JILIN_MEASURES, "第二条")


class OutOfScope(ValueError):
    """A move to which these amounts do not apply; `law` is the article that says so."""

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
    subsidy: SubsidyInterest = SubsidyInterest.FROM_MONTH,
) -> TransferAmount:
    """The lines ①–⑥, the yearly table and the record to leave behind, for a transfer on the day `on`.

    7号第七条第四项 and 第八条; all money in fen. ① bears interest like ②, as accumulated principal
    and interest (国办发〔2009〕66号). A person with nothing to move gets zeros. Money of months in or before
    the opening's year is in the opening; those months only count. What earlier transfers brought continues in
    the same account in the same way, see `rules.amounts.brought_accounts`. In linking with the resident
    scheme the whole account moves, as booked, and ⑤ is zero.

    Raises OutOfScope for a move inside one scheme, UnusableHistory with every problem at once, MissingRates
    with every year that has no interest rate.
    """
    _require_scope(history.scheme, to)
    if problems := history_problems(history, on):
        raise UnusableHistory(problems)
    one_off = one_off_check(history.scheme, to, one_off)
    ranges = sort_ranges(history, to, on, one_off, subsidy)
    years = years_of_account(ranges, on)
    rates = _rates(history, years, unpublished)
    before, since = moving_accounts(ranges, years, rates.by_year)
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
        findings=amount_findings(_facts(history, to, ranges, years, rates, lines, tuple(sorted(pooled)))),
        apart=months_apart(history, on, one_off),
        bases=base_lines(
            paid_on_a_base(ranges.own),
            paid_on_a_base(ranges.moving[len(ranges.own) :]),
            ranges.funded,
            credited_by_months(ranges.subsidies, by_year),
        ),
        openings=tuple(one for one in ranges.openings if one.balance or one.before_1998),
        credits=history.all_credits,
    )


def years_without_rate(history: History, on: date) -> tuple[int, ...]:
    """The past years whose interest rate a transfer on that day needs and nobody gave (劳办发〔1997〕116号).

    The history must be sound otherwise, see `history_problems`.
    """
    ranges = sort_ranges(history, other_employee_scheme(history.scheme), on, OneOffCheck.APPLY)
    try:
        _rates(history, years_of_account(ranges, on), UnpublishedRate.LAST_PUBLISHED)
    except MissingRates as missing:
        return missing.years
    return ()


def _require_scope(left: Scheme, to: Scheme) -> None:
    if left is to:
        raise OutOfScope(
            ACROSS_SCHEMES,
            "同一制度内的流动不适用本办法。",
            "a move inside one scheme is none by these measures; name the other scheme.",
        )


def _rates(history: History, years: range, unpublished: UnpublishedRate) -> YearRates:
    """The rate of every past year. A resident account borrows none: only its record states its rates."""
    if history.scheme is Scheme.RESIDENT:
        unpublished = UnpublishedRate.WAIT
    return rates_for(history.scheme, years[:-1], history.known_rates, unpublished)


def _record(history: SortedRanges, years: range, rates: Mapping[int, Rate], moving: Fen) -> Fen:
    """The transfer-out bureau's own balance just before the transfer, raised where too little was booked.

    A raised share changes all later interest (7号第八条; that it affects the interest is this project's
    reading, no text found). Excess booked and months that stay behind are included.
    """
    parts = (*history.funded, *history.kept)
    if not history.gives_pooled:
        return moving
    if all(share_on_record(part) == part.counts for part in history.funded) and not history.kept:
        return moving
    before = credits_by_year(parts, share_before_1998, history.rounding)
    since = with_subsidies(
        credits_by_year(parts, share_on_record, history.rounding), history.subsidies, history.subsidy
    )
    return Fen(
        yearly_account(taken_over(history, "before_1998"), before, years, rates).balance
        + yearly_account(taken_over(history, "balance"), since, years, rates).balance
    )


def _pooled_bases(history: SortedRanges, scheme: Scheme) -> dict[Rate, int]:
    """The actual bases that count for ⑤, in fen, summed by their share (7号第七条第四项, 第八条).

    ⑤ is rounded once, over all of them, and bears no interest.
    """
    bases: dict[Rate, int] = {}
    if not history.gives_pooled:
        return bases
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
    to: Scheme,
    ranges: SortedRanges,
    years: range,
    rates: YearRates,
    lines: AmountLines,
    pooled_shares: tuple[Rate, ...],
) -> AmountFacts:
    return AmountFacts(
        scheme=history.scheme,
        joined=to,
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
        subsidies=history.all_credits,
    )


def _rounded_otherwise(history: SortedRanges, years: range, rates: YearRates) -> Fen:
    """④ by the other rule of rounding credits."""
    other = {CreditRounding.YEARLY: CreditRounding.MONTHLY, CreditRounding.MONTHLY: CreditRounding.YEARLY}
    before, since = moving_accounts(replace(history, rounding=other[history.rounding]), years, rates.by_year)
    return Fen(before.balance + since.balance)
