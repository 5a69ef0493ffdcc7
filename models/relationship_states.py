"""Whether relationships stand as the papers and months of a store say: reserved for a case, ended, or open.

Either keeps a person from moving, so neither may stand there for no reason. A case may take nothing along,
where no month of it was ever paid; its form says so.
"""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from rules.case_books import Divergence
from rules.record import MonthKind

PERSON, RELATIONSHIP, MONTHS, OPENING, PAPER = (
    SQLModel.metadata.tables[each] for each in ("person", "relationship", "contribution", "opening", "paper")
)
ENTRY_PAPERS = ("contact_letter", "former_employers_form")
"""What a case reserves a relationship by."""
NO_MONTHS = '"record":[]'


async def divergences_of_relationships(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Every relationship that is reserved for no open case, and that has ended, or has not, for no reason."""
    connection = await session.connection()
    columns = (RELATIONSHIP.c.id, RELATIONSHIP.c.reserved_by, RELATIONSHIP.c.ended_by)
    known = select(*columns).join(PERSON, PERSON.c.id == RELATIONSHIP.c.person_id).order_by(RELATIONSHIP.c.id)
    reserved = RELATIONSHIP.c.reserved_by.is_not(None)
    for row in (await connection.execute(known.where(reserved, ~_open_case()))).all():
        yield Divergence("reserved_by_no_case", bureau, f"relationship {row.id}", "—", row.reserved_by)
    for row in (await connection.execute(known.where(_ended_for_nothing()))).all():
        yield Divergence("end_not_as_moved", bureau, f"relationship {row.id}", "—", row.ended_by)
    for row in (await connection.execute(known.where(_not_ended()))).all():
        yield Divergence("end_not_as_moved", bureau, f"relationship {row.id}", "ended", "—")


def _open_case() -> ColumnElement[bool]:
    """The case that has reserved it has entered its paper here, and has neither taken it nor let it go."""
    entered, gone = PAPER.alias(), PAPER.alias()
    by_letter = exists().where(
        entered.c.case_no == RELATIONSHIP.c.reserved_by,
        entered.c.kind.in_(ENTRY_PAPERS),
        entered.c.side == "received",
        _names(entered.c.body, "scheme_from"),
    )
    done = exists().where(
        gone.c.case_no == RELATIONSHIP.c.reserved_by,
        or_(
            gone.c.kind == "dossier",
            and_(gone.c.kind.in_(("remittance", "release")), gone.c.side == "issued"),
        ),
    )
    return and_(by_letter, ~done)


def _ended_for_nothing() -> ColumnElement[bool]:
    """It is said to have ended and nothing left with that, or what moves with its end is still here."""
    left = exists().where(_of_it(MONTHS), _live(), MONTHS.c.moved_by == RELATIONSHIP.c.ended_by)
    taken_over = exists().where(_of_it(OPENING), OPENING.c.moved_by == RELATIONSHIP.c.ended_by)
    form = PAPER.alias()
    nothing_to_leave = exists().where(
        form.c.case_no == RELATIONSHIP.c.ended_by,
        form.c.kind == "information_form",
        form.c.side == "issued",
        form.c.body.contains(NO_MONTHS),
        _names(form.c.body, "scheme_from"),
    )
    moving = or_(MONTHS.c.origin_case != "", MONTHS.c.kind == MonthKind.REGULAR)
    stayed = exists().where(_of_it(MONTHS), _here(), moving)
    return and_(
        RELATIONSHIP.c.ended_by.is_not(None),
        or_(~or_(left, taken_over, nothing_to_leave), stayed, _opening_here()),
    )


def _not_ended() -> ColumnElement[bool]:
    """It is said to go on and all it ever held has left; unless a case has opened it again with nothing."""
    left = exists().where(_of_it(MONTHS), _live(), MONTHS.c.moved_by.is_not(None))
    cleared = exists().where(_of_it(MONTHS), _live(), MONTHS.c.cleared_by.is_not(None))
    form = PAPER.alias()
    opened_with_nothing = exists().where(
        form.c.kind == "information_form",
        form.c.side == "received",
        form.c.body.contains(NO_MONTHS),
        _names(form.c.body, "scheme_to"),
    )
    held = or_(exists().where(_of_it(MONTHS), _here()), cleared, _opening_here())
    return and_(RELATIONSHIP.c.ended_by.is_(None), left, ~held, ~opened_with_nothing)


def _names(body: ColumnElement[Any], scheme: str) -> ColumnElement[bool]:
    """A paper is about the person and the scheme of the relationship."""
    person = literal('"id_number":"').concat(PERSON.c.id_number).concat('"')
    of_scheme = literal(f'"{scheme}":"').concat(RELATIONSHIP.c.scheme).concat('"')
    return and_(body.contains(person), body.contains(of_scheme))


def _of_it(table: Any) -> ColumnElement[bool]:
    of_it: ColumnElement[bool] = table.c.relationship_id == RELATIONSHIP.c.id
    return of_it


def _live() -> ColumnElement[bool]:
    later = MONTHS.alias()
    return ~exists().where(later.c.supersedes == MONTHS.c.id)


def _here() -> ColumnElement[bool]:
    return and_(_live(), MONTHS.c.moved_by.is_(None), MONTHS.c.cleared_by.is_(None))


def _opening_here() -> ColumnElement[bool]:
    return exists().where(_of_it(OPENING), OPENING.c.moved_by.is_(None))
