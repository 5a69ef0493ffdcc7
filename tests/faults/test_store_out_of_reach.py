"""A store is locked by somebody else, or its directory is gone, for a while: its steps wait and are done."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from endings import assert_all_end_well
from many_cases import BUREAUS, crowd, handle_of, open_all
from site_of_faults import Site
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.recovery.entry_gate import EntryGate
from desk.commands.seed import seed_all
from engine.embedded import free_port
from models.store.store import Store
from worker import look_at

CASES = 8
LOCKED, GONE_SECONDS = "220100", 3
PATIENCE_SECONDS = 120
IMPATIENT = Path(__file__).with_name("impatient_worker.py")
"""It gives up waiting for the lock while the test still holds it."""


@asynccontextmanager
async def locked(store: Path) -> AsyncIterator[None]:
    """Somebody else writes, and does not come to an end."""
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def failed_on_lock(client: Client) -> int:
    """How many steps have failed on a lock and are tried again."""
    found = 0
    async for case in client.list_workflows("WorkflowType = 'TransferCase' AND ExecutionStatus = 'Running'"):
        described = await client.get_workflow_handle(case.id).describe()
        pending = described.raw_description.pending_activities
        found += sum(one.attempt > 1 for one in pending)
    return found


async def test_steps_wait_for_a_store_that_is_locked_and_then_for_one_that_is_gone(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    people = crowd(CASES)
    stores = tmp_path / "stores"
    with Site(tmp_path) as site:
        client = await site.open()
        site.start_platform()
        site.start_bureaus("bureaus", BUREAUS, IMPATIENT)
        await site.ready()
        await seed_all(client, [one.account for one in people])
        async with locked(stores / f"{LOCKED}.db"):
            await open_all(client, people)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (failed := await failed_on_lock(client)):  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            # While the store is locked none of these ends.
            described = await asyncio.gather(*(handle_of(client, one).describe() for one in people))
            under_way = sum(one.close_time is None for one in described)
        assert "OperationalError" in site.said("bureaus")
        unlocked = time.monotonic()
        stores.rename(tmp_path / "elsewhere")
        await asyncio.sleep(GONE_SECONDS)
        (tmp_path / "elsewhere").rename(stores)
        assert under_way
        await assert_all_end_well(client, site.stores, people)
        took = time.monotonic() - unlocked
    tell(
        f"store locked ({failed} steps failed), then gone for {GONE_SECONDS} s with {under_way} cases "
        f"under way: all closed {took:.1f} s after the lock"
    )


async def test_a_worker_whose_store_was_deleted_ends_and_says_so(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        await site.open()
        site.start_platform()
        site.start_bureaus("bureau", [LOCKED])
        await site.ready()
        (tmp_path / "stores" / f"{LOCKED}.db").unlink()
        assert await asyncio.to_thread(site.running["bureau"].wait, PATIENCE_SECONDS) == 2
        assert "its file was deleted or replaced while the worker ran" in site.said("bureau")
        assert not (tmp_path / "stores" / f"{LOCKED}.db").exists()


async def test_a_database_that_refuses_connections_as_a_worker_begins_is_looked_at_again(
    env: WorkflowEnvironment,
) -> None:
    store = Store(f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/none")
    looking = asyncio.create_task(look_at(EntryGate(LOCKED), env.client, store))
    ended, _ = await asyncio.wait({looking}, timeout=1)
    looking.cancel()
    assert not ended
