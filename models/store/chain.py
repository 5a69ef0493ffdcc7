"""The hash chain over a store's postings and papers, which shows any change of what was entered.

Every posting, with its entries, and every paper is a link, numbered without gaps in the order of entry. Its
`chain` is the SHA-256 of the chain before it and of its own content, so an altered, added or missing link
breaks the chain at its place.

Whoever holds the whole store could compute the chain anew to its end. So what a bureau issues states which
link it was filed after (`models.messages.papers.Anchor`): the next paper after an edit contradicts the chain.
Papers that cross, and the dossier with what it holds, take their anchors to the other bureau; whoever alters
those too alters papers whose receipts there (`PaperRow.digest`) no longer agree.
"""

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from pydantic_core import from_json, to_json
from sqlalchemy import Table, func, insert, select, union_all
from sqlmodel.ext.asyncio.session import AsyncSession

from models.messages.papers import paper_digest
from models.store.databases import execute
from models.store.paper_facts import ANCHORED, LOOKED_INTO, PaperFacts, facts_from
from models.store.tables import ENTRY, PAPER, POSTING
from rules.values.papers import PaperKind, Side

BEFORE_THE_FIRST = "0" * 64
PAGE = 500
"""How many links are read together; this bounds the memory of a verification."""


class Head(NamedTuple):
    """The last link of a chain, on which the next one builds."""

    link: int = 0
    chain: str = BEFORE_THE_FIRST


class PostingContent(Protocol):
    """The columns of a posting that are hashed."""

    key: str
    case_no: str
    step: str
    paper: str
    officer: str
    reference: str
    at: datetime


class EntryContent(Protocol):
    """The columns of an entry that are hashed with its posting."""

    @property
    def account(self) -> Any: ...
    @property
    def relationship_id(self) -> int | None: ...
    @property
    def remittance(self) -> str | None: ...
    @property
    def amount(self) -> int: ...


class PaperContent(Protocol):
    """The columns of a paper that are hashed; the digest stands for its body."""

    case_no: str
    kind: PaperKind
    version: int
    side: Side
    reference: str
    at: datetime
    digest: str


def posting_content(posting: PostingContent, entries: Iterable[EntryContent]) -> str:
    """A posting with its entries in the form that is hashed, whatever the order of the entries."""
    return _posting(
        (posting.key, posting.case_no, posting.step, posting.paper, posting.officer, posting.reference),
        posting.at,
        [_canonical(each.account, each.relationship_id, each.remittance, each.amount) for each in entries],
    )


def _posting(named: tuple[str, str, str, str, str, str], at: datetime, sides: list[str]) -> str:
    return _canonical("posting", *named, _instant(at), sorted(sides))


def paper_content(paper: PaperContent) -> str:
    """A paper in the form that is hashed."""
    named = (paper.case_no, paper.kind, paper.version, paper.side, paper.reference)
    return _paper(named, paper.at, paper.digest)


def _paper(named: tuple[str, str, int, str, str], at: datetime, digest: str) -> str:
    return _canonical("paper", *named, _instant(at), digest)


def _canonical(*parts: Any) -> str:
    """What `json.dumps` writes without blanks and with Chinese as it is, in a fifth of its time."""
    return to_json(parts).decode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def link_hash(previous: str, content: str) -> str:
    """The hash of a link, over that of the link before it and its own content."""
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


_ENTER = {table: insert(table) for table in (POSTING, PAPER)}


async def append_to_chain(session: AsyncSession, table: Table, *rows: tuple[Mapping[str, Any], str]) -> None:
    """Enter postings or papers, each with what of it is chained, as the next links, one after the other. The
    transaction holds the store's lock, so nobody else is at the head.

    Raises IntegrityError when a key was used before, or another has taken a place in the chain.
    """
    head, links = await current_head(session), []
    for values, content in rows:
        head = Head(head.link + 1, link_hash(head.chain, content))
        links.append({**values, **head._asdict()})
    # What the rows rest on is written first; the rows themselves need no unit of work.
    await session.flush()
    await execute(session, _ENTER[table], links)
    session.info["head"] = session.sync_session.get_transaction(), head
    session.info["last"] = head.link


async def current_head(session: AsyncSession) -> Head:
    """The last link of a store's chain, read once in a transaction that holds the store's lock."""
    transaction = session.sync_session.get_transaction()
    known: tuple[object, Head] = session.info.get("head", (None, Head()))
    if known[0] is not transaction:
        known = transaction, await head_of(session)
        session.info["head"] = known
        session.info.setdefault("before", known[1].link)
    return known[1]


class LinksFound(NamedTuple):
    """The last link that a transaction has found, and the last one that it leaves."""

    before: int
    last: int


def links_found(session: AsyncSession) -> LinksFound | None:
    """Where the chain ended before a transaction and ends with it; None where it has not looked."""
    before: int | None = session.info.get("before")
    if before is None:
        return None
    return LinksFound(before, session.info.get("last", before))


_ENDS = union_all(
    *(
        select(table.c.link, table.c.chain).where(
            table.c.link == select(func.max(table.c.link)).scalar_subquery()
        )
        for table in (POSTING, PAPER)
    )
)


async def head_of(session: AsyncSession) -> Head:
    """The last link of a store's chain."""
    found = await execute(session, _ENDS)
    return max((Head(link, chained) for link, chained in found), default=Head())


async def last_entered_at(session: AsyncSession) -> datetime | None:
    """When the latest posting or paper of a store was entered; None in an empty one."""
    latest = union_all(*(select(func.max(table.c.at).label("at")) for table in (POSTING, PAPER)))
    found = (await execute(session, latest)).scalars()
    return max((one for one in found if one is not None), default=None)


async def entered_after(session: AsyncSession, at: datetime) -> dict[str, list[str]]:
    """What steps that began after an instant have entered, by case ('' for none).

    Each kind of paper and each step of postings stands once, in the order of entry.
    """
    kinds = union_all(
        *(
            select(table.c.link, table.c.case_no, named).where(table.c.at > at)
            for table, named in ((POSTING, POSTING.c.step), (PAPER, PAPER.c.kind))
        )
    )
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for _, case_no, named in sorted((await execute(session, kinds)).all()):
        found[case_no][str(named)] = None
    return {case_no: list(kinds) for case_no, kinds in found.items()}


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first link that does not hold, by the key of its posting or the parts of its paper's key."""

    link: int
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How many links were verified, how many before them were not, the head, and where the chain breaks."""

    before: int
    verified: int
    head: Head
    broken: BrokenLink | None


class Link(NamedTuple):
    """A link of the chain: the hash in its row, and the content it has to follow from."""

    link: int
    chain: str
    content: str
    subject: str
    contradiction: str
    """How a paper's row contradicts its own body; empty where it does not."""
    anchor: Head | None = None
    """The link after which a paper issued here states it was filed; None for other links."""


async def verify_chain(session: AsyncSession, since: datetime | None = None, page: int = PAGE) -> ChainReport:
    """Follow the chain from its beginning, or from the first link entered at `since` or later, to its end.

    Reads `page` links at a time; memory does not grow with the store. Stops at the first link that does not
    hold: altered, missing, out of place or twice there.
    """
    previous = await _before(session, since)
    began = previous.link
    async for links in _pages(session, previous.link, page):
        for link in links:
            if why := _fault(previous, link):
                broken = BrokenLink(link.link, link.subject, why)
                return ChainReport(began, previous.link - began, previous, broken)
            previous = Head(link.link, link.chain)
    return ChainReport(began, previous.link - began, previous, None)


def _fault(previous: Head, link: Link) -> str:
    if link.link == previous.link:
        return "two links in one place"
    if link.link != previous.link + 1:
        return "the link before it is missing"
    if link.contradiction:
        return link.contradiction
    if link.chain != link_hash(previous.chain, link.content):
        return "altered after it was entered"
    if link.anchor is not None and link.anchor != previous:
        return "the chain before it is not the one that its paper states"
    return ""


async def _before(session: AsyncSession, since: datetime | None) -> Head:
    """The link before the first one to verify."""
    if since is None:
        return Head()
    connection = await session.connection()
    firsts = [
        (await connection.execute(select(func.min(table.c.link)).where(table.c.at >= since))).scalar_one()
        for table in (POSTING, PAPER)
    ]
    first = min((link for link in firsts if link is not None), default=None)
    if first is None:
        return await head_of(session)
    ends = (
        select(table.c.link, table.c.chain).where(table.c.link == first - 1) for table in (POSTING, PAPER)
    )
    found = (await connection.execute(union_all(*ends))).first()
    return Head(*found) if found else Head()


async def _pages(session: AsyncSession, after_link: int, page: int) -> AsyncIterator[list[Link]]:
    """The links in order, some at a time. Columns are read, not rows: nothing is kept of a page gone by."""
    end = (await head_of(session)).link
    while after_link < end:
        up_to = after_link + page
        postings = await _postings(session, after_link, up_to)
        papers = await _papers(session, after_link, up_to)
        yield sorted(postings + papers)
        after_link = up_to


async def _postings(session: AsyncSession, after_link: int, up_to: int) -> list[Link]:
    connection = await session.connection()
    here = POSTING.c.link.between(after_link + 1, up_to)
    entry = (ENTRY.c.account, ENTRY.c.relationship_id, ENTRY.c.remittance, ENTRY.c.amount)
    entries = await connection.execute(
        select(ENTRY.c.posting_id, *entry).join(POSTING, POSTING.c.id == ENTRY.c.posting_id).where(here)
    )
    sides: defaultdict[int, list[str]] = defaultdict(list)
    for number, *side in entries.all():
        sides[number].append(_canonical(*side))
    columns = POSTING.c
    content = (columns.key, columns.case_no, columns.step, columns.paper, columns.officer, columns.reference)
    rows = await connection.execute(
        select(POSTING.c.id, POSTING.c.link, POSTING.c.chain, *content, POSTING.c.at).where(here)
    )
    return [
        Link(link, chained, _posting((key, *named), at, sides[number]), key, "")
        for number, link, chained, key, *named, at in rows.all()
    ]


async def _papers(session: AsyncSession, after_link: int, up_to: int) -> list[Link]:
    named = (PAPER.c.case_no, PAPER.c.kind, PAPER.c.version, PAPER.c.side, PAPER.c.reference)
    facts = (PAPER.c[name] for name in PaperFacts._fields)
    rows = await execute(
        session,
        select(PAPER.c.link, PAPER.c.chain, PAPER.c.body, *named, PAPER.c.at, PAPER.c.digest, *facts).where(
            PAPER.c.link.between(after_link + 1, up_to)
        ),
    )
    return [
        Link(
            link,
            chained,
            _paper((case_no, kind, version, side, reference), at, digest),
            "/".join(filter(None, (case_no, kind, side, str(version), reference))),
            *_stated(kind, side, body, digest, facts),
        )
        for link, chained, body, case_no, kind, version, side, reference, at, digest, *facts in rows.all()
    ]


def _stated(
    kind: PaperKind, side: Side, body: str, digest: str, facts: Sequence[Any]
) -> tuple[str, Head | None]:
    """How a paper's row contradicts its body, and the link after which the body states it was filed."""
    if digest != paper_digest(body):
        return "the paper is not the one that was filed", None
    if kind not in LOOKED_INTO:
        # The columns of a dossier are held to its filing, which is shorter (`models.audit.case_reader`).
        bare = kind == PaperKind.DOSSIER or not any(facts)
        return "" if bare else "its columns are not what the paper states", None
    try:
        stated = from_json(body)
        agree = facts_from(kind, stated) == tuple(facts)
        anchored = side == Side.ISSUED and kind in ANCHORED
        anchor = Head(**(stated.get("anchor") or {})) if anchored else None
    except (ValueError, LookupError, TypeError):
        # Whoever computes the digest anew can put anything into a body.
        return "the paper cannot be read", None
    return "" if agree else "its columns are not what the paper states", anchor
