"""The workers of a simulated year, as in service except that bureaus are away for days.

As a program it runs the workers of the bureaus named, or the platform's, in one process.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.contracts import VOUCH
from benchmarks.year.offices import Offices
from benchmarks.year.rates import published_before
from benchmarks.year.year import Year
from engine.address import Address
from engine.connection import connect
from engine.leaving import run_and_leave
from rules.values.officers import PROVINCE
from worker import bureau_worker, opened, platform_worker, store_of
from workflows.identifiers import case_workflow_id

CASES_BEGIN = case_workflow_id("")
WITHOUT_DELAY = frozenset({VOUCH.name})
"""Steps that an officer at the bureau waits for, which are never postponed."""

LONGEST_PUT_OFF = timedelta(hours=12)
"""Less than the day after which a case asks for a step anew; put off for longer it would fail at once."""


class AwayForDays(Interceptor):
    """Postpones a step that arrives while its bureau is away until the bureau is back.

    The first attempt fails with a delay, as a step that no worker takes would block time skipping.
    """

    def __init__(self, bureau: str, offices: Offices) -> None:
        self.bureau = bureau
        self.offices = offices

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _PutOff(next, self)


class _PutOff(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, away: AwayForDays) -> None:
        super().__init__(next)
        self.away = away

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        of_a_case = (info.workflow_id or "").startswith(CASES_BEGIN)
        back = self.away.offices.back_at(self.away.bureau, info.started_time)
        if of_a_case and back is not None and info.activity_type not in WITHOUT_DELAY:
            raise ApplicationError(
                "nobody is at the bureau",
                next_retry_delay=min(back - info.started_time, LONGEST_PUT_OFF),
                category=ApplicationErrorCategory.BENIGN,
            )
        return await super().execute_activity(input)


@asynccontextmanager
async def at_work(client: Client, year: Year, keys: Sequence[str], stores: str) -> AsyncIterator[None]:
    """Run the workers of these bureaus, and of the platform if `PROVINCE` is among them, each on its store.

    `stores` is the URL of a store with {bureau} in it.
    """
    async with AsyncExitStack() as running:
        running.enter_context(published_before(year.settings.year))
        for key in keys:
            store = await opened(key, store_of(key, stores))
            running.push_async_callback(store.close)
            if key == PROVINCE:
                worker = platform_worker(client, store, year.arrangements)
            else:
                away = AwayForDays(key, year.offices)
                worker = bureau_worker(client, key, store, [away], arranged=year.arrangements)
            await running.enter_async_context(worker)
        yield


async def serve(
    file: Path, keys: Sequence[str], stores: str, ready: Callable[[], object], address: Address
) -> None:
    """Run until SIGTERM; `ready` is called as soon as the workers take work."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with at_work(await connect(address), Year.read(file), keys, stores):
        ready()
        await stop.wait()


def main() -> None:
    """Arguments: the year's file, the keys, the stores' URL, the file to write when ready, the address."""
    file, keys, stores, ready, option, host = sys.argv[1:]
    assert option == "--address"
    asyncio.run(serve(Path(file), keys.split(","), stores, Path(ready).touch, Address(host)))


if __name__ == "__main__":
    run_and_leave(partial(main))
