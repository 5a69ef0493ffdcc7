"""A worker is cut off between commit and report: another does its steps again, then both report."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from endings import assert_all_end_well
from histories import Work, work_of
from many_cases import BUREAUS, Insured, crowd, open_all
from site_of_faults import Site
from temporalio.client import Client
from unhurried_worker import Held

from activities.contracts import REMIT_AND_END_RELATIONSHIP
from desk.commands.seed import seed_all

CASES = 5
STEP = REMIT_AND_END_RELATIONSHIP.name
HELD_SECONDS = 14
"""Longer than the engine waits for a heartbeat."""
PATIENCE_SECONDS = 120
UNHURRIED = Path(__file__).with_name("unhurried_worker.py")
TOO_LATE = "Activity not found on completion"
"""What the SDK says when the server has no use for a result any more."""


async def done_again(client: Client, people: list[Insured]) -> list[Work]:
    works = [work for one in people for work in await work_of(client, one)]
    return [work for work in works if work.step == STEP and work.attempts > 1]


async def test_a_step_reported_by_two_workers_has_its_effect_once(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    people = crowd(CASES)
    under_way = tmp_path / "under-way"
    under_way.mkdir()
    with Site(tmp_path) as site:
        client = await site.open()
        site.start_platform()
        given = (STEP, Held.AFTER, str(HELD_SECONDS), str(under_way))
        site.start_bureaus("cut-off", BUREAUS, UNHURRIED, given)
        await site.ready()
        await seed_all(client, [one.account for one in people])
        await open_all(client, people)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(list(under_way.iterdir())) < CASES:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        site.start_bureaus("bureaus", BUREAUS)
        cut_off = time.monotonic()
        await assert_all_end_well(client, site.stores, people)
        took = time.monotonic() - cut_off
        again = await done_again(client, people)
        assert len(again) == CASES
        async with asyncio.timeout(PATIENCE_SECONDS):
            while site.said("cut-off").count(TOO_LATE) < len(again):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await assert_all_end_well(client, site.stores, people)
    tell(
        f"{len(again)} steps done by two workers, both reported, one effect; all closed {took:.1f} s "
        "after the cut"
    )
