"""The disk under the stores is full: steps fail, nothing is half written; with room again they are done."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from endings import assert_all_end_well
from many_cases import BUREAUS, Insured, crowd, handle_of, open_all
from site_of_faults import Site
from small_disk import small_disk
from sqlalchemy import text
from temporalio.client import Client

from desk.commands.seed import seed_all
from models.store.chain import verify_chain
from models.store.store import Store

CASES = 12
MEGABYTES = 24
PATIENCE_SECONDS = 120
PAPERS_WITHOUT_POSTING = """
SELECT count(*) FROM paper WHERE kind = 'remittance' AND side = 'issued' AND NOT EXISTS
(SELECT 1 FROM posting WHERE posting.paper = 'remittance/' || paper.case_no || '/1')
"""


async def failing(client: Client, people: list[Insured]) -> int:
    """How many steps are being tried again."""
    described = await asyncio.gather(*(handle_of(client, one).describe() for one in people))
    return sum(pending.attempt > 1 for one in described for pending in one.raw_description.pending_activities)


async def assert_nothing_half_written(url: str) -> None:
    """The file is sound, the chain of postings and papers unbroken, and no paper without its postings."""
    store = Store(url)
    async with store.readers.connect() as connection:
        assert (await connection.execute(text("PRAGMA integrity_check"))).scalar_one() == "ok"
        assert (await connection.execute(text(PAPERS_WITHOUT_POSTING))).scalar_one() == 0
    async with store.reading() as session:
        assert (await verify_chain(session)).broken is None
    await store.close()


async def test_steps_fail_on_a_full_disk_and_are_done_when_there_is_room(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    people = crowd(CASES)
    stores = tmp_path / "disk"
    with (
        small_disk(stores, MEGABYTES) as disk,
        Site(tmp_path, f"sqlite+aiosqlite:///{stores}/{{bureau}}.db") as site,
    ):
        client = await site.open()
        site.start_platform()
        site.start_bureaus("bureaus", BUREAUS)
        await site.ready()
        await seed_all(client, [one.account for one in people])
        pid = site.running["bureaus"].pid
        disk.fill(pid)
        await open_all(client, people)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (failed := await failing(client, people)) < CASES // 2:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        for bureau in BUREAUS:
            await assert_nothing_half_written(site.stores.format(bureau=bureau))
        disk.free(pid)
        freed = time.monotonic()
        await assert_all_end_well(client, site.stores, people)
        took = time.monotonic() - freed
        assert "OperationalError" in site.said("bureaus")
    tell(f"disk full ({disk.kind}): {failed} steps failed; all closed {took:.1f} s after room came")
