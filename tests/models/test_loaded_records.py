"""A record is what it was when it was loaded: whatever is done to its rows, the audit names the record."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlmodel import select
from stores import lift_protection

from models.audit.checks import divergences
from models.store.loaded_records import KIND, LoadedRecord, divergences_of_records
from models.store.seeding import load_history
from models.store.store import PaperKey, Store
from models.store.tables import PostingRow
from province import SIPING, WORKER, YANBIAN, account
from rules.values.papers import Side

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
MOVER = account()
STAYED = account(
    *(WORKER, "孙立国", "E", YANBIAN),
    opening={"year": 2019, "balance": "800.00", "pooled_base_sum": "24000.00"},
    rates={"2019": "2.50"},
)
INSERT = (
    "INSERT INTO contribution (relationship_id, first, last, base, kind, origin_bureau, origin_case,"
    " supersedes, entered_by) "
)


async def load(store: Store) -> None:
    """Two records, of which the second has all that a file can hold."""
    for file in (MOVER, STAYED):
        async with store.transaction() as session:
            await load_history(session, YANBIAN, file, date(2026, 3, 2), AT)


async def found_in(store: Store) -> dict[tuple[str, str], tuple[int | str, int | str]]:
    async with store.reading() as session:
        found = [one async for one in divergences(session, YANBIAN)]
    return {(one.code, one.subject): (one.expected, one.found) for one in found}


async def tamper(store: Store, *statements: str) -> None:
    await lift_protection(store)
    async with store.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_the_opening_of_the_ledger_rests_on_the_record_as_it_was_loaded(store: Store) -> None:
    await load(store)
    async with store.reading() as session:
        paper = await store.paper(session, PaperKey("", KIND, Side.ISSUED, 2), LoadedRecord)
        numbers = (await session.exec(select(PostingRow.paper))).all()
    assert paper is not None
    assert numbers[1] == paper.number == "opening/2"
    history = STAYED.history()
    assert (paper.months, paper.opening, paper.rates) == (history.ranges, history.opening, history.rates)
    assert WORKER not in repr(paper)


async def test_records_nobody_touched_are_as_loaded(store: Store) -> None:
    await load(store)
    assert await found_in(store) == {}


PAID = "600000 regular 222400"
DAMAGE: dict[str, tuple[Sequence[str], str, int | str, int | str]] = {
    "put off by a month": (
        ["UPDATE contribution SET first = '2020-02', last = '2026-01' WHERE relationship_id = 2"],
        *("2020-01", PAID, "—"),
    ),
    "gone": (["DELETE FROM contribution WHERE relationship_id = 2"], "2020-01", PAID, "—"),
    "on another base": (
        ["UPDATE contribution SET base = base + 100 WHERE relationship_id = 2"],
        *("2020-01", PAID, "600100 regular 222400"),
    ),
    "at another rate": (
        ["UPDATE contribution SET booked = 110000 WHERE relationship_id = 2"],
        *("2020-01", PAID, "600000 110000 regular 222400"),
    ),
    "due and not paid": (
        ["UPDATE contribution SET kind = 'arrears' WHERE relationship_id = 2"],
        *("2020-01", PAID, "600000 arrears 222400"),
    ),
    "from another bureau": (
        [f"UPDATE contribution SET origin_bureau = '{SIPING}' WHERE relationship_id = 2"],
        *("2020-01", PAID, f"600000 regular {SIPING}"),
    ),
    "with months nobody loaded": (
        [f"{INSERT} VALUES (2, '2018-01', '2018-03', 1, 'arrears', '222400', '', 0, '')"],
        *("2018-01", "—", "1 arrears 222400"),
    ),
    "with another balance taken over": (
        ["UPDATE opening SET balance = balance + 1"],
        *("opening", "2019 80000 0 2400000", "2019 80001 0 2400000"),
    ),
    "without its balance": (["DELETE FROM opening"], "opening", "2019 80000 0 2400000", "—"),
    "with another interest": (["UPDATE account_rate SET rate = 1"], "rates", "2019 25000", "2019 1"),
    "of another person": (
        ["UPDATE person SET id_number = 'x' WHERE id = 2"],
        *("person and scheme", 1, 0),
    ),
    "in the other scheme": (
        ["UPDATE relationship SET scheme = 'G' WHERE id = 2"],
        *("person and scheme", 1, 0),
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_what_was_done_to_a_record_that_never_moved_is_named(store: Store, damage: str) -> None:
    statements, what, loaded, there = DAMAGE[damage]
    await load(store)
    await tamper(store, *statements)
    assert await found_in(store) == {("record_not_as_loaded", f"relationship 2 {what}"): (loaded, there)}


NO_PAPER: dict[str, tuple[str, str]] = {
    "brought by no case": (
        f"{INSERT} VALUES (2, '2018-01', '2018-03', 1, 'regular', '220100', 'x', 0, '')",
        "x",
    ),
    "corrected by no paper": (
        f"{INSERT} SELECT relationship_id, first, last, 1, kind, origin_bureau, origin_case, id,"
        " 'information-form/x/1' FROM contribution WHERE relationship_id = 2",
        "information-form/x/1",
    ),
    "a balance that left with no case": ("UPDATE opening SET moved_by = 'x'", "x"),
}


@pytest.mark.parametrize("damage", NO_PAPER)
async def test_months_and_balances_that_moved_by_no_paper_are_named(store: Store, damage: str) -> None:
    statement, number = NO_PAPER[damage]
    await load(store)
    await tamper(store, statement)
    assert await found_in(store) == {("months_without_paper", number): (0, 1)}


async def test_a_record_struck_out_with_its_paper_leaves_its_money_without_one(store: Store) -> None:
    await load(store)
    await tamper(
        store,
        "DELETE FROM contribution WHERE relationship_id = 2",
        "DELETE FROM opening",
        "DELETE FROM account_rate",
        "DELETE FROM paper WHERE version = 2",
    )
    found = await found_in(store)
    assert set(found) == {
        ("posting_without_paper", "opening/2"),
        ("not_posted_as_stated", "opening/2 individual_account"),
        ("not_posted_as_stated", "opening/2 pooled_fund"),
    }


async def test_a_record_whose_relationship_is_gone_is_still_asked_for(store: Store) -> None:
    await load(store)
    await tamper(
        store,
        "DELETE FROM contribution WHERE relationship_id = 1",
        "UPDATE entry SET relationship_id = 2 WHERE relationship_id = 1",
        "DELETE FROM relationship WHERE id = 1",
    )
    async with store.reading() as session:
        found = [one.subject async for one in divergences_of_records(session, YANBIAN)]
    assert found == ["relationship 1 person and scheme", "relationship 1 2020-01"]
