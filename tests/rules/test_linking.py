"""Who may link the resident scheme with an employee scheme: from which day, and which way."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from movers import TEACHER
from plain_linking import first_day_to_apply, least_months, years_in_months

from rules.application.destination import destination
from rules.application.grounds import grounds_for_refusal
from rules.application.linking import (
    EmployeeRecord,
    RecognisedYears,
    about_linking,
    counted_months,
    grounds_against_direction,
    linking_from,
    recognised_months,
)
from rules.application.retirement import (
    MINIMUM_MONTHS,
    minimum_months,
    reaches_retirement_age_on,
    retirement_age,
)
from rules.application.scope import scheme_not_handled, situation
from rules.values.law import LATER_RETIREMENT, RESIDENT_LINKING, Law, Refusal
from rules.values.money import Fen
from rules.values.months import Month
from rules.values.moves import (
    ApplicationRoute,
    InsuredStatus,
    Material,
    Move,
    MoveReason,
    OriginalRetirementAge,
    Scheme,
)
from rules.values.record import ContributionRange, MonthKind, RecognisedService

G, E, R = Scheme.GOVERNMENT, Scheme.ENTERPRISE, Scheme.RESIDENT
SIXTY, FIFTY_FIVE, FIFTY = OriginalRetirementAge
REACHED = date(2026, 3, 10)
"""60 years and 3 months after the day of birth."""

FARMER = replace(
    TEACHER,
    scheme_from=R,
    scheme_to=E,
    reason=MoveReason.LINKING,
    new_employer=None,
    employer_bureau=None,
    born_on=date(1965, 12, 10),
    male=True,
    submitted_on=REACHED,
    materials=frozenset({Material.IDENTITY_DOCUMENT, Material.LINKING_FORM}),
)
"""A farmer in Yanji with an employee record in Changchun, on the day he reaches retirement age."""


def grounds(base: Move = FARMER, on: date = REACHED, **changes: Any) -> tuple[Refusal, ...]:
    return grounds_for_refusal(replace(base, **changes), on)


def codes(base: Move = FARMER, on: date = REACHED, **changes: Any) -> list[str]:
    return [one.code for one in grounds(base, on, **changes)]


@pytest.mark.parametrize(
    ("born_on", "original", "age", "reached"),
    [
        (date(1964, 12, 31), SIXTY, (60, 0), date(2024, 12, 31)),
        (date(1965, 1, 15), SIXTY, (60, 1), date(2025, 2, 15)),
        (date(1965, 4, 30), SIXTY, (60, 1), date(2025, 5, 30)),
        (date(1965, 5, 1), SIXTY, (60, 2), date(2025, 7, 1)),
        (date(1976, 8, 31), SIXTY, (62, 11), date(2039, 7, 31)),
        (date(1976, 9, 1), SIXTY, (63, 0), date(2039, 9, 1)),
        (date(1990, 1, 1), SIXTY, (63, 0), date(2053, 1, 1)),
        (date(1969, 12, 1), FIFTY_FIVE, (55, 0), date(2024, 12, 1)),
        (date(1970, 1, 31), FIFTY_FIVE, (55, 1), date(2025, 2, 28)),
        (date(1981, 9, 1), FIFTY_FIVE, (58, 0), date(2039, 9, 1)),
        (date(1974, 12, 1), FIFTY, (50, 0), date(2024, 12, 1)),
        (date(1975, 1, 1), FIFTY, (50, 1), date(2025, 2, 1)),
        (date(1975, 3, 1), FIFTY, (50, 2), date(2025, 5, 1)),
        (date(1984, 10, 1), FIFTY, (54, 11), date(2039, 9, 1)),
        (date(1984, 11, 1), FIFTY, (55, 0), date(2039, 11, 1)),
    ],
)
def test_the_retirement_age_rises_by_month_of_birth(
    born_on: date, original: OriginalRetirementAge, age: tuple[int, int], reached: date
) -> None:
    assert retirement_age(born_on, original) == age
    assert reaches_retirement_age_on(born_on, original) == reached


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1950, 1, 1), date(1995, 12, 31)), st.sampled_from(OriginalRetirementAge))
def test_the_first_day_is_that_of_a_walk_through_the_months_of_birth(
    born_on: date, original: OriginalRetirementAge
) -> None:
    day = first_day_to_apply(born_on, int(original))
    woman = replace(FARMER, born_on=born_on, male=False, original_retirement_age=original)
    assert linking_from(woman) == max(day, date(2014, 7, 1))
    applies = replace(woman, submitted_on=max(day, date(2014, 10, 1)))
    assert "before_retirement_age" not in codes(applies, applies.submitted_on)
    too_early = day - timedelta(days=1)
    if too_early >= date(2014, 10, 1):
        (ground,) = grounds(woman, too_early)
        assert (ground.code, str(day) in ground.cure_zh, str(day) in ground.cure_en) == (
            "before_retirement_age",
            True,
            True,
        )
    assert minimum_months(day).value == least_months(day)


@pytest.mark.parametrize(
    ("on", "least"),
    [
        (date(2014, 7, 1), 180),
        (date(2029, 12, 31), 180),
        (date(2030, 1, 1), 186),
        (date(2035, 6, 1), 216),
        (date(2039, 1, 1), 240),
        (date(2060, 1, 1), 240),
    ],
)
def test_the_minimum_is_fifteen_years_and_rises_from_2030_to_twenty(on: date, least: int) -> None:
    assert minimum_months(on).value == least


def test_the_numbers_carry_their_day_and_their_article() -> None:
    assert MINIMUM_MONTHS[0].law == Law(RESIDENT_LINKING, "第三条")
    assert minimum_months(date(2031, 1, 1)).law == Law(LATER_RETIREMENT, "第二条")
    assert [one.since for one in MINIMUM_MONTHS] == sorted(one.since for one in MINIMUM_MONTHS)


@pytest.mark.parametrize(("left", "joined"), [(R, E), (R, G), (E, R), (G, R)])
def test_all_four_directions_can_be_accepted_on_the_day_of_retirement_age(
    left: Scheme, joined: Scheme
) -> None:
    home = replace(FARMER, scheme_from=left, scheme_to=joined, bureau_in="222401")
    assert grounds_for_refusal(home, REACHED) == ()
    covered = situation(home)
    assert covered is not None
    assert covered.law.article == ("第八条" if G in (left, joined) else "第二条")


def test_the_day_before_the_application_is_refused_and_told_the_day() -> None:
    (ground,) = grounds(on=REACHED - timedelta(days=1))
    assert ground.code == "before_retirement_age"
    assert "60 周岁 3 个月" in ground.zh
    assert "2026-03-10" in ground.cure_zh
    assert "2026-03-10" in ground.cure_en


def test_a_woman_is_asked_for_her_original_age_and_a_man_is_not() -> None:
    woman = replace(FARMER, born_on=date(1971, 2, 1), male=False)
    assert codes(woman) == ["original_retirement_age_not_stated"]
    assert codes(woman, original_retirement_age=FIFTY) == []
    assert codes(woman, original_retirement_age=SIXTY) == ["before_retirement_age"]


def test_who_draws_a_pension_is_no_longer_linked_and_hears_what_becomes_of_two() -> None:
    (ground,) = grounds(status=InsuredStatus.PENSIONER)
    assert ground.code == "already_a_pensioner"
    assert ground.law.document == RESIDENT_LINKING
    assert "政府补贴" in ground.cure_zh


def test_other_reasons_are_no_linking_and_linking_is_no_reason_between_employee_schemes() -> None:
    assert codes(reason=MoveReason.POSTING) == ["not_for_linking"]
    assert codes(entry=ApplicationRoute.FORMER_EMPLOYERS_FORM) == ["not_for_linking"]
    (ground,) = grounds_for_refusal(replace(TEACHER, reason=MoveReason.LINKING), TEACHER.submitted_on)
    assert ground.code == "reason_against_direction"


def test_residents_are_taken_in_where_the_person_is_registered() -> None:
    worker = replace(FARMER, scheme_from=E, scheme_to=R, bureau_out="220100", bureau_in="220300")
    (ground,) = grounds(worker)
    assert ground.code == "wrong_destination"
    assert "222401" in ground.cure_zh
    assert "本系统的理解" in ground.zh
    assert codes(worker, bureau_in="222401") == []
    assert codes(worker, registered_home="110101") == ["registered_home_outside_the_province"]
    right = destination(FARMER, REACHED)
    assert right.bureau is not None
    assert right.bureau.key == FARMER.bureau_in


def against(record: EmployeeRecord, **changes: Any) -> tuple[Refusal, ...]:
    return grounds_against_direction(replace(FARMER, **changes), record, REACHED, REACHED)


def test_with_enough_years_residents_move_to_the_employee_scheme_and_not_away_from_it() -> None:
    enough = EmployeeRecord(months=180)
    assert against(enough) == ()
    (wrong,) = against(enough, scheme_from=E, scheme_to=R)
    assert wrong.code == "enough_employee_years"
    assert "180" in wrong.zh


def test_without_enough_years_the_day_is_named_on_which_there_would_be() -> None:
    few = EmployeeRecord(months=173)
    assert against(few, scheme_from=E, scheme_to=R) == ()
    (wrong,) = against(few)
    assert wrong.code == "too_few_employee_years"
    assert wrong.law == Law(RESIDENT_LINKING, "第三条")
    assert "差 7 个月" in wrong.zh
    assert "2026-10-01" in wrong.cure_zh
    assert "2026-10-01" in wrong.cure_en


def test_months_still_missing_are_counted_from_the_day_on_which_the_books_are_read() -> None:
    half_a_year_later = date(2026, 9, 10)
    (wrong,) = grounds_against_direction(FARMER, EmployeeRecord(months=173), REACHED, half_a_year_later)
    assert "2027-04-01" in wrong.cure_zh
    assert "2027-04-01" in wrong.cure_en


def test_whoever_reaches_the_age_in_2030_needs_half_a_year_more() -> None:
    later = replace(FARMER, born_on=date(1969, 3, 1))
    day = linking_from(later)
    assert day == date(2030, 4, 1)
    assert [one.code for one in grounds_against_direction(later, EmployeeRecord(months=185), day, day)] == [
        "too_few_employee_years"
    ]
    assert grounds_against_direction(later, EmployeeRecord(months=186), day, day) == ()


def test_employee_relationships_are_gathered_first() -> None:
    (elsewhere,) = against(EmployeeRecord(months=180, elsewhere=24))
    assert (elsewhere.code, "24" in elsewhere.zh) == ("employee_relationships_not_gathered", True)
    (open_case,) = against(EmployeeRecord(months=180, elsewhere=24, under_way="220100-20260101-AAAAAAAA"))
    assert open_case.code == "employee_transfer_under_way"
    assert "220100-20260101-AAAAAAAA" in open_case.cure_zh
    assert {elsewhere.law, open_case.law} == {Law(RESIDENT_LINKING, "第四条")}


def test_who_is_too_young_hears_nothing_of_the_direction() -> None:
    young = replace(FARMER, born_on=date(1980, 1, 1))
    assert grounds_against_direction(young, EmployeeRecord(months=0), REACHED, REACHED) == ()


def test_months_that_count_are_counted_once_and_arrears_and_resident_months_not_at_all() -> None:
    def part(first: str, last: str, kind: MonthKind = MonthKind.REGULAR) -> ContributionRange:
        return ContributionRange(Month.parse(first), Month.parse(last), Fen(400_000), None, kind)

    assert len(counted_months([part("2020-01", "2020-12"), part("2020-07", "2021-06")])) == 18
    apart = [part("2010-01", "2010-12", kind) for kind in (MonthKind.ARREARS, MonthKind.RESIDENT)]
    assert len(counted_months([*apart, part("2020-01", "2020-12")])) == 12
    pilot = [part("2013-10", "2014-09", MonthKind.PILOT), part("2014-10", "2014-12")]
    assert len(counted_months(pilot)) == 15


def spans() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Periods as first month and length, month 0 being January 2000."""
    return st.lists(st.tuples(st.integers(0, 239), st.integers(1, 60)), max_size=6)


@settings(max_examples=200, deadline=None)
@given(spans(), spans(), spans())
def test_recognised_service_counts_each_month_once_beside_the_months_paid(
    paid: list[tuple[int, int]], owed: list[tuple[int, int]], served: list[tuple[int, int]]
) -> None:
    """By a plain count over a calendar: 15 years are reached by the same people."""
    first = Month(2000, 1)
    ranges = [
        ContributionRange(first.plus(at), first.plus(at + length - 1), Fen(400_000), None, kind)
        for kind, parts in ((MonthKind.REGULAR, paid), (MonthKind.ARREARS, owed))
        for at, length in parts
    ]
    service = [
        RecognisedService(first.plus(at), first.plus(at + length - 1), "222401") for at, length in served
    ]
    months, recognised = years_in_months(paid, served)
    assert recognised_months(service, ranges) == recognised
    assert recognised_months(service, ranges, RecognisedYears.PAID_ONLY) == 0
    assert len(counted_months(ranges)) + recognised == months
    record = EmployeeRecord(months=months, recognised=recognised)
    towards = [one.code for one in against(record)]
    away = [one.code for one in against(record, scheme_from=E, scheme_to=R)]
    assert (towards, away) == (
        ([], ["enough_employee_years"]) if months >= 180 else (["too_few_employee_years"], [])
    )


def test_a_refusal_says_how_many_months_are_recognised_and_whether_it_rests_on_them() -> None:
    (few,) = against(EmployeeRecord(months=170, recognised=70))
    assert "缴费年限 170 个月（其中视同缴费 70 个月），不满 180 个月，差 10 个月" in few.zh
    assert "170 months (70 of them recognised service), 10 fewer than 180" in few.en
    (enough,) = against(EmployeeRecord(months=200, recognised=70), scheme_from=G, scheme_to=R)
    assert "其中视同缴费 70 个月" in enough.zh
    assert "此为本系统的理解" in enough.zh
    assert "a reading of this system" in enough.en
    (either_way,) = against(EmployeeRecord(months=300, recognised=70), scheme_from=G, scheme_to=R)
    assert "此为本系统的理解" not in either_way.zh


def test_a_bureau_that_does_not_handle_the_scheme_says_so() -> None:
    (ground,) = scheme_not_handled("220300", R, {G, E})
    assert ground.code == "scheme_not_handled"
    assert scheme_not_handled("220300", R, frozenset(Scheme)) == ()


def test_the_counter_hears_the_day_the_months_and_what_moves() -> None:
    assert [one.code for one in about_linking(FARMER)] == [
        *("linking_from", "months_needed", "whole_resident_balance")
    ]
    assert about_linking(TEACHER) == ()
