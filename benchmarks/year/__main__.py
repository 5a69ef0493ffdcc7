"""`make year`: a calendar year of the province over all bureaus, on a server with time skipping.

Environment variables: CASES, SEED, BUREAUS (this many of the largest; 0 for all), POLICY (readings of what a
correction does to the clocks, separated by commas), REPORT (a file for the JSON report). A year that was
interrupted continues when it is asked for again within half a day.
"""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.year.driver import Progressed
from benchmarks.year.moving import BreakTooLong
from benchmarks.year.offices import BUILT_IN, READINGS
from benchmarks.year.plans import Settings
from benchmarks.year.report import side_by_side, tables
from benchmarks.year.running import YearDirectory, simulate
from benchmarks.year.year import Year
from desk.screens.screen import console
from desk.stack import ROOT
from desk.today import china_today
from engine.leaving import run_and_leave

DEFAULTS = {"cases": 300, "seed": 1, "bureaus": 0}
KEPT = ROOT / ".state" / "year"


def told(begun: float, before: int, progressed: Progressed) -> None:
    """Print a line for each day of the year; on a terminal each replaces the previous one."""
    seconds = time.monotonic() - begun
    line = (
        f"{progressed.day}  {progressed.started:,} opened  {progressed.open:,} open  "
        f"{progressed.ended:,} ended  {(progressed.ended - before) / seconds:.1f} a second  "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print(f"{line:<100}", end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


def well(report: dict[str, Any]) -> bool:
    """Whether every case has ended, no message was refused, and nothing is missing."""
    return not report["stuck"] and not report["refused"] and bool(report["audit"]["clean"])


def run(year: Year) -> dict[str, Any]:
    """Simulate a year and return its report, with progress on the screen; then remove its directory."""
    named = "-".join(str(part) for part in (*astuple(year.settings), year.reading))
    place = YearDirectory(KEPT / named)
    going_on = place.notebook.exists()
    before = place.notebook.read_text().count('"end"') if going_on else 0
    if going_on:
        print(f"going on with the year in {place.directory}", file=sys.stderr)
    begun = time.monotonic()
    try:
        report = asyncio.run(simulate(year, place, partial(told, begun, before)))
    except BreakTooLong:
        sys.exit(
            f"The break was too long: the clocks of the open cases run on, and something is due in one of "
            f"them already. Remove {place.directory} and begin anew."
        )
    seconds = time.monotonic() - begun
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    cases = year.settings.cases - before
    print(f"\n{cases / seconds:.1f} cases a second in {seconds:.0f} s, load {load}", file=sys.stderr)
    shutil.rmtree(place.directory)
    return report


def asked_for() -> Iterator[Year]:
    """The years to simulate, one per reading. Raises SystemExit for an invalid number or reading."""
    numbers = {}
    for name, given in DEFAULTS.items():
        text = os.environ.get(name.upper()) or str(given)
        if not text.isdecimal():
            sys.exit(f"{name.upper()} is a whole number, such as {given}.")
        numbers[name] = int(text)
    settings = Settings(year=china_today().year + 1, **numbers)
    for reading in (os.environ.get("POLICY") or BUILT_IN).split(","):
        if reading not in READINGS:
            sys.exit(f"POLICY names readings, {', '.join(READINGS)}, with commas between them.")
        yield Year(settings, reading)


def main() -> int:
    """Exit code 0 if every case has ended and nothing is missing."""
    reports = [run(year) for year in list(asked_for())]
    screen = console()
    for report in reports:
        for shown in tables(report):
            screen.print(shown)
            screen.print()
    if len(reports) > 1:
        screen.print(side_by_side(reports))
    if file := os.environ.get("REPORT"):
        Path(file).write_text(json.dumps(reports, ensure_ascii=False, indent=2) + "\n")
    return int(not all(map(well, reports)))


if __name__ == "__main__":
    run_and_leave(main)
