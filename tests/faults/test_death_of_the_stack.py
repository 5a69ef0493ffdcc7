"""`kill -9` of what `starter.py up` runs, with cases under way: one process of it after another, then all."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from endings import assert_all_end_well
from many_cases import Insured, crowd, handle_of, open_all
from temporalio.client import Client
from up import MARKS, Up

from desk.commands.seed import seed_all

CROWD = 6
LEFT_OPEN = CROWD // 2
"""So many cases at least must be under way when a blow falls, or the test has struck nothing."""
CROWDS = 5
"""So many crowds at most apply until so many cases are: what is under way ends while one looks."""
PATIENCE_SECONDS = 120


@pytest.fixture(scope="module")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    """The stack, running; whatever a test leaves of it is ended."""
    running = Up(tmp_path_factory.mktemp("up"))
    try:
        await running.start()
        yield running
    finally:
        running.end()


async def enough_under_way(client: Client, people: list[Insured], first: int = 0) -> int:
    """A crowd joins the people and applies, another if too many of its cases have ended by then; how many
    cases are under way. `first` is the number of the first person."""
    for _ in range(CROWDS):
        newcomers = crowd(CROWD, first=first + len(people))
        people += newcomers
        if (under_way := await open_cases_under_way(client, newcomers)) >= LEFT_OPEN:
            return under_way
    raise AssertionError(f"fewer than {LEFT_OPEN} cases of each crowd were under way")


async def open_cases_under_way(client: Client, people: Sequence[Insured]) -> int:
    """Everybody applies, half of them when the first have ended; how many cases are under way then."""
    await seed_all(client, [one.account for one in people])
    early, late = people[:LEFT_OPEN], people[LEFT_OPEN:]
    await open_all(client, early)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await open_of(client, early) == len(early):
            pass
    await open_all(client, late)
    return await open_of(client, people)


async def open_of(client: Client, people: Sequence[Insured]) -> int:
    """How many of their cases have not ended."""
    described = await asyncio.gather(*(handle_of(client, one).describe() for one in people))
    return sum(one.close_time is None for one in described)


async def test_each_process_is_killed_in_turn_and_started_again_by_itself(
    up: Up, tell: Callable[[str], None]
) -> None:
    client = await up.client()
    people: list[Insured] = []
    for name in MARKS:
        under_way = await enough_under_way(client, people)
        before = up.processes()
        await up.kill(name)
        tell(f"{name} killed with {under_way} of {CROWD} new cases under way")
        after = await up.all_there()
        assert {one for one in before if before[one] != after[one]} == {name}
    killed = time.monotonic()
    await assert_all_end_well(client, up.stores, people)
    tell(f"all closed after {time.monotonic() - killed:.1f} s")


async def test_everything_is_killed_at_once_and_started_again(up: Up, tell: Callable[[str], None]) -> None:
    people: list[Insured] = []
    under_way = await enough_under_way(await up.client(), people, first=len(MARKS) * CROWDS * CROWD)
    await up.kill_everything()
    killed = time.monotonic()
    await up.start()
    await assert_all_end_well(await up.client(), up.stores, people)
    took = time.monotonic() - killed
    tell(f"everything killed with {under_way} cases under way: closed after {took:.1f} s")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
async def test_ctrl_c_or_a_closed_terminal_leaves_nothing_behind(up: Up, how: signal.Signals) -> None:
    if not up.running:
        await up.start()
    assert await up.leave(how) == 0
    assert not up.left_behind()
