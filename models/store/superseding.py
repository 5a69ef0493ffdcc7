"""Contribution rows are cut and corrected by new rows that supersede them, and never altered."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.store.databases import execute
from models.store.tables import MONTHS, ContributionRow
from rules.values.money import Fen
from rules.values.months import Month, count_months, months_between
from rules.values.record import ContributionRange, MonthKind

Mark = TypeVar("Mark", bound=Hashable)


_LATER = MONTHS.alias("later")
LIVE: ColumnElement[bool] = ~exists().where(_LATER.c.supersedes == MONTHS.c.id)
"""The condition that a contribution row counts: no other row supersedes it."""
HERE: ColumnElement[bool] = and_(LIVE, MONTHS.c.moved_by.is_(None), MONTHS.c.cleared_by.is_(None))
"""The condition that a contribution row counts and its months are here: neither moved nor cleared."""


def is_here(row: ContributionRow) -> bool:
    """Whether the months of a live row are here: neither moved nor cleared."""
    return row.moved_by is None and row.cleared_by is None


def months_of(row: ContributionRow) -> Iterator[Month]:
    """The months of a row, in order."""
    return months_between(Month.parse(row.first), Month.parse(row.last))


def runs_by_mark(row: ContributionRow, mark: Callable[[Month], Mark]) -> list[tuple[Month, Month, Mark]]:
    """The months of a row as runs with one mark each: first month, last month, mark."""
    stretches = ((marked, list(months)) for marked, months in groupby(months_of(row), key=mark))
    return [(months[0], months[-1], marked) for marked, months in stretches]


def successor(row: ContributionRow, first: Month, last: Month, by: str, **changes: Any) -> ContributionRow:
    """A row for some months of another, which it supersedes if that one is in the store already."""
    kept = {name: getattr(row, name) for name in ContributionRow.model_fields if name != "id"}
    where = {"first": str(first), "last": str(last), "supersedes": row.id or 0, "entered_by": by}
    return ContributionRow(**kept | changes | where)


def rows_as_wanted(
    row: ContributionRow, wanted: Mapping[Month, ContributionRange], by: str
) -> list[ContributionRow]:
    """The rows that replace one when its months are as `wanted`; none when nothing in it changes.

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
    """Raises ValueError unless each of the months is in exactly one of the rows."""
    found = [month for row in rows for month in months_of(row)]
    missing = sorted(set(months) - set(found))
    if missing:
        raise ValueError(f"no such months: {', '.join(map(str, missing))}")
    twice = sorted(month for month in set(months) if found.count(month) > 1)
    if twice:
        raise ValueError(f"months in more than one row: {', '.join(map(str, twice))}")


async def prove_months(session: AsyncSession, rows: Iterable[ContributionRow], by: str) -> None:
    """Mark one-off months as proven from now on; `by` is the paper that rests on their papers."""
    for row in rows:
        if row.kind == MonthKind.ONE_OFF_WITHOUT_PAPERS:
            whole = Month.parse(row.first), Month.parse(row.last)
            session.add(successor(row, *whole, by, kind=MonthKind.ONE_OFF))
    await session.flush()


async def pay_months(
    session: AsyncSession,
    rows: Iterable[ContributionRow],
    months: Collection[Month],
    by: str,
    taken_over: int = 0,
) -> list[tuple[ContributionRow, Month, Month]]:
    """Mark months that were owed as paid and regular from now on; `by` is the paper of the payment.

    What the person owed for a year up to `taken_over`, that of the opening, is in no balance yet and says so.
    Returns the runs of months that were paid, each with the row in which it was owed. Raises ValueError
    unless each month is owed, once.
    """
    rows = list(rows)
    require_each_in_one_row(rows, months)
    paid = []
    for row in rows:
        parts = runs_by_mark(row, months.__contains__)
        if not any(meant for *_, meant in parts):
            continue
        for first, last, meant in parts:
            since = row.kind == MonthKind.ARREARS and first.year <= taken_over
            paid_as = MonthKind.ARREARS_PAID if since else MonthKind.REGULAR
            session.add(successor(row, first, last, by, kind=paid_as if meant else row.kind))
            if meant:
                paid.append((row, first, last))
    await session.flush()
    return paid


async def amend_bases(
    session: AsyncSession, rows: Iterable[ContributionRow], first: Month, last: Month, base: Fen, by: str
) -> list[ContributionRow]:
    """Correct the base of the months `first` to `last` in live rows, wherever these months are now.

    `by` is the paper of the correction; `base` is fen a month. Returns the rows that replace those given.
    Raises ValueError unless each month is in exactly one of them.
    """
    rows, months = list(rows), set(months_between(first, last))
    require_each_in_one_row(rows, months)
    standing: list[ContributionRow] = []
    for row in rows:
        parts = runs_by_mark(row, months.__contains__)
        if row.base == base or not any(meant for *_, meant in parts):
            standing.append(row)
        else:
            standing += [
                successor(row, begins, ends, by, base=base if meant else row.base)
                for begins, ends, meant in parts
            ]
    session.add_all(standing)
    await session.flush()
    return standing


def cleared_after_taking_in(rows: Iterable[ContributionRow]) -> bool:
    """Whether months of a relationship were cleared; `rows` are all its contributions.

    Its account then holds interest of months that were refunded, and its opening their principal, which no
    remaining month accounts for.
    """
    return any(row.cleared_by is not None for row in rows)


async def partly_superseded(session: AsyncSession) -> tuple[int, ...]:
    """The rows some of whose months are missing in the rows that supersede them: such months are lost.

    The store itself ensures that successors stay inside and do not overlap; before the last of them is
    written it cannot know whether one is missing.
    """
    pairs = await execute(
        session,
        select(MONTHS.c.id, MONTHS.c.first, MONTHS.c.last, _LATER.c.first, _LATER.c.last)
        .join(_LATER, _LATER.c.supersedes == MONTHS.c.id)
        .order_by(MONTHS.c.id),
    )
    lost: list[int] = []
    for (number, first, last), successors in groupby(pairs, key=lambda pair: tuple(pair[:3])):
        standing = sum(count_months(Month.parse(pair[3]), Month.parse(pair[4])) for pair in successors)
        if standing != count_months(Month.parse(first), Month.parse(last)):
            lost.append(number)
    return tuple(lost)
