"""Lets an interrupted test run continue: tests that passed before, on this commit, are not run again.

    PASSED_BEFORE=DIRECTORY PYTHONPATH=tests .venv/bin/python -m pytest -p resuming …

Passed tests are kept in the directory, one line each, until all have passed.
"""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


class Resuming:
    """Keeps passed tests in a file, and reports the progress of the run."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept
        self.before = set(kept.read_text().split("\n")) if kept.exists() else set()
        self.done = 0
        self.in_all = 0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out tests that passed before."""
        left_out = [one for one in items if one.nodeid in self.before]
        self.done, self.in_all = len(left_out), len(items)
        items[:] = [one for one in items if one.nodeid not in self.before]
        config.hook.pytest_deselected(items=left_out)

    def pytest_report_collectionfinish(self) -> str:
        """The report of how many tests passed before the interruption."""
        return f"{self.done} of {self.in_all} passed before, see {self.kept}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write down a passed test at once, as the run may be interrupted at any moment."""
        if report.when != "call" or not report.passed:
            return
        self.done += 1
        with self.kept.open("a") as file:
            file.write(f"{report.nodeid}\n")
        print(f"[{self.done} of {self.in_all}] ", end="", flush=True)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Delete the file once every test has passed."""
        if exitstatus == pytest.ExitCode.OK:
            self.kept.unlink(missing_ok=True)


def pytest_configure(config: pytest.Config) -> None:
    """Keep passed tests if a directory is named for them."""
    if not (directory := os.environ.get("PASSED_BEFORE")):
        return
    Path(directory).mkdir(parents=True, exist_ok=True)
    named = f"{_commit() or 'unknown'}-{os.environ.get('FAULT_CASES', '')}.txt"
    config.pluginmanager.register(Resuming(Path(directory) / named))


def _commit() -> str:
    """The commit under test; '' outside a checkout, or if this user cannot run git."""
    asked = ["git", "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
