"""Form, certificate and money agree to the fen, or the difference is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rulings.reconciliation import Insured, PaperClaims, disagreements
from rules.values.money import Fen
from rules.values.moves import Scheme

TEACHER = Insured("222401198604120247", "崔明玉", Scheme.GOVERNMENT)
AGREED = PaperClaims(
    form=TEACHER,
    certificate=TEACHER,
    form_individual=Fen(4_134_000),
    form_pooled=Fen(4_368_000),
    remitted_individual=Fen(4_134_000),
    remitted_pooled=Fen(4_368_000),
    received=Fen(8_502_000),
)


def test_papers_and_money_that_agree_leave_nothing_to_settle() -> None:
    assert disagreements(AGREED) == ()
    assert (AGREED.short_individual, AGREED.short_pooled) == (0, 0)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"received": Fen(8_501_999)}, ["line_6_total"]),
        ({"remitted_pooled": Fen(4_368_001)}, ["line_5_pooled"]),
        ({"remitted_individual": Fen(0), "received": Fen(4_368_000)}, ["line_4_individual", "line_6_total"]),
    ],
)
def test_each_difference_is_named_by_its_line(changed: dict[str, Fen], fields: list[str]) -> None:
    assert [one.field for one in disagreements(replace(AGREED, **changed))] == fields  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("contradicting", "field"),
    [
        (replace(TEACHER, id_number="220102199001011239"), "id_number"),
        (replace(TEACHER, name="崔明珠"), "name"),
        (replace(TEACHER, scheme=Scheme.ENTERPRISE), "scheme"),
    ],
)
def test_a_contradiction_to_the_certificate_is_named_and_shows_no_value(
    contradicting: Insured, field: str
) -> None:
    (found,) = disagreements(replace(AGREED, certificate=contradicting))
    assert (found.field, found.expected, found.found) == (field, "as certified", "differs")
    assert "崔" not in repr(AGREED)
    assert "2224" not in repr(AGREED)


def test_a_name_put_right_by_a_correction_is_no_contradiction() -> None:
    other = replace(AGREED, certificate=replace(TEACHER, name="崔明珠"), name_amended=True)
    assert disagreements(other) == ()


def test_a_bureau_without_the_certificate_compares_the_money_only() -> None:
    """Leavers come by the former employer's form; their certificate went to nobody."""
    assert disagreements(replace(AGREED, certificate=None)) == ()
    short = replace(AGREED, certificate=None, remitted_pooled=Fen(4_367_999))
    assert [one.field for one in disagreements(short)] == ["line_5_pooled"]


@given(st.integers(-(10**9), 10**9).filter(bool))
def test_a_single_fen_is_never_overlooked(by: int) -> None:
    assert disagreements(replace(AGREED, received=Fen(AGREED.received + by)))
    short = replace(AGREED, remitted_individual=Fen(AGREED.remitted_individual - by))
    assert short.short_individual == by
    assert disagreements(short)
