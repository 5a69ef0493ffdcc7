"""One case walked step by step over two bureaus' stores: real steps and stores, without a server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from case_dossier import dossier
from sqlalchemy import func, select
from sqlmodel import SQLModel, col
from staff import accepted, demonstration
from stores import Databases, SqliteFiles
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment

from activities.contracts import (
    FILE_DOSSIER,
    ISSUE_CERTIFICATE,
    LIST_CASES,
    READ_CASES,
    RECEIVE_FUNDS,
    RECEIVE_INFORMATION,
    REGISTER_CONTACT_LETTER,
    REMIT_AND_END_RELATIONSHIP,
    REVIEW_APPLICATION,
    SEED_ACCOUNTS,
    SUMMARISE_BOOKS,
    TAKE_IN,
    ActivityContract,
)
from activities.officers.register import AcceptedOfficers
from activities.registration import bureau_activities
from desk.commands.seed import sealed_batch
from models.files.bureau_data_file import BureauDataFile
from models.files.history_file import HistoryFile
from models.messages.application import TransferApplication
from models.messages.audit import BooksQuestion, BooksSummary, CasesPage, CasesQuestion, NamedCases
from models.messages.papers import ContactLetter, InformationForm, Paper, Remittance, ResultNotice
from models.messages.steps import (
    Arrival,
    CaseOrder,
    CasePapers,
    CertificateAnswer,
    CertificateOrder,
    FundsDelivery,
    LetterDelivery,
    LetterRegistration,
    RegistrationAnswer,
    RemittanceOrder,
    Review,
    ReviewOrder,
    SeedResult,
    TakeInOrder,
    TakenIn,
)
from models.store.store import Store
from models.store.tables import Account, EntryRow
from province import CHANGCHUN, TEACHER, WORKER, YANBIAN, application
from rules.audit import divergences_between
from rules.values.books import CaseBooks, Divergence

Asked = TypeVar("Asked", bound=Paper)
Given = TypeVar("Given", bound=Paper)

CASE, OTHER_CASE = "220100-20260115-AAAAAAAA", "220100-20260115-BBBBBBBB"
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)

TheBooks = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Walked:
    """Every answer of the steps of a walkthrough."""

    review: Review
    answer: CertificateAnswer
    letter: ContactLetter
    registration: LetterRegistration
    form: InformationForm
    remittance: Remittance
    information: Arrival
    funds: Arrival
    taken_in: TakenIn
    notice: ResultNotice


class Walkthrough:
    """Two bureaus and a clock. `repeat` names a step to do twice: again later, or by two workers at once."""

    def __init__(self) -> None:
        self.stores: dict[str, Store] = {}
        self.now = MORNING
        self.bureau_data = BureauDataFile()
        self.accepted = AcceptedOfficers(demonstration())
        self.repeat: ActivityContract[Any, Any] | None = None
        self.at_once = False
        self.repeated: list[str] = []

    @classmethod
    @asynccontextmanager
    async def between(cls, where: Path | Databases, *bureaus: str) -> "AsyncIterator[Walkthrough]":
        """A walkthrough between Yanbian and Changchun, or the named bureaus; a directory means SQLite."""
        databases = SqliteFiles(where) if isinstance(where, Path) else where
        built = cls()
        for bureau in bureaus or (YANBIAN, CHANGCHUN):
            built.stores[bureau] = Store(await databases.migrated(bureau))
        try:
            yield built
        finally:
            await built.close()

    async def close(self) -> None:
        for store in self.stores.values():
            await store.close()

    def open_again(self, bureau: str) -> Store:
        """The bureau's store, opened again as by another process."""
        return Store(self.stores[bureau].url)

    async def seed(self, *accounts: HistoryFile) -> list[SeedResult]:
        """Load accounts at their bureaus."""
        return [
            await self.do(
                SEED_ACCOUNTS,
                account.bureau,
                sealed_batch(account.bureau, [account], demonstration=demonstration()),
            )
            for account in accounts
        ]

    async def do(self, step: ActivityContract[Asked, Given], bureau: str, asked: Asked) -> Given:
        """Have a bureau do a step; if it is to be repeated, compare the second answer with the first."""
        self.now += timedelta(hours=1)
        if step is not self.repeat:
            return await self._run(step, bureau, self.stores[bureau], asked, self.now)
        self.repeated.append(bureau)
        other = self.open_again(bureau)
        try:
            return await (self._twice_at_once if self.at_once else self._twice)(step, bureau, other, asked)
        finally:
            await other.close()

    async def _twice(
        self, step: ActivityContract[Asked, Given], bureau: str, other: Store, asked: Asked
    ) -> Given:
        given = await self._run(step, bureau, self.stores[bureau], asked, self.now)
        after_once = await self.books(bureau)
        again = await self._run(step, bureau, other, asked, self.now + timedelta(days=1))
        assert again == given
        assert await self.books(bureau) == after_once
        return given

    async def _twice_at_once(
        self, step: ActivityContract[Asked, Given], bureau: str, other: Store, asked: Asked
    ) -> Given:
        given, again = await asyncio.gather(
            self._run(step, bureau, self.stores[bureau], asked, self.now),
            self._run(step, bureau, other, asked, self.now + timedelta(days=1)),
        )
        assert again == given
        return given

    async def _run(
        self, step: ActivityContract[Asked, Given], bureau: str, store: Store, asked: Asked, at: datetime
    ) -> Given:
        """Run a step as the worker does: papers cross as JSON both ways, and the service gives the time."""
        steps = bureau_activities(bureau, store, self.bureau_data.office(bureau), self.accepted)
        (method,) = (each for each in steps if each.__name__ == step.name)
        desk = ActivityEnvironment()
        desk.info = replace(desk.info, activity_type=step.name, started_time=at)
        given = await desk.run(method, crossing(asked, step.takes))
        arrived: Given = crossing(given, step.gives)
        return arrived

    async def walk(
        self, asked: TransferApplication | None = None, funds_first: bool = False, case_no: str = CASE
    ) -> Walked:
        """Do the whole walkthrough, every step in order."""
        asked = asked or application()
        out, into = asked.bureau_out, asked.bureau_in
        order = accepted(case_no, asked)
        answer = await self.do(ISSUE_CERTIFICATE, out, CertificateOrder(order=order))
        review_order = ReviewOrder(order=order, certificate=answer.certificate)
        reviewed = await self.do(REVIEW_APPLICATION, into, review_order)
        letter = reviewed.letter
        assert letter is not None
        registered = await self.register(letter)
        form = registered.form
        assert form is not None
        remittance = await self.do(REMIT_AND_END_RELATIONSHIP, out, RemittanceOrder(form=form))
        if funds_first:
            funds = await self.receive_funds(remittance)
            information = await self.do(RECEIVE_INFORMATION, into, form)
        else:
            information = await self.do(RECEIVE_INFORMATION, into, form)
            funds = await self.receive_funds(remittance)
        done = await self.do(TAKE_IN, into, TakeInOrder(form=form))
        notice = done.notice
        walked = Walked(
            review=reviewed.review,
            answer=answer,
            letter=letter,
            registration=registered.registration,
            form=form,
            remittance=remittance,
            information=information,
            funds=funds,
            taken_in=done.taken_in,
            notice=notice,
        )
        papers = CasePapers(
            certificate=answer.certificate,
            entry=letter,
            information_forms=(form,),
            remittances=(remittance,),
            notice=notice,
        )
        full = dossier(asked, papers, notice, information.reconciliation or funds.reconciliation)
        for bureau in dict.fromkeys((into, out)):
            await self.do(FILE_DOSSIER, bureau, full)
        return walked

    async def certify(self, asked: TransferApplication, case_no: str = CASE) -> CertificateAnswer:
        """The transfer-out bureau's answer to an application."""
        order = accepted(case_no, asked)
        return await self.do(ISSUE_CERTIFICATE, asked.bureau_out, CertificateOrder(order=order))

    async def letter(self, order: CaseOrder, answer: CertificateAnswer) -> ContactLetter:
        """The contact letter that follows a certificate."""
        assert answer.certificate is not None
        request = ReviewOrder(order=order, certificate=answer.certificate)
        reviewed = await self.do(REVIEW_APPLICATION, order.application.bureau_in, request)
        assert reviewed.letter is not None
        return reviewed.letter

    async def register(self, letter: ContactLetter) -> RegistrationAnswer:
        """The transfer-out bureau's answer to a letter delivered just now."""
        delivery = LetterDelivery(letter=letter, received_at=self.now)
        return await self.do(REGISTER_CONTACT_LETTER, letter.bureau_out, delivery)

    async def letter_registered(self, asked: TransferApplication, case_no: str = CASE) -> ContactLetter:
        """A letter that the transfer-out bureau has entered: it reserves the relationship for the case."""
        letter = await self.letter_sent(asked, case_no)
        await self.register(letter)
        return letter

    async def letter_sent(self, asked: TransferApplication, case_no: str = CASE) -> ContactLetter:
        """The letter that follows the case's certificate."""
        answer = await self.certify(asked, case_no)
        return await self.letter(accepted(case_no, asked), answer)

    async def form_drawn_up(self, asked: TransferApplication, case_no: str = CASE) -> InformationForm:
        """The information form, drawn up when the letter is entered."""
        registered = await self.register(await self.letter_sent(asked, case_no))
        assert registered.form is not None
        return registered.form

    async def receive_funds(self, remittance: Remittance, form: InformationForm | None = None) -> Arrival:
        """Have the addressed bureau receive money, with the form or without."""
        delivery = FundsDelivery(remittance=remittance, form=form)
        return await self.do(RECEIVE_FUNDS, remittance.bureau_in, delivery)

    async def books(self, bureau: str) -> TheBooks:
        """Every row of every table of a bureau's store."""
        async with self.stores[bureau].engine.connect() as connection:
            return {
                table.name: sorted(map(tuple, await connection.execute(select(table))), key=repr)
                for table in SQLModel.metadata.sorted_tables
            }

    async def balance(self, bureau: str, account: Account) -> int:
        """The balance of an account of the ledger, in fen; what the fund owes is negative."""
        query = select(func.coalesce(func.sum(EntryRow.amount), 0)).where(col(EntryRow.account) == account)
        async with self.stores[bureau].engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def summaries(self) -> Sequence[BooksSummary]:
        """Every bureau's summary of its books."""
        return [
            await self.do(SUMMARISE_BOOKS, bureau, BooksQuestion(bureau=bureau)) for bureau in self.stores
        ]

    async def pages(self) -> Sequence[CasesPage]:
        """Every bureau's pages of cases, one line per case."""
        asked = {bureau: CasesQuestion(bureau=bureau, after="") for bureau in self.stores}
        return [await self.do(LIST_CASES, bureau, question) for bureau, question in asked.items()]

    async def in_full(self) -> Sequence[CaseBooks]:
        """Both bureaus' books of the case."""
        asked = {bureau: NamedCases(bureau=bureau, numbers=(CASE, OTHER_CASE)) for bureau in self.stores}
        answers = [await self.do(READ_CASES, bureau, named) for bureau, named in asked.items()]
        return [books for answer in answers for books in answer.cases]

    async def divergences(self) -> list[Divergence]:
        """Everything an audit would find in the books of both bureaus."""
        found = [one for summary in await self.summaries() for one in summary.findings]
        found += [one for page in await self.pages() for _, one in page.findings]
        by_case: dict[str, list[CaseBooks]] = {}
        for books in await self.in_full():
            by_case.setdefault(books.case_no, []).append(books)
        return found + [
            one for pair in by_case.values() if len(pair) == 2 for one in divergences_between(*pair)
        ]


class Played:
    """A story that is played once on each kind of database; every test gets its own copy of the books at its
    end."""

    def __init__(self, story: Callable[[Walkthrough], Awaitable[None]]) -> None:
        self.story = story
        self._ends: dict[type[Databases], tuple[datetime, dict[str, Any]]] = {}

    @asynccontextmanager
    async def on(self, databases: Databases) -> AsyncIterator[Walkthrough]:
        """The two bureaus after the story."""
        now, contents = self._ends.get(type(databases)) or await self._play(databases)
        built = Walkthrough()
        built.now = now
        for bureau, content in contents.items():
            built.stores[bureau] = Store(await databases.filled(bureau, content))
        try:
            yield built
        finally:
            await built.close()

    async def _play(self, databases: Databases) -> tuple[datetime, dict[str, Any]]:
        async with Walkthrough.between(databases) as played:
            await self.story(played)
        contents = {bureau: await databases.content(store.url) for bureau, store in played.stores.items()}
        self._ends[type(databases)] = end = (played.now, contents)
        return end


def record(months: Sequence[dict[str, str]], scheme: str = "G", **more: Any) -> HistoryFile:
    """A history at Yanbian of any kinds of months, for the teacher or for a worker."""
    teacher = {"name": "崔明玉", "id_number": TEACHER}
    person = teacher if scheme == "G" else {"name": "孙立国", "id_number": WORKER}
    return HistoryFile.model_validate(
        {"person": person, "scheme": scheme, "bureau": YANBIAN, "months": months, **more}
    )


def leaving(scheme: str) -> TransferApplication:
    """The teacher's application, or that of the worker, who moves the other way."""
    if scheme == "G":
        return application()
    return application(
        name="孙立国",
        id_number=WORKER,
        scheme_from="E",
        scheme_to="G",
        new_employer="长春市第二实验小学",
    )


def crossing(paper: Any, kind: type[Any]) -> Any:
    """A paper as it arrives: written and read by the engine's converter."""
    converter = pydantic_data_converter.payload_converter
    arrived = converter.from_payloads(converter.to_payloads([paper]), [kind])[0]
    assert arrived == paper
    return arrived
