"""`make bench-codec`: what encryption costs a case of the clean run, beside the same case in the clear.

Two servers with workers of their own, one as the product runs and one whose payloads are not encrypted, take
turns; both are idle while the other is measured. Of the rounds the best counts, since other work disturbs.
"""

import asyncio
import sys

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.cases import AT_ONCE, TOGETHER, CaseRun, Measured, figures, history_of, measure, start_workers
from benchmarks.machine import cores, machine
from desk.screens.screen import console, table

ROUNDS = 4
ENCRYPTED, CLEAR = "encrypted", "in the clear"
IN_THE_CLEAR = "--in-the-clear"
"""The option of `benchmarks.measured_worker`."""


def in_the_clear(client: Client) -> Client:
    """The same connection without the codec."""
    return Client(**(client.config() | {"data_converter": pydantic_data_converter}))


async def run() -> None:
    """Measure and print."""
    async with machine() as (one, encrypting), machine() as (other, plain):
        await start_workers(one)
        await start_workers(other, IN_THE_CLEAR)
        runs = ((one, CaseRun(encrypting, ENCRYPTED)), (other, CaseRun(in_the_clear(plain), CLEAR)))
        sizes = {}
        for _, case in runs:
            await case.make_ready(1)
            sizes[case.name] = (await history_of(case.client, await case.go())).size
        found = {case.name: Measured() for _, case in runs}
        for number in range(1, ROUNDS + 1):
            for on, case in runs:
                print(f"round {number}: {case.name}", file=sys.stderr)
                await measure(on, case, found[case.name])
    shown = table("", "CPU ms a case", "server", "workflows", "activities", "a second", "history, bytes")
    for name, measured in found.items():
        cpu = [part * 1000 for part in (sum(measured.least_cpu), *measured.least_cpu)]
        shown.add_row(
            name, *(f"{part:.0f}" for part in cpu), f"{max(measured.a_second):.1f}", f"{sizes[name]:,}"
        )
    more = sum(found[ENCRYPTED].least_cpu) / sum(found[CLEAR].least_cpu) - 1
    screen = console()
    screen.print(
        f"{cores()} cores; {TOGETHER} cases a round, {AT_ONCE} at once, best of {ROUNDS} rounds in turn"
    )
    screen.print(figures(shown))
    screen.print(f"encryption: {more:+.1%} CPU")


if __name__ == "__main__":
    asyncio.run(run())
