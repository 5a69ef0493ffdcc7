"""Months that a case has brought: put right, cleared, and sent back, and never twice."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession
from teacher_records import (
    CASE,
    LATER_CASE,
    PAPER,
    account_of_a_teacher,
    facts,
    months,
    part,
    taken_in,
    written,
)

from models.store.records import (
    brought_by,
    clear_months,
    contributions_here,
    return_brought,
    supersede_taken_in,
)
from models.store.store import Store
from models.store.tables import RelationshipRow
from rules.values.record import ContributionRange


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with account_of_a_teacher(store) as opened:
        yield opened


async def test_months_a_case_brought_leave_again_and_the_relationship_ends_with_them(
    session: AsyncSession,
) -> None:
    joined = await taken_in(session, part("2020-01", "2020-12"))
    await return_brought(session, CASE, PAPER)
    assert await contributions_here(session, joined) == []
    assert [row.moved_by for row in await brought_by(session, CASE)] == [PAPER]
    assert (await session.get_one(RelationshipRow, joined)).ended_by == PAPER


async def test_a_relationship_that_holds_other_months_does_not_end_when_some_are_sent_back(
    session: AsyncSession,
) -> None:
    joined = await taken_in(session, part("2020-01", "2020-12"))
    await taken_in(session, part("2015-01", "2015-12"), case_no=LATER_CASE)
    await return_brought(session, CASE, PAPER)
    assert written(await contributions_here(session, joined)) == [("2015-01", "2015-12", 6000_00)]
    assert (await session.get_one(RelationshipRow, joined)).ended_by is None


async def test_months_cleared_or_moved_on_cannot_be_sent_back(session: AsyncSession) -> None:
    joined = await taken_in(session, part("2020-01", "2020-12"))
    await clear_months(session, joined, months("2020-05", "2020-05"), PAPER)
    with pytest.raises(ValueError, match="not all here"):
        await return_brought(session, CASE, PAPER)
    with pytest.raises(ValueError, match="not all here"):
        await return_brought(session, LATER_CASE, PAPER)
    assert len(await contributions_here(session, joined)) == 2


async def test_a_record_taken_in_is_replaced_by_a_corrected_one(session: AsyncSession) -> None:
    joined = await taken_in(session, part("2020-01", "2020-12"), part("2021-01", "2021-12", 7000_00))
    before = await facts(session)
    amended = (part("2020-03", "2021-02"), part("2021-03", "2021-12", 7000_00), part("2022-01", "2022-01"))
    await supersede_taken_in(session, CASE, amended, PAPER)
    assert written(await contributions_here(session, joined)) == [
        ("2020-03", "2020-12", 6000_00),
        ("2021-01", "2021-02", 6000_00),
        ("2021-03", "2021-12", 7000_00),
        ("2022-01", "2022-01", 6000_00),
    ]
    left = [(row.first, row.last) for row in await brought_by(session, CASE) if row.moved_by == PAPER]
    assert left == [("2020-01", "2020-02")]
    assert before.items() <= (await facts(session)).items()


async def test_a_corrected_record_leaves_cleared_months_cleared(session: AsyncSession) -> None:
    joined = await taken_in(session, part("2020-01", "2020-12"))
    await clear_months(session, joined, months("2020-05", "2020-05"), PAPER)
    await supersede_taken_in(session, CASE, (part("2020-01", "2020-12", 5000_00),), "another paper")
    here = await contributions_here(session, joined)
    assert written(here) == [("2020-01", "2020-04", 5000_00), ("2020-06", "2020-12", 5000_00)]
    with pytest.raises(ValueError, match="not here to leave"):
        await supersede_taken_in(session, CASE, (part("2020-06", "2020-12"),), "a third")


async def test_a_record_taken_in_that_is_right_already_stays_as_it_is(session: AsyncSession) -> None:
    await taken_in(session, part("2020-01", "2020-12"))
    before = await facts(session)
    await supersede_taken_in(session, CASE, (part("2020-01", "2020-06"), part("2020-07", "2020-12")), PAPER)
    assert await facts(session) == before


@pytest.mark.parametrize(
    ("case_no", "amended", "said"),
    [
        (LATER_CASE, (part("2020-01", "2020-12"),), "brought nothing"),
        (CASE, (part("2020-01", "2020-06"), part("2020-06", "2020-12")), "is there twice"),
    ],
)
async def test_a_correction_that_cannot_be_is_refused(
    session: AsyncSession, case_no: str, amended: tuple[ContributionRange, ...], said: str
) -> None:
    await taken_in(session, part("2020-01", "2020-12"))
    before = await facts(session)
    with pytest.raises(ValueError, match=said):
        await supersede_taken_in(session, case_no, amended, PAPER)
    assert await facts(session) == before
