"""A hundred cases over four hosts whose links and power fail: no fen, no month and no case is lost."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack

import pytest
from endings import assert_all_end_well
from histories import work_of
from many_cases import Insured, crowd, handle_of, open_all
from network import Network, missing
from province_of_hosts import API_KEY, DESK, HERE, KEY_PORT, SERVER, TLS_PORT, Hosts
from temporalio.client import Client
from waiting import all_closed

from activities.contracts import REMIT_AND_END_RELATIONSHIP
from desk.commands.seed import seed_all
from desk.stack import ROOT
from models.messages.stages import Event, Stage
from workflows.transfer_case import TransferCase

CASES, WAVES, FEW = 100, 3, 3
BUREAUS = EAST, WEST = "220100", "222400"
OUTAGE_SECONDS = float(os.environ.get("HOSTS_OUTAGE_SECONDS", "12"))
"""How long a bureau's link is down in the middle of cases; `make test-hosts` has a minute."""
CUT_SECONDS = 16
"""Longer than the server waits for a heartbeat, also when it is busy: it then hands the step out again."""
OFF_SECONDS = 3
PATIENCE_SECONDS = 60
STEP = REMIT_AND_END_RELATIONSHIP.name
HELD_SECONDS = 2
UNHURRIED = ROOT / "tests" / "faults" / "unhurried_worker.py"
WAITING_DESK = HERE / "waiting_desk.py"


@pytest.fixture(scope="module")
async def hosts(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hosts]:
    """Server, platform, two bureaus and a desk at work on their hosts."""
    directory = tmp_path_factory.mktemp("hosts")
    if lacking := missing():
        pytest.skip(lacking)
    async with AsyncExitStack() as stack:
        network = stack.enter_context(Network())
        built = Hosts(network, directory, BUREAUS)
        stack.callback(built.stop)
        watching = asyncio.create_task(built.watch())
        stack.callback(watching.cancel)
        built.start_server()
        await built.said("platform", "workers_ready")
        (directory / "committed").mkdir()
        built.start_worker(EAST, EAST, "--bureau", EAST)
        held = (STEP, "committed, not reported", str(HELD_SECONDS), str(directory / "committed"))
        built.start_worker(WEST, WEST, *held, "--bureau", WEST, program=UNHURRIED)
        for bureau in BUREAUS:
            await built.said(bureau, "workers_ready")
        yield built


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110 -- files and other processes tell nobody
            await asyncio.sleep(0.02)


async def some_closed(client: Client, people: Sequence[Insured]) -> None:
    """Wait until a few of these cases are closed, so that the others are in the middle."""
    ends = [asyncio.create_task(handle_of(client, one).result()) for one in people]
    await until(lambda: sum(end.done() for end in ends) >= FEW)
    for end in ends:
        end.cancel()
    await asyncio.wait(ends)


async def recovered(client: Client, people: Sequence[Insured], fault: Callable[[], Awaitable[None]]) -> float:
    """Seconds from the end of a fault in the middle of these cases until all of them are closed."""
    await open_all(client, people, apart=0.02)
    await fault()
    since = time.monotonic()
    await all_closed(client, people)
    return time.monotonic() - since


async def desk_loses_its_answer(hosts: Hosts, client: Client, one: Insured) -> None:
    """A withdrawal reaches its case and the answer is lost; typed again it is the same withdrawal."""
    about_to_send, may_send = (hosts.directory / name for name in ("about-to-send", "may-send"))
    typed = hosts.at_service("withdraw", one.case_no, "--reason", "不再转移", "--officer", "in-01", "--json")
    first = asyncio.create_task(hosts.desk(str(about_to_send), str(may_send), *typed, program=WAITING_DESK))
    await until(about_to_send.exists)
    hosts.network.lose_answers(SERVER, DESK)
    may_send.touch()
    code, told = await first
    assert code == 3, told
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await requests_in(client, one):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    hosts.network.answer_again(SERVER, DESK)
    code, told = await hosts.desk(*typed)
    assert code == 0, told
    assert json.loads(told)["duplicate"] is True


async def requests_in(client: Client, one: Insured) -> int:
    """How often a withdrawal was requested, as the case has it in its journal."""
    journal = await handle_of(client, one).query(TransferCase.journal)
    return sum(entry.count for entry in journal if entry.event is Event.WITHDRAWAL_REQUESTED)


async def steps_done_again(client: Client, people: Sequence[Insured]) -> int:
    works = [work for one in people for work in await work_of(client, one)]
    return sum(work.step == STEP and work.attempts > 1 for work in works)


async def test_a_hundred_cases_outlive_links_that_go_down_a_lost_answer_and_a_server_that_vanishes(
    hosts: Hosts, tell: Callable[[str], None]
) -> None:
    *people, withdrawing = crowd(CASES + 1, bureaus=BUREAUS)
    waves = [people[at::WAVES] for at in range(WAVES)]
    network = hosts.network
    async with hosts.reading_along() as client:
        await seed_all(client, [account for one in (*people, withdrawing) for account in one.accounts])

        async def link_down() -> None:
            await some_closed(client, waves[0])
            network.unplug(EAST)
            down = asyncio.create_task(asyncio.sleep(OUTAGE_SECONDS))
            await open_all(client, [withdrawing])
            await desk_loses_its_answer(hosts, client, withdrawing)
            await down
            network.plug(EAST)

        async def down_between_commit_and_report() -> None:
            committed = hosts.directory / "committed"
            await until(lambda: any((committed / one.case_no).exists() for one in waves[1]))
            network.unplug(WEST)
            await asyncio.sleep(CUT_SECONDS)
            network.plug(WEST)

        async def server_vanishes() -> None:
            await some_closed(client, waves[2])
            hosts.vanish()
            await asyncio.sleep(OFF_SECONDS)
            network.plug(SERVER)
            hosts.start_server()

        faults = (link_down, down_between_commit_and_report, server_vanishes)
        took = [await recovered(client, wave, fault) for wave, fault in zip(waves, faults, strict=True)]
        again = await steps_done_again(client, waves[1])
        assert again
        ended = await handle_of(client, withdrawing).result()
        assert ended.stage is Stage.WITHDRAWN
        assert await requests_in(client, withdrawing) == 1
        await assert_all_end_well(client, hosts.stores, people, bureaus=BUREAUS)
        asked = (part for bureau in BUREAUS for part in ("--bureau", bureau))
        code, told = await hosts.desk(*hosts.at_service("audit", *asked))
        assert code == 0, told
    tell(
        f"{CASES} cases over {len(network.hosts)} hosts, 0 fen, 0 months, 0 stuck; all closed {took[0]:.1f} s"
        f" after a bureau's link was back ({OUTAGE_SECONDS:.0f} s down), {took[1]:.1f} s after one between"
        f" commit and report ({again} steps done again), {took[2]:.1f} s after the server's host was back"
    )


async def test_who_has_no_certificate_does_not_get_in(hosts: Hosts) -> None:
    stranger = hosts.profile("stranger")
    stranger.write_text(without_certificate(hosts.profile(DESK).read_text()))
    code, told = await hosts.desk("--config-file", str(stranger), "list")
    assert code == 2
    assert "No TLS connection" in told
    code, told = await hosts.desk(*hosts.at_service("list"))
    assert code == 0, told


def without_certificate(profile: str) -> str:
    return "\n".join(line for line in profile.splitlines() if "client_" not in line)


@pytest.mark.parametrize(("key", "code"), [(API_KEY, 0), ("another", 2)])
async def test_the_api_key_of_a_profile_is_sent(hosts: Hosts, key: str, code: int) -> None:
    """The server checks none; the proxy lets nobody through without it."""
    keyed = hosts.profile("keyed")
    settings = without_certificate(hosts.profile(DESK).read_text()).replace(str(TLS_PORT), str(KEY_PORT))
    keyed.write_text(settings.replace("[profile.default]", f'[profile.default]\napi_key = "{key}"'))
    ended, told = await hosts.desk("--config-file", str(keyed), "list")
    assert ended == code, told
