"""The pulse of a running deed: it beats while the deed lasts, and no longer."""

import asyncio
from dataclasses import replace

import pytest
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

import activities.heartbeat
from activities.heartbeat import Pulse

BEAT = 0.01


class Deed(ActivityInboundInterceptor):
    """A deed that takes its time, and may fail."""

    def __init__(self, seconds: float, fails: bool = False) -> None:
        self.seconds = seconds
        self.fails = fails

    async def execute_activity(self, input: ExecuteActivityInput) -> str:
        await asyncio.sleep(self.seconds)
        if self.fails:
            raise RuntimeError("the deed failed")
        return "done"


async def beats_during(deed: Deed, monkeypatch: pytest.MonkeyPatch, local: bool = False) -> tuple[int, int]:
    """Beats while the deed ran, and beats that came after it."""
    monkeypatch.setattr(activities.heartbeat, "PULSE_SECONDS", BEAT)
    beats: list[object] = []
    desk = ActivityEnvironment()
    desk.info = replace(desk.info, is_local=local)
    desk.on_heartbeat = lambda *details: beats.append(details)
    asked = ExecuteActivityInput(fn=lambda: None, args=(), executor=None, headers={})

    async def run() -> tuple[int, int]:
        try:
            await Pulse().intercept_activity(deed).execute_activity(asked)
        finally:
            during = len(beats)
            await asyncio.sleep(3 * BEAT)
        return during, len(beats) - during

    return await desk.run(run)


async def test_a_long_deed_beats_and_falls_silent_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    during, after = await beats_during(Deed(20 * BEAT), monkeypatch)
    assert during >= 3
    assert after == 0


async def test_a_short_deed_costs_no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await beats_during(Deed(0), monkeypatch) == (0, 0)


async def test_a_deed_on_the_platforms_own_worker_needs_no_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await beats_during(Deed(5 * BEAT), monkeypatch, local=True) == (0, 0)


async def test_a_deed_that_fails_falls_silent_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="the deed failed"):
        await beats_during(Deed(5 * BEAT, fails=True), monkeypatch)
    running = [task for task in asyncio.all_tasks() if "_beat" in repr(task)]
    assert running == []
