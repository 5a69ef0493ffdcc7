"""Double entry: what does not balance is not written, what was posted is not posted again."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select

from models.store.ledger import Entry, credit, debit, individual_account, post, received
from models.store.records import enrol
from models.store.store import Store
from models.store.tables import Account, EntryRow, PostingRow
from rules.values.money import Fen
from rules.values.moves import Scheme

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
CASE = "220100-20260115-AAAAAAAA"
REMITTANCE = f"remittance/{CASE}/1"
STEP = {"step": "receive_funds", "paper": REMITTANCE}


async def posted(store: Store) -> tuple[int, int]:
    """How many postings there are, and what all entries add up to."""
    async with store.transaction() as session:
        postings = (await session.exec(select(func.count()).select_from(PostingRow))).one()
        total = (await session.exec(select(func.coalesce(func.sum(EntryRow.amount), 0)))).one()
    return postings, int(total)


async def test_a_posting_that_does_not_balance_is_refused(store: Store) -> None:
    entries = (debit(Account.BANK, 1000_00), credit(Account.POOLED_FUND, 999_99))
    with pytest.raises(ValueError, match="does not balance"):
        async with store.transaction() as session:
            await post(session, "unbalanced", CASE, NOON, entries, **STEP)
    assert await posted(store) == (0, 0)


async def test_no_posting_takes_an_individual_account_below_zero(store: Store) -> None:
    async with store.transaction() as session:
        held = (await enrol(session, "222401198604120247", "崔明玉", Scheme.GOVERNMENT)).relationship_id
        entries = (debit(Account.BANK, 500), credit(Account.INDIVIDUAL_ACCOUNT, 500, held))
        await post(session, "held", "", NOON, entries, **STEP)
    for amount in (501, 10_000):
        taken = (debit(Account.INDIVIDUAL_ACCOUNT, amount, held), credit(Account.BANK, amount))
        with pytest.raises(IntegrityError, match="takes more from an individual account than it holds"):
            async with store.transaction() as session:
                await post(session, f"taken/{amount}", CASE, NOON, taken, **STEP)
    async with store.transaction() as session:
        taken = (debit(Account.INDIVIDUAL_ACCOUNT, 500, held), credit(Account.BANK, 500))
        await post(session, "taken", CASE, NOON, taken, **STEP)
        assert await individual_account(session, held) == 0


async def test_the_same_posting_key_twice_leaves_one_posting(store: Store) -> None:
    entries = (debit(Account.BANK, 5), credit(Account.POOLED_FUND, 5))
    async with store.transaction() as session:
        await post(session, REMITTANCE, CASE, NOON, entries, **STEP)
    with pytest.raises(IntegrityError):
        async with store.transaction() as session:
            await post(session, REMITTANCE, CASE, NOON, entries, **STEP)
    assert await posted(store) == (1, 0)


async def test_the_books_themselves_refuse_an_entry_of_nothing(store: Store) -> None:
    with pytest.raises(IntegrityError, match="entry_moves_money"):
        async with store.transaction() as session:
            session.add(EntryRow(posting_id=1, account=Account.BANK, amount=0))


async def test_a_posting_of_nothing_is_written_as_a_fact_without_entries(store: Store) -> None:
    async with store.transaction() as session:
        await post(
            session, "nothing", CASE, NOON, (debit(Account.BANK, 0), credit(Account.SUSPENSE, 0)), **STEP
        )
        assert (await session.exec(select(EntryRow))).all() == []
    assert await posted(store) == (1, 0)


async def test_a_person_insured_in_both_schemes_has_two_accounts(store: Store) -> None:
    async with store.transaction() as session:
        teacher = await enrol(session, "222401198604120247", "崔明玉", Scheme.GOVERNMENT)
        clerk = await enrol(session, "222401198604120247", "崔明玉", Scheme.ENTERPRISE)
        assert teacher.person_id == clerk.person_id
        for key, enrolment, amount in (("one", teacher, 7_00), ("two", clerk, 5_00)):
            held = credit(Account.INDIVIDUAL_ACCOUNT, amount, enrolment.relationship_id)
            await post(session, key, "", NOON, (debit(Account.BANK, amount), held), **STEP)
        assert await individual_account(session, teacher.relationship_id) == 7_00
        assert await individual_account(session, clerk.relationship_id) == 5_00


async def test_funds_received_are_those_of_their_own_remittance(store: Store) -> None:
    async with store.transaction() as session:
        for number, amount in ((REMITTANCE, 300), ("remittance/another/1", 50)):
            arrival = (
                debit(Account.BANK, amount, None, number),
                credit(Account.SUSPENSE, amount, None, number),
            )
            await post(session, f"{number}/arrive", CASE, NOON, arrival, **STEP)
        assert await received(session, REMITTANCE) == 300
        assert await received(session, "remittance/unheard-of/1") == 0


async def test_money_sent_under_a_remittance_is_not_money_received(store: Store) -> None:
    sent = (
        debit(Account.IN_TRANSIT_OUT, 300, None, REMITTANCE),
        credit(Account.BANK, 300, None, REMITTANCE),
    )
    async with store.transaction() as session:
        await post(session, f"{REMITTANCE}/settle", CASE, NOON, sent, **STEP)
        assert await received(session, REMITTANCE) == 0


@given(st.integers(min_value=0, max_value=10**15))
def test_a_debit_and_a_credit_of_one_amount_cancel_out(amount: int) -> None:
    assert debit(Account.BANK, amount).amount + credit(Account.BANK, amount).amount == 0
    assert credit(Account.BANK, amount) == Entry(Account.BANK, Fen(-amount))
