"""A store, or the engine, is set back by an hour of work: it is named, done again, and as it was."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from many_cases import Insured, crowd, handle_of, open_all
from notices import plain_notice
from servers import start_server
from sqlalchemy import select
from staff import (
    Handle,
    answer,
    approval,
    by_officer,
    demonstration,
    dispute,
    referral,
    ruling,
    submit,
)
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.contracts import ACCEPT_ORDER, CHANGE_ROSTER, ISSUE_CERTIFICATE
from activities.recovery.entry_gate import STORE_BEHIND, EntryGate
from activities.recovery.recovery import Recovered, do_again
from activities.registration import bureau_activities
from desk.client.auditing import is_clean
from desk.client.publication import draft_of
from desk.client.publication import propose_or_check as publish
from desk.client.worker_answers import ask_platform
from desk.rates.client import propose_or_check as publish_rate
from desk.today import china_today
from engine.address import DEMONSTRATION
from engine.asked import asked_of
from engine.connection import connect
from engine.embedded import EmbeddedServer, free_port
from engine.preparation import prepare
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.officers.keys import make_key, text_of
from models.officers.orders import OrderToAccept, Promotion, digest_ordered
from models.officers.rosters import CHANGE, Grant, RosterOrder
from models.rates.messages import RateDraft, RateSignature
from models.store.store import Store
from models.store.tables import ENTRY, MONTHS, OUTGOING, PAPER, POSTING
from province import BUREAUS, CHANGCHUN, PATIENCE_SECONDS, YANBIAN, Province, arranged
from rules.values.money import rate_from_percent
from rules.values.officers import PROVINCE, Right, Role
from rules.values.orders import Proceed
from rules.values.papers import PaperKind
from worker import Serving, Work, look_at, recover, recover_store
from workflows.identifiers import RUNNING_CASES, bureau_queue

ARRANGED = arranged(posting=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
CONTENT = {
    PAPER: ("case_no", "kind", "side", "version", "reference", "at", "body"),
    MONTHS: ("first", "last", "base", "kind", "origin_case", "origin_bureau", "entered_by", "moved_by"),
    OUTGOING: ("key", "case_no", "body"),
}
"""What of a store has to be as it was. Papers state the head of the chain that they were filed after."""


Content = set[tuple[Any, ...]]


async def content_of(store: Store) -> Content:
    """Every paper, posting, message and row of months of a store."""
    found: Content = set()
    async with store.reading() as session:
        connection = await session.connection()
        for table, names in CONTENT.items():
            rows = await connection.execute(select(*(table.c[name] for name in names)))
            found |= {(table.name, *row) for row in rows}
        sides = select(POSTING.c.key, POSTING.c.at, POSTING.c.officer, ENTRY.c.account, ENTRY.c.amount)
        rows = await connection.execute(sides.join(ENTRY, ENTRY.c.posting_id == POSTING.c.id))
        return found | {("posting", *row) for row in rows}


async def contents(directory: Path) -> dict[str, Content]:
    """The same of each bureau's store in a directory."""
    found = {}
    for key in BUREAUS:
        store = Store(f"sqlite+aiosqlite:///{directory}/{key}.db")
        found[key] = await content_of(store)
        await store.close()
    return found


def copy_of(file: Path, copy: Path) -> None:
    """As `sqlite3 FILE ".backup COPY"`."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def put_back(copy: Path, file: Path) -> None:
    """The file is lost, and a copy is put in its place."""
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    copy.rename(file)


class SetBack:
    """A province of its own, where a bureau, or the province itself, loses what it has done."""

    def __init__(self, province: Province, directory: Path, key: str) -> None:
        self.province = province
        self.key = key
        self.files = directory / f"{key}.db", directory / "backup.db"
        self.office = AsyncExitStack()

    async def open(self) -> EntryGate:
        """The worker at the store, which looks first whether its store is whole."""
        gate, self.office = EntryGate(self.key), AsyncExitStack()
        if self.key == PROVINCE:
            worker = await self.province.platform(arranged=ARRANGED, interceptors=[gate])
        else:
            worker = self.province.worker_at(self.key, gate)
        await self.office.enter_async_context(worker)
        await look_at(gate, self.province.client, self.province.stores[self.key])
        return gate

    async def shut(self) -> None:
        await self.office.aclose()

    def back_up(self) -> None:
        copy_of(*self.files)

    async def set_back(self) -> None:
        await self.shut()
        file, copy = self.files
        await self.province.stores[self.key].close()
        put_back(copy, file)
        self.province.stores[self.key] = Store(f"sqlite+aiosqlite:///{file}")

    async def content(self) -> Content:
        return await content_of(self.province.stores[self.key])

    async def recover(self) -> Recovered:
        work = Work(False, (), "", ARRANGED)
        return await recover_store(self.province.client, self.key, self.province.stores[self.key], work)


@asynccontextmanager
async def to_be_set_back(directory: Path, key: str) -> AsyncIterator[SetBack]:
    """The engine is this test's own: what it remembers of a store is all that was done."""
    async with AsyncExitStack() as running:
        server = await start_server()
        running.push_async_callback(server.shutdown)
        province = Province(server, directory, running)
        province.arranged = ARRANGED
        for one in (*BUREAUS, PROVINCE):
            await province.open_store(one)
        if key != PROVINCE:
            await province.start_platform(arranged=ARRANGED)
        await province.start_bureaus(*(one for one in BUREAUS if one != key))
        made = SetBack(province, directory, key)
        await made.open()
        running.push_async_callback(made.shut)
        yield made
        await province.stores[key].close()


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[SetBack]:
    async with to_be_set_back(tmp_path, CHANGCHUN) as made:
        yield made


async def applied(province: Province, people: Iterable[Insured]) -> list[Handle]:
    """The accounts are loaded, the cases opened, and each waits for the posting to be approved."""
    people = list(people)
    await province.seed(*(account for one in people for account in one.accounts))
    await open_all(province.client, people)
    handles = [handle_of(province.client, one) for one in people]
    await asyncio.gather(*(province.awaiting(handle, Approvable.POSTING) for handle in handles))
    return handles


async def closed(handles: Iterable[Handle]) -> None:
    async def close(handle: Handle) -> None:
        await submit(handle, approval(Approvable.POSTING))
        assert (await handle.result()).stage is Stage.CLOSED

    await asyncio.gather(*map(close, handles))


async def waits_for_the_store(province: Province) -> None:
    """Some step at the bureau has been turned away because its store was set back."""

    async def some() -> bool:
        async for case in province.client.list_workflows(RUNNING_CASES):
            described = await province.client.get_workflow_handle(case.id).describe()
            for pending in described.raw_description.pending_activities:
                if pending.last_failure.application_failure_info.type == STORE_BEHIND:
                    return True
        return False

    await province.until(some)


async def test_what_a_store_has_lost_is_named_done_again_and_as_it_was(setting: SetBack) -> None:
    province, people = setting.province, crowd(14, bureaus=BUREAUS)
    early = await applied(province, people[:6])
    await closed(early[:3])
    setting.back_up()
    await closed(early[3:])
    late = await applied(province, people[6:])
    await closed(late[:5])
    whole = await setting.content()
    await setting.set_back()
    assert len(await setting.content()) < len(whole)

    gate = await setting.open()
    missing = await setting.content()
    with pytest.raises(ApplicationError, match=r"ends at link .* with --recover"):
        await gate.passed()
    serving = Serving(province.client, gates={CHANGCHUN: gate}, ready=True)
    (why,) = await serving.missing()
    assert why.startswith(f"bureau {CHANGCHUN} enters nothing: its store was set back")
    last = asyncio.create_task(closed(late[5:]))
    report = await province.audit()
    at_changchun = {
        one.case_no
        for one in people[3:11]
        if CHANGCHUN in (one.application.bureau_in, one.application.bureau_out)
    }
    assert {one.subject for one in report.findings} >= at_changchun
    await waits_for_the_store(province)
    await setting.shut()
    assert await setting.content() == missing, "nothing is entered in a store that was set back"

    recovered = await setting.recover()
    assert (recovered.otherwise, recovered.missing > 20, recovered.ahead) == ([], True, {})
    assert await setting.content() == whole

    recovered = await setting.recover()
    # What desks have handed in has its turn again, and enters nothing.
    assert (recovered.otherwise, recovered.missing, await setting.content()) == ([], 0, whole)

    await (await setting.open()).passed()
    await last
    report = await province.audit()
    assert is_clean(report), report.findings


async def test_what_nobody_remembers_is_named_by_the_recovery_and_by_the_audit(setting: SetBack) -> None:
    province = setting.province
    await closed(await applied(province, crowd(2, bureaus=(YANBIAN, CHANGCHUN))))
    setting.back_up()
    await closed(await applied(province, crowd(2, first=2, bureaus=(YANBIAN, CHANGCHUN))))
    await setting.set_back()
    asked = await asked_of(province.client, bureau_queue(CHANGCHUN), datetime.fromtimestamp(0, UTC))
    forgotten = next(one for one in reversed(asked) if one.step == ISSUE_CERTIFICATE.name)
    recovered = await do_again(
        province.stores[CHANGCHUN],
        [one for one in asked if one is not forgotten],
        partial(bureau_activities, CHANGCHUN),
    )
    assert any(forgotten.case in one for one in recovered.otherwise)

    gate = await setting.open()
    with pytest.raises(ApplicationError, match="was set back"):
        await gate.passed()
    gate.open()
    await gate.passed()
    report = await province.audit()
    assert forgotten.case.removeprefix("transfer/") in {one.subject for one in report.findings}


async def test_what_the_province_has_lost_is_done_again_and_as_it_was(tmp_path: Path) -> None:
    async with to_be_set_back(tmp_path, PROVINCE) as setting:
        province = setting.province
        first, *later = await applied(province, crowd(3, bureaus=(YANBIAN, CHANGCHUN)))
        await ruled(province, first)
        setting.back_up()
        await enrolled(province)
        await published(province)
        for handle in later:
            await ruled(province, handle)
        promoted = Promotion(build_id="later")
        order = by_officer(Right.PROMOTE, PROVINCE, promoted, "operator-01").order
        asked = OrderToAccept(order=order, right=Right.PROMOTE, digest=digest_ordered(promoted))
        assert (await ask_platform(province.client, ACCEPT_ORDER, asked, "promotion")).refusals == ()
        whole = await setting.content()
        await setting.set_back()
        lost = {kind for _, _, kind, *_ in whole - await setting.content()}
        assert lost >= {
            PaperKind.HOLIDAY_NOTICE,
            PaperKind.PUBLISHED_RATE,
            PaperKind.PROVINCE_FILE,
            PaperKind.RULING,
            PaperKind.RULING_NUMBER,
            PaperKind.OFFICERS_ORDER,
            PaperKind.ROSTER,
        }

        gate, missing = await setting.open(), await setting.content()
        with pytest.raises(ApplicationError, match=r"The province enters nothing: .* with --recover"):
            await gate.passed()
        (why,) = await Serving(province.client, gates={PROVINCE: gate}, ready=True).missing()
        assert why.startswith("the province enters nothing: its store was set back")
        # Clocks are computed and cases go on meanwhile.
        late = await applied(province, crowd(1, first=3, bureaus=(YANBIAN, CHANGCHUN)))
        await setting.shut()
        assert await setting.content() == missing, "nothing is entered in a store that was set back"

        recovered = await setting.recover()
        assert (recovered.otherwise, recovered.missing > 8, recovered.ahead) == ([], True, {})
        assert await setting.content() == whole
        recovered = await setting.recover()
        assert (recovered.otherwise, recovered.missing, await setting.content()) == ([], 0, whole)

        await (await setting.open()).passed()
        await closed((first, *later, *late))
        report = await province.audit()
        assert is_clean(report), report.findings


async def ruled(province: Province, handle: Handle) -> None:
    """The case is referred to the province, which has it go on."""
    made = ruling([Proceed()], f"裁〔2026〕{handle.id}号")
    for request in (dispute(), answer(), referral(), made):
        await submit(handle, request)
    await province.journalled(handle, Event.ORDER_CARRIED_OUT)
    # The province has filed it by then.
    await province.awaiting(handle, Approvable.POSTING)


async def enrolled(province: Province) -> None:
    """Two operators of the province enrol one more officer."""
    key = make_key(PROVINCE, "new-01")
    change = Grant(officer=key.officer, key=key.id, public_key=text_of(key.public), roles=(Role.ARBITRATOR,))
    for operator in ("operator-01", "operator-02"):
        order = RosterOrder(message_id=operator, officer=operator, bureau=PROVINCE, change=change)
        sealed = demonstration().officer(PROVINCE, operator).seal("", CHANGE, order)
        made = await ask_platform(province.client, CHANGE_ROSTER, sealed, "roster")
    assert made.made is not None


async def published(province: Province) -> None:
    """Two notices and a yearly rate, each by two officers."""
    year = china_today().year
    drafts = [draft_of(plain_notice(one)) for one in (year + 1, year + 2)]
    rate = RateDraft(year=year, rate=rate_from_percent("2.10"), document=f"人社厅发〔{year + 1}〕1号")
    for officer in ("province-01", "province-02"):
        for draft in drafts:
            await publish(province.client, draft, officer, timedelta(seconds=PATIENCE_SECONDS))
        signature = RateSignature(draft=rate, officer=officer, bureaus=BUREAUS)
        await publish_rate(province.client, signature)

    async def filed() -> bool:
        async with province.stores[PROVINCE].reading() as session:
            query = select(PAPER.c.kind).where(PAPER.c.kind == PaperKind.PUBLISHED_RATE)
            return bool((await (await session.connection()).execute(query)).all())

    await province.until(filed)


async def test_where_the_engine_is_set_back_what_is_to_be_handed_in_again_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database, copy = tmp_path / "temporal.db", tmp_path / "engine.db"
    people = crowd(6, bureaus=BUREAUS)
    server = EmbeddedServer(free_port(), None, database, tmp_path / "server.log", keys=DEMONSTRATION)
    try:
        async with whole_province(server, tmp_path) as province:
            early = await applied(province, people[:4])
            await closed(early[:1])
            copy_of(database, copy)
            # What is done from here on the engine will have forgotten. The stores are copied afterwards.
            await closed(early[1:3])
            await closed(await applied(province, people[4:]))
        whole = await contents(tmp_path)
        server.stop()
        put_back(copy, database)
        await server.start()

        stores = f"sqlite+aiosqlite:///{tmp_path}/{{bureau}}.db"
        assert await recover(server.address, Work(False, BUREAUS, stores))
        told = capsys.readouterr().out
        assert all(one.case_no in told for one in (*people[1:3], *people[4:]))
        assert people[0].case_no not in told
        assert people[3].case_no not in told
        assert await contents(tmp_path) == whole

        async with whole_province(server, tmp_path) as province:
            again = [handle_of(province.client, one) for one in people[1:3]]
            await closed(again + await applied(province, people[4:]))
            typed_again = []
            for key, after in (await contents(tmp_path)).items():
                assert whole[key] <= after
                typed_again += [row[:3] for row in after - whole[key]]
            cases = [one.case_no for one in (*people[1:3], *people[4:])]
            assert sorted(typed_again) == sorted(("paper", case_no, "approval") for case_no in cases)
            report = await province.audit()
            assert is_clean(report), report.findings
    finally:
        server.stop()


@asynccontextmanager
async def whole_province(server: EmbeddedServer, directory: Path) -> AsyncIterator[Province]:
    """Everybody at work on the stores in a directory, at a server that is started unless it runs."""
    async with AsyncExitStack() as running:
        client = await server.start() if server.ended else await connect(server.address)
        await prepare(client)
        province = Province(WorkflowEnvironment.from_client(client), directory, running)
        for key in (*BUREAUS, PROVINCE):
            url = f"sqlite+aiosqlite:///{directory}/{key}.db"
            if not (directory / f"{key}.db").exists():
                url = await province.databases.migrated(key)
            province.stores[key] = store = Store(url)
            running.push_async_callback(store.close)
        await province.start_platform(arranged=arranged(posting=Officers.ONE_OFFICER))
        await province.start_bureaus(*BUREAUS)
        yield province
