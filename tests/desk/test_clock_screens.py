"""Clocks and charged days as people read them."""

from typing import Any

import pytest
from case_views import AT, FULL, NOW, clock, line_with, paper_console, printed, text_of

from desk.client.views.clocks import clock_rows
from desk.screens.case_tables import print_clocks
from rules.values.due_dates import Clock


def test_reminders_that_were_sent_are_no_longer_to_come() -> None:
    screen = paper_console()
    print_clocks(screen, clock_rows([clock()], NOW, {}))
    assert line_with(text_of(screen), "to come").endswith("reminders to come: 2026-02-05 (3 left)")


@pytest.mark.parametrize(
    ("changes", "late", "state"),
    [
        ({}, {}, "running"),
        ({"overdue": True}, {}, "overdue"),
        ({"overdue": True}, {Clock.TRANSFER_OUT: 3}, "overdue, 3 working days late"),
        ({"paused_since": AT}, {}, "paused since 2026-01-20"),
        ({"stopped_at": AT}, {}, "done 2026-01-20 09:00:00"),
        (
            {"stopped_at": AT, "overdue": True, "working_days_late": 2},
            {},
            "done 2026-01-20 09:00:00, 2 working days late",
        ),
    ],
)
def test_a_clock_says_how_it_stands(changes: dict[str, Any], late: dict[Clock, int], state: str) -> None:
    screen = paper_console(width=120)
    print_clocks(screen, clock_rows([clock(**changes)], NOW, late))
    row = next(line for line in text_of(screen).splitlines() if line.startswith("B"))
    assert row.rstrip().endswith(f"15    {state}")


def test_the_ledger_adds_up_and_long_lists_of_days_are_counted() -> None:
    text = printed(**FULL)
    assert "2026-01-16, 2026-01-19, 2026-01-21, 2026-01-23 and 1 more" in text
    assert line_with(text, "all ", "2026-01-15 – 2026-01-25").split()[1] == "6"
    assert line_with(text, "send the contact letter: 2 working days", "promptly")
