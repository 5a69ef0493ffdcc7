"""The steps of the audit at each bureau, and at the province: it checks its own books against its own papers.

These steps only read and block nobody: the answer shows the books as they were at one instant.
"""

from collections.abc import AsyncIterator

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.audit.case_lines import line_of
from activities.contracts import LIST_CASES, READ_CASES, SUMMARISE_BOOKS
from models.audit.case_books import case_books, case_numbers, cases_before
from models.audit.checks import balances, count, divergences, months_by_state, opened_at
from models.audit.seals import divergences_of_seals
from models.messages.audit import (
    NAMED,
    BooksQuestion,
    BooksSummary,
    CaseLine,
    CasesInFull,
    CasesPage,
    CasesQuestion,
    NamedCases,
)
from models.store.chain import verify_chain
from models.store.store import Store
from rules.audit import divergences_within
from rules.values.books import Divergence
from rules.values.officers import PROVINCE

READ_TOGETHER = 500
"""How many cases are read at a time; this bounds the memory an audit takes."""
LINES = 5_000
"""How many cases a page holds: well under a megabyte."""
FINDINGS = 50
"""A page ends early at this number of divergences."""


class OwnBooksActivities:
    """Reports on a bureau's books, from its own store."""

    def __init__(self, bureau: str, store: Store, root: bytes | None = None) -> None:
        self.bureau = bureau
        self.store = store
        self.root = root
        """The province's public root key, as this bureau has it pinned."""

    @SUMMARISE_BOOKS.implements
    async def summarise_books(self, question: BooksQuestion) -> BooksSummary:
        """The books as a whole: chain, debits and credits, every month in one state, records as loaded."""
        found: list[Divergence] = []
        more = 0
        async with self.store.reading() as session:
            verified = await verify_chain(session, question.since)
            if broken := verified.broken:
                found.append(Divergence("chain_broken", self.bureau, broken.subject, broken.link, broken.why))
            async for divergence in self._divergences(session, question):
                activity.heartbeat()
                if len(found) < NAMED:
                    found.append(divergence)
                else:
                    more += 1
            return BooksSummary(
                bureau=self.bureau,
                opened_at=await opened_at(session),
                persons=await count(session, "person"),
                postings=await count(session, "posting"),
                papers=await count(session, "paper"),
                balances=await balances(session),
                months=await months_by_state(session),
                links=verified.verified,
                head=verified.head.chain,
                before=verified.before,
                cases_before=await cases_before(session, question.since) if question.since else 0,
                findings=tuple(found),
                more=more,
            )

    async def _divergences(self, session: AsyncSession, question: BooksQuestion) -> AsyncIterator[Divergence]:
        """The divergences of the books as a whole, then those of roster and seals."""
        async for found in divergences(session, self.bureau):
            yield found
        async for found in divergences_of_seals(session, self.bureau, self.root, question.since):
            yield found

    @LIST_CASES.implements
    async def list_case_lines(self, question: CasesQuestion) -> CasesPage:
        """The next cases, a line each, and everything in which the books differ from the papers of a case."""
        lines: list[CaseLine] = []
        found: list[tuple[str, Divergence]] = []
        after, last = question.after, False
        async with self.store.reading() as session:
            while not last and len(lines) < LINES and len(found) < FINDINGS:
                numbers = await case_numbers(session, after, READ_TOGETHER, question.since)
                for books in await case_books(session, self.bureau, numbers):
                    lines.append(line_of(books))
                    found += [(books.case_no, divergence) for divergence in divergences_within(books)]
                last = len(numbers) < READ_TOGETHER
                after = numbers[-1] if numbers else after
                activity.heartbeat(after)
        return CasesPage(bureau=self.bureau, lines=tuple(lines), findings=tuple(found), last=last)

    @READ_CASES.implements
    async def read_cases(self, question: NamedCases) -> CasesInFull:
        """All that the books hold of some cases, for the platform to compare with another bureau's."""
        async with self.store.reading() as session:
            cases = await case_books(session, self.bureau, sorted(question.numbers))
        return CasesInFull(bureau=self.bureau, cases=tuple(cases))


class ProvinceBooksActivities:
    """Reports on the province's own store: chain, roster, and what its officers have sealed."""

    def __init__(self, store: Store, root: bytes | None = None) -> None:
        self.books = OwnBooksActivities(PROVINCE, store, root)

    @SUMMARISE_BOOKS.implements
    async def summarise_books(self, question: BooksQuestion) -> BooksSummary:
        """The store as a whole. The province keeps no money and no months."""
        summary: BooksSummary = await self.books.summarise_books(question)
        return summary
