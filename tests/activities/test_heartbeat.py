"""The heartbeat of a running step: it beats while the step lasts, and no longer."""

import asyncio
from dataclasses import replace

import pytest
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

import activities.heartbeat
from activities.heartbeat import Heartbeat

BEAT = 0.01
PATIENCE_SECONDS = 60


class ActivityContract(ActivityInboundInterceptor):
    """A step that takes its time, some seconds or until it has beaten so often, and may fail."""

    def __init__(self, seconds: float = 0, beats: int = 0, fails: bool = False) -> None:
        self.seconds = seconds
        self.lasting = beats
        self.fails = fails
        self.beats: list[object] = []

    async def execute_activity(self, input: ExecuteActivityInput) -> str:
        await asyncio.sleep(self.seconds)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.beats) < self.lasting:  # noqa: ASYNC110 -- the test counts what it is told
                await asyncio.sleep(BEAT)
        if self.fails:
            raise RuntimeError("the step failed")
        return "done"


async def beats_during(
    step: ActivityContract, monkeypatch: pytest.MonkeyPatch, local: bool = False
) -> tuple[int, int]:
    """Beats while the step ran, and beats that came after it."""
    monkeypatch.setattr(activities.heartbeat, "HEARTBEAT_SECONDS", BEAT)
    beats = step.beats
    desk = ActivityEnvironment()
    desk.info = replace(desk.info, is_local=local)
    desk.on_heartbeat = lambda *details: beats.append(details)
    asked = ExecuteActivityInput(fn=lambda: None, args=(), executor=None, headers={})

    async def run() -> tuple[int, int]:
        try:
            await Heartbeat().intercept_activity(step).execute_activity(asked)
        finally:
            during = len(beats)
            await asyncio.sleep(3 * BEAT)
        return during, len(beats) - during

    return await desk.run(run)


async def test_a_long_step_beats_and_falls_silent_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    during, after = await beats_during(ActivityContract(beats=3), monkeypatch)
    assert (during >= 3, after) == (True, 0)


async def test_a_short_step_costs_no_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await beats_during(ActivityContract(0), monkeypatch) == (0, 0)


async def test_a_step_on_the_platforms_own_worker_needs_no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await beats_during(ActivityContract(5 * BEAT), monkeypatch, local=True) == (0, 0)


async def test_a_step_that_fails_falls_silent_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="the step failed"):
        await beats_during(ActivityContract(5 * BEAT, fails=True), monkeypatch)
    running = [task for task in asyncio.all_tasks() if "_beat" in repr(task)]
    assert running == []
