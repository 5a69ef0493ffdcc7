"""The clocks of the workers' machines are wrong by weeks: papers and postings bear the service's time."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from books import Books, open_books
from endings import assert_all_end_well
from many_cases import BUREAUS, crowd, open_all
from site_of_faults import Site
from sqlmodel import select

from desk.commands.seed import seed_all
from models.store.tables import PaperRow, PostingRow
from rules.values.due_dates import china_day

CASES = 6
FAST, SLOW = 40, -40
WRONG_CLOCK = Path(__file__).with_name("wrong_clock_worker.py")
EAST, WEST = BUREAUS[::2], BUREAUS[1::2]
DAYS_OF_STEPS = ("reviewed_on", "issued_on", "sent_on", "drawn_up_on", "arrived_on", "taken_in_on", "told_on")


def days_wrong(site: Site, name: str) -> float:
    """By how much a worker's clock was off, as its own log tells."""
    line = json.loads(site.said(name).splitlines()[0])
    return (datetime.fromisoformat(line["at"]) - datetime.now(UTC)) / timedelta(days=1)


async def instants(books: Books) -> list[datetime]:
    """When papers and postings say they were made."""
    found: list[datetime] = []
    for store in books.stores.values():
        async with store.reading() as session:
            found += (await session.exec(select(PaperRow.at))).all()
            found += (await session.exec(select(PostingRow.at))).all()
    return found


async def days_on_papers(books: Books) -> set[str]:
    """Every day on which a paper says something was done."""
    found: set[str] = set()
    for store in books.stores.values():
        async with store.reading() as session:
            for body in await session.exec(select(PaperRow.body)):
                found |= set(_days(json.loads(body)))
    return found


def _days(value: Any) -> list[str]:
    if isinstance(value, list):
        return [day for one in value for day in _days(one)]
    if not isinstance(value, dict):
        return []
    here = [value[name] for name in DAYS_OF_STEPS if value.get(name)]
    return here + [day for one in value.values() for day in _days(one)]


async def test_papers_and_clocks_are_dated_by_the_service(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    people = crowd(CASES)
    with Site(tmp_path) as site:
        client = await site.open()
        site.start("platform", "--platform", program=WRONG_CLOCK, given=(str(FAST),))
        site.start_bureaus("east", EAST, WRONG_CLOCK, (str(FAST),))
        site.start_bureaus("west", WEST, WRONG_CLOCK, (str(SLOW),))
        begun = datetime.now(UTC)
        await site.ready()
        await seed_all(client, [one.account for one in people])
        await open_all(client, people)
        ends = await assert_all_end_well(client, site.stores, people)
        ended = datetime.now(UTC)
        wrong = {name: round(days_wrong(site, name)) for name in ("platform", "east", "west")}
        assert wrong == {"platform": FAST, "east": FAST, "west": SLOW}
        async with open_books(site.stores, BUREAUS) as books:
            at = await instants(books)
            assert begun <= min(at)
            assert max(at) <= ended
            days = {str(china_day(one)) for one in (begun, ended)}
            assert await days_on_papers(books) <= days
    assert {str(clock.received_on) for end in ends for clock in end.clocks} <= days
    assert not any(clock.overdue for end in ends for clock in end.clocks)
    tell(f"workers' clocks wrong by {FAST} and {SLOW} days: {len(at)} papers and postings dated right")
