"""The paper filed when a record is loaded, and the check that the record is still as it was loaded.

The opening of the ledger rests on this paper, and the paper is a link of the chain; the months, opening and
rates that it states are in rows that are not.
"""

import json
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.files.history_file import StatedRecord
from models.store.records import paid_on_paper
from models.store.tables import (
    CREDIT,
    ENTRY,
    MONTHS,
    OPENING,
    PAPER,
    PERSON,
    POSTING,
    RATE,
    RELATIONSHIP,
    Account,
)
from rules.values.books import Divergence
from rules.values.money import Fen
from rules.values.months import Month, months_between
from rules.values.papers import PaperKind

KIND = PaperKind.LOADED_RECORD
PAGE = 500
"""How many relationships are read together."""
FIGURES = ("year", "balance", "before_1998", "pooled_base_sum")


class LoadedRecord(StatedRecord):
    """A record as it was loaded (建账); `individual` and `pooled` are what the ledger opened with, in fen.

    It is filed outside every case, its version being the number of the relationship. `entered_by` is the
    message id of the officer's order to load it.
    """

    number: str
    individual: Fen
    pooled: Fen
    entered_by: str


Row = tuple[Any, ...]


class _Record(NamedTuple):
    """What the paper and the rows must have in common."""

    person: Row = ()
    months: tuple[Row, ...] = ()
    opening: Row = ()
    credits: tuple[Row, ...] = ()
    rates: Mapping[str, int] = {}


class _Stated(NamedTuple):
    record: _Record = _Record()
    opened_with: Mapping[str, int] = {}


async def divergences_of_records(session: AsyncSession, bureau: str) -> AsyncIterator[Divergence]:
    """Every record that differs from its loading, and every ledger opened with other amounts."""
    connection = await session.connection()
    last = 0
    while numbers := await _next(connection, last):
        last = numbers[-1]
        stated, found = await _stated(connection, numbers), await _found(connection, numbers)
        opened = await _opened_with(connection, numbers)
        for number in numbers:
            expected = stated.get(number, _Stated())
            for divergence in _compared(expected.record, found.get(number, _Record()), number):
                yield Divergence("record_not_as_loaded", bureau, *divergence)
            posted = opened.get(number, {})
            for account in sorted(expected.opened_with.keys() | posted.keys()):
                fen = expected.opened_with.get(account, 0), posted.get(account, 0)
                if fen[0] != fen[1]:
                    yield Divergence("not_posted_as_stated", bureau, f"opening/{number} {account}", *fen)


async def _next(connection: Any, after: int) -> list[int]:
    """The next relationships that have a row or a paper."""
    filed = (PAPER.c.case_no == "", PAPER.c.kind == KIND)
    queries = (
        select(RELATIONSHIP.c.id).where(RELATIONSHIP.c.id > after).order_by(RELATIONSHIP.c.id),
        select(PAPER.c.version).where(*filed, PAPER.c.version > after).order_by(PAPER.c.version),
    )
    found: set[int] = set()
    for query in queries:
        found.update((await connection.execute(query.limit(PAGE))).scalars())
    return sorted(found)[:PAGE]


async def _stated(connection: Any, numbers: Collection[int]) -> dict[int, _Stated]:
    query = select(PAPER.c.version, PAPER.c.body).where(
        PAPER.c.case_no == "", PAPER.c.kind == KIND, PAPER.c.version.in_(numbers)
    )
    return {number: _read(json.loads(body)) for number, body in (await connection.execute(query)).all()}


def _read(body: Mapping[str, Any]) -> _Stated:
    parts = (
        (*(part[name] for name in ("first", "last", "base", "booked", "kind")), paid_on_paper(part))
        for part in body["months"]
    )
    sums = {Account.INDIVIDUAL_ACCOUNT: -body["individual"], Account.POOLED_FUND: -body["pooled"]}
    return _Stated(
        _Record(
            person=(body["id_number"], body["scheme"]),
            months=tuple((*part, body["bureau"]) for part in parts),
            opening=tuple(body["opening"][name] for name in FIGURES) if body["opening"] else (),
            credits=tuple((one["month"], one["amount"]) for one in body["credits"]),
            rates=body["rates"],
        ),
        {account.value: fen for account, fen in sums.items() if fen},
    )


async def _found(connection: Any, numbers: Collection[int]) -> dict[int, _Record]:
    """The rows as they were loaded, without what cases brought and what came in place of a row."""
    months: dict[int, list[Row]] = {}
    part = (MONTHS.c.first, MONTHS.c.last, MONTHS.c.base, MONTHS.c.booked, MONTHS.c.kind, MONTHS.c.paid)
    loaded = (MONTHS.c.origin_case == "", MONTHS.c.supersedes == 0, MONTHS.c.relationship_id.in_(numbers))
    rows = select(MONTHS.c.relationship_id, *part, MONTHS.c.origin_bureau).where(*loaded)
    for number, *row in (await connection.execute(rows.order_by(MONTHS.c.id))).all():
        months.setdefault(number, []).append(tuple(row))
    openings = select(OPENING).where(OPENING.c.relationship_id.in_(numbers))
    figures = {
        row.relationship_id: tuple(getattr(row, name) for name in FIGURES)
        for row in (await connection.execute(openings)).all()
    }
    credits: dict[int, list[Row]] = {}
    subsidies = select(CREDIT.c.relationship_id, CREDIT.c.month, CREDIT.c.amount)
    of_these = subsidies.where(CREDIT.c.relationship_id.in_(numbers)).order_by(CREDIT.c.month)
    for number, *row in (await connection.execute(of_these)).all():
        credits.setdefault(number, []).append(tuple(row))
    rates: dict[int, dict[str, int]] = {}
    for number, year, rate in await connection.execute(
        select(RATE.c.relationship_id, RATE.c.year, RATE.c.rate).where(RATE.c.relationship_id.in_(numbers))
    ):
        rates.setdefault(number, {})[str(year)] = rate
    people = (
        select(RELATIONSHIP.c.id, PERSON.c.id_number, RELATIONSHIP.c.scheme)
        .outerjoin(PERSON, PERSON.c.id == RELATIONSHIP.c.person_id)
        .where(RELATIONSHIP.c.id.in_(numbers))
    )
    return {
        number: _Record(
            tuple(who),
            tuple(months.get(number, ())),
            figures.get(number, ()),
            tuple(credits.get(number, ())),
            rates.get(number, {}),
        )
        for number, *who in (await connection.execute(people)).all()
    }


async def _opened_with(connection: Any, numbers: Collection[int]) -> dict[int, dict[str, int]]:
    """The opening entries of each relationship in the ledger, by account; the bank holds the rest."""
    query = (
        select(POSTING.c.key, ENTRY.c.account, func.sum(ENTRY.c.amount))
        .join(ENTRY, ENTRY.c.posting_id == POSTING.c.id)
        .where(POSTING.c.key.in_([f"opening/{number}" for number in numbers]))
        .where(ENTRY.c.account != Account.BANK)
        .group_by(POSTING.c.key, ENTRY.c.account)
    )
    found: dict[int, dict[str, int]] = {}
    for key, account, fen in (await connection.execute(query)).all():
        found.setdefault(int(key.removeprefix("opening/")), {})[account] = int(fen)
    return found


def _compared(stated: _Record, found: _Record, number: int) -> Iterator[tuple[str, int | str, int | str]]:
    """What differs, as loaded and as found; of the months the first. No value names a person.

    A relationship that a transfer has opened has no paper here, and nothing loaded.
    """
    if stated.person and stated.person != found.person:
        yield f"relationship {number} person and scheme", 1, 0
    if stated.months != found.months:
        before, now = _by_month(stated.months), _by_month(found.months)
        first = min(month for month in before.keys() | now.keys() if before.get(month) != now.get(month))
        yield f"relationship {number} {first}", before.get(first, "—"), now.get(first, "—")
    if stated.opening != found.opening:
        yield f"relationship {number} opening", _said(stated.opening), _said(found.opening)
    if stated.credits != found.credits:
        yield f"relationship {number} credits", _listed(stated.credits), _listed(found.credits)
    if stated.rates != found.rates:
        yield f"relationship {number} rates", _yearly(stated.rates), _yearly(found.rates)


def _listed(rows: Collection[Row]) -> str:
    return "; ".join(map(_said, rows)) or "—"


def _yearly(rates: Mapping[str, int]) -> str:
    return "; ".join(f"{year} {rate}" for year, rate in sorted(rates.items())) or "—"


def _by_month(parts: Collection[Row]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for first, last, *paid in parts:
        for month in months_between(Month.parse(first), Month.parse(last)):
            found.setdefault(str(month), []).append(_said(paid))
    return {month: "; ".join(sorted(each)) for month, each in found.items()}


def _said(values: Collection[Any]) -> str:
    return " ".join(str(value) for value in values if value is not None) or "—"
