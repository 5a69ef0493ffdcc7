"""Workers of an older build beside newer ones, at the platform and at the bureaus: what one cannot read, the
other takes, and every case ends."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from endings import assert_all_end_well
from histories import work_of
from many_cases import BUREAUS, Insured, crowd, handle_of, open_all
from site_of_faults import Site
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from activities.contracts import REMIT_AND_END_RELATIONSHIP
from desk.commands.seed import seed_all

CASES = 8
CROWDS = 5
"""So many crowds at most apply until something went to a worker that could not read it: it is left to chance
which worker gets what."""
NEWER = Path(__file__).with_name("newer_worker.py")


async def not_understood(client: Client, people: list[Insured]) -> Counter[str]:
    """How often a platform could not read an answer, and a bureau an order."""
    found: Counter[str] = Counter()
    for one in people:
        async for event in handle_of(client, one).fetch_history_events():
            found["answers"] += event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
        for work in await work_of(client, one):
            found["orders"] += work.step == REMIT_AND_END_RELATIONSHIP.name and work.attempts > 1
    return found


async def test_every_case_ends_while_older_and_newer_workers_share_the_queues(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    people: list[Insured] = []
    unread: Counter[str] = Counter()
    with Site(tmp_path) as site:
        client = await site.open()
        site.start("older-platform", "--platform")
        site.start("newer-platform", "--platform", program=NEWER)
        site.start_bureaus("older", BUREAUS)
        site.start_bureaus("newer", BUREAUS, NEWER)
        await site.ready()
        begun = time.monotonic()
        while not unread.total() and len(people) < CROWDS * CASES:
            newcomers = crowd(CASES, first=len(people))
            people += newcomers
            await seed_all(client, [one.account for one in newcomers])
            await open_all(client, newcomers)
            await assert_all_end_well(client, site.stores, people)
            unread = await not_understood(client, people)
        took = time.monotonic() - begun
    assert unread.total()
    tell(
        f"older and newer builds: {unread['answers']} answers and {unread['orders']} orders went to a "
        f"worker that could not read them; {len(people)} cases closed after {took:.1f} s"
    )
