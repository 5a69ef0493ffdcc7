"""Form, certificate and money agree to the fen, or the difference is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.money import Fen
from rules.reconciliation import Claims, disagreements

AGREED = Claims(
    form_id_number="A",
    certificate_id_number="A",
    form_individual=Fen(4_134_000),
    form_pooled=Fen(4_368_000),
    remitted_individual=Fen(4_134_000),
    remitted_pooled=Fen(4_368_000),
    received=Fen(8_502_000),
)


def test_papers_and_money_that_agree_leave_nothing_to_settle() -> None:
    assert disagreements(AGREED) == ()


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"received": Fen(8_501_999)}, ["line_6_total"]),
        ({"remitted_pooled": Fen(4_368_001)}, ["line_5_pooled"]),
        ({"remitted_individual": Fen(0), "received": Fen(4_368_000)}, ["line_4_individual", "line_6_total"]),
        ({"certificate_id_number": "B"}, ["id_number"]),
    ],
)
def test_each_difference_is_named_by_its_line(changed: dict[str, Fen], fields: list[str]) -> None:
    assert [one.field for one in disagreements(replace(AGREED, **changed))] == fields  # type: ignore[arg-type]


def test_a_difference_in_a_personal_field_shows_no_value() -> None:
    (found,) = disagreements(replace(AGREED, certificate_id_number="220102199001011239"))
    assert "2201" not in found.expected + found.found


@given(st.integers(-(10**9), 10**9).filter(bool))
def test_a_single_fen_is_never_overlooked(by: int) -> None:
    assert disagreements(replace(AGREED, received=Fen(AGREED.received + by)))
