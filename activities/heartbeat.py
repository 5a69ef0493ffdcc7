"""Heartbeats of running steps, by which a dead worker is noticed within seconds and not only at a timeout."""

import asyncio
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

HEARTBEAT_SECONDS = 2


class Heartbeat(Interceptor):
    """Sends heartbeats while a step runs. A short step ends before its first heartbeat, at no cost."""

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
        await asyncio.sleep(HEARTBEAT_SECONDS)
        activity.heartbeat()
