"""The running numbers of a bureau's papers, one row for each kind and year."""

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlmodel.ext.asyncio.session import AsyncSession

from models.contacts.bureaus import NumberedPaper
from models.store.databases import execute
from models.store.tables import OFFICIAL_NUMBER

_DRAW = {
    database: insert(OFFICIAL_NUMBER)
    .values(kind=bindparam("kind"), year=bindparam("year"), last=1)
    .on_conflict_do_update(
        index_elements=[OFFICIAL_NUMBER.c.kind, OFFICIAL_NUMBER.c.year],
        set_={"last": OFFICIAL_NUMBER.c.last + 1},
    )
    .returning(OFFICIAL_NUMBER.c.last)
    for database, insert in (("sqlite", insert_on_sqlite), ("postgresql", insert_on_postgresql))
}


async def next_serial(session: AsyncSession, paper: NumberedPaper, year: int) -> int:
    """The next number of this kind in this year, from 1.

    It is drawn in the transaction that files the paper, so a rollback returns it: no number is missing or
    given twice.
    """
    draw = _DRAW[session.get_bind().dialect.name]
    drawn = await execute(session, draw, {"kind": paper.value, "year": year})
    return int(drawn.scalar_one())
