"""A pulse for every running deed, so that a dead worker is noticed in seconds and not at a timeout."""

import asyncio
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

PULSE_SECONDS = 2


class Pulse(Interceptor):
    """Heartbeats while a deed runs. Short deeds end before the first beat and cost nothing."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Beating(next)


class _Beating(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        beating = asyncio.create_task(_beat())
        try:
            return await super().execute_activity(input)
        finally:
            beating.cancel()


async def _beat() -> None:
    while not activity.info().is_local:
        await asyncio.sleep(PULSE_SECONDS)
        activity.heartbeat()
