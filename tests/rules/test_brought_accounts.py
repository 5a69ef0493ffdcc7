"""An account that came by transfer and moves on."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.amounts.amounts import transfer_amount
from rules.amounts.brought_accounts import opening_brought, year_of_transfer
from rules.amounts.contributions import moving_ranges
from rules.amounts.history_problems import UnusableHistory
from rules.values.money import Fen, Rate
from rules.values.months import Month, count_months
from rules.values.moves import Scheme
from rules.values.record import (
    AmountLines,
    BroughtAccount,
    ContributionRange,
    History,
    MonthKind,
    Opening,
    ResidentYear,
    TransferAmount,
    YearLine,
)

E, G = Scheme.ENTERPRISE, Scheme.GOVERNMENT
FIRST_MOVE, SECOND_MOVE = date(2019, 7, 10), date(2020, 3, 2)
checked = settings(max_examples=60, deadline=None)


def paid(
    first: str, last: str, yuan: int, booked: int | None = None, kind: MonthKind = MonthKind.REGULAR
) -> ContributionRange:
    rate = None if booked is None else Rate(booked * 10_000)
    return ContributionRange(Month.parse(first), Month.parse(last), Fen(yuan * 100), rate, kind)


TEACHER = History(G, (paid("2018-01", "2018-12", 6000), paid("2019-01", "2019-05", 6500)))
"""Worked example 2: moved in mid-year."""


def moved(history: History, on: date) -> tuple[TransferAmount, BroughtAccount]:
    """What a move gives, and the account as it then stands in the other scheme."""
    to = E if history.scheme is G else G
    amount, record = transfer_amount(history, to, on), moving_ranges(history, on)
    left_in = year_of_transfer(amount.years, on)
    return amount, BroughtAccount(opening_brought(amount.lines, record, left_in, to), record)


def test_worked_example_2_goes_on_at_the_transfer_in_bureau_and_moves_again() -> None:
    first, account = moved(TEACHER, FIRST_MOVE)
    there = History(E, (paid("2019-06", "2019-12", 6000),), brought=(account,))
    second = transfer_amount(there, G, SECOND_MOVE)
    assert second.lines.numbered()[:5] == (
        (1, 0),
        (2, 12_686_79),
        (3, 0),
        (4, 12_686_79),
        (5, first.lines.pooled + 7 * 6000_00 * 12 // 100),
    )
    assert (first.lines.to_last_year, first.lines.pooled) == (6_018_65, 12_540_00)
    (year,) = second.years
    assert (year.year, year.months, year.credited, year.interest) == (2019, 12, 5_960_00, 458_02 + 250_12)
    assert (second.months, second.adjusted_record_balance) == (24, 12_686_79)


def test_the_form_says_what_an_earlier_transfer_brought() -> None:
    _, account = moved(TEACHER, FIRST_MOVE)
    found = transfer_amount(History(E, (), brought=(account,)), G, SECOND_MOVE).findings
    (told,) = (one for one in found if one.code == "account_brought")
    assert "6018.65" in told.zh
    assert "2018" in told.en


def test_what_was_booked_too_high_before_the_first_move_is_not_on_the_record_after_it() -> None:
    worker = History(E, (paid("2019-01", "2019-05", 6500, booked=11),))
    first, account = moved(worker, FIRST_MOVE)
    assert first.adjusted_record_balance > first.lines.individual
    again = transfer_amount(History(G, (), brought=(account,)), E, FIRST_MOVE)
    assert again.adjusted_record_balance == again.lines.individual == first.lines.individual
    assert {finding.code for finding in again.findings}.isdisjoint({"booked_higher", "booked_lower"})


def test_contributions_from_before_1998_stay_line_one_on_the_way_through_the_government_scheme() -> None:
    rates = {year: Rate(30_000) for year in range(1996, 2016)}
    worker = History(E, (paid("1996-01", "1997-12", 500, booked=4), paid("1998-01", "2019-05", 3000)))
    worker = History(E, worker.ranges, rates=rates)
    first, account = moved(worker, FIRST_MOVE)
    second, _ = moved(History(G, (), brought=(account,)), FIRST_MOVE)
    assert first.lines.before_1998 > 0
    assert second.lines == first.lines
    assert second.months == first.months


def test_months_let_through_at_the_first_move_are_not_held_back_at_the_second() -> None:
    """Fewer than three years of one-off contributions need no papers; together with later ones they would."""
    late = paid("2017-01", "2018-12", 4000, kind=MonthKind.ONE_OFF_WITHOUT_PAPERS)
    _, account = moved(History(E, (late,)), FIRST_MOVE)
    own = paid("2019-01", "2019-12", 4000, kind=MonthKind.ONE_OFF_WITHOUT_PAPERS)
    there = History(G, (own,), brought=(account,))
    assert moving_ranges(there, SECOND_MOVE) == (late, own)
    assert transfer_amount(there, E, SECOND_MOVE).months == 36


def test_a_balance_of_the_record_and_two_that_came_run_on_in_one_account() -> None:
    _, one = moved(TEACHER, FIRST_MOVE)
    two = BroughtAccount(
        Opening(2019, Fen(1_000_00), Fen(0), Fen(50_000_00)), (paid("2017-01", "2017-02", 5000),)
    )
    own = Opening(2017, Fen(2_000_00), Fen(0), Fen(70_000_00))
    amount = transfer_amount(History(E, (), own, brought=(one, two)), G, SECOND_MOVE)
    in_2018 = 2_000_00 + 165_80
    held = in_2018 + 6_018_65
    # 7.61 % on what stood at the end of 2018; the months of early 2019 with their interest; what came after.
    in_2019 = held + round(held * 0.0761) + 2_600_00 + round(520_00 * (12 + 11 + 10 + 9 + 8) * 0.0761 / 12)
    assert amount.lines.to_last_year == in_2019 + 1_000_00
    assert amount.lines.pooled == 12_540_00 + 120_000_00 * 12 // 100
    assert amount.months == 19


@pytest.mark.parametrize(
    ("years", "left_in"),
    [
        ((), 2020),
        (((2018, 82_900), (2019, None)), 2019),
        (((2017, 71_200), (2018, 82_900)), 2019),
    ],
    ids=["no year is shown", "the year of transfer has no rate", "nothing was paid in the year of transfer"],
)
def test_the_yearly_table_tells_the_year_of_transfer_whenever_it_was_drawn_up(
    years: tuple[tuple[int, int | None], ...], left_in: int
) -> None:
    table = [
        YearLine(year, 1, Fen(1), Fen(1), Fen(0), Fen(1), None if rate is None else Rate(rate))
        for year, rate in years
    ]
    assert year_of_transfer(table, date(2020, 1, 3)) == left_in


@pytest.mark.parametrize(
    ("lines", "opening"),
    [
        ((0, 6_018_65, 2_600_00, 12_540_00), (0, 6_018_65, 72_000_00)),
        ((0, 6_018_65, 2_700_00, 12_540_00), (0, 6_118_65, 72_000_00)),
        ((0, 5_000_00, 2_600_00, 12_600_00), (0, 5_000_00, 72_500_00)),
        ((10_00, 9_000_00, 0, 3_900_00), (10_00, 6_400_00, 0)),
    ],
    ids=["as computed", "③ corrected outright", "② and ⑤ corrected outright", "as a ruling fits them"],
)
def test_what_a_form_states_beside_its_months_stood_there_at_the_end_of_the_year_before(
    lines: tuple[int, int, int, int], opening: tuple[int, int, int]
) -> None:
    found = opening_brought(AmountLines(*map(Fen, lines)), TEACHER.ranges, 2019, E)
    before_1998, balance, bases = opening
    assert found == Opening(2018, Fen(balance), Fen(before_1998), Fen(bases))
    again = transfer_amount(
        History(E, (), brought=(BroughtAccount(found, TEACHER.ranges),)), G, FIRST_MOVE
    ).lines
    assert (again.individual, again.pooled) == (sum(lines[:3]), lines[3])


@pytest.mark.parametrize("lines", [(0, 2_000_00, 0, 12_540_00), (0, 6_018_65, 2_600_00, 3_000_00)])
def test_a_form_that_states_less_than_its_last_months_come_to_cannot_be_reckoned_on(
    lines: tuple[int, int, int, int],
) -> None:
    opening = opening_brought(AmountLines(*map(Fen, lines)), TEACHER.ranges, 2019, E)
    with pytest.raises(UnusableHistory, match=r"brought\.0\.opening"):
        transfer_amount(History(E, (), brought=(BroughtAccount(opening, TEACHER.ranges),)), G, FIRST_MOVE)


def test_a_month_paid_here_and_brought_is_cleared_before_anything_moves() -> None:
    _, account = moved(TEACHER, FIRST_MOVE)
    with pytest.raises(UnusableHistory, match="overlaps the months 2019-01 to 2019-05"):
        transfer_amount(History(E, (paid("2019-05", "2019-12", 6000),), brought=(account,)), G, SECOND_MOVE)


def bases_of(history: History) -> int:
    return sum(part.base * count_months(part.first, part.last) for part in history.ranges)


@st.composite
def working_lives(draw: st.DrawFn) -> tuple[ContributionRange, ...]:
    """Months from 2016 to mid-2024 with gaps and changing bases, in whole yuan."""
    begin = Month(2016, 1)
    ends = draw(st.lists(st.integers(0, 102), min_size=2, max_size=10, unique=True).map(sorted))
    return tuple(
        ContributionRange(begin.plus(first), begin.plus(last - 1), Fen(draw(st.integers(1, 50_000)) * 100))
        for first, last in list(pairwise(ends))[::2]
    )


@checked
@given(working_lives(), st.sampled_from((E, G)))
def test_who_moves_on_the_same_day_takes_along_what_was_brought(
    ranges: tuple[ContributionRange, ...], scheme: Scheme
) -> None:
    on = date(2024, 8, 1)
    first, account = moved(History(scheme, ranges), on)
    second, _ = moved(History(G if scheme is E else E, (), brought=(account,)), on)
    assert second.lines == first.lines
    assert second.months == first.months
    assert second.adjusted_record_balance == first.lines.individual


Ranges = tuple[ContributionRange, ...]


def cut(ranges: Ranges, at: Month) -> tuple[Ranges, Ranges]:
    """The months up to one, and those after it."""
    until = (replace(part, last=min(part.last, at)) for part in ranges if part.first <= at)
    after = (replace(part, first=max(part.first, at.plus(1))) for part in ranges if part.last > at)
    return tuple(until), tuple(after)


@checked
@given(working_lives(), st.lists(st.integers(2016, 2024), min_size=1, max_size=3).map(sorted))
def test_moving_in_between_makes_no_fen_of_difference(
    ranges: tuple[ContributionRange, ...], moves: list[int]
) -> None:
    """Since 2016 both schemes credit one rate, so the way the months took cannot matter."""
    last_day = date(2025, 8, 1)
    stayed = transfer_amount(History(G, ranges), E, last_day)
    scheme, left = G, ranges
    brought: tuple[BroughtAccount, ...] = ()
    for on in (date(year, 7, 1) for year in moves):
        here, left = cut(left, Month.of(on))
        _, account = moved(History(scheme, here, brought=brought), on)
        scheme, brought = (E if scheme is G else G), (account,)
    last = transfer_amount(History(scheme, left, brought=brought), E if scheme is G else G, last_day)
    assert last.lines == stayed.lines
    assert last.months == stayed.months


@checked
@given(st.integers(1, 5_000_000), st.integers(1, 5_000_000))
def test_the_pooled_line_of_a_second_move_is_the_first_and_twelve_per_cent_of_the_new_bases(
    old: int, new: int
) -> None:
    """Exactly for what came; with odd bases the sum may round the other way, by one fen."""
    ranges = (ContributionRange(Month(2018, 1), Month(2019, 3), Fen(old)),)
    first, account = moved(History(G, ranges), FIRST_MOVE)
    own = History(E, (ContributionRange(Month(2019, 4), Month(2019, 12), Fen(new)),), brought=(account,))
    second = transfer_amount(own, G, SECOND_MOVE)
    exact = first.lines.pooled * 100 + 12 * bases_of(own)
    assert abs(second.lines.pooled * 100 - exact) <= (54 if bases_of(own) % 25 else 0)


@pytest.mark.parametrize(
    ("on", "to_last_year", "this_year"),
    [(date(2026, 5, 4), 5_000_00, 2_000_00), (date(2027, 3, 2), 5_075_00 + 2_000_00, 0)],
)
def test_a_residents_payment_of_the_year_of_transfer_bears_interest_from_the_next_year_on(
    on: date, to_last_year: int, this_year: int
) -> None:
    """5,000.00 at the end of 2025 and 2,000.00 for 2026 join in March 2026; the rate of 2026 is 1.50 %."""
    rates = {2026: Rate(15_000)} if on.year > 2026 else {}
    payment = ResidentYear(Fen(2_000_00), Fen(0), Fen(0), Fen(0))
    year = ContributionRange(Month(2026, 1), Month(2026, 12), Fen(0), None, MonthKind.RESIDENT, payment)
    joined_on = date(2026, 3, 2)
    first = transfer_amount(History(Scheme.RESIDENT, (year,), Opening(2025, Fen(5_000_00))), E, joined_on)
    opening = opening_brought(first.lines, (year,), year_of_transfer(first.years, joined_on), E)
    there = History(E, (), brought=(BroughtAccount(opening, (year,)),), rates=rates)
    assert opening.balance == 5_000_00
    second = transfer_amount(there, G, on).lines
    assert (second.to_last_year, second.this_year_principal) == (to_last_year, this_year)
