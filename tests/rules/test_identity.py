"""Citizens' ID numbers. All of them invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from rules.application.identity import birth_date, id_number_problems, is_id_number


def with_check_digit(body: str) -> str:
    return body + str(ric.calc_check_digit(body + "0"))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        pytest.param("220102199001011239", True, id="form, date and check digit are right"),
        pytest.param("22020219750930117X", True, id="X as check digit"),
        pytest.param("22020219750930117x", False, id="small x"),
        pytest.param("220102199001011238", False, id="wrong check digit"),
        pytest.param("22010219900101123", False, id="a place missing"),
        pytest.param("2201021990010112399", False, id="a place too many"),
        pytest.param("２２０１０２１９９００１０１１２３９", False, id="full-width digits"),
        pytest.param("220102199001011239\n", False, id="a line end behind it"),
        pytest.param("", False, id="empty"),
    ],
)
def test_an_id_number_has_its_form_date_and_check_digit(text: str, valid: bool) -> None:
    assert is_id_number(text) is valid


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("220102199001011239", []),
        ("220102199001011238", ["id_number_check_digit"]),
        (with_check_digit("22010219900230123"), ["id_number_birth_date"]),
        ("220102199013451230", ["id_number_birth_date", "id_number_check_digit"]),
        ("22010219900101", ["id_number_form"]),
    ],
)
def test_everything_wrong_with_an_id_number_is_told_at_once(text: str, codes: list[str]) -> None:
    assert [problem.code for problem in id_number_problems(text)] == codes


@pytest.mark.parametrize("region", ["220381", "220181", "220625", "229999", "999999", "000000"])
def test_the_division_code_is_that_of_the_day_of_issue_and_is_not_checked(region: str) -> None:
    assert is_id_number(with_check_digit(f"{region}19550102123"))


def test_the_birth_date_is_read_from_the_number() -> None:
    assert birth_date("220102199001011239") == date(1990, 1, 1)
    with pytest.raises(ValueError, match="no birth date"):
        birth_date("220102199002301239")


@given(
    st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999_999),
    st.integers(0, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_noticed(born: date, region: int, order: int, place: int, by: int) -> None:
    number = with_check_digit(f"{region:06d}{born:%Y%m%d}{order:03d}")
    assert is_id_number(number)
    wrong = f"{number[:place]}{(int(number[place]) + by) % 10}{number[place + 1 :]}"
    assert not is_id_number(wrong)
