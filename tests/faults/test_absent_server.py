"""Nobody listens at the address, or nobody any more: one sentence how to start one; one JSON line each."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desk.stack import ROOT, Workers
from engine.embedded import EmbeddedServer, free_port

GIVES_UP_SECONDS = 60
"""A command that waited for a server for ever would be ended then."""


@pytest.mark.parametrize(
    "command",
    [
        ["starter.py", "--address", "{address}", "list"],
        ["starter.py", "--address", "{address}", "audit", "--json"],
        ["worker.py", "--platform", "--address", "{address}"],
    ],
    ids=" ".join,
)
def test_one_sentence_says_how_to_start_a_server(command: list[str]) -> None:
    address = f"127.0.0.1:{free_port()}"
    run = subprocess.run(
        [sys.executable, *(part.format(address=address) for part in command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=GIVES_UP_SECONDS,
    )
    assert run.returncode == (2 if command[0] == "worker.py" else 3)
    assert run.stdout == ""
    (sentence,) = run.stderr.splitlines()
    assert address in sentence
    assert "make up" in sentence


async def test_a_worker_whose_server_has_gone_says_so_in_its_log_one_json_line_each(tmp_path: Path) -> None:
    """The engine's native part complains as soon as it has tried some times, in about six seconds."""
    server = EmbeddedServer(free_port(), None, None, tmp_path / "server.log")
    workers = Workers(server.address, tmp_path)
    log = tmp_path / "logs" / "platform.log"
    try:
        await server.start()
        workers.start_platform()
        await written(log, "workers_ready")
        os.kill(server.pid, signal.SIGKILL)
        await written(log, "task_queue retried")
    finally:
        workers.stop()
        server.stop()
    events = [json.loads(line)["event"] for line in text_of(log).splitlines()]
    assert events[0] == "workers_ready"
    assert "workers_stopped" in events
    assert any("task_queue retried" in event for event in events)


async def written(log: Path, word: str) -> None:
    async with asyncio.timeout(60):
        while word not in text_of(log):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def text_of(log: Path) -> str:
    return log.read_text() if log.exists() else ""
