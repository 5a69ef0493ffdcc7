"""`make bench-open`: the cost of keeping and moving thousands of open cases that wait on their clocks.

The bureaus' workers are off, so every case has its clock A running and waits for both bureaus. Measured are
the memory of server and platform, the time to list cases, the time from a signal to its effect, and the time
to inform the cases concerned of a year's notice, and all cases of a day on which every bureau is closed.

A hundred thousand cases (`OPEN_CASES=100000`) take hours. Progress is kept under `.state` and printed every
half minute; a run ends by itself after `OPEN_MINUTES`, or may be interrupted, and the next one continues.
"""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from urllib.request import urlopen

from pydantic import BaseModel, PrivateAttr
from temporalio.client import Client
from temporalio.service import RPCError

from benchmarks.machine import Machine, cores, machine, median
from benchmarks.measuring import PLATFORM, WORKER, figures
from benchmarks.people import BUREAUS, SECRET, mover
from desk.client.case_numbers import case_number
from desk.client.opening import open_cases
from desk.client.publication import draft_of, propose_or_check
from desk.files.calendar_file import read_calendar_file
from desk.screens.screen import console, table
from desk.stack import ROOT
from desk.today import china_today
from engine.embedded import free_port
from models.files.holiday_notice import CalendarFile
from models.messages.bank_statement import FundsArrived
from models.messages.calendar import Publication
from models.messages.stages import Event
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.money import Fen
from workflows.identifiers import ALL_CASES, DUE_AT, FUNDS_ARRIVED, case_workflow_id
from workflows.transfer_case import TransferCase

SIZE = int(os.environ.get("OPEN_CASES", "10000"))
MINUTES = float(os.environ.get("OPEN_MINUTES", "120"))
"""A run ends after this time, and the next one continues."""
STATE = ROOT / ".state" / f"bench-open-{SIZE}"
YEARLY = ROOT / "examples" / "calendar" / "notice-2027-sample.toml"
BATCH = 1000
"""How many cases are opened together; their clocks have to run before the next are opened."""
SAMPLE = 40
MOST_SIGNALS = 3000
"""The most signals during a publication; they lengthen the journals of their cases."""
LOOK_SECONDS, LOOK_AGAIN_SECONDS, SETTLE_SECONDS = 0.2, 0.01, 5
TOLD_EVERY_SECONDS = 30
WAIT = timedelta(days=1)
"""The wait for a publication: longer than any takes, as the run ends before."""


class OutOfTime(Exception):
    """The time of this run is over; its progress has been written down."""


class Told(BaseModel):
    """The measurements by name, and the progress of the benchmark, kept in a file between runs."""

    file: Path | None = None
    rows: dict[str, str] = {}
    opened: int = 0
    closed_day: date | None = None
    """The day of the published closure, once its publication has begun."""
    due_dates: list[datetime] = []
    """The due dates that cases have before the closure; one for each day on which cases were opened."""
    later: int = 0
    """The sum over these dates of the cases due later, before the closure."""
    signalled: int = 0
    """How many cases have had a signal; each gets at most one."""
    yearly: bool = False
    """Whether the notice of a year has been published."""
    seconds: dict[str, float] = {}
    """The seconds that long steps have taken so far, over all runs."""
    _running: dict[str, tuple[float, float]] = PrivateAttr(default_factory=dict)
    """For each step under way, its seconds before this run, and when it began in this run."""

    @asynccontextmanager
    async def timing(self, what: str) -> AsyncIterator[None]:
        """Time a step that may extend over several runs."""
        self._running[what] = self.seconds.get(what, 0.0), time.perf_counter()
        try:
            yield
        finally:
            self.keep()
            del self._running[what]
        self.add(what, f"{self.seconds[what]:.2f} s")

    def add(self, what: str, found: str) -> None:
        """Add a measurement and print it at once, as the last one may come much later."""
        self.rows[what] = found
        print(f"{what}: {found}", file=sys.stderr)
        self.keep()

    def keep(self) -> None:
        """Write down the progress."""
        for what, (before, begun) in self._running.items():
            self.seconds[what] = before + time.perf_counter() - begun
        if self.file:
            part = self.file.with_suffix(".part")
            part.write_text(self.model_dump_json(exclude={"file"}))
            part.rename(self.file)

    def memory(self, on: Machine, when: str) -> None:
        self.add(f"memory of the server, {when}", f"{on.megabytes('server'):.0f} MB")
        self.add(f"memory of the platform's worker, {when}", f"{on.megabytes(PLATFORM):.0f} MB")


def reached(file: Path) -> Told:
    """The progress of the last run, or none."""
    if not file.exists():
        return Told(file=file)
    return Told.model_validate_json(file.read_text()).model_copy(update={"file": file})


class Progress:
    """Prints every half minute how much is done and how long the rest takes at this rate."""

    def __init__(self, told: Told, what: str, whole: int, done: int, until: float) -> None:
        self.measured = told
        self.what = what
        self.whole = whole
        self.first = done
        self.begun = self.told = time.monotonic()
        self.until = until

    def reached(self, done: int) -> None:
        """Raises OutOfTime once the time of the run is over."""
        now = time.monotonic()
        if now - self.told >= TOLD_EVERY_SECONDS and done > self.first:
            self.told = now
            pace = (done - self.first) / (now - self.begun)
            left = (self.whole - done) / pace / 60
            told = f"{self.what}: {done:,} of {self.whole:,}, {pace:.0f} a second, {left:.0f} minutes left"
            print(told, file=sys.stderr)
            self.measured.keep()
        if now > self.until and done < self.whole:
            raise OutOfTime


def number_of(person: int) -> str:
    """The number of a person's case."""
    return case_number(mover(person)[1], SECRET)


async def open_many(client: Client, told: Told | None = None, until: float = float("inf")) -> None:
    """Open the cases that are not open yet, a thousand at a time, and wait until their clocks run."""
    told = told or Told()
    progress = Progress(told, "opened", SIZE, told.opened, until)
    while told.opened < SIZE:
        people = range(told.opened, min(told.opened + BATCH, SIZE))
        async for _ in open_cases(client, [mover(one)[1] for one in people], SECRET):
            pass
        while await count(client, f"{DUE_AT.name} IS NOT NULL") < people.stop:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
        told.opened = people.stop
        told.due_dates = sorted({*told.due_dates, await latest_due(client)})
        told.keep()
        progress.reached(told.opened)


async def count(client: Client, condition: str) -> int:
    """How many cases satisfy a condition on their due date."""
    return (await client.count_workflows(f"{ALL_CASES} AND {condition}")).count


async def due_later(client: Client, due_dates: Sequence[datetime]) -> int:
    """The sum over some due dates of the cases due later: each case that moves by a day adds one."""
    # One second later, as the server's SQLite should not have to compare equal instants.
    bounds = [(each + timedelta(seconds=1)).isoformat() for each in due_dates]
    return sum([await count(client, f"{DUE_AT.name} > '{bound}'") for bound in bounds])


async def listed(client: Client, query: str) -> int:
    """Read a page of a list as `starter.py list` does; returns how many cases it has."""
    return len([case async for case in client.list_workflows(query, limit=100)])


async def from_signal_to_effect(client: Client, case_no: str) -> float:
    """The seconds from the signal of an arrival at the bank to its entry in the case's journal.

    A request by staff would wait for their bureau to vouch for them, and the bureaus are off.
    """
    handle = client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case_no))
    arrived = FundsArrived(
        message_id=f"m/{case_no}",
        bureau=BUREAUS[0],
        remittance=f"remittance/{case_no}/1",
        reference=f"bench-{case_no}",
        value_date=china_today(),
        amount=Fen(100),
    )
    begun = time.perf_counter()
    await handle.signal(FUNDS_ARRIVED, arrived)
    done = False
    while not done:
        # A query that is not answered in time has waited together with the signal, which is measured.
        with suppress(RPCError):
            journal = await handle.query(TransferCase.journal)
            done = any(entry.event is Event.ARRIVAL_REPORTED for entry in journal)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return time.perf_counter() - begun


async def latest_due(client: Client) -> datetime:
    """The latest due date among the first cases of the list."""
    found = [case async for case in client.list_workflows(ALL_CASES, limit=100)]
    return max(case.typed_search_attributes[DUE_AT] for case in found)


def working_day_ahead() -> date:
    """A working day of the next week."""
    calendar, day = WorkingCalendar(), china_today() + timedelta(days=3)
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def closure(day: date) -> CalendarFile:
    """A calendar file that closes every bureau on this day, so that every due date moves."""
    closures = [{"bureau": bureau, "day": day, "name": "bench"} for bureau in BUREAUS]
    return CalendarFile.model_validate({"closures": closures})


async def publish_year(client: Client, told: Told) -> None:
    """Publish the notice of a year, which concerns only cases that are due in it or overdue."""
    draft = draft_of(read_calendar_file(YEARLY))
    await propose_or_check(client, draft, "officer-1", WAIT)
    begun = time.perf_counter()
    publication = await propose_or_check(client, draft, "officer-2", WAIT)
    assert isinstance(publication, Publication)
    took = time.perf_counter() - begun
    told.yearly = True
    told.add("notice of a year published: until its cases are told", f"{took:.1f} s")
    told.add("cases that it concerned", f"{publication.told:,}")


async def publish(client: Client, told: Told, until: float) -> None:
    """Publish the closure, and wait until the list has a later due date for every case."""
    if told.closed_day is None:
        told.later = await due_later(client, told.due_dates)
        day = working_day_ahead()
        await propose_or_check(client, draft_of(closure(day)), "officer-1", WAIT)
        told.closed_day = day
        told.keep()
    async with told.timing("calendar published: until every due date has moved"):
        telling = asyncio.create_task(server_tells(client, told))
        progress = Progress(told, "due dates moved", SIZE, await moved(client, told), until)
        try:
            while (done := await moved(client, told)) < SIZE or not telling.done():
                progress.reached(done)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            telling.cancel()
        await telling


async def moved(client: Client, told: Told) -> int:
    """How many cases the list has with a later due date than before the closure."""
    return await due_later(client, told.due_dates) - told.later


async def server_tells(client: Client, told: Told) -> None:
    """Have the second officer check the notice, and wait until the server has signalled all cases."""
    assert told.closed_day is not None
    async with told.timing("calendar published: until the server has told all cases"):
        await propose_or_check(client, draft_of(closure(told.closed_day)), "officer-2", WAIT)
    told.add("cases that have not computed anew by then", f"{SIZE - await moved(client, told):,}")


async def signals(client: Client, told: Told, people: Sequence[int], when: str) -> None:
    """Measure how long signals take, one after the other."""
    took: list[float] = []
    try:
        for one in people:
            took.append(await from_signal_to_effect(client, number_of(one)))
            told.signalled += 1
    finally:
        if took:
            told.add(f"signal to effect {when}, median", f"{median(took) * 1000:.0f} ms, of {len(took):,}")
            told.add(f"signal to effect {when}, longest", f"{max(took) * 1000:.0f} ms")


async def publish_beside_signals(client: Client, told: Told, people: Sequence[int], until: float) -> None:
    """Measure signals during a publication, as clerks go on working during one."""
    beside = asyncio.create_task(signals(client, told, people, "meanwhile"))
    try:
        await publish(client, told, until)
    finally:
        beside.cancel()
        with suppress(asyncio.CancelledError):
            await beside


async def at_rest(on: Machine, client: Client, told: Told) -> None:
    """Measure what the open cases cost while they wait, and how long it takes to list them."""
    await asyncio.sleep(SETTLE_SECONDS)
    told.memory(on, f"{SIZE:,} cases open")
    cpu = on.cpu_seconds()
    await asyncio.sleep(SETTLE_SECONDS)
    idle = {who: (used - cpu[who]) / SETTLE_SECONDS for who, used in on.cpu_seconds().items()}
    for who, share in idle.items():
        told.add(f"idle CPU of the {who}, of one core", f"{share:.0%}")
    for what, query in (
        ("100 cases", ALL_CASES),
        ("100 cases of a bureau", f"{ALL_CASES} AND BureauIn = '{BUREAUS[0]}'"),
    ):
        begun = time.perf_counter()
        await listed(client, query)
        told.add(f"list: {what}", f"{time.perf_counter() - begun:.2f} s")
    begun = time.perf_counter()
    await client.count_workflows(ALL_CASES)
    told.add("count all", f"{time.perf_counter() - begun:.2f} s")


async def start_platform(on: Machine, told: Told) -> None:
    """Start the platform's worker, and wait until it enters something: it looks first at what it has answered
    lately, in the histories of all open cases."""
    begun, port = time.perf_counter(), free_port()
    stores = f"sqlite+aiosqlite:///{on.directory}/stores/{{bureau}}.db"
    on.start(PLATFORM, WORKER, "--platform", "--store", stores, "--health", str(port))
    await on.ready(PLATFORM)
    while not await asyncio.to_thread(is_ready, port):  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)
    if told.opened:
        took = time.perf_counter() - begun
        told.add(f"platform's worker started, {told.opened:,} cases open, until it enters", f"{took:.0f} s")


def is_ready(port: int) -> bool:
    """Whether the worker with its health checks at a port is ready."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/ready", timeout=10) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


async def measure(on: Machine, client: Client, told: Told, until: float) -> None:
    """Run every step that no earlier run has done. Raises OutOfTime."""
    if not told.opened:
        told.memory(on, "before")
    if told.opened < SIZE:
        async with told.timing(f"opening {SIZE:,} cases, each with its clock running"):
            await open_many(client, told, until)
    people = Random(SIZE).sample(range(SIZE), min(SIZE, 2 * SAMPLE + MOST_SIGNALS))
    if told.closed_day is None:
        await at_rest(on, client, told)
        await signals(client, told, people[told.signalled :][:SAMPLE], "before")
    if not told.yearly:
        await publish_year(client, told)
    await publish_beside_signals(client, told, people[told.signalled : -SAMPLE], until)
    await signals(client, told, people[-SAMPLE:], "afterwards")
    told.memory(on, "at the end")


async def run() -> int:
    """Measure and print; the exit code is 3 if the time was over before the end."""
    STATE.mkdir(parents=True, exist_ok=True)
    told, until = reached(STATE / "reached.json"), time.monotonic() + MINUTES * 60
    async with machine(STATE) as (on, client):
        await start_platform(on, told)
        try:
            await measure(on, client, told, until)
        except OutOfTime:
            print(f"{MINUTES:.0f} minutes are over: the same again goes on from here", file=sys.stderr)
            return 3
    shutil.rmtree(STATE)
    console().print(f"{cores()} cores, one server with a file, bureaus' workers off")
    shown = table(f"{SIZE:,} open cases", "measured")
    for row in told.rows.items():
        shown.add_row(*row)
    console().print(figures(shown))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(run()))
