"""Every command that takes a file or a text is given nonsense: it answers in sentences and leaves nothing.

No server listens, so what a command accepts ends with that sentence; nothing may ever end with a traceback.
Each parameter is given a few pieces of nonsense, another few at each; `NONSENSE=1` gives every one to all.
"""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from clerk import Screen, _run

from desk.client.case_numbers import KEY_VARIABLE
from desk.command_list import COMMANDS

NOBODY = "127.0.0.1:1"
STARTS_SERVERS = {"up", "demo", "web", "keys serve"}
"""What would go on running with a text that it can use."""
MAKES_FILES = {"keys make", "keys renew", "officer key"}
"""What writes where it is told to; its texts are names of files to be made."""
ENDINGS = ("toml", "json", "csv")
WHOLE = bool(os.environ.get("NONSENSE"))
FEW = 1
"""As many pieces of nonsense for a parameter where not every one is given."""
NESTED = "[" * 3000
FILES: dict[str, bytes] = {
    "empty": b"",
    "nothing but zeros": b"\x00" * 64,
    "no text": bytes(range(256)),
    "cut off in a letter": "个人".encode()[:-1],
    "an empty table": b"field = {}\n",
    "a number of 5000 digits": b"field = " + b"9" * 5000,
    "a JSON number of 5000 digits": b'{"field": ' + b"9" * 5000 + b"}",
    "deep lists": NESTED.encode(),
    "deep tables": b"a = " + NESTED.encode(),
    "half a surrogate": b'{"name": "\\ud800"}',
    "no number": b'[{"base": NaN, "x": Infinity}]',
    "a cell without end": b'bureau,scheme,id_number,name,from,to,base\n"' + b"x" * 200_000,
    "orders": b"value_date,remittance,amount,reference\n2026-02-30,x,1e9,\x1b[31m\n",
    "the wrong kinds": b'field = 7\norders = 7\nanswers = "x"\nitems = [[1]]\n',
}
TEXTS = {
    "nothing": "",
    "blank": "  \t ",
    "control characters": "\x1b[2J\x07red",
    "right to left": "a\u202eb\u200bc",
    "lines": "a\nb\r\nc",
    "markup": "[bold]x[/nothing] [link=x]",
    "half a surrogate": "a\udcffb",
    "much": "长" * 100_000,
    "an option": "--nothing",
    "digits": "9" * 5000,
}


@cache
def commands() -> dict[str, Any]:
    """Every command by its full name."""
    return dict(sorted(one for listed in COMMANDS for one in _within(listed.name, listed.load())))


def _within(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    groups = getattr(command, "commands", None)
    if not groups:
        yield name, command
        return
    for word, below in groups.items():
        yield from _within(f"{name} {word}", below)


def kind_of(parameter: Any) -> str:
    """'file' or 'text' for what takes one, '' for what takes neither."""
    annotation = str(parameter.type_descriptor.annotation)
    if "Path" in annotation:
        return "file"
    return "text" if "str" in annotation and not getattr(parameter, "is_flag", False) else ""


def typed(command: Any, fuzzed: Any, value: str) -> list[str]:
    """A command line: what must be given in its usual form, and one thing that is nonsense."""
    line: list[str] = []
    for parameter in command.params:
        given = value if parameter is fuzzed else "220100" if parameter.required else None
        if given is None:
            continue
        option = parameter.param_type_name == "option"
        line += [parameter.opts[0], given] if option else [given]
    return line


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to work in, in which nothing may appear."""
    monkeypatch.setenv(KEY_VARIABLE, "a key of this test")
    inputs, work = tmp_path / "inputs", tmp_path / "work"
    inputs.mkdir()
    work.mkdir()
    monkeypatch.chdir(work)
    for number, content in enumerate(FILES.values()):
        for ending in ENDINGS:
            (inputs / f"{number}.{ending}").write_bytes(content)
    os.mkfifo(inputs / "pipe.json")
    return tmp_path


def run(name: str, line: list[str]) -> Screen:
    return _run(["--address", NOBODY, "--lang", "en", *name.split(), *line])


def answered(screen: Screen, said: str) -> None:
    assert screen.code in (0, 1, 2, 3), said
    assert "Traceback" not in screen.printed + screen.complaints, said
    assert "\x1b[2J" not in screen.printed + screen.complaints, said


@pytest.mark.parametrize("name", commands())
def test_nonsense_is_answered_in_sentences_and_leaves_nothing(name: str, place: Path) -> None:
    command = commands()[name]
    files = [place / "inputs" / f"{number}.{ending}" for number in range(len(FILES)) for ending in ENDINGS]
    files += [place / "inputs" / "pipe.json", Path("/dev/zero"), place, place / "none.json"]
    nonsense = {"file": [str(path) for path in files], "text": list(TEXTS.values())}
    given = 0
    for parameter in command.params if name not in STARTS_SERVERS | MAKES_FILES else ():
        for value in some(nonsense.get(kind_of(parameter), []), f"{name} {parameter.name}"):
            answered(run(name, typed(command, parameter, value)), f"{name} {parameter.name}: {value[:40]!r}")
            given += 1
    assert list((place / "work").iterdir()) == []
    assert given or not any(map(kind_of, command.params)) or name in STARTS_SERVERS | MAKES_FILES


def some(values: Sequence[str], where: str) -> Sequence[str]:
    """All of the values, or the few that are this place's turn."""
    start = TURN[where] * FEW if where in TURN else 0
    return values if WHOLE else [values[(start + n) % len(values)] for n in range(min(FEW, len(values)))]


def turns() -> dict[str, int]:
    """The number of each parameter among those of its kind, so that each is given something else."""
    numbers = {"file": 0, "text": 0}
    turn: dict[str, int] = {}
    for name, command in commands().items():
        for parameter in command.params:
            if kind := kind_of(parameter):
                turn[f"{name} {parameter.name}"] = numbers[kind]
                numbers[kind] += 1
    return turn


TURN = turns()
