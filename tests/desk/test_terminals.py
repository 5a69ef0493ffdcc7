"""What a terminal may do to a command: lack a character, close the pipe, be narrow; and what is copied."""

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from desk.language import Language, said_in
from desk.screens import typed
from desk.screens.screen import Screen, awaited, pairs, table
from desk.screens.typed import as_typed, typed_by

ROOT = Path(__file__).parents[2]
STARTER = str(ROOT / "starter.py")


def ran(*arguments: str, charset: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": charset}
    command = [sys.executable, STARTER, "--address", "127.0.0.1:1", *arguments]
    return subprocess.run(command, capture_output=True, check=False, env=environment, timeout=120)


@pytest.mark.parametrize("charset", ["gb2312", "latin-1", "ascii"])
@pytest.mark.parametrize("lang", list(Language))
def test_a_charset_that_lacks_a_character_ends_no_command(charset: str, lang: Language) -> None:
    done = ran(
        "--lang", lang, "deadline", "--received", "2026-01-20", "--working-days", "15", charset=charset
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"2026-02-10" in done.stdout


def test_a_reader_who_stops_reading_ends_no_command() -> None:
    command = f"{shlex.join([sys.executable, STARTER, 'bureaus'])} | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"\n") == 1


def test_a_command_that_is_printed_runs_as_it_is_printed() -> None:
    done = ran("--lang", "en", "list", "--bureau", "nowhere")
    told = done.stderr.decode().strip()
    beginning = shlex.join([sys.executable, STARTER, "--address", "127.0.0.1:1", "--lang", "en"])
    assert told == f"There is no bureau nowhere; `{beginning} bureaus` lists them."
    (command,) = (part for part in told.split("`") if part.startswith(sys.executable))
    again = subprocess.run(shlex.split(command), capture_output=True, check=False, timeout=120)
    assert again.returncode == 0
    assert b"220100" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["show", "c"], "python starter.py"),
        (["--lang", "zh", "--keys=a b", "show", "--json"], "python starter.py --lang zh '--keys=a b'"),
        ([], "python starter.py"),
    ],
)
def test_printed_commands_begin_as_this_one_did(
    arguments: list[str], beginning: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed, "_typed", typed.PROGRAM)
    typed_by(["python", "starter.py", *arguments], arguments)
    assert as_typed("see `starter.py show c`") == f"see `{beginning} show c`"


REFERENCE = "BK20260305-000217"
LONG = ("yuan", "why it is kept, said in a sentence that is longer than the screen is wide by some words")


def shown(width: int) -> list[str]:
    screen = Screen(file=io.StringIO(), width=width, highlight=False)
    kept = table("kept in suspense", "amount", "reason", whole=(0, 1))
    kept.add_row(REFERENCE, "1,234,567.89", "as often as somebody had misspelled administratively")
    kept.add_row("B2", "7.00", "")
    screen.print(kept)
    assert isinstance(screen.file, io.StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [120, 80, 52, 40])
def test_no_word_and_no_reference_breaks_however_narrow_the_screen(width: int) -> None:
    text = "\n".join(shown(width))
    assert REFERENCE in text
    assert "1,234,567.89" in text
    assert "administratively" in text


def test_a_table_that_is_too_wide_stands_upright() -> None:
    wide, narrow = shown(80), shown(40)
    assert wide[0].split() == ["kept", "in", "suspense", "amount", "reason"]
    assert narrow[0].split() == ["kept", "in", "suspense", REFERENCE]
    assert narrow[1].split() == ["amount", "1,234,567.89"]
    assert [line.split()[-1] for line in narrow if line.startswith("amount")] == ["1,234,567.89", "7.00"]
    assert max(map(cell_len, narrow)) <= 40


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_shows_which_bureaus_have_not_answered_and_a_file_is_told_nothing(
    monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    shown = io.StringIO()
    screen = Screen(file=shown, width=200, force_terminal=terminal)
    monkeypatch.setattr("desk.screens.screen.complaints", lambda: screen)
    with awaited(["220100", "220200", "222400", "220300"]) as waiting_for:
        waiting_for(["220200", "222400", "220300"])
    told = "waiting for Jilin City 220200, Yanbian Prefecture 222400 and others, 3 in all,"
    assert (told in shown.getvalue()) is terminal
    assert bool(shown.getvalue()) is terminal


def test_a_long_value_beside_its_label_is_folded_and_never_cut() -> None:
    written = io.StringIO()
    sentence = "离开机关事业单位的，转入户籍所在地社会保险局，" * 4
    shown = pairs()
    shown.add_row("理由", sentence)
    Screen(file=written, width=60).print(shown)
    assert "".join(written.getvalue().split()) == f"理由{sentence}"


def test_a_chinese_sentence_is_not_broken_at_the_blank_before_a_number() -> None:
    written = io.StringIO()
    sentence = "不应转入 220100（长春市社会保险局）。" + "离开机关事业单位的，转入户籍所在地。" * 4
    said_in(Language.CHINESE, lambda: Screen(file=written, width=60).print(sentence))
    assert written.getvalue() == f"{sentence}\n"
