"""The handbook for clerks: what it names is there, and it names all that a clerk meets."""

import re
from typing import Any

import pytest

from desk.command_list import COMMANDS
from desk.web.help import HANDBOOK
from desk.web.rendering import HERE
from models.messages.requests import StaffAction
from models.messages.stages import Stage
from rules.values.due_dates import Clock

TEXT = HANDBOOK.read_text("utf-8")
TYPED = sorted(set(re.findall(r"`starter ([^`]+)`", TEXT)))
FLAG = re.compile(r"--[a-z-]+")


def first_cells(heading: str) -> list[str]:
    """The first cells of the table below a heading."""
    below = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in below.splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows[2:]]


def test_every_stage_is_explained_under_the_name_that_the_screens_show() -> None:
    assert first_cells("一件转移案件怎么走") == [stage.titles[1] for stage in Stage]


def test_every_action_of_staff_is_explained_under_the_name_that_the_screens_show() -> None:
    assert {action.titles[1] for action in StaffAction} <= set(first_cells("每件事怎么办"))


def test_every_page_of_the_web_desk_is_explained_under_the_words_that_lead_to_it() -> None:
    navigation = re.findall(r'\("/[^"]*", say\("[^"]+", "([^"]+)"\)\)', template("base.html"))
    from_the_worklist = re.findall(r'href="/[a-z]+">{{ say\("[^"]+", "([^"]+)"\)', template("worklist.html"))
    of_a_case = re.findall(r'progress.case_no }}/[a-z]+">{{ say\("[^"]+", "([^"]+)"\)', template("case.html"))
    assert len(navigation) >= 11
    assert len(from_the_worklist) >= 1
    assert len(of_a_case) >= 4
    assert first_cells("网页工作台的页面") == [*navigation, *from_the_worklist, *of_a_case]


def template(name: str) -> str:
    return (HERE / "templates" / name).read_text("utf-8")


def test_every_clock_is_explained_by_its_letter_and_name() -> None:
    assert first_cells("期限") == [f"{clock.letter} {clock.titles[1]}" for clock in Clock]


@pytest.mark.parametrize("typed", TYPED)
def test_every_command_in_the_handbook_can_be_typed_with_its_flags(typed: str) -> None:
    name, *words = typed.split()
    (listed,) = [command for command in COMMANDS if command.name == name]
    command: Any = listed.load()
    if words and (further := getattr(command, "commands", {}).get(words[0])):
        command = further
    known = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
    assert set(FLAG.findall(typed)) <= known
