"""What a bureau's books hold of a person in the employee schemes, which decides the direction of linking."""

import sqlalchemy as core
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import today
from activities.person_facts import facts_of_person
from models.messages.application import TransferApplication
from models.store.databases import execute
from models.store.dossiers import is_closed
from models.store.records import as_range
from models.store.store import Store
from models.store.superseding import HERE
from models.store.tables import PAPER, ContributionRow, PersonRow, RelationshipRow
from rules.application.linking import (
    EmployeeRecord,
    counted_months,
    grounds_against_direction,
    recognised_months,
)
from rules.values.law import Refusal
from rules.values.moves import EMPLOYEE_SCHEMES, Scheme
from rules.values.papers import PaperKind, Side

Held = tuple[PersonRow, RelationshipRow, ContributionRow]
_LETTERS_OF_RESIDENTS = core.select(PAPER.c.case_no).where(
    PAPER.c.id_number == core.bindparam("id_number"),
    PAPER.c.kind == PaperKind.CONTACT_LETTER,
    PAPER.c.side == Side.ISSUED,
    PAPER.c.scheme_from == Scheme.RESIDENT,
    PAPER.c.scheme_to == core.bindparam("scheme"),
)


async def against_joining(
    store: Store, session: AsyncSession, asked: TransferApplication, case_no: str
) -> tuple[Refusal, ...]:
    """Why residents may not join the employee scheme here (人社部发〔2014〕17号第三条、第四条)."""
    if asked.scheme_from is not Scheme.RESIDENT:
        return ()
    record = await employee_record(store, session, asked.id_number, asked.scheme_to, case_no)
    return grounds_against_direction(asked.move(), record, asked.submitted_on, today())


async def against_leaving(
    store: Store, session: AsyncSession, asked: TransferApplication, case_no: str
) -> tuple[Refusal, ...]:
    """Why the person may not leave the employee scheme here for the residents' (the same articles)."""
    if asked.scheme_to is not Scheme.RESIDENT:
        return ()
    record = await employee_record(store, session, asked.id_number, asked.scheme_from, case_no)
    return grounds_against_direction(asked.move(), record, asked.submitted_on, today())


async def employee_record(
    store: Store, session: AsyncSession, id_number: str, scheme: Scheme, case_no: str
) -> EmployeeRecord:
    """The months that count in an employee scheme here, those of the other, and a case that moves them.

    Recognised service counts where the scheme has months here; its papers stay when the months have left.
    Months that a case brought count here at once; while that case is open it may still clear or take them
    back, so it is named.
    """
    query = (
        select(PersonRow, RelationshipRow, ContributionRow)
        .join(RelationshipRow, col(PersonRow.id) == col(RelationshipRow.person_id))
        .join(ContributionRow, col(ContributionRow.relationship_id) == col(RelationshipRow.id))
        .where(
            HERE,
            col(PersonRow.id_number) == id_number,
            col(RelationshipRow.scheme).in_(EMPLOYEE_SCHEMES),
        )
        .order_by(col(ContributionRow.first))
    )
    held = list((await session.exec(query)).all())
    named = [one for one in held if one[1].scheme == scheme]
    paid = [as_range(row) for _, _, row in named]
    service = (await facts_of_person(session, named[0][0])).recognised_service if named else ()
    recognised = recognised_months(service, paid)
    others = counted_months(as_range(row) for _, relationship, row in held if relationship.scheme != scheme)
    return EmployeeRecord(
        months=len(counted_months(paid)) + recognised,
        recognised=recognised,
        kept=any(relationship.ended_by is None for _, relationship, _ in named),
        elsewhere=len(others),
        under_way=await _under_way(store, session, held, case_no),
    )


async def _under_way(store: Store, session: AsyncSession, held: list[Held], case_no: str) -> str:
    """Another open case that takes months of the record away or has brought some; '' for none."""
    for _, relationship, row in held:
        for other in (relationship.reserved_by, row.origin_case):
            if other and other != case_no and not await is_closed(store, session, other):
                return other
    return ""


async def joining_case(store: Store, session: AsyncSession, id_number: str, scheme: Scheme) -> str:
    """The open case by which residents join the person's relationship here; '' for none.

    From its letter to its end no other case may take months out of the relationship, because they decided its
    direction.
    """
    asked = {"id_number": id_number, "scheme": scheme}
    letters = await execute(session, _LETTERS_OF_RESIDENTS, asked)
    for (case_no,) in letters.all():
        if not await is_closed(store, session, case_no):
            return str(case_no)
    return ""
