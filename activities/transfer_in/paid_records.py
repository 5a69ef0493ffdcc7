"""The records of months a person has at a bureau, one by one, as the rules on months paid twice want them."""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.duplicates import OfferedRecord
from models.store.records import as_range
from models.store.superseding import HERE
from models.store.tables import AccountRateRow, ContributionRow, RelationshipRow
from rules.amounts.duplicates import PaidRecord, months_of
from rules.values.money import Rate
from rules.values.moves import Scheme, other_employee_scheme
from rules.values.record import CreditRounding


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """One record in the books: where it stands, what the person is told of it, what the rules take."""

    relationship_id: int
    offered: OfferedRecord
    paid: PaidRecord


async def held_records(
    session: AsyncSession, person_id: int, case_no: str, rounding: CreditRounding
) -> tuple[HeldRecord, ...]:
    """Every record of a person with months here that count; what the case brought comes first.

    A record is what one case brought into a relationship, or what was paid there.
    """
    query = (
        select(RelationshipRow, ContributionRow)
        .join(ContributionRow, col(ContributionRow.relationship_id) == col(RelationshipRow.id))
        .where(HERE, col(RelationshipRow.person_id) == person_id)
        .order_by(col(RelationshipRow.id), col(ContributionRow.origin_case), col(ContributionRow.first))
    )
    rows: dict[tuple[int, str], list[ContributionRow]] = {}
    schemes: dict[int, Scheme] = {}
    for relationship, row in await session.exec(query):
        rows.setdefault((row.relationship_id, row.origin_case), []).append(row)
        schemes[row.relationship_id] = Scheme(relationship.scheme)
    held = [
        _held(schemes[relationship_id], of_record, case_no, rounding, await _rates(session, relationship_id))
        for (relationship_id, _), of_record in rows.items()
    ]
    counting = [one for one in held if months_of(one.paid)]
    return tuple(sorted(counting, key=lambda one: not one.offered.transferred))


def _held(
    scheme: Scheme,
    rows: list[ContributionRow],
    case_no: str,
    rounding: CreditRounding,
    rates: dict[int, Rate],
) -> HeldRecord:
    # What a case brings into one of the two schemes was paid in the other.
    brought_by, bureau = rows[0].origin_case, rows[0].origin_bureau
    paid_in = other_employee_scheme(scheme) if brought_by else scheme
    return HeldRecord(
        relationship_id=rows[0].relationship_id,
        offered=OfferedRecord(
            scheme=paid_in, bureau=bureau, transferred=brought_by == case_no, origin_case=brought_by
        ),
        paid=PaidRecord(
            scheme=paid_in,
            bureau=bureau,
            ranges=tuple(as_range(row) for row in rows),
            taken_in=bool(brought_by),
            credit_rounding=rounding,
            rates=rates,
        ),
    )


async def _rates(session: AsyncSession, relationship_id: int) -> dict[int, Rate]:
    query = select(AccountRateRow).where(col(AccountRateRow.relationship_id) == relationship_id)
    return {row.year: Rate(row.rate) for row in await session.exec(query)}
