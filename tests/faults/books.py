"""The bureaus' own books after a crowd has moved, read from the stores themselves."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from crowd import Insured
from sqlmodel import col, select

from models.books import PostingRow
from models.dossier import Dossier
from models.ledger import individual_account
from models.records import months_here, person_of
from models.store import PaperKey, Store
from rules.money import Fen

POSTINGS_OF_A_CASE = ("adjust", "remit", "settle", "arrive", "take-in")


class Holding(NamedTuple):
    """What a person has at a bureau: the individual account in fen, and the months that count."""

    individual: Fen
    months: int


class Books:
    """The stores of some bureaus, open for reading."""

    def __init__(self, stores: dict[str, Store]) -> None:
        self.stores = stores

    async def postings(self) -> Counter[str]:
        """How often each posting of a case stands, over all bureaus."""
        found: Counter[str] = Counter()
        for store in self.stores.values():
            async with store.transaction() as session:
                query = select(PostingRow.key).where(col(PostingRow.case_no) != "")
                found.update((await session.exec(query)).all())
        return found

    async def holding(self, bureau: str, one: Insured) -> Holding:
        async with self.stores[bureau].transaction() as session:
            person = await person_of(session, one.id_number)
            assert person is not None
            assert person.id is not None
            months = await months_here(session, person.id)
            return Holding(await individual_account(session, person.id), len(months))

    async def dossier(self, bureau: str, one: Insured) -> Dossier | None:
        async with self.stores[bureau].transaction() as session:
            kept = PaperKey(one.case_no, "dossier", "received")
            return await self.stores[bureau].paper(session, kept, Dossier)


@asynccontextmanager
async def open_books(stores: str, bureaus: Iterable[str]) -> AsyncIterator[Books]:
    """The books of these bureaus; `stores` is the URL of a store, with {bureau} in it."""
    async with AsyncExitStack() as opened:
        found = {bureau: Store(stores.format(bureau=bureau)) for bureau in bureaus}
        for store in found.values():
            opened.push_async_callback(store.close)
        yield Books(found)


def postings_of(people: Iterable[Insured]) -> Counter[str]:
    """Every posting of their moves, once."""
    return Counter(f"remittance/{one.case_no}/1/{deed}" for one in people for deed in POSTINGS_OF_A_CASE)


async def assert_all_have_moved(books: Books, people: Iterable[Insured]) -> None:
    """Account and months are at the new bureau as the form says, and nothing is left at the old one."""
    for one in people:
        application = one.application
        kept = await books.dossier(application.bureau_in, one)
        assert kept is not None
        assert await books.dossier(application.bureau_out, one) == kept
        form = kept.papers.information_forms[-1]
        assert form.lines.individual > 0
        assert await books.holding(application.bureau_in, one) == (form.lines.individual, form.months)
        assert await books.holding(application.bureau_out, one) == (0, 0)
