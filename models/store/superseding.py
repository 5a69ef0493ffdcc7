"""How a contribution row is cut or corrected: by new rows that supersede it, never by altering it."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.tables import MONTHS, ContributionRow
from rules.values.months import Month, count_months, months_between
from rules.values.record import ContributionRange

Mark = TypeVar("Mark", bound=Hashable)


_LATER = MONTHS.alias("later")
LIVE: ColumnElement[bool] = ~exists().where(_LATER.c.supersedes == MONTHS.c.id)
"""A contribution row counts: no other row supersedes it."""
HERE: ColumnElement[bool] = and_(LIVE, MONTHS.c.moved_by.is_(None), MONTHS.c.cleared_by.is_(None))
"""A contribution row counts and its months are here."""


def is_here(row: ContributionRow) -> bool:
    """Whether the months of a live row are here: neither moved nor cleared."""
    return row.moved_by is None and row.cleared_by is None


def months_of(row: ContributionRow) -> Iterator[Month]:
    """The months of a row, in order."""
    return months_between(Month.parse(row.first), Month.parse(row.last))


def runs_by_mark(row: ContributionRow, mark: Callable[[Month], Mark]) -> list[tuple[Month, Month, Mark]]:
    """The months of a row as stretches with one mark each: first month, last month, mark."""
    stretches = ((marked, list(months)) for marked, months in groupby(months_of(row), key=mark))
    return [(months[0], months[-1], marked) for marked, months in stretches]


def successor(row: ContributionRow, first: Month, last: Month, by: str, **changes: Any) -> ContributionRow:
    """A row for some months of another, which it supersedes if that one stands in the store."""
    kept = {name: getattr(row, name) for name in ContributionRow.model_fields if name != "id"}
    where = {"first": str(first), "last": str(last), "supersedes": row.id or 0, "entered_by": by}
    return ContributionRow(**kept | changes | where)


def rows_as_wanted(
    row: ContributionRow, wanted: Mapping[Month, ContributionRange], by: str
) -> list[ContributionRow]:
    """The rows that stand for one when its months are as `wanted`; none when nothing in it changes.

    A month not wanted leaves by the paper `by`. Raises ValueError when it is not here to leave.
    """
    new: list[ContributionRow] = []
    changed = False
    for first, last, part in runs_by_mark(row, wanted.get):
        if part is None and not is_here(row):
            raise ValueError(f"months {first} to {last} are not here to leave")
        if part is None:
            new.append(successor(row, first, last, by, moved_by=by))
        else:
            paid = None if part.paid is None else str(part.paid)
            now = {"base": part.base, "booked": part.booked, "kind": part.kind, "paid": paid}
            new.append(successor(row, first, last, by, **now))
            changed |= any(getattr(row, name) != value for name, value in now.items())
        changed |= part is None
    return new if changed else []


def require_each_in_one_row(rows: Iterable[ContributionRow], months: Collection[Month]) -> None:
    """Raises ValueError unless each of the months stands in exactly one of the rows."""
    found = [month for row in rows for month in months_of(row)]
    missing = sorted(set(months) - set(found))
    if missing:
        raise ValueError(f"no such months: {', '.join(map(str, missing))}")
    twice = sorted(month for month in set(months) if found.count(month) > 1)
    if twice:
        raise ValueError(f"months in more than one row: {', '.join(map(str, twice))}")


async def partly_superseded(session: AsyncSession) -> tuple[int, ...]:
    """The rows whose months do not all stand in the rows that supersede them: months in no state, so lost.

    That successors stay inside and do not overlap is seen to by the store itself; what it cannot see, before
    the last of them is written, is whether one is missing.
    """
    pairs = await (await session.connection()).execute(
        select(MONTHS.c.id, MONTHS.c.first, MONTHS.c.last, _LATER.c.first, _LATER.c.last)
        .join(_LATER, _LATER.c.supersedes == MONTHS.c.id)
        .order_by(MONTHS.c.id)
    )
    lost: list[int] = []
    for (number, first, last), successors in groupby(pairs, key=lambda pair: tuple(pair[:3])):
        standing = sum(count_months(Month.parse(pair[3]), Month.parse(pair[4])) for pair in successors)
        if standing != count_months(Month.parse(first), Month.parse(last)):
            lost.append(number)
    return tuple(lost)
