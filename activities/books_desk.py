"""The desk every bureau has for its books: dossiers, loading of accounts, and the word it gives of itself."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import taken_up_at, today
from activities.deeds import FILE_DOSSIER, SEED_ACCOUNTS, SUMMARISE_BOOKS, TELL_HISTORY
from models.books import Account, ContributionRow, EntryRow, PaperRow, PersonRow, PostingRow
from models.dossier import Dossier
from models.history_file import HistoryFile
from models.messages import (
    BooksSummary,
    Filing,
    HistoryAnswer,
    HistoryQuestion,
    RemittanceEntry,
    SeedBatch,
    SeedResult,
)
from models.papers import Remittance
from models.records import history_of, person_of, relationship_of
from models.seeding import load_history
from models.store import PaperKey, Store
from models.superseding import live
from rules.money import Fen
from rules.months import Month, count_months


class BooksDesk:
    """A bureau's registry and bookkeeping, on its own store."""

    def __init__(self, bureau: str, store: Store) -> None:
        self.bureau = bureau
        self.store = store

    @FILE_DOSSIER.done_here
    async def file_dossier(self, dossier: Dossier) -> Filing:
        """Keep the full file of a case here, beyond what the engine retains."""

        async def draw_up(session: AsyncSession) -> Filing:
            kept = PaperKey(dossier.case_no, "dossier", "received")
            await self.store.file(session, kept, taken_up_at(), dossier)
            return Filing(bureau=self.bureau, filed_on=today(), taken_up_at=taken_up_at())

        key = PaperKey(dossier.case_no, "dossier_filing", "issued")
        return await self.store.file_once(key, Filing, taken_up_at(), draw_up)

    @SEED_ACCOUNTS.done_here
    async def seed_accounts(self, batch: SeedBatch) -> SeedResult:
        """Load histories; one that stands in the store already is left as it is."""
        loaded = 0
        for raw in batch.histories:
            history = HistoryFile.model_validate(raw)
            async with self.store.transaction() as session:
                loaded += await load_history(session, self.bureau, history, today(), taken_up_at())
        return SeedResult(bureau=self.bureau, loaded=loaded, known=len(batch.histories) - loaded)

    @TELL_HISTORY.done_here
    async def tell_history(self, question: HistoryQuestion) -> HistoryAnswer:
        """What the books have of a person in a scheme, for a trial calculation."""
        async with self.store.reading() as session:
            person = await person_of(session, question.id_number)
            relationship = await relationship_of(session, question.id_number, question.scheme)
            if person is None or relationship is None or relationship.ended_by is not None:
                return HistoryAnswer()
            return HistoryAnswer(name=person.name, history=await history_of(session, relationship))

    @SUMMARISE_BOOKS.done_here
    async def summarise_books(self, bureau: str) -> BooksSummary:
        """What the books of this bureau say of themselves, for the audit to compare."""
        async with self.store.reading() as session:
            sums = select(EntryRow.account, func.sum(EntryRow.amount)).group_by(col(EntryRow.account))
            balances = {account: Fen(int(total)) for account, total in await session.exec(sums)}
            return BooksSummary(
                bureau=self.bureau,
                persons=(await session.exec(select(func.count()).select_from(PersonRow))).one(),
                postings=(await session.exec(select(func.count()).select_from(PostingRow))).one(),
                unbalanced=await _unbalanced(session),
                imbalance=Fen(sum(balances.values())),
                balances=balances,
                remittances=await _remittances(session, await self._peers(session)),
                dossiers=tuple(
                    await session.exec(select(PaperRow.case_no).where(col(PaperRow.kind) == "dossier"))
                ),
            )

    async def _peers(self, session: AsyncSession) -> dict[str, str]:
        """Per remittance the bureau at its other end, by the paper on file here."""
        filed = await session.exec(select(PaperRow.body).where(col(PaperRow.kind) == "remittance"))
        papers = [Remittance.model_validate_json(body) for body in filed]
        return {
            paper.number: paper.bureau_in if paper.bureau_out == self.bureau else paper.bureau_out
            for paper in papers
        }


async def _unbalanced(session: AsyncSession) -> tuple[str, ...]:
    query = (
        select(PostingRow.key)
        .join(EntryRow, col(EntryRow.posting_id) == col(PostingRow.id))
        .group_by(PostingRow.key)
        .having(func.sum(EntryRow.amount) != 0)
    )
    return tuple(await session.exec(query))


async def _remittances(session: AsyncSession, peers: Mapping[str, str]) -> tuple[RemittanceEntry, ...]:
    """Per remittance what the bank paid and took in, what of it is posted, and the months that went with it.

    What of a case waits in suspense is not posted. The months of a case stand with its first remittance.
    """
    rows = await session.exec(
        select(EntryRow.remittance, EntryRow.account, EntryRow.amount).where(
            col(EntryRow.remittance).is_not(None)
        )
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    waiting: dict[str, int] = defaultdict(int)
    for number, account, amount in rows:
        assert number is not None
        if account == Account.BANK:
            found[number]["received" if amount > 0 else "sent"] += abs(amount)
        elif account == Account.SUSPENSE:
            waiting[_case_of(number)] -= amount
    moved, taken_in = await _months_by_case(session)
    entries = []
    for number, sums in sorted(found.items()):
        case_no, first = _case_of(number), number.endswith("/1")
        if came := sums.get("received"):
            sums["posted"] = came - waiting.pop(case_no, 0)
        if first and "sent" in sums:
            sums["months_moved"] = moved.get(case_no, 0)
        if first and "received" in sums:
            sums["months_taken_in"] = taken_in.get(case_no, 0)
        entry = {"number": number, "peer": peers.get(number), **sums}
        entries.append(RemittanceEntry.model_validate(entry))
    return tuple(entries)


def _case_of(remittance: str) -> str:
    return remittance.split("/")[1]


async def _months_by_case(session: AsyncSession) -> tuple[dict[str, int], dict[str, int]]:
    """The months each case took away, and those it brought and its own papers did not send back."""
    moved: dict[str, int] = defaultdict(int)
    taken_in: dict[str, int] = defaultdict(int)
    for row in await session.exec(select(ContributionRow).where(live())):
        months = count_months(Month.parse(row.first), Month.parse(row.last))
        if row.moved_by:
            moved[row.moved_by] += months
        if row.origin_case and f"/{row.origin_case}/" not in (row.moved_by or ""):
            taken_in[row.origin_case] += months
    return moved, taken_in
