"""Persons, relationships and contribution records in a store, and as the rules want them."""

from dataclasses import dataclass

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.books import AccountRateRow, ContributionRow, OpeningRow, PersonRow, RelationshipRow
from rules.money import Fen, Rate
from rules.months import Month, months_between
from rules.moves import InsuredStatus
from rules.record import ContributionRange, History, MonthKind, Opening
from rules.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person and one of their relationships, by row id."""

    person_id: int
    relationship_id: int


async def person_of(session: AsyncSession, id_number: str) -> PersonRow | None:
    """The person with an ID number, or None."""
    query = select(PersonRow).where(col(PersonRow.id_number) == id_number)
    return (await session.exec(query)).one_or_none()


async def relationship_of(session: AsyncSession, id_number: str, scheme: Scheme) -> RelationshipRow | None:
    """The person's relationship in a scheme, ended or not, or None."""
    query = (
        select(RelationshipRow)
        .join(PersonRow, col(PersonRow.id) == col(RelationshipRow.person_id))
        .where(col(PersonRow.id_number) == id_number, col(RelationshipRow.scheme) == scheme)
    )
    return (await session.exec(query)).one_or_none()


async def enrol(session: AsyncSession, id_number: str, name: str, scheme: Scheme) -> Enrolment:
    """The person's relationship in a scheme, opened if there is none and reopened if it had ended."""
    person = await person_of(session, id_number)
    if person is None:
        person = PersonRow(id_number=id_number, name=name)
        session.add(person)
        await session.flush()
    assert person.id is not None
    relationship = await relationship_of(session, id_number, scheme)
    if relationship is None:
        relationship = RelationshipRow(person_id=person.id, scheme=scheme, status=InsuredStatus.ACTIVE)
        session.add(relationship)
    relationship.ended_by = None
    await session.flush()
    assert relationship.id is not None
    return Enrolment(person.id, relationship.id)


async def contributions_here(session: AsyncSession, relationship_id: int) -> list[ContributionRow]:
    """The contributions of a relationship that have not moved away, in order of months."""
    query = (
        select(ContributionRow)
        .where(
            col(ContributionRow.relationship_id) == relationship_id, col(ContributionRow.moved_by).is_(None)
        )
        .order_by(col(ContributionRow.first))
    )
    return list((await session.exec(query)).all())


async def history_of(session: AsyncSession, relationship: RelationshipRow) -> History:
    """What the rules need to compute an amount: the ranges still here, the opening, the known rates."""
    assert relationship.id is not None
    ranges = tuple(as_range(row) for row in await contributions_here(session, relationship.id))
    opening = await session.get(OpeningRow, relationship.id)
    rates = await session.exec(
        select(AccountRateRow).where(col(AccountRateRow.relationship_id) == relationship.id)
    )
    return History(
        scheme=Scheme(relationship.scheme),
        ranges=ranges,
        opening=None
        if opening is None
        else Opening(
            year=opening.year,
            balance=Fen(opening.balance),
            before_1998=Fen(opening.before_1998),
            pooled_base_sum=Fen(opening.pooled_base_sum),
        ),
        rates={row.year: Rate(row.rate) for row in rates},
    )


def as_range(row: ContributionRow) -> ContributionRange:
    """A stored range as a value."""
    return ContributionRange(
        first=Month.parse(row.first),
        last=Month.parse(row.last),
        base=Fen(row.base),
        booked=None if row.booked is None else Rate(row.booked),
        kind=MonthKind(row.kind),
    )


def as_row(
    part: ContributionRange, relationship_id: int, origin_bureau: str, origin_case: str = ""
) -> ContributionRow:
    """A range ready for the store."""
    return ContributionRow(
        relationship_id=relationship_id,
        first=str(part.first),
        last=str(part.last),
        base=part.base,
        booked=part.booked,
        kind=part.kind,
        origin_bureau=origin_bureau,
        origin_case=origin_case,
    )


async def move_away(
    session: AsyncSession, relationship_id: int, ranges: tuple[ContributionRange, ...], case_no: str
) -> None:
    """Mark the ranges a case takes along. Raises ValueError unless every one of them is still here."""
    for part in ranges:
        moved = await session.exec(
            update(ContributionRow)
            .where(
                col(ContributionRow.relationship_id) == relationship_id,
                col(ContributionRow.first) == str(part.first),
                col(ContributionRow.last) == str(part.last),
                col(ContributionRow.moved_by).is_(None),
            )
            .values(moved_by=case_no)
        )
        if moved.rowcount != 1:
            raise ValueError(f"months {part.first} to {part.last} of case {case_no} are not here to move")


async def months_here(session: AsyncSession, person_id: int) -> set[Month]:
    """Every month of a person that counts in this store, whatever the scheme."""
    query = (
        select(ContributionRow)
        .join(RelationshipRow, col(RelationshipRow.id) == col(ContributionRow.relationship_id))
        .where(
            col(RelationshipRow.person_id) == person_id,
            col(ContributionRow.moved_by).is_(None),
            col(ContributionRow.kind) != MonthKind.ARREARS,
        )
    )
    rows = (await session.exec(query)).all()
    return {month for row in rows for month in months_between(Month.parse(row.first), Month.parse(row.last))}
