"""The bureaus' PostgreSQL fails as if its power had gone, and is stopped and started again, under load."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from endings import assert_all_end_well
from many_cases import Insured, crowd, handle_of, open_all
from site_of_faults import Site
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.client import Client

from benchmarks.postgresql import Cluster, find_binaries
from desk.commands.seed import seed_all

BUREAUS = ("220100", "220200", "222400")
CASES = 18
CROWDS = 5
"""So many crowds at most apply before a blow: all cases of one may have closed by the time one looks."""
GONE_SECONDS = 2
PATIENCE_SECONDS = 120


@pytest.fixture
async def postgresql() -> AsyncIterator[Cluster]:
    """A server of this test's own, as others must not feel what happens to it."""
    cluster = Cluster(find_binaries())
    try:
        cluster.start()
        engine = create_async_engine(cluster.url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for name in (*BUREAUS, "province"):
                await connection.execute(text(f'CREATE DATABASE "{name}"'))
        await engine.dispose()
        yield cluster
    finally:
        cluster.end()


async def open_cases(client: Client, people: Sequence[Insured]) -> int:
    described = await asyncio.gather(*(handle_of(client, one).describe() for one in people))
    return sum(one.close_time is None for one in described)


async def begun_to_close(client: Client, people: Sequence[Insured]) -> int:
    """Wait until a case has closed; how many are under way then."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (under_way := await open_cases(client, people)) == len(people):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return under_way


async def some_under_way(client: Client, people: list[Insured]) -> int:
    """A crowd joins the people and applies, and has begun to close; how many of its cases are under way."""
    for _ in range(CROWDS):
        newcomers = crowd(CASES, first=len(people), bureaus=BUREAUS)
        people += newcomers
        await seed_all(client, [one.account for one in newcomers])
        await open_all(client, newcomers)
        if under_way := await begun_to_close(client, newcomers):
            return under_way
    raise AssertionError("all cases of each crowd had closed")


async def test_a_database_that_restarts_costs_its_cases_seconds(
    postgresql: Cluster, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    people: list[Insured] = []
    stores = f"postgresql+asyncpg://postgres@/{{bureau}}?host={postgresql.directory}"
    told = []
    with Site(tmp_path, stores) as site:
        client = await site.open()
        site.start_platform()
        site.start_bureaus("bureaus", BUREAUS)
        await site.ready()
        for mode in ("immediate", "fast"):
            under_way = await some_under_way(client, people)
            await asyncio.to_thread(postgresql.stop, mode)
            await asyncio.sleep(GONE_SECONDS)
            await asyncio.to_thread(postgresql.resume)
            back = time.monotonic()
            told.append(f"{mode} with {under_way} under way")
        await assert_all_end_well(client, stores, people, bureaus=BUREAUS)
        took = time.monotonic() - back
    tell(f"PostgreSQL stopped, {' and '.join(told)}: all closed {took:.1f} s after it was back")
