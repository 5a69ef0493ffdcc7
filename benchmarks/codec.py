"""`make bench-codec`: the cost of encryption for a clean case, compared with the same case in the clear.

Three servers with workers of their own take turns, each idle while another is measured: one as in service,
one whose payloads are not encrypted, and one encrypted with the SDK's sandbox unchanged. The best round
counts, as other work disturbs.
"""

import asyncio
import sys

from benchmarks.machine import cores, machine
from benchmarks.measuring import (
    AT_ONCE,
    TOGETHER,
    CaseRun,
    Measured,
    figures,
    history_of,
    in_the_clear,
    measure,
    start_workers,
)
from desk.screens.screen import console, table

ROUNDS = 4
ENCRYPTED, CLEAR, SDK_SANDBOX = "encrypted", "in the clear", "encrypted, sandbox of the SDK"


async def run() -> None:
    """Measure and print."""
    async with (
        machine() as (one, encrypting),
        machine() as (other, plain),
        machine() as (third, as_the_sdk),
    ):
        await start_workers(one)
        await start_workers(other, "--in-the-clear")
        await start_workers(third, "--sdk-sandbox")
        runs = (
            (one, CaseRun(encrypting, ENCRYPTED)),
            (other, CaseRun(in_the_clear(plain), CLEAR)),
            (third, CaseRun(as_the_sdk, SDK_SANDBOX)),
        )
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
