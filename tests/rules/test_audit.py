"""The comparison of the bureaus' books finds each kind of loss."""

from dataclasses import replace

import pytest

from rules.audit import (
    RemittanceSide,
    remittance_divergences,
    remittances_not_checked,
    unbalanced_books,
)
from rules.money import Fen

SENT = RemittanceSide("222400", "remittance/c/1", "220100", sent=Fen(500), months_moved=12)
TAKEN = RemittanceSide(
    "220100", "remittance/c/1", "222400", received=Fen(500), posted=Fen(500), months_taken_in=12
)
BOTH = ("220100", "222400")


def test_books_that_agree_are_clean() -> None:
    assert remittance_divergences([SENT, TAKEN], BOTH) == ()
    assert unbalanced_books("220100", Fen(0), ()) == ()


@pytest.mark.parametrize(
    ("sides", "codes"),
    [
        ([replace(SENT, sent=Fen(501)), TAKEN], {"sent_not_received"}),
        ([SENT, replace(TAKEN, posted=Fen(499))], {"received_not_posted"}),
        ([SENT, replace(TAKEN, months_taken_in=11)], {"months_not_taken_in"}),
        ([SENT], {"sent_not_received", "months_not_taken_in"}),
        ([TAKEN, TAKEN, SENT], {"sent_not_received", "months_not_taken_in"}),
    ],
)
def test_a_lost_fen_or_month_is_named_with_both_bureaus(sides: list[RemittanceSide], codes: set[str]) -> None:
    found = remittance_divergences(sides, BOTH)
    assert {divergence.code for divergence in found} == codes
    assert {divergence.subject for divergence in found} == {"remittance/c/1"}


@pytest.mark.parametrize("side", [SENT, TAKEN], ids=["sent", "received"])
def test_a_remittance_of_which_one_side_was_asked_is_not_checked_and_no_finding(side: RemittanceSide) -> None:
    assert remittance_divergences([side], [side.bureau]) == ()
    assert remittances_not_checked([side], [side.bureau]) == (side.number,)
    assert remittances_not_checked([SENT, TAKEN], BOTH) == ()


def test_a_remittance_without_a_paper_that_names_its_other_end_is_compared_all_the_same() -> None:
    """Or taking the paper away would hide what was taken with it."""
    unnamed = replace(SENT, peer=None)
    assert remittances_not_checked([unnamed], ["222400"]) == ()
    assert {one.code for one in remittance_divergences([unnamed], ["222400"])} == {
        "sent_not_received",
        "months_not_taken_in",
    }


def test_a_ledger_out_of_balance_is_named_with_its_posting() -> None:
    found = unbalanced_books("220100", Fen(1), ["remittance/c/1/take-in"])
    assert [one.code for one in found] == ["posting_unbalanced", "ledger_unbalanced"]
