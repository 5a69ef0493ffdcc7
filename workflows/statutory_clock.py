"""A statutory clock inside a case: a durable timer that records, and never cancels, what runs late."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.papers import ClockReading


class StatutoryClock:
    """Counts down to an instant that was computed for it; no calendar is read here."""

    def __init__(self, reading: ClockReading, on_overdue: Callable[["StatutoryClock"], None]) -> None:
        self.aimed = reading
        self.stopped_at: datetime | None = None
        self.overdue = False
        self._on_overdue = on_overdue
        self._running = asyncio.create_task(self._run())

    def reading(self) -> ClockReading:
        """The clock as it stands now."""
        return self.aimed.model_copy(update={"stopped_at": self.stopped_at, "overdue": self.overdue})

    async def stop(self, at: datetime) -> None:
        """The deed was done at an instant, which decides whether it was late; a second stop changes nothing.

        The instant is the deed's own and not the moment at which the platform heard of it.
        """
        self.stopped_at = self.stopped_at or at
        await self._running

    async def _run(self) -> None:
        left = self.aimed.due_at - workflow.now()
        if left > timedelta(0):
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self.stopped_at is not None,
                    timeout=left,
                    timeout_summary=f"clock {self.aimed.clock}: {self.aimed.working_days} working days, "
                    f"due {self.aimed.due_on}",
                )
        if self.stopped_at is None or self.stopped_at >= self.aimed.due_at:
            self.overdue = True
            self._on_overdue(self)
