"""`make bench-audit`: the time and memory that an audit over many closed cases takes on SQLite.

One case runs to its end on real processes; then its rows are copied in both bureaus' stores, and an audit is
run, with the platform in one process and each bureau in another: first over a tenth of the cases, then over
all, as memory should not grow with their number. The engine knows only the one case.
"""

import asyncio
import os
import time
from pathlib import Path

from temporalio.client import Client

from benchmarks.copied_books import CopiedBooks, MovedCase
from benchmarks.machine import Machine, cores, machine
from benchmarks.measuring import PLATFORM, WORKER, CaseRun, figures
from benchmarks.people import movers
from desk.client.auditing import audit_books
from desk.commands.seed import seed_all
from desk.screens.screen import console, table
from workflows.identifiers import case_no_of

SIZE = int(os.environ.get("AUDIT_CASES", "100000"))
SIZES = (SIZE // 10, SIZE)
PATIENCE_SECONDS = 60


class Books:
    """Two bureaus, each in a process, between which one case has moved."""

    def __init__(self, on: Machine, client: Client) -> None:
        self.on = on
        self.client = client
        ((self.history, self.application),) = movers(1)
        self.bureaus = (self.application.bureau_out, self.application.bureau_in)

    async def start(self) -> None:
        stores = f"sqlite+aiosqlite:///{self.on.directory}/stores/{{bureau}}.db"
        self.on.start(PLATFORM, WORKER, "--platform", "--store", stores)
        for bureau in self.bureaus:
            self.on.start(bureau, WORKER, "--bureau", bureau, "--store", stores)
        for name in (PLATFORM, *self.bureaus):
            await self.on.ready(name)

    def stop(self) -> None:
        for name in (PLATFORM, *self.bureaus):
            self.on.stop(name)

    async def move_one(self) -> None:
        """Run the one case that is copied."""
        await self.start()
        run = CaseRun(self.client)
        await seed_all(self.client, [self.history])
        run.waiting.append(self.application)
        case_no = case_no_of(await run.go())
        self.stop()
        case = MovedCase(case_no, self.history, self.application)
        self.copied = CopiedBooks(self.client, self.stores(), case)

    def stores(self) -> list[Path]:
        """The files of both bureaus."""
        return [self.on.directory / "stores" / f"{bureau}.db" for bureau in self.bureaus]

    def fill(self, cases: int) -> float:
        """Copy the case until there are this many; returns the size of both stores in GB."""
        self.copied.fill(cases)
        return sum(store.stat().st_size for store in self.stores()) / 1e9


async def measure(books: Books, cases: int) -> list[str]:
    """The row of one audit; it counts only if the books are clean."""
    gigabytes = await asyncio.to_thread(books.fill, cases)
    await books.start()
    cpu = books.on.cpu_seconds()
    begun = time.perf_counter()
    report = await audit_books(books.client, books.bureaus, PATIENCE_SECONDS)
    took = time.perf_counter() - begun
    if not report.clean or report.cases != cases:
        raise AssertionError(f"{report.verdict}, {report.cases} cases: {report.findings[:3]}")
    used = {name: now - cpu[name] for name, now in books.on.cpu_seconds().items()}
    peaks = [max(map(books.on.peak_megabytes, books.bureaus)), books.on.peak_megabytes(PLATFORM)]
    links = sum(one.links for one in report.books)
    books.stop()
    return [
        *(f"{cases:,}", f"{gigabytes:.1f}", f"{links:,}", f"{took:.1f}", f"{1e6 * took / cases:.0f}"),
        *(f"{sum(used[each] for each in books.bureaus):.1f}", f"{used[PLATFORM]:.1f}"),
        *(f"{peak:.0f}" for peak in peaks),
    ]


async def run() -> None:
    """Measure and print."""
    shown = table(
        *("closed cases", "stores, GB", "links", "audit, s", "µs a case"),
        *("CPU of both bureaus, s", "of the platform", "memory of a bureau, at most MB", "of the platform"),
    )
    async with machine() as (on, client):
        books = Books(on, client)
        await books.move_one()
        for cases in SIZES:
            shown.add_row(*await measure(books, cases))
    console().print(f"{cores()} cores, one server with a file, platform and two bureaus in a process each")
    console().print(figures(shown))


if __name__ == "__main__":
    asyncio.run(run())
