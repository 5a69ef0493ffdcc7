"""`make bench-web`: the web desk with a thousand open cases: its pages, and the memory of followed pages.

The bureaus' workers are off, so every case has its clock A running and waits. Requests are for a case page
and a worklist of fifty, one after the other as by one clerk, then for two hundred pages that follow a case.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from http import HTTPStatus
from itertools import cycle

import httpx

from benchmarks.machine import Machine, cores, machine, median
from benchmarks.measuring import PLATFORM, WORKER, figures
from benchmarks.open_cases import SETTLE_SECONDS, SIZE, Told, number_of, open_many
from benchmarks.people import BUREAUS
from desk.screens.screen import console, table
from engine.embedded import free_port

TIMES = 60
WATCHERS = 200
LOADED_AGAIN = 5
DESK = "web"
OF_THE_DESK = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "zh"}


async def percentiles(told: Told, what: str, ask: Callable[[], Awaitable[None]]) -> None:
    """Measure requests one after the other: median and 95th percentile in milliseconds."""
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - begun) * 1000)
    worst = sorted(took)[int(0.95 * TIMES)]
    told.add(what, f"median {median(took):.0f} ms, 95th percentile {worst:.0f} ms")


async def signed_in(running: AsyncExitStack, base: str) -> httpx.AsyncClient:
    """A connection with the session of a signed-in officer."""
    limits = httpx.Limits(max_connections=None)
    browser = httpx.AsyncClient(base_url=base, headers=OF_THE_DESK, timeout=30, limits=limits)
    await running.enter_async_context(browser)
    while True:
        try:
            answer = await browser.post("/sign-in", data={"bureau": BUREAUS[0], "officer": "in-01"})
        except httpx.ConnectError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code == HTTPStatus.SEE_OTHER:
            return browser
        await asyncio.sleep(0.1)


async def loaded(browser: httpx.AsyncClient, path: str) -> None:
    """Load a page, and again if the platform did not answer in time, as the page itself asks."""
    answer = await browser.get(path)
    for _ in range(LOADED_AGAIN):
        if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            print(f"{path} was not answered in time", file=sys.stderr)
            answer = await browser.get(path)
    answer.raise_for_status()


async def watch(running: AsyncExitStack, browser: httpx.AsyncClient, case: str) -> None:
    """Open a page that follows its case, and leave it open."""
    answer = await running.enter_async_context(browser.stream("GET", f"/cases/{case}/events"))
    await anext(answer.aiter_lines())


async def measured(told: Told, on: Machine, numbers: list[str]) -> None:
    """Measure every figure, with the desk as a separate process."""
    port = free_port()
    on.start(DESK, "benchmarks.web_desk", "--port", str(port))
    async with AsyncExitStack() as running:
        browser = await signed_in(running, f"http://127.0.0.1:{port}")
        own = [one for one in numbers if one.startswith(BUREAUS[0])]
        places = cycle(own)

        async def case_page() -> None:
            await loaded(browser, f"/cases/{next(places)}")

        async def worklist() -> None:
            await loaded(browser, "/")

        await case_page()
        told.add("memory of the desk before", f"{on.megabytes(DESK):.0f} MB")
        await percentiles(told, "case page", case_page)
        await percentiles(told, "worklist of 50", worklist)
        for place in range(WATCHERS):
            await watch(running, browser, own[place % len(own)])
        told.add(f"memory of the desk with {WATCHERS} watchers", f"{on.megabytes(DESK):.0f} MB")
        await percentiles(told, f"case page beside {WATCHERS} watchers", case_page)


async def run() -> None:
    """Measure and print."""
    told = Told()
    async with machine() as (on, client):
        stores = f"sqlite+aiosqlite:///{on.directory}/stores/{{bureau}}.db"
        on.start(PLATFORM, WORKER, "--platform", "--store", stores)
        await on.ready(PLATFORM)
        await open_many(client)
        numbers = [number_of(person) for person in range(SIZE)]
        await asyncio.sleep(SETTLE_SECONDS)
        await measured(told, on, numbers)
    console().print(f"{cores()} cores, one server with a file, bureaus' workers off")
    shown = table(f"{len(numbers):,} open cases", "measured")
    for row in told.rows.items():
        shown.add_row(*row)
    console().print(figures(shown))


if __name__ == "__main__":
    asyncio.run(run())
