"""A record that cannot be used is told everything that is wrong with it."""

from datetime import date

import pytest

from rules.amounts.history_problems import UnusableHistory, history_problems
from rules.values.money import GREATEST_AMOUNT, Fen, Rate
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import GREATEST_BASE, ContributionRange, History, MonthKind, Opening

ON = date(2020, 6, 15)
ENTERPRISE, GOVERNMENT = Scheme.ENTERPRISE, Scheme.GOVERNMENT


def paid(
    first: str,
    last: str,
    base: int = 100_000,
    booked: int | None = None,
    kind: MonthKind = MonthKind.REGULAR,
) -> ContributionRange:
    rate = None if booked is None else Rate(booked)
    return ContributionRange(Month.parse(first), Month.parse(last), Fen(base), rate, kind)


def paths(history: History) -> list[str]:
    return [".".join(map(str, wrong.path)) for wrong in history_problems(history, ON)]


RANGES = [
    (ENTERPRISE, paid("2018-01", "2020-06"), []),
    (ENTERPRISE, paid("2018-01", "2018-01", base=0), ["ranges.0.base"]),
    (ENTERPRISE, paid("2018-01", "2018-01", base=-1), ["ranges.0.base"]),
    (ENTERPRISE, paid("2018-01", "2018-01", base=GREATEST_BASE + 1), ["ranges.0.base"]),
    (ENTERPRISE, paid("2018-02", "2018-01"), ["ranges.0.last"]),
    (ENTERPRISE, paid("2018-01", "2020-07"), ["ranges.0.last"]),
    (ENTERPRISE, paid("1991-12", "1992-03", booked=30_000), ["ranges.0.first"]),
    (ENTERPRISE, paid("1992-01", "1992-03", booked=30_000), []),
    (ENTERPRISE, paid("1997-12", "1998-03"), ["ranges.0.booked"]),
    (ENTERPRISE, paid("1997-12", "1998-03", kind=MonthKind.ARREARS), ["ranges.0.booked"]),
    (ENTERPRISE, paid("1997-12", "1998-03", booked=30_000, kind=MonthKind.ARREARS), []),
    (ENTERPRISE, paid("1998-01", "1998-03"), []),
    (ENTERPRISE, paid("2018-01", "2018-03", booked=1_000_001), ["ranges.0.booked"]),
    (ENTERPRISE, paid("2018-01", "2018-03", booked=-1), ["ranges.0.booked"]),
    (ENTERPRISE, paid("2012-01", "2012-03", kind=MonthKind.PILOT), ["ranges.0.kind"]),
    (GOVERNMENT, paid("2014-09", "2014-12"), ["ranges.0.first"]),
    (GOVERNMENT, paid("2014-10", "2014-12"), []),
    (GOVERNMENT, paid("2012-01", "2014-09", kind=MonthKind.PILOT), []),
    (GOVERNMENT, paid("2012-01", "2014-10", kind=MonthKind.PILOT), ["ranges.0.kind"]),
]


@pytest.mark.parametrize(("scheme", "part", "expected"), RANGES)
def test_a_range_is_checked_field_by_field(
    scheme: Scheme, part: ContributionRange, expected: list[str]
) -> None:
    assert paths(History(scheme, (part,))) == expected


def test_before_1998_a_balance_taken_over_spares_the_rate_of_months_paid_and_not_of_those_owed() -> None:
    of_1997 = (paid("1997-01", "1997-06"), paid("1997-07", "1997-12", kind=MonthKind.ARREARS))
    assert paths(History(ENTERPRISE, of_1997, Opening(2000, Fen(100_00)))) == ["ranges.1.booked"]


def test_a_month_may_stand_in_one_range_only_whatever_their_order() -> None:
    history = History(
        ENTERPRISE,
        (
            paid("2019-01", "2019-06"),
            paid("2018-01", "2019-12"),
            paid("2019-12", "2020-01", kind=MonthKind.ARREARS),
            paid("2020-02", "2020-03"),
        ),
    )
    assert paths(history) == ["ranges.0.first", "ranges.2.first"]


OPENINGS = [
    (ENTERPRISE, Opening(2019, Fen(1), Fen(1), Fen(1)), []),
    (ENTERPRISE, Opening(2020, Fen(1)), ["opening.year"]),
    (ENTERPRISE, Opening(1991, Fen(0), Fen(1)), ["opening.year"]),
    (ENTERPRISE, Opening(1997, Fen(0), Fen(1)), []),
    (ENTERPRISE, Opening(1997, Fen(1), Fen(1)), ["opening.year"]),
    (ENTERPRISE, Opening(1997, Fen(0), Fen(1), Fen(1)), ["opening.year"]),
    (
        ENTERPRISE,
        Opening(2019, Fen(-1), Fen(-1), Fen(-1)),
        ["opening.balance", "opening.before_1998", "opening.pooled_base_sum"],
    ),
    (ENTERPRISE, Opening(2019, GREATEST_AMOUNT), []),
    (ENTERPRISE, Opening(2019, Fen(GREATEST_AMOUNT + 1)), ["opening.balance"]),
    (GOVERNMENT, Opening(2013, Fen(1)), ["opening.year"]),
    (GOVERNMENT, Opening(2014, Fen(1), Fen(1)), ["opening.before_1998"]),
]


@pytest.mark.parametrize(("scheme", "opening", "expected"), OPENINGS)
def test_an_opening_is_checked_field_by_field(scheme: Scheme, opening: Opening, expected: list[str]) -> None:
    assert paths(History(scheme, (), opening)) == expected


def test_months_before_1998_inside_the_opening_need_no_booked_rate() -> None:
    ranges = (paid("1995-01", "1997-12"),)
    assert paths(History(ENTERPRISE, ranges, Opening(2016, Fen(1)))) == []
    assert paths(History(ENTERPRISE, ranges, Opening(1996, Fen(0), Fen(1)))) == ["ranges.0.booked"]


@pytest.mark.parametrize(
    ("year", "rate", "wrong"),
    [(2019, 0, 0), (1992, 1_000_000, 0), (1991, 1, 1), (2020, 1, 1), (2019, -1, 1), (2019, 1_000_001, 1)],
)
def test_rates_given_are_for_past_years_and_at_most_the_whole(year: int, rate: int, wrong: int) -> None:
    assert paths(History(ENTERPRISE, (), rates={year: Rate(rate)})) == [f"rates.{year}"] * wrong


def test_every_problem_is_told_in_both_languages_and_all_at_once() -> None:
    history = History(
        ENTERPRISE,
        (paid("2018-02", "2018-01", base=0, booked=-1), paid("1990-01", "2030-01", kind=MonthKind.PILOT)),
        Opening(2020, Fen(-1)),
        {2020: Rate(-1)},
    )
    problems = history_problems(history, ON)
    assert len(problems) == 11
    assert all(wrong.zh and wrong.en for wrong in problems)
    text = str(UnusableHistory(problems))
    assert all(".".join(map(str, wrong.path)) in text for wrong in problems)
