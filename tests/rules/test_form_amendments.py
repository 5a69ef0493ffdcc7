"""What of a form can be amended, to what, and in what two versions differ."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.rulings.form_amendments import (
    AmendedField,
    FormFacts,
    changes,
    same_place,
    unamendable,
    with_lines_stated,
    with_totals,
)
from rules.values.form_fields import BaseField, LineField, NameField, form_field
from rules.values.money import Fen
from rules.values.months import Month, months_between
from rules.values.record import AmountLines, ContributionRange

LINES = AmountLines(Fen(600_00), Fen(38_500_00), Fen(2_240_00), Fen(43_680_00))


def part(first: str, last: str, base: int = 6000_00) -> ContributionRange:
    return ContributionRange(Month.parse(first), Month.parse(last), Fen(base))


RECORD = (part("2020-01", "2020-12"), part("2021-06", "2021-12"))


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ([("name", "崔明珠"), ("base/2020-11..2020-12", "6500.00"), ("line/5", "0")], []),
        ([("base/2020-12..2021-06", "6500.00")], ["months_not_on_form"]),
        ([("base/2019-12..2019-12", "0.00")], ["months_not_on_form", "base_not_above_zero"]),
        ([("line/4", "1.00"), ("line/5", "1.001"), ("id_number", "1")], ["wrong_field"] * 3),
        ([("line/5", "1.00"), ("line/5", "2.00")], ["amended_twice"]),
        ([("base/2020-01..2020-03", "1.00"), ("base/2020-03..2020-04", "1.00")], ["amended_twice"]),
        ([("base/2020-01..2020-03", "1.00"), ("base/2020-04..2020-04", "1.00")], []),
    ],
)
def test_everything_that_cannot_be_amended_is_said_at_once(
    fields: list[tuple[str, str]], codes: list[str]
) -> None:
    found = unamendable(fields, RECORD)
    assert [finding.code for finding in found] == codes
    assert all(finding.law.article == "第七条第二项" for finding in found)


def test_no_finding_repeats_a_value() -> None:
    (found,) = unamendable([("name", " "), ("base/2022-01..2022-02", "4321.00")][1:], RECORD)
    assert "4321" not in found.zh + found.en
    assert found.en == "monthly base 2022-01 to 2022-02 names months not on the form."
    assert found.zh == "2022-01至2022-02月缴费基数包含信息表所列之外的月份。"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("name", "name", True),
        ("line/1", "line/2", False),
        ("base/2020-01..2020-06", "base/2020-06..2020-07", True),
        ("base/2020-01..2020-05", "base/2020-06..2020-07", False),
        ("base/2020-01..2020-05", "name", False),
    ],
)
def test_two_fields_are_in_the_same_place_when_they_are_one_or_share_a_month(
    one: str, other: str, same: bool
) -> None:
    assert same_place(form_field(one), form_field(other)) is same
    assert same_place(form_field(other), form_field(one)) is same


def test_lines_are_stated_one_by_one() -> None:
    stated = with_lines_stated(LINES, [(LineField(1), Fen(1)), (LineField(5), Fen(5))])
    assert stated == AmountLines(Fen(1), LINES.to_last_year, LINES.this_year_principal, Fen(5))
    assert with_lines_stated(LINES, [(LineField(2), Fen(2)), (LineField(3), Fen(3))]) == AmountLines(
        LINES.before_1998, Fen(2), Fen(3), LINES.pooled
    )


AMOUNTS = st.integers(0, 10**9).map(Fen)


@given(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_rulings_amounts_are_the_sums_of_the_form_and_no_line_is_below_zero(
    one: Fen, two: Fen, three: Fen, individual: Fen, pooled: Fen
) -> None:
    ruled = with_totals(AmountLines(one, two, three, Fen(0)), individual, pooled)
    assert (ruled.individual, ruled.pooled) == (individual, pooled)
    assert min(ruled.before_1998, ruled.to_last_year, ruled.this_year_principal) >= 0
    if individual >= one + three:
        assert (ruled.before_1998, ruled.this_year_principal) == (one, three)


FORM = FormFacts("崔明玉", RECORD, LINES, 19, Fen(41_340_00))


def test_a_form_that_stays_the_same_has_no_changes() -> None:
    joined = (part("2020-01", "2020-06"), part("2020-07", "2020-12"), part("2021-06", "2021-12"))
    assert changes(FORM, FormFacts("崔明玉", joined, LINES, 19, Fen(41_340_00))) == ()


def test_bases_are_told_by_the_months_that_share_one_change() -> None:
    amended = (
        part("2020-01", "2020-10"),
        part("2020-11", "2020-12", 6500_00),
        part("2021-06", "2021-07", 6500_00),
        part("2021-08", "2022-01"),
    )
    told = changes(FORM, FormFacts("崔明珠", amended, LINES, 20, Fen(41_340_01)))
    assert told == (
        AmendedField("name", "崔明玉", "崔明珠"),
        AmendedField("base/2020-11..2020-12", "6000.00", "6500.00"),
        AmendedField("base/2021-06..2021-07", "6000.00", "6500.00"),
        AmendedField("base/2022-01..2022-01", "", "6000.00"),
        AmendedField("months", "19", "20"),
        AmendedField("adjusted_record_balance", "41340.00", "41340.01"),
    )
    assert "崔" not in repr(told) + repr(FORM)


def test_a_change_of_base_that_runs_over_the_new_year_is_one_change() -> None:
    before = FormFacts("", (part("2020-01", "2021-12"),), LINES, 24, Fen(0))
    amended = (part("2020-01", "2020-10"), part("2020-11", "2021-02", 6500_00), part("2021-03", "2021-12"))
    assert changes(before, FormFacts("", amended, LINES, 24, Fen(0))) == (
        AmendedField("base/2020-11..2021-02", "6000.00", "6500.00"),
    )


@settings(max_examples=50)
@given(st.lists(st.integers(1, 3).map(lambda base: base * 1000_00), min_size=12, max_size=12))
def test_what_is_told_of_bases_rebuilds_the_new_record(bases: list[int]) -> None:
    year = [Month(2020, number) for number in range(1, 13)]
    after = tuple(ContributionRange(month, month, Fen(base)) for month, base in zip(year, bases, strict=True))
    rebuilt = dict.fromkeys(year, "2000.00")
    for change in changes(
        FormFacts("", (part("2020-01", "2020-12", 2000_00),), LINES, 12, Fen(0)),
        FormFacts("", after, LINES, 12, Fen(0)),
    ):
        named = form_field(change.field)
        assert isinstance(named, BaseField)
        for month in months_between(named.first, named.last):
            assert rebuilt[month] == change.before
            rebuilt[month] = change.after
    assert list(rebuilt.values()) == [f"{base // 100}.00" for base in bases]


def test_the_name_is_a_field_like_others() -> None:
    assert unamendable([(str(NameField()), "崔明珠")], ()) == ()
