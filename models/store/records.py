"""Persons, relationships and contribution records in a store; see `models.store.histories`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as core
from sqlalchemy import and_, bindparam
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from models.store.databases import execute
from models.store.superseding import (
    HERE,
    LIVE,
    is_here,
    months_of,
    require_each_in_one_row,
    rows_as_wanted,
    runs_by_mark,
    successor,
)
from models.store.tables import (
    CREDIT,
    MONTHS,
    OPENING,
    PERSON,
    RELATIONSHIP,
    ContributionRow,
    CreditRow,
    OpeningRow,
    PersonRow,
    RelationshipRow,
)
from rules.amounts.contributions import STAYS
from rules.values.money import Fen, Rate
from rules.values.months import Month, count_months, months_between
from rules.values.moves import InsuredStatus, Scheme
from rules.values.record import ContributionRange, MonthKind, ResidentYear

_PERSON = select(PersonRow).where(col(PersonRow.id_number) == bindparam("id_number"))
_RELATIONSHIP = (
    select(RelationshipRow)
    .join(PersonRow, col(PersonRow.id) == col(RelationshipRow.person_id))
    .where(
        col(PersonRow.id_number) == bindparam("id_number"), col(RelationshipRow.scheme) == bindparam("scheme")
    )
)
_IN_ORDER = select(ContributionRow).order_by(col(ContributionRow.first))
_WITHIN = col(ContributionRow.relationship_id) == bindparam("relationship")
_HERE_OF_RELATIONSHIP = _IN_ORDER.where(HERE, _WITHIN)
_MOVED_WITH = _IN_ORDER.where(LIVE, _WITHIN, col(ContributionRow.moved_by) == bindparam("case"))
_BROUGHT_BY = _IN_ORDER.where(LIVE, col(ContributionRow.origin_case) == bindparam("case"))
_CREDITS = (
    select(CreditRow)
    .where(
        col(CreditRow.relationship_id) == bindparam("relationship"),
        col(CreditRow.moved_by).is_not_distinct_from(bindparam("case")),
    )
    .order_by(col(CreditRow.month))
)
MONTHS_HERE = (
    core.select(MONTHS.c.first, MONTHS.c.last)
    .join(RELATIONSHIP, RELATIONSHIP.c.id == MONTHS.c.relationship_id)
    .where(
        HERE,
        RELATIONSHIP.c.person_id == bindparam("person"),
        *(MONTHS.c.kind != kind for kind in sorted(STAYS)),
    )
)
_STANDING = (
    core.select(
        PERSON.c.id, PERSON.c.name, RELATIONSHIP.c.id, RELATIONSHIP.c.reserved_by, RELATIONSHIP.c.ended_by
    )
    .outerjoin_from(
        PERSON,
        RELATIONSHIP,
        and_(RELATIONSHIP.c.person_id == PERSON.c.id, RELATIONSHIP.c.scheme == bindparam("scheme")),
    )
    .where(PERSON.c.id_number == bindparam("id_number"))
)
_ENTER = {table: core.insert(table) for table in (PERSON, RELATIONSHIP, MONTHS)}
_RANGES_HERE = (
    core.select(MONTHS)
    .where(HERE, MONTHS.c.relationship_id == bindparam("relationship"))
    .order_by(MONTHS.c.first)
)
_MOVE_RANGES = (
    core.update(MONTHS)
    .where(MONTHS.c.id.in_(bindparam("ranges", expanding=True)))
    .values(moved_by=bindparam("case"))
)
_MOVE_ALONG = tuple(
    core.update(table)
    .where(table.c.relationship_id == bindparam("relationship"), table.c.moved_by.is_(None))
    .values(moved_by=bindparam("case"))
    for table in (OPENING, CREDIT)
)
_THIS = core.update(RELATIONSHIP).where(RELATIONSHIP.c.id == bindparam("relationship"))
_RESERVE = _THIS.values(reserved_by=bindparam("case"))
_END = _THIS.values(reserved_by=None, ended_by=bindparam("case"))
RELEASE = (
    core.update(RELATIONSHIP).where(RELATIONSHIP.c.reserved_by == bindparam("case")).values(reserved_by=None)
)
_RENAME = core.update(PERSON).where(PERSON.c.id == bindparam("person")).values(name=bindparam("said"))


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person and one of their relationships, by row id."""

    person_id: int
    relationship_id: int


async def person_of(session: AsyncSession, id_number: str) -> PersonRow | None:
    """The person with an ID number, or None."""
    return (await session.exec(_PERSON, params={"id_number": id_number})).one_or_none()


async def relationship_of(session: AsyncSession, id_number: str, scheme: Scheme) -> RelationshipRow | None:
    """The person's relationship in a scheme, ended or not, or None."""
    asked = {"id_number": id_number, "scheme": scheme}
    return (await session.exec(_RELATIONSHIP, params=asked)).one_or_none()


class Standing(NamedTuple):
    """The rows of a person and of their relationship in one scheme here, by id; None where there is none."""

    person_id: int | None = None
    name: str | None = None
    relationship_id: int | None = None
    reserved_by: str | None = None
    ended_by: str | None = None


async def standing_of(session: AsyncSession, id_number: str, scheme: Scheme) -> Standing:
    """The person with an ID number and the relationship in a scheme, ended or not."""
    asked = {"id_number": id_number, "scheme": scheme}
    found = (await execute(session, _STANDING, asked)).one_or_none()
    return Standing(*found) if found else Standing()


async def enrol(
    session: AsyncSession, id_number: str, name: str, scheme: Scheme, standing: Standing | None = None
) -> Enrolment:
    """The person's relationship in a scheme, opened if there is none and reopened if it had ended.

    `standing` are the rows of both, for a caller that has read them already.
    """
    await session.flush()
    found = standing or await standing_of(session, id_number, scheme)
    person_id = found.person_id or await _enter(
        session, PERSON, id_number=id_number, name=name, started_work=None, personal_number=None
    )
    relationship_id = found.relationship_id or await _enter(
        session,
        RELATIONSHIP,
        person_id=person_id,
        scheme=scheme,
        status=InsuredStatus.ACTIVE,
        reserved_by=None,
        ended_by=None,
    )
    if found.ended_by is not None:
        (await session.get_one(RelationshipRow, relationship_id)).ended_by = None
        await session.flush()
    return Enrolment(person_id, relationship_id)


async def _enter(session: AsyncSession, table: core.Table, **values: Any) -> int:
    number = (await execute(session, _ENTER[table], values)).inserted_primary_key
    assert number is not None
    return int(number[0])


async def put_name_right(session: AsyncSession, person_id: int, name: str) -> None:
    """Change the name of a person from now on."""
    await execute(session, _RENAME, {"person": person_id, "said": name})


async def contributions_here(session: AsyncSession, relationship_id: int) -> list[ContributionRow]:
    """The contributions of a relationship that are neither moved nor cleared, in order of months."""
    return await _rows(session, _HERE_OF_RELATIONSHIP, relationship=relationship_id)


async def moved_with(session: AsyncSession, relationship_id: int, case_no: str) -> list[ContributionRow]:
    """The contributions a case took away from a relationship, in order of months."""
    return await _rows(session, _MOVED_WITH, relationship=relationship_id, case=case_no)


async def brought_by(session: AsyncSession, case_no: str) -> list[ContributionRow]:
    """The contributions a case brought here, wherever they are now, in order of months."""
    return await _rows(session, _BROUGHT_BY, case=case_no)


async def credits_of(session: AsyncSession, relationship_id: int, *, moved_by: str | None) -> list[CreditRow]:
    """The one-off subsidies that a case took away from a record; with None those that are here."""
    found = await session.exec(_CREDITS, params={"relationship": relationship_id, "case": moved_by})
    return list(found.all())


async def _rows(
    session: AsyncSession, query: SelectOfScalar[ContributionRow], **asked: int | str
) -> list[ContributionRow]:
    return list((await session.exec(query, params=asked)).all())


def as_range(row: ContributionRow | core.Row[Any]) -> ContributionRange:
    """A stored range as a value."""
    return ContributionRange(
        first=Month.parse(row.first),
        last=Month.parse(row.last),
        base=Fen(row.base),
        booked=None if row.booked is None else Rate(row.booked),
        kind=MonthKind(row.kind),
        paid=None if row.paid is None else ResidentYear.parse(row.paid),
    )


def paid_on_paper(part: Mapping[str, Any]) -> str | None:
    """What was paid for a resident year, as the store writes it, from a range in the JSON of a paper."""
    paid = part["paid"]
    return str(ResidentYear(**paid)) if paid else None


def as_values(
    part: ContributionRange,
    relationship_id: int,
    origin_bureau: str,
    origin_case: str = "",
    entered_by: str = "",
) -> dict[str, Any]:
    """A range as the columns of a new row."""
    return {
        "relationship_id": relationship_id,
        "first": str(part.first),
        "last": str(part.last),
        "base": part.base,
        "booked": part.booked,
        "kind": part.kind,
        "paid": None if part.paid is None else str(part.paid),
        "origin_bureau": origin_bureau,
        "origin_case": origin_case,
        "entered_by": entered_by,
    }


def as_row(
    part: ContributionRange, relationship_id: int, origin_bureau: str, origin_case: str = ""
) -> ContributionRow:
    """A range ready for the store."""
    return ContributionRow(**as_values(part, relationship_id, origin_bureau, origin_case))


async def move_away(
    session: AsyncSession, relationship_id: int, ranges: tuple[ContributionRange, ...], case_no: str
) -> None:
    """Mark the ranges a case takes along, and the opening and the one-off subsidies with them.

    Raises ValueError unless every range is still here as it stands in the form.
    """
    await session.flush()
    here = await execute(session, _RANGES_HERE, {"relationship": relationship_id})
    left = [(as_range(row), row.id) for row in here.all()]
    leaving = []
    for part in ranges:
        found = next((one for one in left if one[0] == part), None)
        if found is None:
            raise ValueError(f"months {part.first} to {part.last} of case {case_no} are not here to move")
        left.remove(found)
        leaving.append(found[1])
    if leaving:
        await execute(session, _MOVE_RANGES, {"case": case_no, "ranges": leaving})
    for along in _MOVE_ALONG:
        await execute(session, along, {"case": case_no, "relationship": relationship_id})


async def reserve(session: AsyncSession, relationship_id: int, case_no: str) -> None:
    """Reserve the relationship for a case that is moving it."""
    await execute(session, _RESERVE, {"relationship": relationship_id, "case": case_no})


async def release(session: AsyncSession, case_no: str) -> None:
    """The case moves nothing any more: what it has reserved is free."""
    await execute(session, RELEASE, {"case": case_no})


async def end_relationship(session: AsyncSession, relationship_id: int, case_no: str) -> None:
    """End the relationship, which its reserving case has moved."""
    await execute(session, _END, {"relationship": relationship_id, "case": case_no})


async def months_here(session: AsyncSession, person_id: int) -> set[Month]:
    """Every month of a person that counts in this store, whatever the scheme."""
    found = await execute(session, MONTHS_HERE, {"person": person_id})
    return {
        month
        for first, last in found.all()
        for month in months_between(Month.parse(first), Month.parse(last))
    }


async def clear_months(
    session: AsyncSession,
    relationship_id: int,
    months: Collection[Month],
    by: str,
    *,
    origin_case: str | None = None,
) -> None:
    """Clear months paid twice (第四条): from now on they do not count.

    `by` is the paper that clears them. A month may be here twice in one relationship, paid here and brought
    by a case; then `origin_case` says which is meant, '' for the one paid here. Raises ValueError unless each
    month is here, once.
    """
    rows = [
        row
        for row in await contributions_here(session, relationship_id)
        if row.kind != MonthKind.ARREARS and origin_case in (None, row.origin_case)
    ]
    require_each_in_one_row(rows, months)
    for row in rows:
        match runs_by_mark(row, months.__contains__):
            case [(_, _, cleared)]:
                row.cleared_by = by if cleared else None
            case parts:
                session.add_all(
                    successor(row, first, last, by, cleared_by=by if cleared else None)
                    for first, last, cleared in parts
                )
    await session.flush()


async def restore_moved(session: AsyncSession, relationship_id: int, case_no: str, by: str) -> None:
    """Bring back the months a case took away, and the relationship; `by` is the paper that orders it.

    Raises ValueError when the case took nothing away from here.
    """
    rows = await moved_with(session, relationship_id, case_no)
    opening = await session.get(OpeningRow, relationship_id)
    came_along = opening is not None and opening.moved_by == case_no
    credits = await credits_of(session, relationship_id, moved_by=case_no)
    if not (rows or came_along or credits):
        raise ValueError(f"case {case_no} took nothing away that could come back")
    for row in rows:
        months = list(months_of(row))
        session.add(successor(row, months[0], months[-1], by, moved_by=None))
    if opening and came_along:
        opening.moved_by = None
    for credit in credits:
        credit.moved_by = None
    relationship = await session.get_one(RelationshipRow, relationship_id)
    relationship.ended_by = None
    await session.flush()


async def return_brought(session: AsyncSession, case_no: str, by: str) -> None:
    """Send away again what a case brought here; `by` is the paper that sends it back.

    The relationship ends with it unless it holds anything else: other months here, paid or due, or an
    opening. Raises ValueError when the case brought nothing, or months of it were cleared or have moved on:
    these cannot be sent, and whoever orders the return must learn of it.
    """
    rows = await brought_by(session, case_no)
    if not rows or not all(map(is_here, rows)):
        raise ValueError(f"what case {case_no} brought is not all here to send back")
    for row in rows:
        row.moved_by = by
    await session.flush()
    for relationship_id in {row.relationship_id for row in rows}:
        opening = await session.get(OpeningRow, relationship_id)
        holds_opening = opening is not None and opening.moved_by is None
        holds_opening |= bool(await credits_of(session, relationship_id, moved_by=None))
        if not holds_opening and not await contributions_here(session, relationship_id):
            (await session.get_one(RelationshipRow, relationship_id)).ended_by = by
    await session.flush()


async def add_brought(
    session: AsyncSession,
    case_no: str,
    origin_bureau: str,
    ranges: tuple[ContributionRange, ...],
    by: str,
    relationship_id: int,
) -> None:
    """Add the months of a form to the record; after a reversal they are added again, as corrected since.

    `by` is the paper that takes them in.
    """
    before = await brought_by(session, case_no)
    if not before:
        rows = [as_values(part, relationship_id, origin_bureau, case_no, by) for part in ranges]
        if rows:
            await execute(session, _ENTER[MONTHS], rows)
        return
    for row in before:
        first, last = Month.parse(row.first), Month.parse(row.last)
        session.add(successor(row, first, last, by, moved_by=None))
    await session.flush()
    await supersede_taken_in(session, case_no, ranges, by)


async def supersede_taken_in(
    session: AsyncSession, case_no: str, ranges: tuple[ContributionRange, ...], by: str
) -> None:
    """Replace the record a case brought by a corrected one; `by` is the paper of the correction.

    Months keep their state. A month that the corrected record lacks leaves by that paper; one that it adds
    comes in. Raises ValueError when the case brought nothing, when a month is there twice in the corrected
    record, or when a month that has to leave is not here.
    """
    rows = await brought_by(session, case_no)
    if not rows:
        raise ValueError(f"case {case_no} brought nothing that could be corrected")
    wanted = {month: part for part in ranges for month in months_between(part.first, part.last)}
    if len(wanted) < sum(count_months(part.first, part.last) for part in ranges):
        raise ValueError("a month is there twice in the corrected record")
    for row in rows:
        session.add_all(rows_as_wanted(row, wanted, by))
    known = {month for row in rows for month in months_of(row)}
    for part in ranges:
        whole = as_row(part, rows[0].relationship_id, rows[0].origin_bureau, case_no)
        for first, last, added in runs_by_mark(whole, lambda month: month not in known):
            if added:
                session.add(successor(whole, first, last, by))
    await session.flush()
