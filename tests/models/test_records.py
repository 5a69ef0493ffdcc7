"""Contribution months: each is here, moved or cleared, and no correction alters what was once written."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from stores import SqliteFiles, plan_of
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

from models.audit.case_books import months_cleared
from models.store.histories import history_moved, history_of
from models.store.records import (
    MONTHS_HERE,
    RELEASE,
    as_range,
    as_row,
    clear_months,
    contributions_here,
    enrol,
    months_here,
    move_away,
    moved_with,
    relationship_of,
    restore_moved,
    return_brought,
)
from models.store.store import Store
from models.store.superseding import (
    LIVE,
    amend_bases,
    months_of,
    partly_superseded,
    rows_as_wanted,
    runs_by_mark,
    successor,
)
from models.store.tables import ContributionRow, OpeningRow, RelationshipRow
from province import TEACHER
from rules.values.money import Fen
from rules.values.months import Month, months_between
from rules.values.moves import Scheme
from rules.values.record import MonthKind


@pytest.fixture
async def session(store: Store) -> AsyncIterator[AsyncSession]:
    async with account_of_a_teacher(store) as opened:
        yield opened


@pytest.fixture
async def teacher(session: AsyncSession) -> RelationshipRow:
    found = await relationship_of(session, TEACHER, Scheme.GOVERNMENT)
    assert found is not None
    return found


@pytest.fixture
def teacher_id(teacher: RelationshipRow) -> int:
    assert teacher.id is not None
    return teacher.id


async def test_months_of_a_person_and_of_a_clearing_are_found_among_those_of_any_number_of_others(
    tmp_path: Path,
) -> None:
    store = Store(await SqliteFiles(tmp_path).migrated("222400"))
    plan = await plan_of(store, MONTHS_HERE.params(person=1))
    assert plan[:2] == [
        "SEARCH relationship USING COVERING INDEX sqlite_autoindex_relationship_1 (person_id=?)",
        "SEARCH contribution USING INDEX ix_contribution_relationship_id (relationship_id=?)",
    ]
    plan = await plan_of(store, months_cleared(["clearing/1", "clearing/2"]))
    assert plan[0] == "SEARCH contribution USING INDEX ix_contribution_cleared_by (cleared_by=?)"
    await store.close()


async def test_what_a_case_has_reserved_is_found_among_any_number_of_relationships(tmp_path: Path) -> None:
    store = Store(await SqliteFiles(tmp_path).migrated("222400"))
    assert RELEASE.whereclause is not None
    plan = await plan_of(store, select(RelationshipRow).where(RELEASE.whereclause).params(case="case"))
    assert plan == ["SEARCH relationship USING INDEX ix_relationship_reserved_by (reserved_by=?)"]
    await store.close()


async def test_months_cleared_in_the_middle_of_a_range_count_no_more(
    session: AsyncSession, teacher: RelationshipRow, teacher_id: int
) -> None:
    before = await facts(session)
    await clear_months(session, teacher_id, months("2021-03", "2021-05"), PAPER)
    here = await contributions_here(session, teacher_id)
    assert written(here) == [("2020-01", "2021-02", 6000_00), ("2021-06", "2025-12", 6000_00)]
    assert months("2021-03", "2021-05").isdisjoint(await months_here(session, teacher.person_id))
    cleared = (
        await session.exec(select(ContributionRow).where(LIVE, col(ContributionRow.cleared_by) == PAPER))
    ).one()
    assert (cleared.first, cleared.last, cleared.entered_by) == ("2021-03", "2021-05", PAPER)
    assert before.items() <= (await facts(session)).items()


async def test_a_whole_range_is_cleared_where_it_stands(session: AsyncSession, teacher_id: int) -> None:
    before = await facts(session)
    await clear_months(session, teacher_id, months("2020-01", "2025-12"), PAPER)
    assert await contributions_here(session, teacher_id) == []
    assert await facts(session) == before


@pytest.mark.parametrize(
    ("first", "last"), [("2019-12", "2020-01"), ("2026-01", "2026-01")], ids=["partly", "not at all"]
)
async def test_months_that_are_not_here_cannot_be_cleared(
    session: AsyncSession, teacher_id: int, first: str, last: str
) -> None:
    before = await facts(session)
    with pytest.raises(ValueError, match="no such months"):
        await clear_months(session, teacher_id, months(first, last), PAPER)
    assert await facts(session) == before


async def test_a_month_is_cleared_once(session: AsyncSession, teacher_id: int) -> None:
    await clear_months(session, teacher_id, months("2021-03", "2021-03"), PAPER)
    with pytest.raises(ValueError, match="2021-03"):
        await clear_months(session, teacher_id, months("2021-03", "2021-04"), "another paper")


async def test_of_a_month_paid_here_and_brought_here_the_one_meant_is_cleared(session: AsyncSession) -> None:
    joined = await taken_in(session, part("2020-01", "2020-12"))
    session.add(as_row(part("2020-06", "2020-12", 4000_00), joined, "220100"))
    await session.flush()
    with pytest.raises(ValueError, match="more than one row: 2020-06, 2020-07"):
        await clear_months(session, joined, months("2020-06", "2020-07"), PAPER)
    await clear_months(session, joined, months("2020-06", "2020-12"), PAPER, origin_case="")
    assert written(await contributions_here(session, joined)) == [("2020-01", "2020-12", 6000_00)]


async def test_arrears_are_no_months_that_could_be_cleared(session: AsyncSession, teacher_id: int) -> None:
    owed = as_row(part("2019-01", "2019-06"), teacher_id, "222400")
    owed.kind = MonthKind.ARREARS
    session.add(owed)
    await session.flush()
    with pytest.raises(ValueError, match="2019-02"):
        await clear_months(session, teacher_id, months("2019-02", "2019-02"), PAPER)


async def test_a_base_is_corrected_by_rows_that_supersede_the_old_one(
    session: AsyncSession, teacher_id: int
) -> None:
    before = await facts(session)
    rows = await contributions_here(session, teacher_id)
    standing = await amend_bases(session, rows, Month(2023, 1), Month(2023, 12), Fen(6500_00), PAPER)
    assert written(standing) == [
        ("2020-01", "2022-12", 6000_00),
        ("2023-01", "2023-12", 6500_00),
        ("2024-01", "2025-12", 6000_00),
    ]
    assert await contributions_here(session, teacher_id) == standing
    assert {row.supersedes for row in standing} == {rows[0].id}
    assert before.items() <= (await facts(session)).items()


async def test_a_base_that_is_right_already_makes_no_new_row(session: AsyncSession, teacher_id: int) -> None:
    rows = await contributions_here(session, teacher_id)
    assert await amend_bases(session, rows, Month(2023, 1), Month(2023, 2), Fen(6000_00), PAPER) == rows


async def test_one_correction_may_follow_another(session: AsyncSession, teacher_id: int) -> None:
    rows = await contributions_here(session, teacher_id)
    for number, base in enumerate((6500_00, 6600_00)):
        rows = await amend_bases(session, rows, Month(2023, 1), Month(2023, 6), Fen(base), f"{PAPER}{number}")
    assert ("2023-01", "2023-06", 6600_00) in written(rows)
    assert await contributions_here(session, teacher_id) == sorted(rows, key=lambda row: row.first)


async def test_a_base_of_months_that_are_not_recorded_cannot_be_corrected(
    session: AsyncSession, teacher_id: int
) -> None:
    rows = await contributions_here(session, teacher_id)
    with pytest.raises(ValueError, match="2026-01"):
        await amend_bases(session, rows, Month(2025, 12), Month(2026, 1), Fen(1), PAPER)


async def test_months_that_have_moved_can_be_corrected_and_stay_moved(
    session: AsyncSession, teacher: RelationshipRow, teacher_id: int
) -> None:
    await move_away(session, teacher_id, (part("2020-01", "2025-12"),), CASE)
    rows = await moved_with(session, teacher_id, CASE)
    await amend_bases(session, rows, Month(2020, 1), Month(2020, 6), Fen(5000_00), PAPER)
    assert await contributions_here(session, teacher_id) == []
    history = await history_moved(session, teacher, CASE)
    assert history.ranges == (part("2020-01", "2020-06", 5000_00), part("2020-07", "2025-12"))
    assert history.opening is not None
    assert history.opening.balance == 25000_00


async def test_a_reopened_relationship_does_not_get_its_old_opening_back(
    session: AsyncSession, teacher: RelationshipRow, teacher_id: int
) -> None:
    await move_away(session, teacher_id, (part("2020-01", "2025-12"),), CASE)
    teacher.ended_by = CASE
    await enrol(session, TEACHER, "崔明玉", Scheme.GOVERNMENT)
    history = await history_of(session, teacher)
    assert (history.ranges, history.opening) == ((), None)


async def test_what_a_case_took_away_comes_back_whole(
    session: AsyncSession, teacher: RelationshipRow, teacher_id: int
) -> None:
    before, history = await facts(session), await history_of(session, teacher)
    await move_away(session, teacher_id, history.ranges, CASE)
    teacher.ended_by = CASE
    await restore_moved(session, teacher_id, CASE, PAPER)
    assert await history_of(session, teacher) == history
    assert teacher.ended_by is None
    assert await moved_with(session, teacher_id, CASE) == []
    assert before.items() <= (await facts(session)).items()
    await move_away(session, teacher_id, history.ranges, LATER_CASE)
    opening = await session.get_one(OpeningRow, teacher_id)
    assert opening.moved_by == LATER_CASE


async def test_nothing_comes_back_that_a_case_did_not_take(session: AsyncSession, teacher_id: int) -> None:
    with pytest.raises(ValueError, match="took nothing away"):
        await restore_moved(session, teacher_id, CASE, PAPER)


async def test_a_relationship_that_holds_an_opening_does_not_end_when_months_are_sent_back(
    session: AsyncSession, teacher: RelationshipRow, teacher_id: int
) -> None:
    await clear_months(session, teacher_id, months("2020-01", "2025-12"), PAPER)
    session.add(as_row(part("2015-01", "2015-12"), teacher_id, "220300", CASE))
    await session.flush()
    await return_brought(session, CASE, PAPER)
    assert teacher.ended_by is None


async def test_months_lost_between_a_row_and_its_successors_are_found(
    session: AsyncSession, teacher_id: int
) -> None:
    rows = await contributions_here(session, teacher_id)
    standing = await amend_bases(session, rows, Month(2023, 1), Month(2023, 12), Fen(1_00), PAPER)
    assert await partly_superseded(session) == ()
    session.add(successor(standing[1], Month(2023, 1), Month(2023, 11), PAPER))
    await session.flush()
    assert await partly_superseded(session) == (standing[1].id,)


async def test_a_form_that_names_other_months_than_are_here_takes_nothing_along(
    session: AsyncSession, teacher_id: int
) -> None:
    rows = await contributions_here(session, teacher_id)
    drawn_up = tuple(map(as_range, rows))
    await amend_bases(session, rows, Month(2023, 1), Month(2023, 1), Fen(1_00), PAPER)
    with pytest.raises(ValueError, match="not here to move"):
        await move_away(session, teacher_id, drawn_up, CASE)


MONTHS = st.sets(st.builds(Month, st.just(2020), st.integers(1, 12)))


@settings(max_examples=50)
@given(MONTHS)
def test_a_row_cut_anywhere_is_still_the_same_months_once(cleared: set[Month]) -> None:
    row = as_row(part("2020-01", "2020-12"), 1, "220100")
    parts = runs_by_mark(row, cleared.__contains__)
    assert [month for first, last, _ in parts for month in months_between(first, last)] == list(
        months_of(row)
    )
    assert {
        month for first, last, meant in parts if meant for month in months_between(first, last)
    } == cleared
    assert all(meant is not following for (*_, meant), (*_, following) in pairwise(parts))


@settings(max_examples=50)
@given(MONTHS)
def test_a_corrected_row_stands_for_every_month_of_the_old_one(wanted: set[Month]) -> None:
    row = as_row(part("2020-01", "2020-12"), 1, "220100")
    new = rows_as_wanted(row, {month: part("2020-01", "2020-12", 1_00) for month in wanted}, PAPER)
    assert [month for each in new for month in months_of(each)] == list(months_of(row))
    assert {month for each in new if not each.moved_by for month in months_of(each)} == wanted
