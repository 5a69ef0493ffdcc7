"""A day at the counter in Chinese: no Latin word on a screen but what is typed, and what is printed runs."""

import contextlib
import re
import shlex
from pathlib import Path
from typing import Any

import typer
from clerk import Clerk, Screen

import starter

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"

COMMAND = re.compile(r"`[^`\n]+`|(?:\S*python\S* )?\S*(?:starter|worker)\.py(?: [!-~…]+)+")
"""A command as it is printed, in backticks or from the program to the last word that is typed. A value that
is still to be filled in is printed as `…`."""
TYPED = re.compile(
    r"--[a-z][a-z-]*"  # flags
    r"|[\w./-]*[./][\w./-]+"  # file names, fields, numbers of papers
    r"|[A-Za-z]*[0-9_][\w-]*|（[a-z]+）"  # codes, such as that of a title
    r"|(?:in|out|p)-[0-9]+"  # officers
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
    """Raises the command line's own error unless every word, flag and value of it is taken."""
    words = shlex.split(command)
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
        self.screens: dict[str, Screen] = {}

    async def __call__(self, *typed: str) -> Screen:
        screen = await self.clerk(*typed, lang="zh")
        self.screens[" ".join(typed)] = screen
        return screen

    def latin(self) -> dict[str, list[str]]:
        """The lines of each screen with a Latin word that does not belong there."""
        found = {typed: latin_in(typed, screen) for typed, screen in self.screens.items()}
        return {typed: lines for typed, lines in found.items() if lines}

    def commands(self) -> set[str]:
        return {command for screen in self.screens.values() for command in commands_in(screen)}


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
