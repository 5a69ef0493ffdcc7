"""Citizens' ID numbers. All of them invented."""

import pytest
from stdnum.cn import ric

from rules.id_numbers import is_id_number


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


def test_a_birth_date_must_be_one() -> None:
    body = "22010219900230123"
    assert not is_id_number(body + ric.calc_check_digit(body + "0"))


def test_the_division_code_is_that_of_the_day_of_issue_and_is_not_checked() -> None:
    body = "22038119550102123"
    number = body + ric.calc_check_digit(body + "0")
    assert is_id_number(number)
    body = "22999919550102123"
    assert is_id_number(body + ric.calc_check_digit(body + "0"))
