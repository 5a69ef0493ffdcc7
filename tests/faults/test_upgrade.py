"""From one release to the next with open cases: workers of both at once, stores migrated meanwhile."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from endings import assert_all_end_well
from many_cases import Insured, crowd, handle_of, open_all
from next_release import CHANGE, write_next_release
from site_of_faults import STOP_SECONDS, WORKER, Site
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from waiting import all_closed

from desk.commands.seed import seed_all
from desk.stack import ROOT

BUREAUS = ("220100", "220200", "222400")
THERE, AWAY = BUREAUS[:2], BUREAUS[2:]
CASES = 12


def at_once(people: Sequence[Insured]) -> list[Insured]:
    """Those whose case can end while a bureau is away."""
    return [one for one in people if not {one.application.bureau_in, one.application.bureau_out} & set(AWAY)]


async def promote(site: Site, build_id: str) -> None:
    """Give a release all cases, as an operator does."""
    command = [sys.executable, str(ROOT / "starter.py"), *site.reach]
    done = await asyncio.to_thread(
        subprocess.run, [*command, "promote", build_id], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


async def stop(site: Site, *names: str) -> None:
    for name in names:
        site.send(name, signal.SIGTERM)
    for name in names:
        assert await asyncio.to_thread(site.running.pop(name).wait, STOP_SECONDS) == 0, name


async def changed(client: Client, one: Insured) -> bool:
    """Whether a case went the way of the next release, which it says in its history."""
    history = await handle_of(client, one).fetch_history()
    return CHANGE in str(history.events)


async def builds(client: Client, one: Insured) -> list[str]:
    """The release of each workflow task of a case."""
    return [
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in (await handle_of(client, one).fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]


async def workers_of(client: Client, people: Sequence[Insured]) -> set[int]:
    """The processes that took up the steps of cases."""
    return {
        int(event.activity_task_started_event_attributes.identity.partition("@")[0])
        for one in people
        for event in (await handle_of(client, one).fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    }


async def test_cases_opened_before_and_after_an_upgrade_end_well(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    before, after = crowd(CASES, bureaus=BUREAUS), crowd(CASES, CASES, bureaus=BUREAUS)
    newer = write_next_release(tmp_path / "next")
    with Site(tmp_path) as site:
        client = await site.open()
        site.start_platform("--build-id", "1.0")
        site.start_bureaus("there", THERE)
        site.start_bureaus("away", AWAY)
        await site.ready()
        await promote(site, "1.0")
        await seed_all(client, [one.account for one in (*before, *after)])
        await stop(site, "away")
        await open_all(client, before)
        await all_closed(client, at_once(before))
        open_before = [one for one in before if one not in at_once(before)]

        begun = time.monotonic()
        site.start("newer-platform", "--platform", "--build-id", "1.1", program=newer)
        site.start_bureaus("newer-there", THERE, newer)
        await site.ready()
        await promote(site, "1.1")
        await open_all(client, after)
        await all_closed(client, at_once(after))
        both = {site.running["there"].pid, site.running["newer-there"].pid}
        assert both <= await workers_of(client, after), "bureaus' workers of both releases had a share"
        await stop(site, "platform", "there")

        site.start_bureaus("newer-away", AWAY, newer)
        await assert_all_end_well(client, site.stores, [*before, *after], bureaus=BUREAUS)
        took = time.monotonic() - begun

        assert not [one for one in before if await changed(client, one)]
        assert [one for one in after if await changed(client, one)] == after
        for one in open_before:
            assert set(await builds(client, one)) == {"1.0", "1.1"}

        site.start("too-old", *(part for bureau in AWAY for part in ("--bureau", bureau)), program=WORKER)
        assert await asyncio.to_thread(site.running["too-old"].wait, STOP_SECONDS) == 2
        assert "a newer release" in site.said("too-old")
    tell(
        f"upgrade with {len(open_before)} cases open: both releases side by side, stores migrated, all"
        f" {2 * CASES} cases closed {took:.1f} s after the first newer worker was started"
    )
