"""A long run that was broken off goes on after what has passed."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
THREE = """
from pathlib import Path


def test_a() -> None:
    pass


def test_b() -> None:
    assert Path("mended").exists()


def test_c() -> None:
    pass
"""


def run(directory: Path) -> "subprocess.CompletedProcess[str]":
    environment = {"PYTHONPATH": str(TESTS), "PASSED_BEFORE": str(directory / "kept"), "FAULT_CASES": "3"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "resuming", "-p", "no:cacheprovider", "-vs", "test_three.py"],
        cwd=directory,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_has_passed_is_not_run_again_until_everything_has(tmp_path: Path) -> None:
    (tmp_path / "test_three.py").write_text(THREE)
    first = run(tmp_path)
    assert (first.returncode, "1 failed, 2 passed" in first.stdout) == (1, True)
    (tmp_path / "mended").touch()
    second = run(tmp_path)
    assert second.returncode == 0
    assert "2 of 3 passed before" in second.stdout
    assert "[3 of 3]" in second.stdout
    assert "1 passed, 2 deselected" in second.stdout
    assert not list((tmp_path / "kept").iterdir())
    assert "3 passed" in run(tmp_path).stdout
