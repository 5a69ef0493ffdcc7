"""Lets a long run go on where it was broken off: what passed before, under this commit, is not run again.

    PASSED_BEFORE=DIRECTORY PYTHONPATH=tests .venv/bin/python -m pytest -p resuming …

What has passed is kept in the directory, a line a test, until everything has.
"""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


class Resuming:
    """Keeps what has passed in a file; says how far the run is."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept
        self.before = set(kept.read_text().split("\n")) if kept.exists() else set()
        self.done = 0
        self.in_all = 0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what passed before."""
        left_out = [one for one in items if one.nodeid in self.before]
        self.done, self.in_all = len(left_out), len(items)
        items[:] = [one for one in items if one.nodeid not in self.before]
        config.hook.pytest_deselected(items=left_out)

    def pytest_report_collectionfinish(self) -> str:
        """How much of it was done before the run was broken off."""
        return f"{self.done} of {self.in_all} passed before, see {self.kept}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test that has passed at once: the next moment may be the one in which the run breaks off."""
        if report.when != "call" or not report.passed:
            return
        self.done += 1
        with self.kept.open("a") as file:
            file.write(f"{report.nodeid}\n")
        print(f"[{self.done} of {self.in_all}] ", end="", flush=True)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Forget all of it once everything has passed."""
        if exitstatus == pytest.ExitCode.OK:
            self.kept.unlink(missing_ok=True)


def pytest_configure(config: pytest.Config) -> None:
    """Keep what passes, where a directory is named for it."""
    if not (directory := os.environ.get("PASSED_BEFORE")):
        return
    Path(directory).mkdir(parents=True, exist_ok=True)
    named = f"{_commit() or 'unknown'}-{os.environ.get('FAULT_CASES', '')}.txt"
    config.pluginmanager.register(Resuming(Path(directory) / named))


def _commit() -> str:
    """What is tested; nothing where it is no checkout, or no git that this user may run is on the path."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
