"""The handbook for clerks: what it names is there, and it names all that a clerk meets."""

import re
from typing import Any

import pytest

from desk.client.views.case_list import FLAGS_IN_WORDS
from desk.command_list import COMMANDS
from desk.web.help import HANDBOOK
from desk.web.rendering import HERE
from models.messages.requests import StaffAction
from models.messages.stages import Event, Stage
from rules.application.ground_titles import TITLES
from rules.officers.rights import RIGHTS
from rules.values.due_dates import Clock
from rules.values.officers import Role

TEXT = HANDBOOK.read_text("utf-8")
TYPED = sorted(set(re.findall(r"`starter ([^`]+)`", TEXT)))
FLAG = re.compile(r"--[a-z-]+")
OF_OPERATORS = {"seed", "releases", "promote", "demo", "up", "web", "keys"}


def first_cells(heading: str) -> list[str]:
    """The first cells of the table below a heading."""
    below = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in below.splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows[2:]]


def test_every_stage_is_explained_under_the_name_that_the_screens_show() -> None:
    assert first_cells("一件转移案件怎么走") == [stage.titles[1] for stage in Stage]


def test_every_action_of_staff_is_explained_under_the_name_that_the_screens_show() -> None:
    assert {action.titles[1] for action in StaffAction} <= set(first_cells("每件事怎么办"))


def test_every_mark_on_a_case_is_explained_under_the_word_that_the_lists_show() -> None:
    shown = {"程序出错", "逾期", *(words.zh for words in FLAGS_IN_WORDS.values())}
    assert set(first_cells("清单上的提示")) == shown


def test_every_ground_of_refusal_is_explained_once_and_no_other() -> None:
    explained = []
    for title in "；".join(first_cells("不予受理的理由")).split("；"):
        head, colon, kinds = title.partition("：")
        explained += [f"{head}{colon}{kind}" for kind in kinds.split("、")]
    assert sorted(explained) == sorted({zh for _, zh in TITLES.values()})


def test_the_lines_of_the_journal_that_are_explained_are_lines_of_the_journal() -> None:
    assert set(first_cells("办理记录里的这几行")) <= {event.titles[1] for event in Event}


def test_every_role_is_explained_with_all_that_it_may_do() -> None:
    below = TEXT.split("\n## 岗位和回避\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1:3] for line in below.splitlines() if line.startswith("|")][2:]
    explained = {role.strip(): set(rights.strip().split("、")) for role, rights in rows}
    assert explained == {role.titles[1]: {right.titles[1] for right in RIGHTS[role]} for role in Role}


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


def test_every_command_but_those_of_operators_is_in_the_handbook() -> None:
    named = {typed.split()[0] for typed in TYPED}
    assert {command.name for command in COMMANDS} - named == OF_OPERATORS


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
