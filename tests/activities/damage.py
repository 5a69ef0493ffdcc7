"""Damage to a bureau's books that only their owner could do, and what an audit then finds."""

from itertools import chain, groupby
from operator import attrgetter

from sqlalchemy import select, text, update
from sqlmodel import SQLModel
from stores import lift_protection
from walkthrough import Walkthrough

from models.messages.papers import paper_digest
from models.store.chain import BEFORE_THE_FIRST, link_hash, paper_content, posting_content
from models.store.store import Store
from rules.values.books import Divergence

Found = tuple[str, str]
"""The code of a divergence and its subject."""


async def tamper(store: Store, *statements: str) -> None:
    await lift_protection(store)
    async with store.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def found_in(walkthrough: Walkthrough) -> dict[Found, Divergence]:
    return {(one.code, one.subject): one for one in await walkthrough.divergences()}


async def forge_chain(store: Store) -> None:
    """Recompute every digest and every link of the chain, as only a store's owner can."""
    postings, entries, papers = (SQLModel.metadata.tables[name] for name in ("posting", "entry", "paper"))
    async with store.engine.begin() as connection:
        found = await connection.execute(select(entries).order_by(entries.c.posting_id))
        sides = {number: list(each) for number, each in groupby(found, key=attrgetter("posting_id"))}
        for row in (await connection.execute(select(papers))).all():
            digest = paper_digest(row.body)
            await connection.execute(update(papers).where(papers.c.id == row.id).values(digest=digest))
        of_papers = (await connection.execute(select(papers))).all()
        of_postings = (await connection.execute(select(postings))).all()
        chained = BEFORE_THE_FIRST
        for row in sorted(chain(of_papers, of_postings), key=attrgetter("link")):
            is_paper = "digest" in row._mapping
            content = paper_content(row) if is_paper else posting_content(row, sides.get(row.id, ()))
            chained = link_hash(chained, content)
            table = papers if is_paper else postings
            await connection.execute(update(table).where(table.c.id == row.id).values(chain=chained))
