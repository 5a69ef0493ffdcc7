"""A bureau's store is set back by an hour of work: the audit names it, and what was lost is done again."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from many_cases import Insured, crowd, handle_of, open_all
from servers import start_server
from sqlalchemy import select
from staff import Handle, approval, submit

from desk.client.auditing import audit_books, is_clean
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Stage
from models.store.store import Store
from models.store.tables import ENTRY, MONTHS, PAPER, POSTING
from province import BUREAUS, CHANGCHUN, Province, arranged
from worker import Work, recover_bureau

CONTENT = {
    PAPER: ("case_no", "kind", "side", "version", "reference", "at", "body"),
    MONTHS: ("first", "last", "base", "kind", "origin_case", "origin_bureau", "entered_by", "moved_by"),
}
"""What of a store has to be as it was; in which order steps that ran side by side were entered has not."""


class SetBack:
    """A province of its own, whose bureau at Changchun loses what it has done."""

    def __init__(self, province: Province, directory: Path) -> None:
        self.province = province
        self.files = directory / f"{CHANGCHUN}.db", directory / "backup.db"
        self.office = AsyncExitStack()

    async def open(self) -> None:
        self.office = AsyncExitStack()
        await self.office.enter_async_context(self.province.worker_at(CHANGCHUN))

    async def shut(self) -> None:
        await self.office.aclose()

    def back_up(self) -> None:
        """As `sqlite3 FILE ".backup COPY"`."""
        file, copy = map(sqlite3.connect, self.files)
        file.backup(copy)
        file.close()
        copy.close()

    async def set_back(self) -> None:
        """The machine is lost, and the copy is put in the place of its file."""
        await self.shut()
        file, copy = self.files
        await self.province.stores[CHANGCHUN].close()
        for left in file.parent.glob(f"{file.name}*"):
            left.unlink()
        copy.rename(file)
        self.province.stores[CHANGCHUN] = Store(f"sqlite+aiosqlite:///{file}")

    async def content(self) -> set[tuple[Any, ...]]:
        """Every paper, posting and row of months of the store."""
        found: set[tuple[Any, ...]] = set()
        async with self.province.stores[CHANGCHUN].reading() as session:
            connection = await session.connection()
            for table, names in CONTENT.items():
                rows = await connection.execute(select(*(table.c[name] for name in names)))
                found |= {(table.name, *row) for row in rows}
            sides = select(POSTING.c.key, POSTING.c.at, POSTING.c.officer, ENTRY.c.account, ENTRY.c.amount)
            rows = await connection.execute(sides.join(ENTRY, ENTRY.c.posting_id == POSTING.c.id))
            return found | {("posting", *row) for row in rows}


@pytest.fixture
async def setting(tmp_path: Path) -> AsyncIterator[SetBack]:
    """The engine is this test's own: what it remembers of a bureau is all that the bureau has done."""
    async with AsyncExitStack() as running:
        server = await start_server()
        running.push_async_callback(server.shutdown)
        province = Province(server, tmp_path, running)
        for bureau in BUREAUS:
            await province.open_store(bureau)
        await province.start_platform(arranged=arranged(posting=Officers.ONE_OFFICER))
        await province.start_bureaus(*(one for one in BUREAUS if one != CHANGCHUN))
        made = SetBack(province, tmp_path)
        await made.open()
        running.push_async_callback(made.shut)
        yield made
        await province.stores[CHANGCHUN].close()


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


async def test_what_a_store_has_lost_is_named_done_again_and_as_it_was(setting: SetBack) -> None:
    province, people = setting.province, crowd(12, bureaus=BUREAUS)
    early = await applied(province, people[:6])
    await closed(early[:3])
    setting.back_up()
    await closed(early[3:])
    late = await applied(province, people[6:])
    await closed(late[:4])
    whole = await setting.content()
    await setting.set_back()
    assert len(await setting.content()) < len(whole)

    await setting.open()
    report = await audit_books(province.client, BUREAUS, 30)
    assert {one.subject for one in report.findings} & {one.case_no for one in people[3:]}
    await setting.shut()

    recovered = await recover_bureau(
        province.client, CHANGCHUN, province.stores[CHANGCHUN], Work(False, (CHANGCHUN,), "")
    )
    assert recovered.otherwise == []
    assert await setting.content() == whole

    await setting.open()
    await closed(late[4:])
    report = await audit_books(province.client, BUREAUS, 30)
    assert is_clean(report), report.findings


async def test_a_store_that_has_lost_nothing_stays_as_it_is(setting: SetBack) -> None:
    province = setting.province
    await closed(await applied(province, crowd(3, bureaus=BUREAUS)))
    whole = await setting.content()
    await setting.shut()
    store = province.stores[CHANGCHUN]
    recovered = await recover_bureau(province.client, CHANGCHUN, store, Work(False, (CHANGCHUN,), ""))
    assert (recovered.otherwise, recovered.steps > 0) == ([], True)
    assert await setting.content() == whole
