"""Each bureau's steps on its books: dossiers, loading of accounts, the record of a person."""

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.clock import started_at, today
from activities.contracts import FILE_DOSSIER, READ_DOSSIER, READ_HISTORY, SEED_ACCOUNTS
from activities.officers.register import OfficerRegister
from activities.orders import paper_on_file, require_addressed_to, require_known_here
from activities.person_facts import facts_of_person
from models.files.history_file import HistoryFile
from models.messages.dossier import Dossier, DossierAnswer, DossierQuestion
from models.messages.papers import ContactLetter, Paper
from models.messages.steps import (
    EndedCase,
    Filing,
    HistoryAnswer,
    HistoryQuestion,
    SeedBatch,
    SeedResult,
)
from models.officers.seals import digest_of
from models.store.dossiers import dossier_key, latest_dossier
from models.store.histories import history_of
from models.store.records import person_of, relationship_of
from models.store.seeding import load_history
from models.store.store import PaperKey, Store
from rules.values.officers import Right
from rules.values.papers import PaperKind, Side


class BureauBooksActivities:
    """The registry and bookkeeping of a bureau, on its own store."""

    def __init__(self, bureau: str, store: Store, register: OfficerRegister) -> None:
        self.bureau = bureau
        self.store = store
        self.register = register

    @FILE_DOSSIER.implements
    async def file_dossier(self, dossier: Dossier) -> Filing:
        """File the complete dossier of a case here, where it outlives the engine's retention.

        Refuses a dossier of a case that is not this bureau's, or whose papers are not those on file.
        """

        async def draw_up(session: AsyncSession) -> Filing:
            await self._as_on_file(session, dossier)
            kept = dossier_key(dossier.case_no, dossier.version)
            await self.store.file(session, kept, started_at(), dossier)
            application = dossier.application
            return Filing(
                bureau=self.bureau,
                filed_on=today(),
                ended=EndedCase(
                    outcome=dossier.outcome,
                    bureau_out=application.bureau_out,
                    bureau_in=application.bureau_in,
                    entry=application.entry,
                ),
                papers=await self.store.digests(session, dossier.case_no),
                started_at=started_at(),
            )

        key = PaperKey(dossier.case_no, PaperKind.DOSSIER_FILING, Side.ISSUED, dossier.version)
        return await self.store.file_once(key, Filing, started_at(), draw_up)

    async def _as_on_file(self, session: AsyncSession, dossier: Dossier) -> None:
        """Refuses a dossier in which a paper that this bureau issued differs from the one on file.

        A paper that this bureau received may differ from the one that the other bureau issued: the audit
        reports that, and no case stops for it.
        """
        application, papers, case_no = dossier.application, dossier.papers, dossier.case_no
        if self.bureau == application.bureau_in:
            told = PaperKey(case_no, PaperKind.NOTICE, Side.ISSUED, dossier.notice.version)
            await paper_on_file(self.store, session, told, dossier.notice)
        else:
            require_addressed_to(self.bureau, application.bureau_out)
            # For this bureau a case ends once its money has left or the relationship was released.
            remitted = PaperKey(case_no, PaperKind.REMITTANCE, Side.ISSUED)
            if not await self.store.has(session, remitted._replace(kind=PaperKind.RELEASE)):
                await require_known_here(self.store, session, remitted)
        held: list[tuple[PaperKind, int, Paper]] = [
            *((PaperKind.INFORMATION_FORM, one.version, one) for one in papers.information_forms),
            *((PaperKind.REMITTANCE, one.sequence, one) for one in papers.remittances),
        ]
        if papers.certificate:
            held.append((PaperKind.CERTIFICATE, papers.certificate.version, papers.certificate))
        if isinstance(papers.entry, ContactLetter):
            held.append((PaperKind.CONTACT_LETTER, 1, papers.entry))
        for kind, version, paper in held:
            key = PaperKey(case_no, kind, Side.ISSUED, version)
            if await self.store.has(session, key):
                await paper_on_file(self.store, session, key, paper)

    @READ_DOSSIER.implements
    async def read_dossier(self, question: DossierQuestion) -> DossierAnswer:
        """The dossier of a case as it was filed here, also after the engine has forgotten the case."""
        async with self.store.reading() as session:
            return DossierAnswer(dossier=await latest_dossier(self.store, session, question.case_no))

    @SEED_ACCOUNTS.implements
    async def seed_accounts(self, batch: SeedBatch) -> SeedResult:
        """Load histories by an officer's sealed order; one that the store holds already is left as it is.

        Raises ValueError, a caller's fault, for a history of another bureau.
        """
        histories = [HistoryFile.model_validate(raw) for raw in batch.histories]
        if any(one.bureau != self.bureau for one in histories):
            raise ValueError(f"a history of another bureau than {self.bureau}")
        stated = tuple(digest_of(one.stated()) for one in histories)
        refusals = await self.register.accept(batch.order, Right.SEED, batch, started_at(), stated)
        if refusals:
            return SeedResult(bureau=self.bureau, refusals=refusals)
        assert batch.order is not None
        order, loaded = batch.order.message_id, 0
        for history in histories:
            async with self.store.transaction() as session:
                loaded += await load_history(session, self.bureau, history, today(), started_at(), order)
        return SeedResult(bureau=self.bureau, loaded=loaded, known=len(batch.histories) - loaded)

    @READ_HISTORY.implements
    async def read_history(self, question: HistoryQuestion) -> HistoryAnswer:
        """What the books have of a person in a scheme, for a trial calculation."""
        async with self.store.reading() as session:
            person = await person_of(session, question.id_number)
            relationship = await relationship_of(session, question.id_number, question.scheme)
            if person is None or relationship is None or relationship.ended_by is not None:
                return HistoryAnswer()
            known = await facts_of_person(session, person)
            return HistoryAnswer(
                name=person.name,
                history=await history_of(session, relationship),
                recognised_service=known.recognised_service,
            )
