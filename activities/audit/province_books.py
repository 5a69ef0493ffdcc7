"""The province's step of the audit: its own store is checked against its papers, as a bureau's is."""

from activities.audit.own_books import OwnBooksActivities
from activities.contracts import SUMMARISE_BOOKS
from models.messages.audit import BooksQuestion, BooksSummary
from models.store.store import Store
from rules.values.officers import PROVINCE


class ProvinceBooksActivities:
    """Reports on the province's own store: chain, roster, and what its officers have sealed."""

    def __init__(self, store: Store, root: bytes | None = None) -> None:
        self.books = OwnBooksActivities(PROVINCE, store, root)

    @SUMMARISE_BOOKS.implements
    async def summarise_books(self, question: BooksQuestion) -> BooksSummary:
        """The store as a whole. The province keeps no money and no months."""
        summary: BooksSummary = await self.books.summarise_books(question)
        return summary
