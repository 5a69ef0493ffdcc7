"""An answer that cannot be written, because the disk is full: one sentence, whatever the command."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("typed", [("bureaus",), ("bureaus", "--json")], ids=["table", "document"])
def test_an_answer_that_finds_the_disk_full_is_told_in_one_sentence(typed: tuple[str, ...]) -> None:
    command = [sys.executable, str(ROOT / "starter.py"), "--lang", "en", *typed]
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False
        )
    assert ran.returncode == 3
    (line,) = ran.stderr.splitlines()
    assert line.startswith("The answer could not be written: No space left on device.")
