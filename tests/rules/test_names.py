"""One person is one person, whatever an input method or an older system made of the name. All invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.names import difference, lost_character, normal_name


@pytest.mark.parametrize(
    "written",
    [
        "艾力·买买提",
        "艾力•买买提",
        "艾力・买买提",
        "艾力･买买提",
        "艾力．买买提",
        "艾力.买买提",
        "艾力 · 买买提",
        "艾力\u2027买买提",
        "\u3000艾力·买买提 ",
        "艾力·买\u200b买提",
    ],
)
def test_every_dot_between_the_parts_of_a_name_is_the_prescribed_one(written: str) -> None:
    assert normal_name(written) == "艾力·买买提"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("王　芳", "王芳"),
        ("王  芳", "王芳"),
        ("ＪＯＨＮ　ＳＭＩＴＨ", "JOHN SMITH"),
        ("J. R. Smith", "J. R. Smith"),
        ("D’Angelo", "D'Angelo"),
        ("王\ue863", "王䶮"),
        ("李\ue854", "李龺"),
        ("\uf9f7明", "立明"),
        ("⼀丁", "一丁"),
    ],
)
def test_blanks_wide_letters_and_given_up_code_points_make_no_other_name(written: str, name: str) -> None:
    assert normal_name(written) == name


@pytest.mark.parametrize(
    ("one", "other"), [("崔明玉", "崔明钰"), ("王芳", "王方"), ("艾力买买提", "艾力·买买提")]
)
def test_another_name_stays_another_name(one: str, other: str) -> None:
    assert normal_name(one) != normal_name(other)


@given(st.text(max_size=20))
def test_a_normal_name_stays_as_it_is(text: str) -> None:
    assert normal_name(normal_name(text)) == normal_name(text)


@pytest.mark.parametrize(
    "name",
    [
        "王?",
        "王\ufffd",
        "王\ue000",
        "“王芳”",
        "王芳2",
        "<b>王芳</b>",
        "王芳（小）",
        "王/芳",
        "王、芳",
        "⿰王芳",
    ],
)
def test_a_name_that_has_lost_a_character_is_known(name: str) -> None:
    assert lost_character(normal_name(name))


@pytest.mark.parametrize(
    "name", ["王䶮", "艾力·买买提", "JOHN O'BRIEN-SMITH", "\U0002b7a9\U00030edd\U00031350"]
)
def test_rare_characters_are_no_loss(name: str) -> None:
    assert lost_character(name) == ""


def test_where_two_names_differ_is_told_with_code_points() -> None:
    assert difference("崔明玉", "崔明钰") == ("玉 (U+7389)", "钰 (U+94B0)", 3)
    assert difference("崔明", "崔明玉") == ("", "玉 (U+7389)", 3)
