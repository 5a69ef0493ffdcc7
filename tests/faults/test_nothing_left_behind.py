"""Whatever ends `starter.py up` or `demo`, `kill -9` included: no server and no worker is left running."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from up import ROOT, Up, children_of, gone

DEMO_PROCESSES = 5
"""Server, platform and some bureaus: enough to be in the middle of it."""
MOST_SECONDS = 60


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[Up]:
    running = Up(tmp_path)
    yield running
    running.end()


async def test_up_killed_takes_server_and_workers_with_it(up: Up) -> None:
    await up.start()
    children = up.processes().values()
    assert up.process is not None
    up.process.kill()
    async with asyncio.timeout(MOST_SECONDS):
        await gone(*children)


async def test_a_second_up_on_the_same_state_is_refused_and_the_first_goes_on(up: Up) -> None:
    await up.start()
    second = Up(up.log.parent)
    second.log = up.log.with_name("second.log")
    try:
        (line,) = await refused(second)
    finally:
        second.end()
    assert f"starter.py up` runs already with the state in {up.state}" in line
    assert up.running
    assert sorted(up.processes()) == ["bureaus", "platform", "server", "web"]


async def test_after_a_death_the_state_is_free_again(up: Up) -> None:
    await up.start()
    await up.kill_everything()
    await up.start()


async def refused(up: Up) -> list[str]:
    """What it says when it will not start."""
    up.spawn()
    assert up.process is not None
    assert await asyncio.to_thread(up.process.wait, MOST_SECONDS) == 2
    return up.log.read_text().splitlines()


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("a file", "Not a directory"),
        ("a file/below", "Not a directory"),
        ("/proc/nowhere", "No such file or directory"),
    ],
)
async def test_a_state_that_is_no_directory_to_write_in_is_refused_in_one_sentence(
    up: Up, tmp_path: Path, state: str, why: str
) -> None:
    (tmp_path / "a file").touch()
    up.state = tmp_path / state
    (line,) = await refused(up)
    assert line.startswith(f"{up.state} cannot keep the state: {why}.")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
async def test_a_demo_broken_off_leaves_no_process_behind(tmp_path: Path, how: signal.Signals) -> None:
    with started_demo(tmp_path) as demo:
        async with asyncio.timeout(MOST_SECONDS):
            while len(children := children_of(demo.pid)) < DEMO_PROCESSES:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        demo.send_signal(how)
        code = await asyncio.to_thread(demo.wait, MOST_SECONDS)
        async with asyncio.timeout(MOST_SECONDS):
            await gone(*children)
    if how is not signal.SIGKILL:
        assert code == 128 + signal.SIGTERM
        assert "Traceback" not in (tmp_path / "demo.log").read_text()
        assert temporary_files(tmp_path) == []


def temporary_files(directory: Path) -> list[Path]:
    return list(directory.glob("transfer-demo-*"))


@contextmanager
def started_demo(directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`starter.py demo` with its temporary files in a directory."""
    command = [sys.executable, str(ROOT / "starter.py"), "demo"]
    environment = {**os.environ, "TMPDIR": str(directory)}
    with (directory / "demo.log").open("wb") as log:
        demo = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield demo
    finally:
        demo.kill()
        demo.wait()
