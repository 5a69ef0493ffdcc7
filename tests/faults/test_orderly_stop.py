"""SIGTERM to a worker: what it has taken up it finishes and reports; what cannot be finished holds nobody."""

import asyncio
import signal
from pathlib import Path

from endings import assert_all_end_well
from histories import work_of
from many_cases import BUREAUS, crowd, open_all
from site_of_faults import STOP_SECONDS, Site
from unhurried_worker import Held

from activities.contracts import TAKE_IN
from desk.commands.seed import seed_all
from workflows.identifiers import PLATFORM_QUEUE

CASES = 8
HELD_SECONDS = 1.5
PATIENCE_SECONDS = 120
STUBBORN = Path(__file__).with_name("stubborn_worker.py")
UNHURRIED = Path(__file__).with_name("unhurried_worker.py")


async def test_a_step_that_runs_at_sigterm_is_finished_and_reported_once(tmp_path: Path) -> None:
    """What the worker had begun it finishes, once.

    A step the server hands out in the very instant the worker stops is another matter: nobody has begun it,
    and it is asked for again when its heartbeat is missing.
    """
    people = crowd(CASES)
    early, late = people[: CASES // 2], people[CASES // 2 :]
    under_way = tmp_path / "under-way"
    under_way.mkdir()
    with Site(tmp_path) as site:
        client = await site.open()
        site.start_platform()
        given = (TAKE_IN.name, Held.BEFORE, str(HELD_SECONDS), str(under_way))
        site.start_bureaus("stopping", BUREAUS, UNHURRIED, given)
        await site.ready()
        await seed_all(client, [one.account for one in people])
        await open_all(client, early)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not list(under_way.iterdir()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        site.send("stopping", signal.SIGTERM)
        assert await asyncio.to_thread(site.running["stopping"].wait, PATIENCE_SECONDS) == 0
        begun = {path.name for path in under_way.iterdir()}
        half = {one.case_no: await work_of(client, one) for one in early}
        assert {no for no, works in half.items() if TAKE_IN.name in {work.step for work in works}} == begun
        assert {work.attempts for works in half.values() for work in works} == {1}
        await open_all(client, late)
        site.start_bureaus("bureaus", BUREAUS)
        await assert_all_end_well(client, site.stores, people)
        for one in people:
            if one.case_no in begun:
                assert {w.attempts for w in await work_of(client, one) if w.step == TAKE_IN.name} == {1}


async def test_a_worker_stops_within_its_limit_though_a_case_cannot_be_evicted(tmp_path: Path) -> None:
    """The SDK alone waits for such a case without end; the case goes on at another worker."""
    with Site(tmp_path) as site:
        client = await site.open()
        site.start("platform", "--platform", program=STUBBORN)
        await site.ready()
        await client.start_workflow("Stubborn", id="stubborn", task_queue=PLATFORM_QUEUE)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "Timed out running eviction" not in site.said("platform"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        site.send("platform", signal.SIGTERM)
        assert await asyncio.to_thread(site.running["platform"].wait, STOP_SECONDS) == 0
        assert "workers_left_unfinished" in site.said("platform")
        assert "workers_stopped" not in site.said("platform")
