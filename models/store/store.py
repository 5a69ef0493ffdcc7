"""A bureau's own store, named by a SQLAlchemy URL, and the only way to file a paper in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.papers import Anchor, Done, Paper, paper_digest
from models.store.chain import append_to_chain, current_head, links_found, paper_content
from models.store.databases import StoreFile, engine_for, execute, require_owner
from models.store.paper_facts import ANCHORED, facts_of
from models.store.postgresql import examine_connections, examine_settings
from models.store.tables import PAPER
from rules.values.papers import PaperKind, Side

Filed = TypeVar("Filed", bound=Paper)
Other = TypeVar("Other", bound=Paper)

MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownSchema(SQLAlchemyError):
    """A newer release has changed the schema of the store, and this release does not know it."""


class PaperKey(NamedTuple):
    """The key of a paper in the register: a step asked again finds its paper by it."""

    case_no: str
    kind: PaperKind
    side: Side
    version: int = 1
    reference: str = ""

    @property
    def name(self) -> str:
        """The key without its case."""
        return paper_name(self.kind, self.side, self.version, self.reference)


@dataclass
class _NewPaper:
    """The columns of a filed paper, without the facts in its body."""

    case_no: str
    kind: PaperKind
    side: Side
    version: int
    reference: str
    at: datetime
    body: str
    digest: str


def paper_name(kind: str, side: str, version: int, reference: str = "") -> str:
    """The name of a paper among those of its case."""
    return f"{kind}/{side}/{version}" + (f"/{reference}" if reference else "")


class Store:
    """One bureau's accounts, records and papers. Only this bureau's worker opens it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = engine_for(url)
        self.readers = engine_for(url, reads_only=True)
        self.on_disk = StoreFile(url)
        self._entered = 0
        """The last link of the chain that this process has entered."""

    async def open(self, whose: str = "") -> None:
        """Bring the schema up to date, all of it or not at all; creates the file of a SQLite store.

        `whose` is the key of the bureau, or `province`; the store keeps it. Raises StoreOfAnother when it has
        kept another, StoreOpenToOthers when others on the machine can read its file, UnknownSchema when a
        newer release has changed the schema before, and UnfitPostgresql when a PostgreSQL, or the pooler
        before it, does not do what a store relies on.
        """
        await examine_connections(self.url)
        self.on_disk.create()
        async with self.engine.begin() as connection:
            await examine_settings(connection)
            await connection.run_sync(_migrate)
            await require_owner(connection, whose)
        self.on_disk.opened()

    async def answer(self) -> None:
        """Read something. Raises SQLAlchemyError or OSError when the store cannot be reached."""
        async with self.connected() as connection:
            await connection.execute(text("SELECT version_num FROM alembic_version"))

    async def close(self) -> None:
        await self.readers.dispose()
        await self.engine.dispose()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed as one or not at all; one at a time over all workers.

        Raises StoreReplaced when the store's file is another one, or its chain ends before what this process
        has entered, as when a PostgreSQL that lags behind takes the place of the first; and StoreOutOfReach.
        """
        self.on_disk.require_the_same()
        entered = self._entered
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
            if (found := links_found(session)) and found.before < entered:
                raise self.on_disk.set_back()
        if found:
            self._entered = max(self._entered, found.last)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that sees the store at one instant; it writes nothing and keeps nobody waiting."""
        async with AsyncSession(self.readers, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """The same for one small query, which without a session costs half as much."""
        async with self.readers.connect() as connection:
            yield connection

    async def file_once(
        self,
        key: PaperKey,
        paper: type[Filed],
        at: datetime,
        draw_up: Callable[[AsyncSession], Awaitable[Filed]],
    ) -> Filed:
        """Draw up a paper and carry out its effects in one transaction, or return the one on file.

        Two workers may try at once: the register's unique key lets one of them commit, and the other returns
        that one's paper.
        """
        filed, _ = await self.file_once_beside(key, paper, at, draw_up, None)
        return filed

    async def file_once_beside(
        self,
        key: PaperKey,
        paper: type[Filed],
        at: datetime,
        draw_up: Callable[[AsyncSession], Awaitable[Filed]],
        beside: tuple[PaperKey, type[Other]] | None,
        undone_by: PaperKey | None = None,
    ) -> tuple[Filed, Other | None]:
        """Like `file_once`, with a second paper that the same or an earlier transaction drew up; or None.

        Raises ValueError when the paper `undone_by` is on file: a step that was undone gives no answer and is
        not done again.
        """
        try:
            async with self.transaction() as session:
                if undone_by and await self.has(session, undone_by):
                    raise ValueError(f"{key.kind} {key.version} of case {key.case_no} was undone")
                filed = await self.paper(session, key, paper)
                if filed is None:
                    filed = await self.file(session, key, at, await draw_up(session))
                return filed, await self.paper(session, *beside) if beside else None
        except IntegrityError:
            async with self.transaction() as session:
                filed = await self.paper(session, key, paper)
                if filed is None:
                    raise
                return filed, await self.paper(session, *beside) if beside else None

    @staticmethod
    async def file(session: AsyncSession, key: PaperKey, at: datetime, paper: Filed) -> Filed:
        """Enter a paper in the register and return it as filed, with its anchor if this bureau issues it.

        Raises IntegrityError when it is there already.
        """
        if key.side is Side.ISSUED and key.kind in ANCHORED and isinstance(paper, Done):
            head = await current_head(session)
            anchor = Anchor(link=head.link, chain=head.chain)
            paper = paper.model_copy(update={"anchor": anchor})
        body = paper.model_dump_json()
        new = _NewPaper(*key, at, body, paper_digest(body))
        values = {**vars(new), **facts_of(key.kind, body)._asdict()}
        await append_to_chain(session, PAPER, (values, paper_content(new)))
        if key.case_no in (known := _known(session)):
            known[key.case_no][key] = body
        return paper

    @staticmethod
    async def digests(session: AsyncSession, case_no: str) -> dict[str, str]:
        """The digests of all papers of a case on file, by kind, side and version."""
        filed = await _filed(session, case_no)
        return {key.name: paper_digest(body) for key, body in sorted(filed.items())}

    async def paper(self, session: AsyncSession, key: PaperKey, paper: type[Filed]) -> Filed | None:
        """A paper on file, or None."""
        filed = await _on_file(session, key)
        return None if filed is None else paper.model_validate_json(filed)

    async def has(self, session: AsyncSession, key: PaperKey) -> bool:
        """Whether a paper is on file."""
        return await _on_file(session, key) is not None

    async def papers(
        self,
        session: AsyncSession,
        case_no: str,
        kind: PaperKind,
        side: Side,
        paper: type[Filed],
        reference: str | None = "",
    ) -> list[Filed]:
        """Every version of a paper on file, in order; with None of every reference."""
        filed = await _filed(session, case_no)
        wanted = (kind, side)
        asked = sorted(k for k in filed if (k.kind, k.side) == wanted and reference in (None, k.reference))
        return [paper.model_validate_json(filed[key]) for key in asked]


_OF_CASE = select(PAPER.c.kind, PAPER.c.side, PAPER.c.version, PAPER.c.reference, PAPER.c.body).where(
    PAPER.c.case_no == bindparam("case_no")
)
_OF_NO_CASE = select(PAPER.c.body).where(
    *(PAPER.c[name] == bindparam(name) for name in PaperKey._fields),
)


async def _on_file(session: AsyncSession, key: PaperKey) -> str | None:
    if key.case_no:
        return (await _filed(session, key.case_no)).get(key)
    # The list of papers outside cases is unbounded.
    found = await execute(session, _OF_NO_CASE, key._asdict())
    return found.scalar_one_or_none()


async def _filed(session: AsyncSession, case_no: str) -> dict[PaperKey, str]:
    """All papers of a case as filed, read once per transaction, papers that it files itself included."""
    known = _known(session)
    if case_no not in known:
        papers = await execute(session, _OF_CASE, {"case_no": case_no})
        known[case_no] = {PaperKey(case_no, *named): body for *named, body in papers.all()}
    return known[case_no]


def _known(session: AsyncSession) -> dict[str, dict[PaperKey, str]]:
    known: dict[str, dict[PaperKey, str]] = session.info.setdefault("papers", {})
    return known


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise UnknownSchema("a newer release has changed its schema, which this one does not know") from None
