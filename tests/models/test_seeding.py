"""Loading a history: the record, the money behind it, and once however often it is handed in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import col, func, select

from models.files.history_file import HistoryFile
from models.store.histories import history_of
from models.store.ledger import individual_account
from models.store.records import contributions_here, enrol, months_here, move_away, person_of, relationship_of
from models.store.seeding import load_history
from models.store.store import Store
from models.store.tables import Account, ContributionRow, EntryRow, PersonRow, PostingRow, RelationshipRow
from province import TEACHER, WORKER, account
from rules.amounts.amounts import transfer_amount
from rules.values.months import Month
from rules.values.moves import Scheme

ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
CASE = "220100-20260115-AAAAAAAA"


async def load(store: Store, *histories: HistoryFile, on: date = ON) -> list[bool]:
    async with store.transaction() as session:
        return [await load_history(session, "220100", history, on, AT) for history in histories]


async def balances(store: Store) -> dict[Account, int]:
    query = select(EntryRow.account, func.sum(EntryRow.amount)).group_by(col(EntryRow.account))
    async with store.transaction() as session:
        return {Account(name): int(total) for name, total in await session.exec(query)}


async def rows(store: Store, *tables: type[Any]) -> list[int]:
    async with store.transaction() as session:
        return [(await session.exec(select(func.count()).select_from(table))).one() for table in tables]


def worked(**more: Any) -> HistoryFile:
    """A worker with a balance taken over, a rate of their own, two bases and months never paid."""
    return HistoryFile.model_validate(
        {
            "person": {"name": "孙立国", "id_number": WORKER},
            "scheme": "E",
            "bureau": "220300",
            "opening": {"year": 2015, "balance": "8000.00", "pooled_base_sum": "240000.00"},
            "months": [
                {"from": "2016-01", "to": "2018-06", "base": "4000.00", "booked_percent": "8"},
                {"from": "2018-07", "to": "2018-12", "base": "4000.00", "kind": "arrears"},
                {"from": "2019-01", "to": "2025-12", "base": "5000.00"},
            ],
            "rates": {"2015": "2.50"},
            **more,
        }
    )


async def test_a_history_handed_in_twice_is_loaded_once(store: Store) -> None:
    tables = (PersonRow, RelationshipRow, ContributionRow, PostingRow, EntryRow)
    assert await load(store, account(), worked()) == [True, True]
    before = await rows(store, *tables), await balances(store)
    assert await load(store, worked(), account()) == [False, False]
    assert (await rows(store, *tables), await balances(store)) == before
    assert before[0][:2] == [2, 2]


async def test_a_history_handed_in_again_with_other_months_changes_nothing(store: Store) -> None:
    """What stands in the books is corrected by a case or a posting, not by loading a file again."""
    await load(store, account())
    before = await balances(store)
    assert await load(store, account(months=[("2018-01", "2025-12", "9000.00")])) == [False]
    assert await balances(store) == before


async def test_the_ledger_of_loaded_accounts_balances(store: Store) -> None:
    await load(store, account(), worked())
    found = await balances(store)
    assert sum(found.values()) == 0
    assert set(found) == {Account.BANK, Account.INDIVIDUAL_ACCOUNT, Account.POOLED_FUND}
    assert found[Account.BANK] > 0


async def test_the_individual_account_opens_with_what_the_record_makes_it(store: Store) -> None:
    """72 months at 6000.00, 8 %, with the published interest of six years."""
    file = account()
    await load(store, file)
    async with store.transaction() as session:
        relationship = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert relationship is not None
        assert relationship.id is not None
        held = await individual_account(session, relationship.id)
    assert held == transfer_amount(file.history(), Scheme.ENTERPRISE, ON).adjusted_record_balance
    assert held > 72 * 6000_00 * 8 // 100, "the principal and its interest"


async def test_the_pooled_fund_opens_with_what_employers_paid(store: Store) -> None:
    """20 % until April 2019, 16 % from May 2019."""
    await load(store, account(months=[("2019-03", "2019-06", "5000.00")]))
    assert (await balances(store))[Account.POOLED_FUND] == -(2 * 1000_00 + 2 * 800_00)


async def test_months_never_paid_bring_no_money_and_bases_taken_over_do(store: Store) -> None:
    await load(store, worked())
    paid = 240_000_00 * 20 // 100 + 30 * 800_00 + 4 * 1000_00 + 80 * 800_00
    assert (await balances(store))[Account.POOLED_FUND] == -paid


@pytest.mark.parametrize("file", [account(), worked()], ids=["months only", "everything a file can hold"])
async def test_a_history_comes_out_of_the_store_as_it_went_in(store: Store, file: HistoryFile) -> None:
    await load(store, file)
    async with store.transaction() as session:
        relationship = await relationship_of(session, file.person.id_number, file.scheme)
        assert relationship is not None
        assert await history_of(session, relationship) == file.history()


async def test_one_person_in_two_schemes_stands_once_in_the_register(store: Store) -> None:
    both: Sequence[HistoryFile] = (account(), account(scheme="E", months=[("2016-01", "2018-12", "3000.00")]))
    assert await load(store, *both) == [True, True]
    assert await rows(store, PersonRow, RelationshipRow) == [1, 2]
    async with store.transaction() as session:
        person = await person_of(session, TEACHER)
        assert person is not None
        assert person.id is not None
        assert len(await months_here(session, person.id)) == 72 + 36


async def test_months_never_paid_do_not_count_as_months_here(store: Store) -> None:
    await load(store, worked())
    async with store.transaction() as session:
        person = await person_of(session, WORKER)
        assert person is not None
        assert person.id is not None
        here = await months_here(session, person.id)
    assert Month(2018, 6) in here
    assert Month(2018, 7) not in here
    assert len(here) == 30 + 84


async def test_months_can_be_moved_away_once(store: Store) -> None:
    file = account()
    await load(store, file)
    async with store.transaction() as session:
        relationship = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert relationship is not None
        assert relationship.id is not None
        await move_away(session, relationship.id, file.history().ranges, CASE)
        assert await contributions_here(session, relationship.id) == []
        assert await months_here(session, relationship.person_id) == set()
        with pytest.raises(ValueError, match="not here to move"):
            await move_away(session, relationship.id, file.history().ranges, "another case")


async def test_who_comes_back_to_a_scheme_continues_the_old_relationship(store: Store) -> None:
    await load(store, account())
    async with store.transaction() as session:
        left = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert left is not None
        left.ended_by = CASE
    async with store.transaction() as session:
        back = await enrol(session, TEACHER, "崔明玉", Scheme.GOVERNMENT)
        found = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
        assert found is not None
        assert (found.id, found.ended_by) == (back.relationship_id, None)
    assert await rows(store, PersonRow, RelationshipRow) == [1, 1]
