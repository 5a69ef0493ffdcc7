"""What holds of the six lines for any record."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.plain_loop import plain_lines
from rules.amounts.amounts import transfer_amount
from rules.amounts.contributions import by_month
from rules.values.money import Fen, Rate
from rules.values.months import Month, count_months
from rules.values.moves import Scheme
from rules.values.record import ContributionRange, History

ON = date(2025, 9, 1)
POOLED_FROM = {Scheme.ENTERPRISE: (1998, 1), Scheme.GOVERNMENT: (2014, 10)}
FIRST = {Scheme.ENTERPRISE: Month(1994, 1), Scheme.GOVERNMENT: Month(2014, 10)}
POOLED_SHARE = Fraction(12, 100)
bases = st.integers(1, 5_000_000).map(Fen)
rates = st.integers(0, 120_000).map(Rate)
checked = settings(max_examples=60, deadline=None)


@st.composite
def histories(draw: st.DrawFn, least: int = 0) -> History:
    """A record with gaps and changing bases, booked now and then at another rate, with every rate given."""
    scheme = draw(st.sampled_from((Scheme.ENTERPRISE, Scheme.GOVERNMENT)))
    span = count_months(FIRST[scheme], Month.of(ON))
    ends = draw(st.lists(st.integers(0, span), min_size=2 * least, max_size=12, unique=True).map(sorted))
    ranges = tuple(
        _range(draw, FIRST[scheme].plus(first), FIRST[scheme].plus(last - 1))
        for first, last in list(pairwise(ends))[::2]
    )
    by_year = {year: draw(rates) for year in range(FIRST[scheme].year, ON.year)}
    return History(scheme, ranges, rates=by_year)


def _range(draw: st.DrawFn, first: Month, last: Month) -> ContributionRange:
    booked = draw(st.integers(0, 200_000)) if first < Month(1998, 1) or draw(st.booleans()) else None
    return ContributionRange(first, last, draw(bases), None if booked is None else Rate(booked))


def other(scheme: Scheme) -> Scheme:
    return Scheme.ENTERPRISE if scheme is Scheme.GOVERNMENT else Scheme.GOVERNMENT


@checked
@given(histories())
def test_the_lines_add_up(history: History) -> None:
    amount = transfer_amount(history, other(history.scheme), ON)
    numbered = dict(amount.lines.numbered())
    assert numbered[4] == numbered[1] + numbered[2] + numbered[3]
    assert numbered[6] == numbered[4] + numbered[5]
    assert min(numbered.values()) >= 0


@checked
@given(histories())
def test_a_plain_loop_over_the_months_comes_to_the_same_lines(history: History) -> None:
    lines = transfer_amount(history, other(history.scheme), ON).lines
    paid = [(part.month.year, part.month.number, part.base, part.booked) for part in by_month(history.ranges)]
    assert plain_lines(paid, ON.year, POOLED_FROM[history.scheme], history.rates) == (
        lines.before_1998,
        lines.to_last_year,
        lines.this_year_principal,
        lines.pooled,
    )


@checked
@given(histories())
def test_the_yearly_table_ends_in_line_four_and_each_year_follows_from_the_last(history: History) -> None:
    amount = transfer_amount(history, other(history.scheme), ON)
    for earlier, later in pairwise(amount.years):
        nothing_between = not earlier.balance or later.year == ON.year
        assert later.year == earlier.year + 1 or nothing_between
        assert later.balance == earlier.balance + later.credited + later.interest
    if amount.years:
        assert amount.years[-1].balance == amount.lines.individual
    assert sum(line.months for line in amount.years) == amount.months


@checked
@given(histories(), st.data())
def test_cutting_a_range_changes_nothing(history: History, data: st.DataObject) -> None:
    cut: list[ContributionRange] = []
    for part in history.ranges:
        months = [month.month for month in by_month([part])]
        at = data.draw(st.integers(0, len(months) - 1))
        if at:
            cut += [replace(part, last=months[at - 1]), replace(part, first=months[at])]
        else:
            cut.append(part)
    to = other(history.scheme)
    in_pieces = transfer_amount(replace(history, ranges=tuple(cut)), to, ON)
    assert in_pieces == transfer_amount(history, to, ON)


@checked
@given(histories())
def test_a_record_month_by_month_comes_to_the_same(history: History) -> None:
    months = tuple(
        ContributionRange(part.month, part.month, part.base, part.booked) for part in by_month(history.ranges)
    )
    to = other(history.scheme)
    assert transfer_amount(replace(history, ranges=months), to, ON) == transfer_amount(history, to, ON)


@checked
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_ranges_does_not_matter(history: History, chance: object) -> None:
    shuffled = list(history.ranges)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    to = other(history.scheme)
    assert transfer_amount(replace(history, ranges=tuple(shuffled)), to, ON) == transfer_amount(
        history, to, ON
    )


@checked
@given(histories(), rates)
def test_interest_never_touches_the_pooled_fund(history: History, rate: Rate) -> None:
    to = other(history.scheme)
    otherwise = replace(history, rates=dict.fromkeys(history.rates, rate))
    assert transfer_amount(otherwise, to, ON).lines.pooled == transfer_amount(history, to, ON).lines.pooled


@checked
@given(histories())
def test_the_pooled_line_is_its_share_of_the_bases_to_half_a_fen(history: History) -> None:
    """Rounded once, over all months: so it is additive over months before rounding, and only then."""
    lines = transfer_amount(history, other(history.scheme), ON).lines
    exact = POOLED_SHARE * sum(
        part.base
        for part in by_month(history.ranges)
        if (part.month.year, part.month.number) >= POOLED_FROM[history.scheme]
    )
    assert abs(lines.pooled - exact) <= Fraction(1, 2)


@checked
@given(histories(least=1), st.data())
def test_pooled_lines_of_two_parts_of_a_record_add_up_to_a_fen(history: History, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(history.ranges)))
    to = other(history.scheme)
    whole = transfer_amount(history, to, ON).lines.pooled
    parts = [
        transfer_amount(replace(history, ranges=part), to, ON).lines.pooled
        for part in (history.ranges[:at], history.ranges[at:])
    ]
    assert abs(whole - sum(parts)) <= 1


@checked
@given(histories(least=1), st.data())
def test_one_fen_in_a_base_moves_the_pooled_line_by_its_share(history: History, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(history.ranges) - 1))
    part = history.ranges[at]
    counted = [
        month
        for month in by_month([part])
        if (month.month.year, month.month.number) >= POOLED_FROM[history.scheme]
    ]
    raised = (*history.ranges[:at], replace(part, base=Fen(part.base + 1)), *history.ranges[at + 1 :])
    to = other(history.scheme)
    moved = (
        transfer_amount(replace(history, ranges=raised), to, ON).lines.pooled
        - transfer_amount(history, to, ON).lines.pooled
    )
    assert abs(moved - POOLED_SHARE * len(counted)) < 1
    if len(counted) * POOLED_SHARE >= 1:
        assert moved > 0


@checked
@given(histories(least=1))
def test_the_record_is_never_below_what_moves(history: History) -> None:
    amount = transfer_amount(history, other(history.scheme), ON)
    assert amount.adjusted_record_balance >= amount.lines.individual
    as_laid_down = tuple(
        replace(part, booked=None if part.first >= Month(1998, 1) else part.booked) for part in history.ranges
    )
    assume(all(part.last < Month(1998, 1) or part.first >= Month(1998, 1) for part in history.ranges))
    unaltered = transfer_amount(replace(history, ranges=as_laid_down), other(history.scheme), ON)
    assert unaltered.lines == amount.lines
    assert unaltered.adjusted_record_balance == amount.lines.individual
