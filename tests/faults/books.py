"""The bureaus' own books after many people have moved, read from the stores themselves."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from many_cases import Insured
from sqlmodel import col, select

from models.messages.dossier import Dossier
from models.store.ledger import individual_account
from models.store.records import months_here, person_of, relationship_of
from models.store.store import PaperKey, Store
from models.store.tables import PostingRow
from rules.values.money import NO_MONEY, Fen
from rules.values.moves import Scheme
from rules.values.papers import PaperKind, Side

STEPS_OF_A_REMITTANCE = ("adjust", "remit", "settle", "arrive")


class Holding(NamedTuple):
    """A person's individual account at a bureau, in fen, and the months that count there."""

    individual: Fen
    months: int


class Books:
    """The stores of some bureaus, open for reading."""

    def __init__(self, stores: dict[str, Store]) -> None:
        self.stores = stores

    async def postings(self) -> Counter[str]:
        """How often each posting of a case is in the books of all bureaus."""
        found: Counter[str] = Counter()
        for store in self.stores.values():
            async with store.reading() as session:
                query = select(PostingRow.key).where(col(PostingRow.case_no) != "")
                found.update((await session.exec(query)).all())
        return found

    async def holding(self, bureau: str, one: Insured, scheme: Scheme) -> Holding:
        """The account of one relationship, and the person's months in any scheme."""
        async with self.stores[bureau].reading() as session:
            person = await person_of(session, one.id_number)
            relationship = await relationship_of(session, one.id_number, scheme)
            assert person is not None
            assert person.id is not None
            assert relationship is not None
            assert relationship.id is not None
            months = await months_here(session, person.id)
            return Holding(await individual_account(session, relationship.id), len(months))

    async def dossier(self, bureau: str, one: Insured) -> Dossier | None:
        async with self.stores[bureau].reading() as session:
            kept = PaperKey(one.case_no, PaperKind.DOSSIER, Side.RECEIVED)
            return await self.stores[bureau].paper(session, kept, Dossier)


@asynccontextmanager
async def open_books(stores: str, bureaus: Iterable[str]) -> AsyncIterator[Books]:
    """Open the books of these bureaus; `stores` is the URL of a store, with {bureau} in it."""
    async with AsyncExitStack() as opened:
        found = {bureau: Store(stores.format(bureau=bureau)) for bureau in bureaus}
        for store in found.values():
            opened.push_async_callback(store.close)
        yield Books(found)


def postings_of(people: Iterable[Insured]) -> Counter[str]:
    """Every posting of these people's moves, once."""
    found: Counter[str] = Counter()
    for one in people:
        found.update(f"remittance/{one.case_no}/1/{step}" for step in STEPS_OF_A_REMITTANCE)
        found[f"taking-in/{one.case_no}/1"] += 1
    return found


async def assert_all_have_moved(
    books: Books,
    people: Iterable[Insured],
    before: Mapping[str, Holding] | None = None,
    refunds: Mapping[str, Fen] | None = None,
) -> None:
    """Assert that account and months are at the new bureau as on the last form, and none at the old one.

    `before` is what people had there already, by case number; `refunds` is the part that was paid out.
    """
    for one in people:
        application, had = one.application, (before or {}).get(one.case_no, Holding(NO_MONEY, 0))
        kept = await books.dossier(application.bureau_in, one)
        assert kept is not None
        assert await books.dossier(application.bureau_out, one) == kept
        form = kept.papers.information_forms[-1]
        assert form.lines.individual > 0
        individual = had.individual + form.lines.individual - (refunds or {}).get(one.case_no, NO_MONEY)
        here = await books.holding(application.bureau_in, one, application.scheme_to)
        assert here == (individual, one.months_in_all)
        assert await books.holding(application.bureau_out, one, application.scheme_from) == (0, 0)
