"""Messages without number and without measure: the case goes on, and says what it refused in a few lines.

`make test` sends a share of them. The whole of it, as in `docs/operations.md`:

    FLOODED=1 .venv/bin/python -m pytest tests/workflows/test_flooded_cases.py
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from case_proofs import Held, held, prove
from staff import approval, correction, dispute, refusal, sealed, send, settlement, submit
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError

from desk.client.asking import look_up
from models.messages.arrangements import Officers
from models.messages.requests import Approvable, StaffAction
from models.messages.stages import Event, Party, Stage
from province import BUREAUS, YANBIAN, Handle, Province, account, application
from rules.values import bounds
from workflows.transfer_case import TransferCase

WHOLE = bool(os.environ.get("FLOODED"))
FIELD = "base/2020-01..2020-12"
AT_ONCE = 50


async def flood(sent: Iterable[Callable[[], Awaitable[Any]]]) -> int:
    """Send, some at a time; how many the server turned away."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(send_it: Callable[[], Awaitable[Any]]) -> int:
        async with turn:
            try:
                await send_it()
            except (RPCError, WorkflowUpdateFailedError):
                return 1
            return 0

    return sum(await asyncio.gather(*map(one, sent)))


async def waiting_case(province: Province) -> tuple[Handle, Held]:
    """A case that waits for an officer, and what the bureaus held before it."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    before = await held(province)
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle, before


async def refused(handle: Handle) -> int:
    journal = await handle.query(TransferCase.journal)
    return sum(one.count for one in journal if one.event is Event.MESSAGE_REFUSED)


async def closes(province: Province, handle: Handle, before: Held) -> None:
    """A screen, which gives up after `QUERY_PATIENCE`, shows the case, and it closes with every fen where it
    belongs."""
    await look_up(province.client, handle.id.removeprefix("transfer/"))
    await submit(handle, approval(Approvable.POSTING))
    assert (await handle.result()).stage is Stage.CLOSED
    await prove(province, before, handle)


async def test_signals_that_nobody_can_read_are_counted_on_a_few_lines(
    province: Province, tell: Callable[[str], None]
) -> None:
    number = 10_000 if WHOLE else 400
    handle, before = await waiting_case(province)
    kinds: list[Any] = ["no request", {"message_id": "m", "items": 7}, None, {"x" * 100: 1}]
    began = time.monotonic()
    away = await flood(
        partial(handle.signal, StaffAction.CORRECT, kinds[n % len(kinds)]) for n in range(number)
    )
    tell(f"{number} malformed signals in {time.monotonic() - began:.1f} s, {away} turned away by the server")
    await province.until(lambda: _at_least(handle, number - away))
    journal = await handle.query(TransferCase.journal)
    assert len([one for one in journal if one.event is Event.MESSAGE_REFUSED]) <= len(kinds) + 2
    await closes(province, handle, before)


async def _answers(handle: Handle) -> bool:
    """Whether the case answers; on a busy machine its long step may have to be made again first."""
    with suppress(RPCError):
        await handle.query(TransferCase.progress)
        return True
    return False


async def _at_least(handle: Handle, number: int) -> bool:
    return await refused(handle) >= number


async def test_a_burst_while_the_platform_is_off_is_worked_off_when_it_comes_back(
    province: Province, tell: Callable[[str], None]
) -> None:
    number = 2_500 if WHOLE else 600
    async with province.worker_at(YANBIAN):
        await province.seed(account())
    before = await held(province)
    async with await province.platform():
        handle = await province.apply(application())
        await province.journalled(handle, Event.CLOCK_STARTED)
        copied = await sealed(handle, correction((FIELD, "6000.00", "7000.00")))
    away = await flood(
        (lambda: send(handle, copied)) if n % 2 else (lambda: handle.signal(StaffAction.AMEND, "nothing"))
        for n in range(number)
    )
    await province.start_bureaus(*BUREAUS)
    began = time.monotonic()
    await province.start_platform()
    await province.until(partial(_answers, handle))
    tell(f"{number} signals at once: the case answers after {time.monotonic() - began:.1f} s")
    assert (await handle.result()).stage is Stage.CLOSED
    assert await refused(handle) == number - away
    assert number - away >= 400, "the rest the server turned away"
    await prove(province, before, handle)


async def test_copies_of_one_message_are_one_line(province: Province) -> None:
    number = 2_000 if WHOLE else 100
    handle, before = await waiting_case(province)
    position = dispute()
    await submit(handle, position)
    await flood((lambda: submit(handle, position)) for _ in range(number // 2))
    await flood((lambda: send(handle, position)) for _ in range(number // 2))
    journal = await handle.query(TransferCase.journal)
    lines = [entry for entry in journal if entry.event is Event.MESSAGE_REFUSED]
    assert all(line.last_at is not None for line in lines)
    assert len(lines) <= 2
    await submit(handle, settlement(Party.TRANSFER_IN))
    await submit(handle, settlement(Party.TRANSFER_OUT))
    await province.awaiting(handle, Approvable.POSTING)
    await closes(province, handle, before)


@pytest.mark.parametrize("size", [300_000, 1_500_000, 3_000_000])
async def test_an_update_that_is_too_large_is_refused_and_holds_nothing_up(
    province: Province, size: int
) -> None:
    handle, before = await waiting_case(province)
    with pytest.raises((RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError)):
        async with asyncio.timeout(4):
            await handle.execute_update(StaffAction.DISPUTE, {"position": "长" * (size // 3)})
    await closes(province, handle, before)


async def test_a_request_beyond_its_bounds_is_refused_with_the_bound(province: Province) -> None:
    handle, _ = await waiting_case(province)
    many = correction((FIELD, "6000.00", "7000.00")).model_copy(
        update={"items": correction((FIELD, "6000.00", "7000.00")).items * (bounds.ITEMS + 1)}
    )
    assert f"items ≤ {bounds.ITEMS}" in await refusal(handle, many)
