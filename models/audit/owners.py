"""Checks whose relationship the money and months of a case are in: it must be that of the form's person."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from pydantic_core import from_json
from sqlalchemy import select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.audit.case_reader import BROUGHT, CaseReader
from models.store.databases import execute
from models.store.tables import PAPER, PERSON, RELATIONSHIP
from rules.values.books import MisplacedEntry, WrongMark
from rules.values.papers import PaperKind


class Owner(NamedTuple):
    """The person of a relationship, and its scheme."""

    id_number: str
    name: str
    scheme: str


async def read_owners(session: AsyncSession, cases: Collection[CaseReader]) -> None:
    """Add the findings of each case about the relationships that its money and months are in.

    Found are: a relationship of somebody else or of another scheme; a person whose name is not that of the
    form; and a case without a reservation that should have one.
    """
    await _reserved(session, [one for one in cases if one.papers.reserves])
    numbers = {number for one in cases for _, number in one.entries.drawn_on}
    if not numbers:
        return
    query = (
        select(RELATIONSHIP.c.id, PERSON.c.id_number, PERSON.c.name, RELATIONSHIP.c.scheme)
        .join(PERSON, PERSON.c.id == RELATIONSHIP.c.person_id)
        .where(RELATIONSHIP.c.id.in_(numbers))
    )
    rows = (await execute(session, query)).all()
    owners = {number: Owner(*who) for number, *who in rows}
    for one in cases:
        if one.papers.form is not None:
            one.strangers += _strangers(one, owners)
            await _named(session, one, owners)


async def _reserved(session: AsyncSession, cases: Collection[CaseReader]) -> None:
    if not cases:
        return
    numbers = [one.case_no for one in cases]
    query = select(RELATIONSHIP.c.reserved_by).where(RELATIONSHIP.c.reserved_by.in_(numbers))
    reserved = set((await execute(session, query)).scalars())
    for one in cases:
        if one.case_no not in reserved:
            one.wrong_marks.append(WrongMark("reservation", one.case_no, "—"))


def _strangers(one: CaseReader, owners: dict[int, Owner]) -> Iterator[MisplacedEntry]:
    form = one.papers.form
    taken_in = {each.number for each in one.stated.takings_in}
    taken_in |= {f"reversal/{one.case_no}/{version}" for version in one.papers.reversed} | {BROUGHT}
    cleared = {each.number for each in one.stated.clearings}
    for paper, number in sorted(one.entries.drawn_on):
        owner = owners.get(number)
        scheme = form.scheme_to if paper in taken_in else form.scheme_from
        of_the_person = owner is not None and owner.id_number == form.id_number
        if not of_the_person or (paper not in cleared and owner and owner.scheme != scheme):
            yield MisplacedEntry(paper, number)


async def _named(session: AsyncSession, one: CaseReader, owners: dict[int, Owner]) -> None:
    """Check the name of the person taken in: that of the form, or of another form about the same person."""
    form, names = one.papers.form, one.stated.names
    current = {each.version for each in one.stated.takings_in} - one.papers.reversed
    brought = [number for paper, number in one.entries.drawn_on if paper == BROUGHT]
    joined = [owners[number] for number in brought if number in owners]
    odd = [who for who in joined if who.id_number == form.id_number and who.name not in names]
    if not (current and odd):
        return
    others = select(PAPER.c.body).where(
        PAPER.c.id_number == form.id_number, PAPER.c.kind == PaperKind.INFORMATION_FORM
    )
    for body in (await execute(session, others)).scalars():
        names.add(from_json(body)["name"])
    if odd[0].name not in names:
        one.wrong_marks.append(WrongMark("name", "that of the form", "another one"))
