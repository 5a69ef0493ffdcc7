"""What an arrival of money makes of the sum that was announced, and which remittance it names."""

from pathlib import Path

import pytest
from bank_day import FIRST
from stores import plan_of
from walkthrough import CASE

from activities.bank.arrivals import arrival_outcome
from activities.bank.unreported_funds import ANNOUNCED_AND_OPEN
from models.messages.bank_statement import ArrivalOutcome, case_and_sequence
from models.store.store import Store
from rules.values.money import Fen


@pytest.mark.parametrize(
    ("amount", "announced", "come", "outcome"),
    [
        (100, 100, 0, ArrivalOutcome.MATCHED),
        (99, 100, 0, ArrivalOutcome.PARTIAL),
        (1, 100, 99, ArrivalOutcome.COMPLETE),
        (1, 100, 98, ArrivalOutcome.PARTIAL),
        (2, 100, 99, ArrivalOutcome.DOUBLE),
        (101, 100, 0, ArrivalOutcome.DOUBLE),
        (1, 100, 100, ArrivalOutcome.DOUBLE),
    ],
)
def test_an_arrival_is_what_it_makes_of_the_sum(
    amount: int, announced: int, come: int, outcome: ArrivalOutcome
) -> None:
    assert arrival_outcome(Fen(amount), Fen(announced), Fen(come)) is outcome


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (FIRST, (CASE, 1)),
        (f"remittance/{CASE}/0", None),
        (f"remittance/{CASE}/1 ", None),
        (f"remittance/{CASE}", None),
        ("", None),
    ],
)
def test_a_remittance_is_known_by_its_number(number: str, named: tuple[str, int] | None) -> None:
    assert case_and_sequence(number) == named


async def test_money_that_is_awaited_is_found_among_any_number_of_other_papers(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/bureau.db")
    await store.open()
    plan = await plan_of(store, ANNOUNCED_AND_OPEN)
    assert [step for step in plan if step.startswith("SCAN")] == ["SCAN paper USING INDEX ix_paper_announced"]
    await store.close()
