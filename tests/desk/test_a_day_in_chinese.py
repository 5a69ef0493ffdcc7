"""A day at the counter in Chinese: no Latin word on a screen but what is typed, and what is printed runs."""

import contextlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from clerk import Clerk, Screen

import starter
from desk.client.case_numbers import KEY_VARIABLE
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event
from province import BUREAUS, CHANGCHUN, YANBIAN, Handle, Province, account, application

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TWICE = account(scheme="E", bureau=CHANGCHUN, months=[("2025-11", "2026-02", "6500.00")])
BASE = "base/2020-01..2020-12"

COMMAND = re.compile(r"`[^`\n]+`|(?:\S*python\S* )?\S*(?:starter|worker)\.py(?: [!-~…]+)+")
"""A command as it is printed, in backticks or from the program to the last word that is typed. A value that
is still to be filled in is printed as `…`."""
TYPED = re.compile(
    r"--[a-z][a-z-]*"  # flags
    r"|[\w./-]*[./][\w./…-]+"  # file names, fields, numbers of papers
    r"|[A-Za-z]*[0-9_][\w-]*|（[a-z]+）"  # codes, such as that of a title
    r"|(?:in|out|p)-[0-9]+|\bdemo(?:-[a-z0-9]+)+"  # officers
    r"|\b[A-Z]+\b"  # G, E, JSON, CSV, PDF
)
LATIN = re.compile(r"[A-Za-z]{2,}")
NAMES = frozenset({"Temporal", "holidays"})
"""What has no Chinese name: the engine, and the package that the published calendar comes from."""


def latin_in(typed: str, screen: Screen) -> list[str]:
    """The lines with a Latin word that is neither a code, a file, a flag, a command, nor was typed."""
    found, known = [], NAMES | set(typed.split())
    for line in (screen.printed + screen.complaints).splitlines():
        rest = TYPED.sub(" ", COMMAND.sub(" ", line))
        if [word for word in LATIN.findall(rest) if word not in known]:
            found.append(line)
    return found


def commands_in(screen: Screen) -> list[str]:
    text = screen.printed + screen.complaints
    return [found.strip("`") for found in COMMAND.findall(text) if "starter.py" in found]


def reads_as_a_command(command: str) -> None:
    """Raises the command line's own error unless every word, flag and value of it is taken.

    N stands for a number that is still to be filled in.
    """
    words = ["1" if word == "N" else word for word in shlex.split(command)]
    typed = words[next(at for at, word in enumerate(words) if word.endswith("starter.py")) + 1 :]
    at: Any = typer.main.get_command(starter.app)
    context = at.make_context("starter.py", typed)
    with contextlib.suppress(typer.Exit):  # of --help
        while rest := [*context._protected_args, *context.args] if hasattr(at, "resolve_command") else []:
            name, at, more = at.resolve_command(context, rest)
            context = at.make_context(name, more, parent=context)


class Day:
    """Types in Chinese, and collects every screen."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.screens: list[tuple[str, Screen]] = []

    async def __call__(self, *typed: str) -> Screen:
        screen = await self.clerk(*typed, lang="zh")
        self.screens.append((" ".join(typed), screen))
        return screen

    async def does(self, *typed: str) -> None:
        """What is taken."""
        screen = await self(*typed)
        assert (screen.code, screen.complaints) == (0, ""), (typed, screen.complaints)

    def latin(self) -> dict[str, list[str]]:
        """The lines of each screen with a Latin word that does not belong there."""
        found: dict[str, list[str]] = {}
        for typed, screen in self.screens:
            found.setdefault(typed, []).extend(latin_in(typed, screen))
        return {typed: lines for typed, lines in found.items() if lines}

    def commands(self) -> set[str]:
        return {command for _, screen in self.screens for command in commands_in(screen)}

    async def looks_at(self, case: str) -> None:
        """Everything that shows a case and what is to be done."""
        await self("show", case)
        await self("show", case, "--papers")
        await self("list", "--bureau", CHANGCHUN)
        for bureau in (CHANGCHUN, YANBIAN):
            await self("worklist", "--bureau", bureau)
        await self("worklist", "--province")
        await self("worklist", "--applicant")


@pytest.fixture
def day(province: Province, monkeypatch: pytest.MonkeyPatch) -> Day:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Day(Clerk.at(province.client))


def number(handle: Handle) -> str:
    return handle.id.removeprefix("transfer/")


async def test_no_latin_word_stands_on_a_screen_and_every_printed_command_is_one(
    province: Province, day: Day
) -> None:
    await province.start(
        posting=Officers.TWO_OFFICERS, release_of_funds=Officers.ONE_OFFICER, refund=Officers.TWO_OFFICERS
    )
    await province.seed(account(), TWICE)
    handle = await province.apply(application(materials=("identity_document",)))
    case = number(handle)
    await a_case_to_its_end(province, day, handle, case)
    await what_is_asked_about_all_cases(day, case)
    assert day.latin() == {}
    assert len(day.commands()) > 20
    for command in day.commands():
        reads_as_a_command(command)


async def test_what_is_asked_or_typed_wrong_without_a_case_is_answered_in_chinese(tmp_path: Path) -> None:
    day = Day(Clerk("127.0.0.1:1"))
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("姓名,公民身份号码,转出险种\n崔明玉,2.22401E+17,X\n", encoding="gbk")
    await day("bureaus")
    await day("check", str(EXAMPLES / "applications.csv"))
    await day("check", str(wrong))
    await day("apply", "--file", str(wrong))
    await day("apply", "--name", "崔明玉", "--id-number", "1", "--from", "Q", "--material", "x")
    await day("calculate", str(EXAMPLES / "histories" / "worker.json"), "--to", "G", "--on", "2026-03-01")
    await day("calculate", str(EXAMPLES / "accounts.json"), "--to", "Q")
    await day("deadline", "--received", "2026-02-10", "--working-days", "15")
    await day("deadline", "--received", "morgen", "--working-days", "x")
    await day("calendar", "preview", str(EXAMPLES / "calendar" / "notice-2027-sample.toml"))
    for typed in (("shw",), ("show",), ("show", "1", "2"), ("list", "--page", "x"), ("list", "--nosuch")):
        assert (await day(*typed)).code == 2
    assert day.latin() == {}
    for command in day.commands():
        reads_as_a_command(command)


async def a_case_to_its_end(province: Province, day: Day, handle: Handle, case: str) -> None:
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await day.looks_at(case)
    await day("supplement", case, "--paper", "passport", "--officer", "in-01")
    papers = ("--paper", "application_form", "--paper", "posting_document")
    await day.does("supplement", case, *papers, "--officer", "in-01")
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await day.looks_at(case)
    await day("approve", case)
    await day.does("approve", case, "release_of_funds", "--officer", "out-01")
    await province.awaiting(handle, Approvable.POSTING)
    asked = ("--field", BASE, "--seen", "6000.00", "--expected", "6300.00", "--evidence", "工资台账")
    await day("correct", case, *asked, "--officer", "out-01", "--by", "out")
    await day("correct", case, "--field", "wage", "--seen", "1", "--expected", "2", "--officer", "in-01")
    await day.does("correct", case, *asked, "--officer", "in-01")
    await day.looks_at(case)
    await day.does("amend", case, "--decline", BASE, "--reason", "与台账一致", "--officer", "out-01")
    position = ("--by", "in", "--point", "amount", "--statement", "金额有误", "--evidence", "台账")
    await day.does("dispute", case, *position, "--officer", "in-01")
    await day.looks_at(case)
    await day.does("answer", case, "--by", "out", "--statement", "按申报", "--officer", "out-01")
    await day.does("settle", case, "--by", "in", "--terms", "各半", "--officer", "in-01")
    await day.does("settle", case, "--by", "out", "--terms", "各一半", "--officer", "out-01")
    await day.does("refer", case, "--by", "in", "--reason", "协商不成", "--officer", "in-01")
    await day.looks_at(case)
    ruling = ("--number", "吉社保裁〔2026〕3号", "--reasons", "依申报材料")
    await day("rule", case, *ruling, "--order", "extend_clock C x", "--order", "proceed", "--officer", "p-01")
    await day.does("rule", case, *ruling, "--order", "proceed", "--officer", "p-01")
    await province.awaiting(handle, Approvable.RULING)
    await day("approve", case)
    await day.does("approve", case, "ruling", "--officer", "p-02")
    await province.awaiting(handle, Approvable.POSTING)
    for officer in ("in-01", "in-02"):
        await day.does("approve", case, "posting", "--officer", officer)
        await day("show", case)
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await day.looks_at(case)
    await day("choose", case)
    answer = ("--keep", "1", "--consent", "--account", "6217000012345678")
    await day.does("choose", case, *answer, "--officer", "in-01")
    await province.awaiting(handle, Approvable.REFUND)
    await day("approve", case)
    await day.does("approve", case, "refund", "--officer", "in-02")
    await handle.result()
    await day.looks_at(case)


async def what_is_asked_about_all_cases(day: Day, case: str) -> None:
    await day("find", "--id-number", "222401198604120247")
    await day("find", "--id-number", "222401198604120248")
    await day("list", "--stage", "nowhere")
    await day("list", "--bureau", "nowhere")
    await day("rulings", "--point", "amount")
    await day("withdraw", case, "--reason", "x", "--officer", "in-01")
    await day("reopen", case, "--officer", "in-01")
    await day("funds", "expected", "--bureau", CHANGCHUN)
    asked = [word for bureau in BUREAUS for word in ("--bureau", bureau)]
    await day("report", *asked)
    await day("officer", "list", "--bureau", CHANGCHUN)
    await day("audit", *asked)
    await day("show", "220100-20260115-AAAAAAAA")
