"""Every benchmark in small: what it opens, seals, asks and counts is still there.

`make year` has a test of its own; DBOS, beside which `make bench` measures a case, is installed by it alone.
Of `make bench-lines` the counting alone is tried: the test of a clean case runs without it.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import (
    audit,
    calculations,
    cases,
    codec,
    commands,
    copied_books,
    due_dates,
    lines,
    measuring,
    open_cases,
    printing,
    rules,
    web,
)
from benchmarks.machine import machine
from desk.command_list import COMMANDS
from engine.encryption.keys import VARIABLE
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import due_on

ROOT = Path(__file__).parent.parent
OPEN = 6
Few = Callable[..., None]
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Few:
    """Sets how much a benchmark does; its keys are those of its own server."""
    monkeypatch.setenv(VARIABLE, os.environ[VARIABLE])

    def set_to(module: ModuleType, **sizes: object) -> None:
        for name, size in sizes.items():
            monkeypatch.setattr(module, name, size)

    return set_to


@pytest.fixture
def few_cases(few: Few) -> None:
    few(measuring, ALONE=1, TOGETHER=2, AT_ONCE=2, ROUNDS=1)
    few(codec, ROUNDS=1)


@pytest.fixture
def few_open(few: Few, tmp_path: Path) -> None:
    few(open_cases, SIZE=OPEN, STATE=tmp_path / "open", SAMPLE=2, MOST_SIGNALS=2, SETTLE_SECONDS=0.1)
    few(web, SIZE=OPEN, SETTLE_SECONDS=0.1, TIMES=2, WATCHERS=2)


async def test_copies_of_a_moved_case_are_audited(few: Few, capsys: Printed) -> None:
    few(audit, SIZES=(12,))
    few(copied_books, TOGETHER=8)

    # It raises unless the audit finds nothing, in just as many cases.
    await audit.run()

    assert capsys.readouterr().out.splitlines()[-1].startswith("12 ")


async def test_a_case_is_measured_encrypted_and_in_the_clear(few_cases: None, capsys: Printed) -> None:
    await codec.run()

    shown = capsys.readouterr().out
    assert all(f"\n{run} " in shown for run in (codec.ENCRYPTED, codec.CLEAR, codec.SDK_SANDBOX))


async def test_a_case_is_measured_beside_workflows_that_do_nothing(few_cases: None, capsys: Printed) -> None:
    async with machine() as (on, client):
        found, history = await cases.measured_all(on, client)
    floor = next(iter(found))
    found[cases.CLEAR] = found[cases.CASE]

    cases.report(found, history, floor, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["case"]["activities"] == history.activities > 0
    assert told["runs"][cases.CASE]["counts"]["commits"] > 0
    assert told["ratios"][cases.CASE]["cpu_to_peer"] > 0

    cases.report(found, history, floor, as_json=False)
    # A case that has taken long has shown meanwhile where it stands.
    assert f"\nand {history.listings} upserts" in capsys.readouterr().out
    assert history.listings >= 2


async def test_open_cases_wait_are_signalled_and_hear_of_a_calendar(few_open: None, capsys: Printed) -> None:
    assert await open_cases.run() == 0

    assert "calendar published: until every due date has moved" in capsys.readouterr().out


async def test_pages_and_watchers_of_the_web_desk_are_measured(few_open: None, capsys: Printed) -> None:
    await web.run()

    assert "case page beside 2 watchers" in capsys.readouterr().out


def test_calculations_and_due_dates_are_measured(few: Few, capsys: Printed) -> None:
    few(calculations, ROUNDS=1, ROUND_SECONDS=0.01)
    few(due_dates, REPEATS=1, PUBLISHED=due_dates.PUBLISHED[:2_000])

    rules.main()

    assert "due_date: open year, with bounds" in capsys.readouterr().out


def test_an_information_form_is_printed(few: Few, capsys: Printed) -> None:
    few(printing, FORMS=1)

    printing.main()

    assert capsys.readouterr().out.startswith("1 forms of thirty years")


def test_commands_are_timed_and_all_that_are_to_be_timed_are_there(
    few: Few, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    timed = [*commands.HELP_OR_BAD_INPUT, *commands.BY_RULES, *commands.AT_THE_ENGINE]
    assert {typed[0] for typed in timed} - {"--help"} <= {one.name for one in COMMANDS}
    few(commands, TIMES=1, TARGETS={"rules": (commands.BY_RULES[:1], 1.0)})
    monkeypatch.setattr(sys, "argv", ["commands"])

    commands.main()

    assert "starter.py check" in capsys.readouterr().out


def test_the_lines_that_run_are_counted_and_the_clean_case_is_there(capsys: Printed) -> None:
    file, _, clean_case, *_ = lines.CLEAN_CASE
    assert clean_case in (ROOT / file).read_text()
    trace = lines.Trace()
    trace.start()
    try:
        due_on(date(2026, 3, 2), 15, WorkingCalendar())
    finally:
        trace.stop()

    lines.print_table(lines.lines_that_ran(trace.ran))

    assert "\nrules/calendar " in capsys.readouterr().out
