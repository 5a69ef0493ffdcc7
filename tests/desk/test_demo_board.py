"""The board of the demo: cases side by side where there is room, and the newest events of each."""

import io
from datetime import datetime, timedelta

import pytest
from rich.console import Console
from temporalio.testing import TimeSkipper, TimeSkippingConfig, WorkflowEnvironment

from desk.demo.demo_board import Board
from desk.demo.demo_case import DemoCase
from desk.demo.demo_stories import STORIES
from models.messages.dossier import JournalEntry
from models.messages.stages import Event, Party
from rules.values.due_dates import CHINA_TIME, Clock

FIRST = datetime(2026, 11, 23, 10, tzinfo=CHINA_TIME)
DAYS = 40


@pytest.fixture
def cases(env: WorkflowEnvironment) -> list[DemoCase]:
    """One reminder a day, so that what is oldest finds no room."""
    skipper = TimeSkipper(env.client, config=TimeSkippingConfig(enabled=False))
    made = [DemoCase(story, "220100-20261123-INVENTED", skipper, lambda *_: None) for story in STORIES]
    for case in made:
        case.journal = [
            JournalEntry(
                at=FIRST + timedelta(days=n),
                party=Party.TRANSFER_OUT,
                event=Event.REMINDER_SENT,
                paper=Clock.TRANSFER_OUT,
                detail=str(n),
            )
            for n in range(DAYS)
        ]
    return made


def drawn(cases: list[DemoCase], width: int, height: int) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO())
    with console.capture() as captured:
        console.print(Board(cases))
    return captured.get().splitlines()


@pytest.mark.parametrize(("width", "height"), [(120, 24), (200, 60), (140, 40)])
def test_five_columns_fit_the_terminal_and_end_with_the_newest_day(
    cases: list[DemoCase], width: int, height: int
) -> None:
    lines = drawn(cases, width, height)
    assert len(lines) < height
    assert max(map(len, lines)) <= width
    for story in STORIES:
        assert story.titles.en in lines[0]
    days = [line for line in lines if line.count("2026-12-31") + line.count("2027-01-01") == len(STORIES)]
    assert days[-1].count("2027-01-01") == len(STORIES)
    assert "2026-11-23" not in "".join(lines)


def test_a_narrow_terminal_gets_a_line_per_case_with_its_newest_event(cases: list[DemoCase]) -> None:
    lines = drawn(cases, 100, 24)
    assert [line.split("  ")[0] for line in lines[1:]] == [story.titles.en for story in STORIES]
    assert all("2027-01-01" in line and "B, 39" in line for line in lines[1:])
