"""A teacher's contribution months in a store, and tests' queries of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.records import (
    as_row,
    enrol,
)
from models.store.seeding import load_history
from models.store.store import Store
from models.store.tables import ContributionRow
from province import TEACHER, account
from rules.values.money import Fen
from rules.values.months import Month, months_between
from rules.values.moves import Scheme
from rules.values.record import ContributionRange

CASE, LATER_CASE = "220100-20260115-AAAAAAAA", "220100-20260115-BBBBBBBB"
PAPER = f"correction/{CASE}/1"
OPENING = {"year": 2019, "balance": "25000.00", "pooled_base_sum": "336000.00"}


def part(first: str, last: str, base: int = 6000_00) -> ContributionRange:
    return ContributionRange(Month.parse(first), Month.parse(last), Fen(base))


def months(first: str, last: str) -> set[Month]:
    return set(months_between(Month.parse(first), Month.parse(last)))


def written(rows: list[ContributionRow]) -> list[tuple[str, str, int]]:
    return sorted((row.first, row.last, row.base) for row in rows)


@asynccontextmanager
async def account_of_a_teacher(store: Store) -> AsyncIterator[AsyncSession]:
    """One transaction over the teacher's account: 2020 to 2025 on 6000.00, with a balance taken over."""
    async with store.transaction() as opened:
        file = account(opening=OPENING)
        await load_history(opened, "222400", file, date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC))
        yield opened


async def taken_in(session: AsyncSession, *parts: ContributionRange, case_no: str = CASE) -> int:
    """Take months of a case into the teacher's relationship of the other scheme."""
    joined = (await enrol(session, TEACHER, "崔明玉", Scheme.ENTERPRISE)).relationship_id
    session.add_all(as_row(each, joined, "222400", case_no) for each in parts)
    await session.flush()
    return joined


async def facts(session: AsyncSession) -> dict[int, tuple[Any, ...]]:
    """The fields of every row that may never change."""
    rows = await session.exec(select(ContributionRow))
    return {
        row.id or 0: (row.first, row.last, row.base, row.booked, row.kind, row.origin_case) for row in rows
    }
