"""The fields a correction or a ruling may name: written, read back, and refused with their own sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.form_fields import BaseField, FormField, LineField, NameField, WrongFormField, form_field
from rules.values.money import GREATEST_AMOUNT, Fen, yuan
from rules.values.months import Month
from rules.values.record import GREATEST_BASE

months = st.builds(Month, st.integers(1990, 2040), st.integers(1, 12))
bases = st.tuples(months, months).map(lambda pair: BaseField(min(pair), max(pair)))
fields = st.one_of(st.just(NameField()), bases, st.sampled_from([1, 2, 3, 5]).map(LineField))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("name", NameField()),
        ("base/2017-01..2017-08", BaseField(Month(2017, 1), Month(2017, 8))),
        ("base/2017-01..2017-01", BaseField(Month(2017, 1), Month(2017, 1))),
        ("line/1", LineField(1)),
        ("line/2", LineField(2)),
        ("line/3", LineField(3)),
        ("line/5", LineField(5)),
    ],
)
def test_each_field_is_written_in_one_way(text: str, field: FormField) -> None:
    assert form_field(text) == field
    assert str(field) == text
    assert all(field.titles)


@given(fields)
def test_a_field_that_is_written_down_is_read_back(field: FormField) -> None:
    assert form_field(str(field)) == field


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("line/4", "④为合计（①+②+③）", "line ④ is a sum"),
        ("line/6", "⑥为合计（④+⑤）", "line ⑥ is a sum"),
        ("id_number", "公民身份号码不能更正", "another number is another person"),
        ("base/2017-13..2017-14", "月份应为 01 至 12", "a month runs from 01 to 12"),
        ("base/2017-08..2017-01", "起始月份晚于终止月份", "the first month lies after the last"),
        ("base/2017-01", "没有该栏目", "no such field"),
        ("line/7", "没有该栏目", "no such field"),
        ("line/１", "没有该栏目", "no such field"),
        ("Name", "没有该栏目", "no such field"),
        ("", "没有该栏目", "no such field"),
    ],
)
def test_what_cannot_be_amended_is_refused_with_its_reason(text: str, zh: str, en: str) -> None:
    with pytest.raises(WrongFormField) as refused:
        form_field(text)
    assert zh in refused.value.zh
    assert en in refused.value.en
    assert str(refused.value) == refused.value.en


@given(st.integers(0, GREATEST_BASE).map(Fen), fields.filter(lambda field: field != NameField()))
def test_an_amount_is_read_to_the_fen(amount: Fen, field: FormField) -> None:
    assert field.value(yuan(amount)) == amount


@pytest.mark.parametrize("text", ["", "3500.001", "1e3", "3,500", "-0.01", "-1"])
@pytest.mark.parametrize("field", [LineField(5), BaseField(Month(2017, 1), Month(2017, 8))])
def test_what_is_no_amount_is_refused(text: str, field: FormField) -> None:
    with pytest.raises(WrongFormField):
        field.value(text)


@pytest.mark.parametrize(
    ("field", "greatest"),
    [(LineField(5), GREATEST_AMOUNT), (BaseField(Month(2017, 1), Month(2017, 8)), GREATEST_BASE)],
)
def test_an_amount_nobody_can_mean_is_refused_with_the_limit(field: FormField, greatest: Fen) -> None:
    assert field.value(yuan(greatest)) == greatest
    with pytest.raises(WrongFormField) as refused:
        field.value(yuan(Fen(greatest + 1)))
    assert yuan(greatest) in refused.value.en
    assert yuan(greatest) in refused.value.zh


def test_a_name_is_taken_without_the_blanks_around_it() -> None:
    assert NameField().value(" 王小明 ") == "王小明"
    with pytest.raises(WrongFormField):
        NameField().value(" \u3000")


def test_a_name_with_a_character_no_database_keeps_is_refused() -> None:
    with pytest.raises(WrongFormField):
        NameField().value("王\x00明")


@pytest.mark.parametrize("secret", ["220102199001011239", "王小明"])
def test_a_refusal_never_repeats_what_was_written(secret: str) -> None:
    for read in (form_field, LineField(1).value):
        with pytest.raises(WrongFormField) as refused:
            read(secret)
        assert secret not in f"{refused.value!r} {refused.value.zh} {refused.value.en}"
