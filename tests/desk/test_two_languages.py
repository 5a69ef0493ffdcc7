"""Sentences in two languages: both show the same, and none that faces share is made for a terminal."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DESK = ROOT / "desk"
SHARED = ("client", "files", "language.py", "problems.py", "words.py")
"""What every face of the desk shares."""
MARKUP = re.compile(r"\[/?(red|yellow|green|cyan|bold|dim)\]")
OF_A_COMMAND_LINE = re.compile(r"(starter|worker)\.py|\bmake up\b|(?<![\w-])--[a-z]")
OF_ONE_LANGUAGE = re.compile(r"_?(en|zh|english|chinese)$")


def _sentences(source: str) -> Iterator[tuple[int, ast.expr, ast.expr]]:
    """Each `say` or `Words` with its line, its English and its Chinese."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("say", "Words", "of_the_whole", "WrongOrder")
            and len(node.args) == 2
        ):
            yield node.lineno, node.args[0], node.args[1]


def _placeholders(sentence: ast.expr) -> set[str]:
    """The variables a sentence shows; tables of words are no variables, nor is what names its language."""
    shown = [one.value for one in ast.walk(sentence) if isinstance(one, ast.FormattedValue)]
    if isinstance(sentence, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
        shown.append(sentence)
    names = {name.id for value in shown for name in ast.walk(value) if isinstance(name, ast.Name)}
    found = {OF_ONE_LANGUAGE.sub("", name) for name in names}
    return {name for name in found if name and name.lower() == name and name not in ("map", "str", "len")}


def _differing(source: str) -> list[int]:
    """The lines of sentences whose languages do not show the same."""
    return [
        line
        for line, *both in _sentences(source)
        if any(isinstance(one, ast.JoinedStr) for one in both)
        # '' on one side: the paper's own title, which stands beside its translation.
        and "''" not in map(ast.unparse, both)
        and len({frozenset(_placeholders(one)) for one in both}) > 1
    ]


def _marked_up(source: str) -> list[int]:
    """The lines of sentences that hold markup of a terminal."""
    return [
        line
        for line, *both in _sentences(source)
        if any(MARKUP.search(ast.unparse(sentence)) for sentence in both)
    ]


@pytest.mark.parametrize("path", sorted(DESK.rglob("*.py")), ids=lambda path: str(path.relative_to(DESK)))
def test_both_languages_of_a_sentence_show_the_same(path: Path) -> None:
    assert _differing(path.read_text()) == []


@pytest.mark.parametrize(
    "planted",
    [
        'say(f"{count} cases", "件")',
        'Words(f"{case} is late", f"{clock} 逾期")',
        'say(f"{a} and {b}", f"{a}")',
    ],
)
def test_a_sentence_that_shows_something_in_one_language_only_is_found(planted: str) -> None:
    assert _differing(planted) == [1]


def test_no_sentence_that_faces_share_holds_markup() -> None:
    shared = [path for path in DESK.rglob("*.py") if path.relative_to(DESK).parts[0] in SHARED]
    assert shared
    assert [path for path in shared if _marked_up(path.read_text())] == []


def _of_a_command_line(source: str) -> list[int]:
    """The lines of texts, docstrings left out, that name a flag or a program."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        and OF_A_COMMAND_LINE.search(node.value)
    ]


def test_nothing_that_faces_share_names_a_flag_or_a_program() -> None:
    shared = [path for path in DESK.rglob("*.py") if path.relative_to(DESK).parts[0] in SHARED]
    shared += [path for layer in ("models", "rules", "workflows") for path in (ROOT / layer).rglob("*.py")]
    found = {
        str(path.relative_to(ROOT)): lines
        for path in shared
        if (lines := _of_a_command_line(path.read_text()))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        'say("See `starter.py list`.", "见 list。")',
        'Words("Late", "请用 --bureau 指定")',
        'f"{key}: start it with `worker.py --bureau {key}`"',
        'problem("Start it with `make up`.")',
    ],
)
def test_a_flag_or_a_program_in_a_shared_text_is_found(planted: str) -> None:
    assert _of_a_command_line(planted) == [1]
    assert (
        _of_a_command_line('"""What `starter.py list --stage` shows."""\nsay("a – b -- c", "甲——乙")') == []
    )


def test_markup_in_a_sentence_is_found() -> None:
    assert _marked_up('say("[red]late[/red]", "逾期")') == [1]
    assert _marked_up('say("late", f"[yellow]{count}[/yellow]")') == [1]
    assert _marked_up('say("[1] late", "[1] 逾期")') == []
