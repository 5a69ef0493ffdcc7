"""A program that ends with the engine's native threads at work ends at once, with its code and its words."""

import subprocess
import sys

import pytest

from desk.stack import ROOT

SECONDS = 60

ENDS = {
    "print('done')": (0, "done", ""),
    "raise SystemExit(2)": (2, "", ""),
    "raise KeyError('who')": (1, "", "KeyError: 'who'"),
}


@pytest.mark.parametrize(("does", "ends"), ENDS.items(), ids=ENDS)
def test_a_program_ends_with_its_code_and_everything_written(does: str, ends: tuple[int, str, str]) -> None:
    program = f"import sys\nfrom engine.leaving import run_and_leave\n\ndef work():\n    {does}\n\n"
    program += "run_and_leave(work)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    code, printed, complaint = ends
    assert (ran.returncode, ran.stdout.strip()) == (code, printed)
    assert complaint in ran.stderr
    assert ("Traceback" in ran.stderr) is bool(complaint)
