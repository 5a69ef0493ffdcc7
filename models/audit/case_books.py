"""Reads a bureau's books case by case, in the order of case numbers, for the audit.

It reads columns, not rows, and of papers only those whose figures are needed: a hundred thousand cases are
read a few hundred at a time, and nothing of them is kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, case, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit.case_reader import BROUGHT, CaseReader, PapersRead
from models.audit.owners import read_owners
from models.store.databases import execute
from models.store.paper_facts import PaperFacts
from models.store.superseding import HERE, LIVE
from models.store.tables import ENTRY, MONTHS, PAPER, POSTING, RELATIONSHIP, Account
from rules.amounts.contributions import STAYS
from rules.values.books import CaseBooks
from rules.values.due_dates import CHINA_TIME
from rules.values.months import Month, months_between
from rules.values.papers import PaperKind

READ = (
    PaperKind.INFORMATION_FORM,
    PaperKind.REMITTANCE,
    PaperKind.ANNOUNCED_REMITTANCE,
    PaperKind.BANK_ARRIVAL,
    PaperKind.TAKING_IN,
    PaperKind.CLEARING,
    PaperKind.ARREARS_PAYMENT,
    PaperKind.DOSSIER_FILING,
)
"""The kinds of papers whose figures are compared with the books."""


async def case_numbers(
    session: AsyncSession, after: str, limit: int, since: datetime | None = None
) -> list[str]:
    """The numbers of the next cases in these books, in order; with `since`, of those with a paper since."""
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
    """How many cases in these books have neither paper nor posting since then."""
    connection = await session.connection()
    later = [select(table.c.case_no).where(table.c.at >= since) for table in (PAPER, POSTING)]
    query = select(func.count(PAPER.c.case_no.distinct())).where(
        PAPER.c.case_no != "", *(PAPER.c.case_no.not_in(each) for each in later)
    )
    return int((await connection.execute(query)).scalar_one())


async def case_books(session: AsyncSession, bureau: str, numbers: Sequence[str]) -> list[CaseBooks]:
    """What the books hold of these cases, in their order; cases unknown to the books are left out."""
    gathered = {number: CaseReader(number, PapersRead(bureau)) for number in numbers}
    if not gathered:
        return []
    connection = await session.connection()
    for row in (await connection.execute(_papers(numbers))).all():
        gathered[row.case_no].enter(row)
    for row in (await connection.execute(_entries(numbers))).all():
        gathered[row.case_no].entries.post(row)
    for column in (MONTHS.c.moved_by, MONTHS.c.origin_case):
        for row in (await connection.execute(_months(column, numbers))).all():
            gathered[row[0]].record(row, moved=column is MONTHS.c.moved_by)
    await _read_accounts(session, gathered.values())
    await _read_cleared(session, gathered.values())
    await _read_counted_twice(session, gathered.values())
    await _read_unallocated(session, gathered.values())
    await read_owners(session, gathered.values())
    return [one.books() for one in gathered.values() if one.known]


def _papers(numbers: Sequence[str]) -> Any:
    needed = case((PAPER.c.kind.in_(READ), PAPER.c.body), else_="").label("body")
    columns = (PAPER.c.case_no, PAPER.c.kind, PAPER.c.version, PAPER.c.side, PAPER.c.digest)
    facts = (PAPER.c.reference, *(PAPER.c[name] for name in PaperFacts._fields))
    return (
        select(*columns, *facts, needed)
        .where(PAPER.c.case_no.in_(numbers))
        .order_by(PAPER.c.case_no, PAPER.c.version)
    )


def _entries(numbers: Sequence[str]) -> Any:
    columns = (POSTING.c.case_no, POSTING.c.id, POSTING.c.key, POSTING.c.paper, POSTING.c.step)
    sides = (ENTRY.c.account, ENTRY.c.amount, ENTRY.c.relationship_id, ENTRY.c.remittance)
    return (
        select(*columns, *sides)
        .join(ENTRY, ENTRY.c.posting_id == POSTING.c.id)
        .where(POSTING.c.case_no.in_(numbers))
    )


def _months(column: ColumnElement[Any], numbers: Sequence[str]) -> Any:
    stretch = (
        *(MONTHS.c.first, MONTHS.c.last, MONTHS.c.base, MONTHS.c.booked, MONTHS.c.kind),
        MONTHS.c.paid,
    )
    marks = (MONTHS.c.origin_bureau, MONTHS.c.supersedes, MONTHS.c.entered_by)
    return (
        select(column, *stretch, MONTHS.c.moved_by, MONTHS.c.relationship_id, *marks)
        .where(column.in_(numbers), LIVE)
        .order_by(MONTHS.c.first, MONTHS.c.id)
    )


async def _read_accounts(session: AsyncSession, cases: Iterable[CaseReader]) -> None:
    """The balance of each individual account after its case: that before it left, and what the case did."""
    drawn_on: dict[int, list[CaseReader]] = defaultdict(list)
    for each in cases:
        if each.entries.relationship is not None:
            drawn_on[each.entries.relationship].append(each)
    if not drawn_on:
        return
    query = (
        select(ENTRY.c.relationship_id, ENTRY.c.posting_id, ENTRY.c.amount)
        .where(ENTRY.c.relationship_id.in_(drawn_on), ENTRY.c.account == Account.INDIVIDUAL_ACCOUNT)
        .order_by(ENTRY.c.relationship_id)
    )
    entries = await execute(session, query)
    for relationship, posting, amount in entries.all():
        for one in drawn_on[relationship]:
            earlier = posting < one.first_movement
            if earlier or posting in one.entries.postings:
                one.entries.account -= amount
            if earlier:
                one.entries.held -= amount
    odd = {number: [one for one in drawn_on[number] if one.otherwise_held] for number in drawn_on}
    await _read_first_entries(session, {number: some for number, some in odd.items() if some})


async def _read_first_entries(session: AsyncSession, held: Mapping[int, list[CaseReader]]) -> None:
    """The year of the first entry in each account that held another sum than a form states."""
    if not held:
        return
    firsts = (
        select(ENTRY.c.relationship_id, func.min(POSTING.c.at))
        .join(POSTING, POSTING.c.id == ENTRY.c.posting_id)
        .where(ENTRY.c.relationship_id.in_(held), ENTRY.c.account == Account.INDIVIDUAL_ACCOUNT)
        .group_by(ENTRY.c.relationship_id)
    )
    for number, at in (await execute(session, firsts)).all():
        for one in held[number]:
            one.before = one.held_before(at.astimezone(CHINA_TIME).year)


async def _read_counted_twice(session: AsyncSession, cases: Iterable[CaseReader]) -> None:
    """The months that a closed case brought which the person has here in another record, too."""
    closed = [one for one in cases if one.uncleared]
    if not closed:
        return
    brought = {one.case_no: {no for of, no in one.entries.drawn_on if of == BROUGHT} for one in closed}
    joined = RELATIONSHIP.alias()
    persons = select(joined.c.person_id).where(joined.c.id.in_(set().union(*brought.values())))
    columns = (MONTHS.c.origin_case, MONTHS.c.relationship_id, MONTHS.c.first, MONTHS.c.last)
    here = (
        select(RELATIONSHIP.c.person_id, *columns)
        .join(RELATIONSHIP, RELATIONSHIP.c.id == MONTHS.c.relationship_id)
        .where(RELATIONSHIP.c.person_id.in_(persons), MONTHS.c.kind.not_in(STAYS), HERE)
    )
    records: dict[int, dict[tuple[str, int], set[str]]] = defaultdict(lambda: defaultdict(set))
    for person, origin, relationship, first, last in (await execute(session, here)).all():
        months = months_between(Month.parse(first), Month.parse(last))
        records[person][origin, relationship].update(map(str, months))
    for one in closed:
        for held in records.values():
            own = {month for (origin, _), some in held.items() if origin == one.case_no for month in some}
            others = {month for (origin, _), some in held.items() if origin != one.case_no for month in some}
            one.counted_twice += sorted(own & others)


async def _read_cleared(session: AsyncSession, cases: Iterable[CaseReader]) -> None:
    """The months that bear the number of a clearing, wherever they came from."""
    clearing = {cleared.number: one for one in cases for cleared in one.stated.clearings}
    if clearing:
        for number, first, last in await execute(session, months_cleared(clearing)):
            months = months_between(Month.parse(first), Month.parse(last))
            clearing[number].entries.cleared[number].update(map(str, months))


def months_cleared(by: Iterable[str]) -> Any:
    """The query for cleared months, by the numbers of the clearings."""
    return select(MONTHS.c.cleared_by, MONTHS.c.first, MONTHS.c.last).where(MONTHS.c.cleared_by.in_(by), LIVE)


async def _read_unallocated(session: AsyncSession, cases: Iterable[CaseReader]) -> None:
    """What two officers assigned to announced remittances from unallocated money, or took from it."""
    waiting = {number: one for one in cases for number in one.stated.coming}
    if not waiting:
        return
    moved = select(PAPER.c.body).where(PAPER.c.case_no == "", PAPER.c.kind == PaperKind.UNALLOCATED)
    for body in (await execute(session, moved)).scalars():
        paper = from_json(body)
        for number, sign in ((paper["line"]["remittance"], -1), (paper["to"], 1)):
            if number in waiting:
                waiting[number].stated.arrived[number] += sign * paper["amount"]
