"""`make bench-open`: thousands of cases that wait on their clocks, and what it takes to keep and move them.

The bureaus' workers are off, so every case has its clock A running and waits for both bureaus. Measured: the
memory of server and platform, the time to list, the time from a signal to its effect, and how long it takes
to tell all cases of a new calendar until each has computed its clock anew.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from temporalio.client import Client
from temporalio.service import RPCError

from benchmarks.machine import Machine, cores, machine, median
from benchmarks.measuring import PLATFORM, WORKER, figures
from benchmarks.people import BUREAUS, SECRET, movers
from desk.client.opening import open_cases
from desk.client.publication import draft_of, sign
from desk.client.visibility import CASES
from desk.officers.signing import demonstration_of, seal_request
from desk.screens.screen import console, table
from desk.today import china_today
from models.files.holiday_notice import CalendarFile
from models.messages.requests import StaffAction, Withdrawal
from models.messages.stages import Event, Party
from rules.calendar.working_days import WorkingCalendar
from workflows.identifiers import DUE_AT, case_workflow_id
from workflows.transfer_case import TransferCase

SIZE = int(os.environ.get("OPEN_CASES", "10000"))
SAMPLE = 40
LOOK_SECONDS, LOOK_AGAIN_SECONDS, SETTLE_SECONDS = 0.2, 0.01, 5
TOO_LONG = timedelta(hours=1)


@dataclass
class Told:
    """What was measured, a line each."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    @asynccontextmanager
    async def timing(self, what: str) -> AsyncIterator[None]:
        begun = time.perf_counter()
        yield
        self.add(what, f"{time.perf_counter() - begun:.2f} s")

    def add(self, what: str, found: str) -> None:
        """A line, told at once: it may be long until the last."""
        self.rows.append((what, found))
        print(f"{what}: {found}", file=sys.stderr)

    def memory(self, on: Machine, when: str) -> None:
        self.add(f"memory of the server, {when}", f"{on.megabytes('server'):.0f} MB")
        self.add(f"memory of the platform's worker, {when}", f"{on.megabytes(PLATFORM):.0f} MB")


async def open_many(client: Client) -> list[str]:
    """The numbers of so many new cases, as soon as the clock of each runs."""
    applications = [application for _, application in movers(SIZE)]
    numbers = [opened.case_no async for opened in open_cases(client, applications, SECRET)]
    while await count(client, f"{DUE_AT.name} IS NOT NULL") < SIZE:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)
    return numbers


async def count(client: Client, condition: str) -> int:
    """How many cases fulfil a condition on their due date."""
    return (await client.count_workflows(f"{CASES} AND {condition}")).count


async def listed(client: Client, query: str) -> int:
    """A page of a list, as `starter.py list` asks for it."""
    return len([case async for case in client.list_workflows(query, limit=100)])


async def from_signal_to_effect(client: Client, case_no: str) -> float:
    """A withdrawal by signal, until the journal of the case has it."""
    handle = client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))
    request = Withdrawal(message_id=f"m/{case_no}", by=Party.APPLICANT, officer="in-01", reason="不再转移")
    record = await handle.query(TransferCase.record)
    sealed = seal_request(StaffAction.WITHDRAW, request, record, demonstration_of(client))
    begun = time.perf_counter()
    await handle.signal(StaffAction.WITHDRAW, sealed)
    done = False
    while not done:
        # A query that is not answered in time has waited with the signal: that is what is measured.
        with suppress(RPCError):
            journal = await handle.query(TransferCase.journal)
            done = any(entry.event is Event.WITHDRAWAL_REQUESTED for entry in journal)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return time.perf_counter() - begun


async def latest_due(client: Client) -> datetime:
    """The latest due date among the cases first listed; they were all opened today."""
    found = [case async for case in client.list_workflows(CASES, limit=100)]
    return max(case.typed_search_attributes[DUE_AT] for case in found)


def closure() -> CalendarFile:
    """Every bureau shut on a working day of the next week, so that every due date moves."""
    calendar, day = WorkingCalendar(), china_today() + timedelta(days=3)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return CalendarFile.model_validate({"closures": [_closed(bureau, day) for bureau in BUREAUS]})


def _closed(bureau: str, day: date) -> dict[str, object]:
    return {"bureau": bureau, "day": day, "name": "bench"}


async def publish(client: Client, told: Told) -> None:
    """Two officers publish it; until no case shows a due date as it was."""
    draft, before = draft_of(closure()), await latest_due(client)
    # A second later: the server's SQLite is not to be asked about equal instants.
    unmoved = f"{DUE_AT.name} < '{(before + timedelta(seconds=1)).isoformat()}'"
    await sign(client, draft, "officer-1", TOO_LONG)
    async with told.timing("calendar published: until every due date has moved"):
        async with told.timing("calendar published: until the server has told all cases"):
            await sign(client, draft, "officer-2", TOO_LONG)
        told.add("cases that have not computed anew by then", f"{await count(client, unmoved):,}")
        while await count(client, unmoved):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)


async def signals(client: Client, told: Told, numbers: Sequence[str], when: str) -> None:
    """How long signals take, one after the other."""
    took: list[float] = []
    try:
        for one in numbers:
            took.append(await from_signal_to_effect(client, one))
    finally:
        told.add(f"signal to effect {when}, median of {len(took)}", f"{median(took) * 1000:.0f} ms")
        told.add(f"signal to effect {when}, longest", f"{max(took) * 1000:.0f} ms")


async def publish_beside_signals(client: Client, told: Told, numbers: Sequence[str]) -> None:
    """Clerks do not wait with their work for a publication to be over."""
    beside = asyncio.create_task(signals(client, told, numbers, "meanwhile"))
    await publish(client, told)
    beside.cancel()
    with suppress(asyncio.CancelledError):
        await beside


async def run() -> None:
    """Measure and print."""
    told = Told()
    async with machine() as (on, client):
        stores = f"sqlite+aiosqlite:///{on.directory}/stores/{{bureau}}.db"
        on.start(PLATFORM, WORKER, "--platform", "--store", stores)
        await on.ready(PLATFORM)
        told.memory(on, "before")
        async with told.timing(f"opening {SIZE:,} cases, each with its clock running"):
            numbers = await open_many(client)
        await asyncio.sleep(SETTLE_SECONDS)
        told.memory(on, f"{SIZE:,} cases open")
        cpu = on.cpu_seconds()
        await asyncio.sleep(SETTLE_SECONDS)
        idle = {who: (used - cpu[who]) / SETTLE_SECONDS for who, used in on.cpu_seconds().items()}
        for who, share in idle.items():
            told.add(f"idle CPU of the {who}, of one core", f"{share:.0%}")
        async with told.timing("list: 100 cases"):
            await listed(client, CASES)
        async with told.timing("list: 100 cases of a bureau"):
            await listed(client, f"{CASES} AND BureauIn = '{BUREAUS[0]}'")
        async with told.timing("count all"):
            await client.count_workflows(CASES)
        sample = Random(SIZE).sample(numbers, len(numbers))
        await signals(client, told, sample[:SAMPLE], "before")
        await publish_beside_signals(client, told, sample[2 * SAMPLE :])
        await signals(client, told, sample[SAMPLE : 2 * SAMPLE], "afterwards")
        told.memory(on, "at the end")
    console().print(f"{cores()} cores, one server with a file, bureaus' workers off")
    shown = table(f"{SIZE:,} open cases", "measured")
    for row in told.rows:
        shown.add_row(*row)
    console().print(figures(shown))


if __name__ == "__main__":
    asyncio.run(run())
