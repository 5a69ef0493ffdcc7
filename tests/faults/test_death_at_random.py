"""`kill -9` of platform, bureaus and server at random moments, a hundred cases and their staff at work.

`make faults` has a thousand cases, and ten times as many blows."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import Random

from books import Holding, open_books
from busy_staff import BusyStaff, acted_in
from endings import assert_all_end_well
from many_cases import BUREAUS, SECRET, Insured, crowd, paid_twice
from site_of_faults import Site
from temporalio.client import Client
from temporalio.service import RPCError

from desk.client.opening import open_case
from desk.commands.seed import seed_all
from rules.values.money import yuan

SEED = 20201123
CASES = int(os.environ.get("FAULT_CASES", "104"))
APART_SECONDS = 0.01
LOOKS_FIRST = "220100"
"""At this bureau an officer looks at every case before it is posted."""
BLOWS = ("platform", "east", "west", "server") * max(1, CASES // 50)
PAUSE_SECONDS = (0.2, 1.6)
EAST, WEST = BUREAUS[::2], BUREAUS[1::2]


def arrangements(directory: Path) -> str:
    path = directory / "arrangements.toml"
    path.write_text(f'[bureaus.{LOOKS_FIRST}]\nposting = "one_officer"\n')
    return str(path)


def people_with_a_past() -> list[Insured]:
    """Every tenth has paid some months twice, unless an officer looks first."""
    return [
        paid_twice(one) if at % 10 == 0 and one.application.bureau_in != LOOKS_FIRST else one
        for at, one in enumerate(crowd(CASES))
    ]


async def held_already(site: Site, people: Sequence[Insured]) -> dict[str, Holding]:
    """What those who have paid twice have at the transfer-in bureau before they move."""
    async with open_books(site.stores, BUREAUS) as books:
        return {
            one.case_no: await books.holding(one.application.bureau_in, one, one.application.scheme_to)
            for one in people
            if one.also
        }


async def apply_for(client: Client, people: Sequence[Insured]) -> None:
    """Hand every application in, again and again while no server answers."""
    for one in people:
        while True:
            with suppress(RPCError):
                await open_case(client, one.application, SECRET)
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(APART_SECONDS)


async def strike(site: Site, random: Random) -> int:
    """One blow after another, each process as often as any other, in an order and at moments of chance.

    A given service is spared. How many blows there were.
    """
    blows = [name for name in BLOWS if name != "server" or site.server]
    random.shuffle(blows)
    for name in blows:
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
        await site.kill(name)
    return len(blows)


def base_stated(one: Insured) -> str:
    """The base of the first months that a person has paid for where they leave, as it is typed."""
    left = next(account for account in one.accounts if account.bureau == one.application.bureau_out)
    return yuan(left.months[0].base)


async def test_cases_by_the_hundred_outlive_deaths_at_random_moments(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    people = people_with_a_past()
    looked_at = {one.case_no for one in people if one.application.bureau_in == LOOKS_FIRST}
    stated = {one.case_no: base_stated(one) for one in people}
    to_correct = {case_no: stated[case_no] for case_no in sorted(looked_at)[::2]}
    twice = {one.case_no for one in people if one.also}
    with Site(tmp_path, keeps=True) as site:
        client = await site.open()
        site.start_platform("--arrangements", arrangements(tmp_path))
        site.start_bureaus("east", EAST)
        site.start_bureaus("west", WEST)
        await site.ready()
        await seed_all(client, [account for one in people for account in one.accounts])
        before = await held_already(site, people)
        staff = BusyStaff(client, to_correct)
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(staff.work())
            watching = tasks.create_task(site.watch())
            applying = tasks.create_task(apply_for(client, people))
            blows = await strike(site, Random(SEED))
            struck = time.monotonic()
            await applying
            plain = [one for one in people if one.case_no not in to_correct]
            ends = await assert_all_end_well(client, site.stores, people, plain=plain, before=before)
            took = time.monotonic() - struck
            working.cancel()
            watching.cancel()
    assert acted_in(staff, "correct") == acted_in(staff, "amend") == set(to_correct)
    assert acted_in(staff, "posting") == looked_at
    assert acted_in(staff, "choose") == acted_in(staff, "refund") == twice
    assert {end.case_no for end in ends if end.form_version == 2} == set(to_correct)
    assert {end.case_no for end in ends if end.refunded} == twice
    again = sum(staff.handed_in.values()) - len(staff.handed_in)
    tell(
        f"{blows} killed at random among {CASES} cases and {len(staff.handed_in)} steps of "
        f"staff, {again} handed in again; all closed and audited {took:.1f} s after the last blow"
    )
