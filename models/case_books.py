"""A bureau's books read case by case, in the order of their numbers: what the audit proves.

Columns are read, not rows, and of papers only those whose figures are needed: a hundred thousand cases are
read a few hundred at a time and nothing of them is kept.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.books import Account
from models.gathered_case import Gathered
from rules.case_books import CaseBooks
from rules.months import Month, months_between

POSTING, ENTRY, PAPER, MONTHS = (
    SQLModel.metadata.tables[each] for each in ("posting", "entry", "paper", "contribution")
)

READ = (
    *("contact_letter", "former_employers_form", "information_form", "remittance", "taking_in", "clearing"),
    *("announced_remittance", "bank_arrival"),
)
BEGINNING = 600
"""How much of a dossier holds its outcome and its bureaus."""


async def case_numbers(
    session: AsyncSession, after: str, limit: int, since: datetime | None = None
) -> list[str]:
    """The numbers of the next cases in these books, in order; only those with a paper `since`, if given."""
    connection = await session.connection()
    found: set[str] = set()
    for table in (PAPER, POSTING):
        query = select(table.c.case_no).where(table.c.case_no > after).distinct()
        if since is not None:
            query = query.where(table.c.at >= since)
        numbers = await connection.execute(query.order_by(table.c.case_no).limit(limit))
        found.update(numbers.scalars())
    return sorted(found)[:limit]


async def cases_before(session: AsyncSession, since: datetime) -> int:
    """How many cases in these books have neither paper nor posting since."""
    connection = await session.connection()
    later = [select(table.c.case_no).where(table.c.at >= since) for table in (PAPER, POSTING)]
    query = select(func.count(PAPER.c.case_no.distinct())).where(
        PAPER.c.case_no != "", *(PAPER.c.case_no.not_in(each) for each in later)
    )
    return int((await connection.execute(query)).scalar_one())


async def case_books(session: AsyncSession, bureau: str, numbers: Sequence[str]) -> list[CaseBooks]:
    """What the books hold of these cases, which stand in order; of one they know nothing of, nothing."""
    gathered = {number: Gathered(number, bureau) for number in numbers}
    if not gathered:
        return []
    connection = await session.connection()
    for row in (await connection.execute(_papers(numbers))).all():
        gathered[row.case_no].enter(row)
    for row in (await connection.execute(_entries(numbers))).all():
        gathered[row.case_no].post(row)
    for column in (MONTHS.c.moved_by, MONTHS.c.origin_case):
        for row in (await connection.execute(_months(column, numbers))).all():
            gathered[row[0]].record(row, moved=column is MONTHS.c.moved_by)
    await _read_accounts(session, gathered.values())
    await _read_cleared(session, gathered.values())
    await _read_kept_money(session, gathered.values())
    return [one.books() for one in gathered.values() if one.known]


def _papers(numbers: Sequence[str]) -> Any:
    needed = case((PAPER.c.kind.in_(READ), PAPER.c.body), else_="").label("body")
    dossier = case((PAPER.c.kind == "dossier", func.substr(PAPER.c.body, 1, BEGINNING)), else_="")
    columns = (PAPER.c.case_no, PAPER.c.kind, PAPER.c.version, PAPER.c.side, PAPER.c.digest)
    return (
        select(*columns, needed, dossier.label("dossier"))
        .where(PAPER.c.case_no.in_(numbers))
        .order_by(PAPER.c.case_no, PAPER.c.version)
    )


def _entries(numbers: Sequence[str]) -> Any:
    columns = (POSTING.c.case_no, POSTING.c.id, POSTING.c.key, POSTING.c.paper)
    sides = (ENTRY.c.account, ENTRY.c.amount, ENTRY.c.relationship_id, ENTRY.c.remittance)
    return (
        select(*columns, *sides)
        .join(ENTRY, ENTRY.c.posting_id == POSTING.c.id)
        .where(POSTING.c.case_no.in_(numbers))
    )


def _months(column: ColumnElement[Any], numbers: Sequence[str]) -> Any:
    later = MONTHS.alias()
    stretch = (MONTHS.c.first, MONTHS.c.last, MONTHS.c.base, MONTHS.c.booked, MONTHS.c.kind)
    return (
        select(column, *stretch, MONTHS.c.moved_by)
        .where(column.in_(numbers), ~exists().where(later.c.supersedes == MONTHS.c.id))
        .order_by(MONTHS.c.first, MONTHS.c.id)
    )


async def _read_accounts(session: AsyncSession, cases: Iterable[Gathered]) -> None:
    """What each individual account held after its case: what it held before, and what the case did to it."""
    drawn_on: dict[int, list[Gathered]] = defaultdict(list)
    for each in cases:
        if each.relationship is not None:
            drawn_on[each.relationship].append(each)
    if not drawn_on:
        return
    query = (
        select(ENTRY.c.relationship_id, ENTRY.c.posting_id, ENTRY.c.amount)
        .where(ENTRY.c.relationship_id.in_(drawn_on), ENTRY.c.account == Account.INDIVIDUAL_ACCOUNT)
        .order_by(ENTRY.c.relationship_id)
    )
    entries = await (await session.connection()).execute(query)
    for relationship, posting, amount in entries.all():
        for one in drawn_on[relationship]:
            if posting < min(one.postings) or posting in one.postings:
                one.account -= amount


async def _read_cleared(session: AsyncSession, cases: Iterable[Gathered]) -> None:
    """The months that bear the number of a clearing, wherever they came from."""
    clearing = {cleared.number: one for one in cases for cleared in one.clearings}
    later = MONTHS.alias()
    rows = select(MONTHS.c.cleared_by, MONTHS.c.first, MONTHS.c.last).where(
        MONTHS.c.cleared_by.in_(clearing), ~exists().where(later.c.supersedes == MONTHS.c.id)
    )
    if clearing:
        for number, first, last in await (await session.connection()).execute(rows):
            months = months_between(Month.parse(first), Month.parse(last))
            clearing[number].cleared[number].update(map(str, months))


async def _read_kept_money(session: AsyncSession, cases: Iterable[Gathered]) -> None:
    """What two officers put to an announced remittance of what had come without one, or took away from it."""
    waiting = {number: one for one in cases for number in one.coming}
    if not waiting:
        return
    moved = select(PAPER.c.body).where(PAPER.c.case_no == "", PAPER.c.kind == "kept_money")
    for body in (await (await session.connection()).execute(moved)).scalars():
        paper = json.loads(body)
        for number, sign in ((paper["line"]["remittance"], -1), (paper["to"], 1)):
            if number in waiting:
                waiting[number].arrived[number] += sign * paper["amount"]
