"""The demo as a newcomer runs it: five cases on real processes, months of them, and a clean audit.

And as an operator may: the same with every store on a PostgreSQL.
"""

import asyncio
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine
from temporalio.testing import TimeSkipper, TimeSkippingConfig, WorkflowEnvironment

from desk.demo.demo_case import DemoCase
from desk.demo.demo_stories import STORIES

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 300
LINE = re.compile(r"(?P<on>\d{4}-\d\d-\d\d)  (?P<case>[a-z ]{18})  (?P<what>.*)")


@dataclass(frozen=True)
class Demo:
    """What it printed, and its exit code."""

    code: int
    printed: str

    def told(self, case: str) -> list[tuple[date, str]]:
        """The lines of one case, with the day each happened on."""
        lines = [LINE.fullmatch(line) for line in self.printed.splitlines()]
        return [
            (date.fromisoformat(line["on"]), line["what"])
            for line in lines
            if line and line["case"].strip() == case
        ]

    def days_of(self, case: str, what: str) -> list[date]:
        """The days on which something happened in a case."""
        return [on for on, told in self.told(case) if what in told]

    def row(self, table: str, case: str) -> str:
        """The row of a case in one of the tables at the end."""
        rows = self.printed.partition(f"\n{table}")[2].splitlines()
        return next(row for row in rows if row.startswith(case))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    directory = tmp_path_factory.mktemp("demo")
    environment = {**os.environ, "TMPDIR": str(directory), "TRANSFER_PERSON_KEY": "invented for one demo"}
    command = [sys.executable, str(ROOT / "starter.py"), "--lang", "en", "demo"]
    server: URL | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        command += ["--stores", stores_on(server)]
    ran = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, timeout=MOST_SECONDS
    )
    assert not ran.stderr, ran.stderr
    assert f"with a store each ({request.param})" in ran.stdout
    assert list(directory.iterdir()) == [], "nothing is left behind"
    if server is not None:
        assert await databases_of(server) == [], "nor on the server"
    return Demo(ran.returncode, ran.stdout)


def stores_on(server: URL) -> str:
    """A database of its own for each bureau; their names tell this run's from another's."""
    named = server.set(database=f"demo_{os.getpid()}_KEY")
    return named.render_as_string(hide_password=False).replace("KEY", "{bureau}")


async def databases_of(server: URL) -> list[str]:
    """The databases of demos that are there."""
    engine = create_async_engine(server)
    try:
        async with engine.connect() as connection:
            query = text("SELECT datname FROM pg_database WHERE datname LIKE :mine ORDER BY datname")
            found = await connection.execute(query, {"mine": f"demo_{os.getpid()}_%"})
            return list(found.scalars())
    finally:
        await engine.dispose()


def test_all_five_end_as_they_should_and_the_audit_is_clean(demo: Demo) -> None:
    assert demo.code == 0, demo.printed
    assert demo.printed.rstrip().endswith("clean")
    ends = {
        "clean": "closed",
        "corrected twice": "closed, form version 3",
        "overdue": "closed",
        "arbitrated": "returned",
        "duplicates cleared": "refunded",
    }
    for case, end in ends.items():
        assert end in demo.row("case                outcome", case)


def test_a_wrong_id_number_is_refused_before_anything_starts(demo: Demo) -> None:
    assert "examples/wrong-id.csv cannot be used" in demo.printed.partition("platform worker")[0]


def test_the_first_round_brings_a_supplement_and_the_second_sends_a_surplus_back(demo: Demo) -> None:
    asked = demo.days_of("corrected twice", "correction requested")
    (supplemented,) = demo.days_of("corrected twice", "supplementary funds remitted")
    (returned,) = demo.days_of("corrected twice", "surplus returned")
    assert asked[0] < supplemented < asked[1] < returned


def test_nobody_releases_the_funds_and_the_days_that_is_late_are_the_transfer_out_bureaus(demo: Demo) -> None:
    days = [
        demo.days_of("overdue", what) for what in ("reminder", "overdue: B", "reported", "funds remitted")
    ]
    reminded, late, reported, remitted = days
    assert len(reminded) == len(reported) == 3
    assert reminded[0] < reminded[1] < reminded[2] <= late[0] <= reported[0] < reported[-1] < remitted[0]
    _, charged_in, charged_out, province, applicant, days_late = re.split(
        r"\s{2,}", demo.row("working days charged to", "overdue")
    )
    assert (province, applicant) == ("0", "0")
    assert int(charged_out) == 15 + int(days_late)
    assert int(charged_in) > 0


def test_by_ruling_of_two_officers_the_funds_go_back_and_the_relationship_is_restored(demo: Demo) -> None:
    told = [what for _, what in demo.told("arbitrated")]
    order = (
        "dispute raised",
        "position answered",
        "referred",
        "ruling made: by province-01",
        "approved: ruling, by province-02",
        "funds returned",
        "relationship restored",
        "case closed",
    )
    places = [next(n for n, what in enumerate(told) if step in what) for step in order]
    assert places == sorted(places)


def test_months_pass_in_the_cases_while_the_demo_runs_for_seconds(demo: Demo) -> None:
    days = [on for on, _ in demo.told("overdue")]
    assert days == sorted(days)
    assert (days[-1] - days[0]).days > 30


async def test_a_story_that_cannot_go_on_says_why_and_is_not_as_expected(env: WorkflowEnvironment) -> None:
    skipper = TimeSkipper(env.client, config=TimeSkippingConfig(enabled=False))
    case = DemoCase(STORIES[0], "220100-20260115-NOTTHERE", skipper, lambda *_: None)
    await case.play()
    assert "not found" in case.stuck
    assert not case.as_expected
