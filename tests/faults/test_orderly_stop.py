"""SIGTERM to a bureau's worker in the middle of its work: what it has taken up it finishes and reports."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd import BUREAUS, crowd, handle_of, open_all
from histories import work_of

from activities.deeds import TAKE_IN
from desk.seed import seed_all
from desk.stack import ROOT, Workers
from engine.embedded import EmbeddedServer, free_port
from engine.preparation import prepare
from models.stages import Stage

CASES = 8
HELD_SECONDS = 1.5
PATIENCE_SECONDS = 30


@contextmanager
def unhurried_worker(address: str, directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`worker.py` for the bureaus, taking its time over every taking in; says so in a file `under-way`."""
    program = str(Path(__file__).with_name("unhurried_worker.py"))
    command = [sys.executable, program, TAKE_IN.name, str(HELD_SECONDS), str(directory / "under-way")]
    command += [part for bureau in BUREAUS for part in ("--bureau", bureau)]
    command += ["--store", f"sqlite+aiosqlite:///{directory}/stores/{{bureau}}.db", "--address", address]
    with (directory / "unhurried.log").open("wb") as log:
        started = subprocess.Popen(command, env={"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


async def test_a_deed_that_runs_at_sigterm_is_finished_and_reported_once(tmp_path: Path) -> None:
    """What the worker had begun it finishes, once.

    A deed the server hands out in the very instant the worker stops is another matter: nobody has begun it,
    and it is asked for again when its pulse is missing.
    """
    people = crowd(CASES)
    server = EmbeddedServer(free_port(), None, None, tmp_path / "server.log")
    workers = Workers(server.address, tmp_path)
    try:
        client = await server.start()
        await prepare(client)
        workers.start_platform()
        with unhurried_worker(str(server.address.host), tmp_path) as stopping:
            await seed_all(client, [one.account for one in people])
            await open_all(client, people)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (tmp_path / "under-way").exists():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            stopping.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(stopping.wait, PATIENCE_SECONDS) == 0
        half = [work for one in people for work in await work_of(client, one)]
        assert TAKE_IN.name in {work.deed for work in half}
        workers.start_bureaus("bureaus", BUREAUS)
        async with asyncio.timeout(PATIENCE_SECONDS):
            ends = [await handle_of(client, one).result() for one in people]
        assert {progress.stage for progress in ends} == {Stage.CLOSED}
        whole = [work for one in people for work in await work_of(client, one)]
        assert len(whole) > len(half)
        assert {work.attempts for work in half} == {1}
        assert {work.attempts for work in whole if work.deed == TAKE_IN.name} == {1}
    finally:
        workers.stop()
        server.stop()
