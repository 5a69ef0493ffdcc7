"""The records of a person's months at a bureau, one by one, for the rules on months paid twice."""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.duplicates import OfferedRecord
from models.store.published_rates import rates_by_year
from models.store.records import as_range
from models.store.superseding import HERE
from models.store.tables import AccountRateRow, ContributionRow, PaperRow, RelationshipRow
from rules.amounts.duplicates import PaidRecord, months_of
from rules.values.money import Rate
from rules.values.moves import Scheme
from rules.values.papers import PaperKind, Side
from rules.values.record import CreditRounding, MonthKind


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """One record in the books: where it is, what the notice says of it, and its value for the rules."""

    relationship_id: int
    offered: OfferedRecord
    paid: PaidRecord


async def held_records(
    session: AsyncSession, person_id: int, case_no: str, rounding: CreditRounding
) -> tuple[HeldRecord, ...]:
    """Every record of a person with months here that count; those that the case brought come first.

    A record is what one case brought into a relationship, or what was paid there. Resident months that came
    with those of an employee scheme are one of their own: an employee scheme keeps a month (17号第七条).
    """
    query = (
        select(RelationshipRow, ContributionRow)
        .join(ContributionRow, col(ContributionRow.relationship_id) == col(RelationshipRow.id))
        .where(HERE, col(RelationshipRow.person_id) == person_id)
        .order_by(col(RelationshipRow.id), col(ContributionRow.origin_case), col(ContributionRow.first))
    )
    rows: dict[tuple[int, str, bool], list[ContributionRow]] = {}
    schemes: dict[int, Scheme] = {}
    for relationship, row in await session.exec(query):
        of_residents = row.kind == MonthKind.RESIDENT
        rows.setdefault((row.relationship_id, row.origin_case, of_residents), []).append(row)
        schemes[row.relationship_id] = Scheme(relationship.scheme)
    held = []
    for (relationship_id, origin_case, of_residents), of_record in rows.items():
        paid_in = Scheme.RESIDENT if of_residents else schemes[relationship_id]
        if origin_case and not of_residents:
            paid_in = await _paid_in(session, origin_case)
        held.append(_held(paid_in, of_record, case_no, rounding, await _rates(session, relationship_id)))
    counting = [one for one in held if months_of(one.paid)]
    return tuple(sorted(counting, key=lambda one: not one.offered.transferred))


async def _paid_in(session: AsyncSession, case_no: str) -> Scheme:
    """The scheme in which months that a case brought here were paid: the scheme its form left."""
    query = select(PaperRow.scheme_from).where(
        col(PaperRow.case_no) == case_no,
        col(PaperRow.kind) == PaperKind.INFORMATION_FORM,
        col(PaperRow.side) == Side.RECEIVED,
        col(PaperRow.version) == 1,
    )
    return Scheme((await session.exec(query)).one())


def _held(
    paid_in: Scheme,
    rows: list[ContributionRow],
    case_no: str,
    rounding: CreditRounding,
    rates: dict[int, Rate],
) -> HeldRecord:
    brought_by, bureau = rows[0].origin_case, rows[0].origin_bureau
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
    """The rates of the years as a form states them: those of the record, before the published ones."""
    query = select(AccountRateRow).where(col(AccountRateRow.relationship_id) == relationship_id)
    own = {row.year: Rate(row.rate) for row in await session.exec(query)}
    return {**await rates_by_year(session), **own}
