"""Words that were given up for plainer ones appear nowhere any more: not in a name, a comment or a page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ("rules", "models", "activities", "workflows", "engine", "desk", "tests", "benchmarks", "docs")

RETIRED = {
    "deed": "step, or activity contract",
    "done here": "implements",
    "tray": "inbox",
    "reception": "handler",
    "road": "procedure, or clean case",
    "case work": "case context",
    "case file": "case state",
    "notice board": "status board",
    "pulse": "heartbeat",
    "aim": "compute",
    "aimed": "computed",
    "rung": "fired",
    "kept money": "unallocated receipt",
    "taken up at": "started at",
    "gathered case": "case reader",
    "whole books": "checks",
}
"""Each retired word and what is said now. Of several words the name is retired, not the phrase: an audit
may still prove whole books."""


def _pattern(word: str) -> re.Pattern[str]:
    """A word wherever it stands as one: in a sentence, in the plural, in `snake_case` or in `CamelCase`."""
    parts = word.split()
    small, large = "_".join(parts), "_".join(parts).upper()
    camel = "".join(part.capitalize() for part in parts)
    return re.compile(rf"(?<![A-Za-z])(?:{small}s?|{large}S?)(?![A-Za-z])|{camel}s?(?![a-z])")


PATTERNS = {word: _pattern(word) for word in RETIRED}


def _files() -> list[Path]:
    found = [*ROOT.glob("*.md"), *ROOT.glob("*.py")]
    for folder in SOURCE:
        found += [*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.md")]
    return [path for path in found if path != Path(__file__).resolve()]


def _retired_in(text: str) -> list[str]:
    return [word for word, pattern in PATTERNS.items() if pattern.search(text)]


def test_no_retired_word_is_left() -> None:
    files = _files()
    assert len(files) > 200
    found = {str(path.relative_to(ROOT)): words for path in files if (words := _retired_in(path.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("every deed is repeatable", ["deed"]),
        ("DEEDS = ()", ["deed"]),
        ("class DeedOrder:", ["deed"]),
        ("def road_or_ruling(self)", ["road"]),
        ("A road or a ruling", ["road"]),
        ("self.notice_board, NoticeBoard", ["notice board"]),
        ("an audit of the whole books", []),
        ("a clock aimed anew, as its aims are", ["aim", "aimed"]),
        ("an impulse from abroad, portrayed indeed and claimed", []),
    ],
)
def test_a_retired_word_is_found_in_every_spelling(text: str, words: list[str]) -> None:
    assert _retired_in(text) == words
