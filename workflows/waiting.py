"""Waiting for a condition, but no longer than a given time."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow


async def wait_for_condition(condition: Callable[[], bool], within: timedelta, summary: str = "") -> bool:
    """Wait until a condition holds; False when it does not within a time. `summary` names the timer.

    `workflow.wait_condition` with a timeout rests on `asyncio.wait_for`, which before Python 3.12 drops a
    cancellation that comes in the same moment as what it waits for: the task would run on uncancelled.
    """
    try:
        await workflow.wait_condition(condition, timeout=within, timeout_summary=summary or None)
    except TimeoutError:
        holds = False
    else:
        holds = True
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    return holds
