"""Nobody listens at the address: one sentence how to start a server, exit code 2, within five seconds."""

import subprocess
import sys
import time

import pytest

from desk.stack import ROOT
from engine.embedded import free_port

MOST_SECONDS = 5


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
    began = time.monotonic()
    run = subprocess.run(
        [sys.executable, *(part.format(address=address) for part in command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert time.monotonic() - began < MOST_SECONDS
    assert run.returncode == 2
    assert run.stdout == ""
    (sentence,) = run.stderr.splitlines()
    assert address in sentence
    assert "make up" in sentence
