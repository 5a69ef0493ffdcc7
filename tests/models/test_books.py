"""What the books refuse, whoever asks the database: to alter, delete, add later, leave out of balance."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from models.messages.steps import Filing
from models.store.chain import verify_chain
from models.store.ledger import credit, debit, post
from models.store.records import clear_months
from models.store.seeding import load_history
from models.store.store import PaperKey, Store
from models.store.tables import Account
from province import account
from rules.values.months import Month
from rules.values.papers import PaperKind, Side

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
CASE = "220100-20260115-AAAAAAAA"

NEW_POSTING = """INSERT INTO posting (id, key, case_no, step, paper, officer, reference, at, link, chain)
    VALUES (99, 'new', '', '', '', '', '', '2026-03-02 04:00:00+00',
        (SELECT 1 + COUNT(*) FROM posting) + (SELECT COUNT(*) FROM paper), '')"""
NEW_PAPER = """INSERT INTO paper (case_no, kind, version, side, reference, number, bureau_out, bureau_in,
    id_number, scheme_from, scheme_to, outcome, at, body, digest, link, chain)
    VALUES ('', 'new', 1, 'issued', '', '', '', '', '', '', '', '', '2026-03-02 04:00:00+00', '', '', 99,
    '')"""
NEW_RANGE = """INSERT INTO contribution (relationship_id, first, last, base, kind, origin_bureau, origin_case,
    entered_by, moved_by, cleared_by, supersedes) VALUES """


def entry(posting: int, amount: str) -> str:
    return f"INSERT INTO entry (posting_id, account, amount) VALUES ({posting}, 'bank', {amount})"


# Of the account's ranges the first has moved; the second is superseded by 3 to 5: here, cleared, here.
REFUSED: dict[str, Sequence[str]] = {
    "altering a posting": ("UPDATE posting SET case_no = 'another' WHERE id = 1",),
    "altering whose officer released it": ("UPDATE posting SET officer = 'another' WHERE id = 1",),
    "deleting a posting": ("DELETE FROM posting WHERE id = 2",),
    "altering an entry": ("UPDATE entry SET amount = amount + 1 WHERE id = 1",),
    "moving an entry to another account": ("UPDATE entry SET account = 'suspense' WHERE id = 1",),
    "deleting an entry": ("DELETE FROM entry WHERE id = 1",),
    "deleting a posting with its entries": ("DELETE FROM entry", "DELETE FROM posting"),
    "an entry for a posting that stands": (entry(1, "5"),),
    "a balanced pair of entries for a posting that stands": (entry(1, "5"), entry(1, "-5")),
    "a posting that does not balance": (entry(99, "5"), entry(99, "-4"), NEW_POSTING),
    "a posting of one side": (entry(99, "5"), NEW_POSTING),
    "entries written after their posting": (NEW_POSTING, entry(99, "5"), entry(99, "-5")),
    "entries without a posting": (entry(99, "5"), entry(99, "-5")),
    "an entry of nothing": (entry(99, "0"), NEW_POSTING),
    "a posting under a used key": (NEW_POSTING.replace("'new'", "'one'"),),
    "a posting out of the chain": (NEW_POSTING.replace("SELECT 1 +", "SELECT 2 +"),),
    "a paper out of the chain": (NEW_PAPER,),
    "altering a paper": ("UPDATE paper SET body = '{}'",),
    "deleting a paper": ("DELETE FROM paper",),
    "deleting months": ("DELETE FROM contribution WHERE id = 5",),
    "altering a base": ("UPDATE contribution SET base = base + 1 WHERE id = 5",),
    "altering months": ("UPDATE contribution SET last = '2025-11' WHERE id = 5",),
    "altering how months were booked": ("UPDATE contribution SET booked = 110000 WHERE id = 5",),
    "altering what was paid for a year": ("UPDATE contribution SET paid = '1/0/0/0' WHERE id = 5",),
    "altering where months came from": ("UPDATE contribution SET origin_case = 'x' WHERE id = 5",),
    "making cleared months count again": ("UPDATE contribution SET cleared_by = NULL WHERE id = 4",),
    "clearing months again": ("UPDATE contribution SET cleared_by = 'another' WHERE id = 4",),
    "moving months that are cleared": ("UPDATE contribution SET moved_by = 'case' WHERE id = 4",),
    "bringing moved months back in place": ("UPDATE contribution SET moved_by = NULL WHERE id = 1",),
    "moving months again": ("UPDATE contribution SET moved_by = 'another' WHERE id = 1",),
    "moving months that were superseded": ("UPDATE contribution SET moved_by = 'case' WHERE id = 2",),
    "months both moved and cleared": (
        NEW_RANGE + "(1, '2030-01', '2030-01', 1, 'regular', '222400', '', '', 'case', 'paper', 0)",
    ),
    "superseding more than there was": (
        NEW_RANGE + "(1, '2021-06', '2026-01', 1, 'regular', '222400', '', '', NULL, NULL, 5)",
    ),
    "superseding months of another origin": (
        NEW_RANGE + "(1, '2021-06', '2025-12', 1, 'regular', '222400', 'case', '', NULL, NULL, 5)",
    ),
    "superseding months twice": (
        NEW_RANGE + "(1, '2021-05', '2021-05', 1, 'regular', '222400', '', '', NULL, NULL, 2)",
    ),
}

REFUSED_BY: dict[str, dict[str, Sequence[str]]] = {
    "sqlite": {
        "replacing a posting": ("INSERT OR REPLACE INTO posting SELECT * FROM posting WHERE id = 1",),
        "replacing an entry": (
            "INSERT OR REPLACE INTO entry SELECT id, 99, account, NULL, NULL, 1 FROM entry",
        ),
        "replacing a paper": ("INSERT OR REPLACE INTO paper SELECT * FROM paper",),
        "replacing months": ("INSERT OR REPLACE INTO contribution SELECT * FROM contribution WHERE id = 5",),
        "half a fen": (entry(99, "0.5"), entry(99, "-0.5"), NEW_POSTING),
        "a base of half a fen": (
            NEW_RANGE + "(1, '2030-01', '2030-01', 0.5, 'regular', '222400', '', '', NULL, NULL, 0)",
        ),
    },
    "postgresql": {
        "writing over a posting": (
            "INSERT INTO posting SELECT * FROM posting WHERE id = 1"
            " ON CONFLICT (id) DO UPDATE SET case_no = 'another'",
        ),
        "emptying a table": ("TRUNCATE entry",),
        "emptying every table": ("TRUNCATE posting CASCADE",),
        "emptying the record": ("TRUNCATE contribution CASCADE",),
    },
}


async def written(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    async with store.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, await connection.execute(select(table))), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


async def fill(store: Store) -> None:
    """An account with cleared and with moved months, two postings and a paper."""
    file = account(months=[("2019-01", "2019-12", "5000.00"), ("2020-01", "2025-12", "6000.00")])

    async def draw_up(session: Any) -> Filing:
        await load_history(session, "222400", file, date(2026, 3, 2), NOON)
        sides = (debit(Account.BANK, 5), credit(Account.POOLED_FUND, 5))
        await post(session, "one", CASE, NOON, sides, step="receive_funds", paper="remittance")
        return Filing(bureau="222400", filed_on=date(2026, 3, 2), started_at=NOON)

    await store.file_once(PaperKey(CASE, PaperKind.DOSSIER_FILING, Side.ISSUED), Filing, NOON, draw_up)
    async with store.transaction() as session:
        connection = await session.connection()
        await connection.execute(text("UPDATE contribution SET moved_by = 'case' WHERE first = '2019-01'"))
        await clear_months(session, 1, {Month(2021, 3), Month(2021, 4), Month(2021, 5)}, "paper")


async def carry_out(store: Store, statements: Sequence[str]) -> None:
    async with store.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def test_what_the_books_refuse_leaves_them_as_they_were(store: Store) -> None:
    """Every statement is tried on the same store: nothing of any of them may stay."""
    await fill(store)
    before = await written(store)
    for what, statements in (REFUSED | REFUSED_BY[store.engine.dialect.name]).items():
        try:
            with pytest.raises(IntegrityError):
                await carry_out(store, statements)
        except BaseException as failed:
            failed.add_note(f"{what} was not refused as it should be")
            raise
        assert await written(store) == before, what


async def test_what_the_books_accept_beside_what_they_refuse(store: Store) -> None:
    """The same statements, put right: so it is the mistake in them that is refused, and nothing else."""
    await fill(store)
    await carry_out(store, (entry(99, "5"), entry(99, "-5"), NEW_POSTING))
    await carry_out(store, ("UPDATE contribution SET moved_by = 'case' WHERE id = 5",))
    superseding = "(1, '2021-06', '2025-12', 1, 'regular', '222400', '', '', NULL, NULL, 5)"
    await carry_out(store, (NEW_RANGE + superseding,))
    async with store.transaction() as session:
        report = await verify_chain(session)
    assert report.broken is not None, "written past the store, the posting has no valid chain"
    assert report.broken.subject == "new"


async def test_money_is_whole_fen_by_type(store: Store) -> None:
    """PostgreSQL rounds what is written in halves; what stands in the books is whole on both."""
    await fill(store)
    async with store.engine.connect() as connection:
        amounts = (await connection.execute(text("SELECT amount FROM entry"))).scalars().all()
    assert amounts
    assert all(type(amount) is int for amount in amounts)
