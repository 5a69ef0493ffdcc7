"""The pages for whoever reads the code: one for each package, each short, and each name in them true."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from benchmarks.lines import lines_in_functions
from desk.command_list import COMMANDS

ROOT = Path(__file__).parent.parent
LAYERS = ("rules", "models", "activities", "workflows", "engine", "desk")
PACKAGES = sorted(
    str(path.parent.relative_to(ROOT)) for layer in LAYERS for path in (ROOT / layer).rglob("__init__.py")
)
PAGES = [f"{package}/README.md" for package in PACKAGES]
DOCUMENTS = [
    *(str(path.relative_to(ROOT)) for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.md")),
    *PAGES,
]
MOST_LINES, MOST_CHARACTERS = 30, 2_000
"""Half a page."""

QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]*)?\)")


@cache
def defined_names() -> frozenset[str]:
    """Every module, class, function, method, constant and field that the source defines."""
    found: set[str] = set()
    for path in (*ROOT.glob("*.py"), *(one for layer in LAYERS for one in (ROOT / layer).rglob("*.py"))):
        found.update((path.stem, path.parent.name))
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    found.add(node.name)
                case ast.Name(ctx=ast.Store()):
                    found.add(node.id)
    return frozenset(found)


def commands() -> set[str]:
    """What can be typed after `starter.py`."""
    return {command.name for command in COMMANDS}


def untrue(text: str, folder: Path) -> list[str]:
    """Everything in backticks that names a file, a name of the code or a command, and does not exist."""
    quoted = QUOTED.findall(text)
    folders = [folder, ROOT, *(ROOT / one for one in quoted if (ROOT / one).is_dir())]
    wrong = []
    for one in quoted:
        if typed := re.match(r"starter\.py (\w+)", one):
            true = typed[1] in commands()
        elif "/" in one or re.fullmatch(r"\w+\.(py|md|toml|lock)", one):
            true = any((place / one).exists() for place in folders)
        elif re.fullmatch(r"\w+(\.\w+)*", one):
            true = set(one.split(".")) <= defined_names()
        else:
            true = True
        if not true:
            wrong.append(one)
    return wrong


@pytest.mark.parametrize("page", PAGES)
def test_each_package_has_a_page_that_is_short_and_says_where_to_start(page: str) -> None:
    text = (ROOT / page).read_text()
    assert len(text.splitlines()) <= MOST_LINES
    assert len(text) <= MOST_CHARACTERS
    for part in ("**Words:**", "**Start at**", "**Called by**"):
        assert text.count(part) == 1, part


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_what_exists(page: str) -> None:
    path = ROOT / page
    assert untrue(path.read_text(), path.parent) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_leads_somewhere(document: str) -> None:
    path = ROOT / document
    for target, heading in LINK.findall(path.read_text()):
        page = path.parent / target if target else path
        assert page.exists(), target
        if heading:
            heads = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
            anchors = {"#" + re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert heading in anchors, heading


def test_a_name_that_does_not_exist_is_found() -> None:
    text = "`transfer_amount` in `amounts.py`, `transfer_amounts`, `no/such.py`, `starter.py shew`, `a b`"
    assert untrue(text, ROOT / "rules" / "amounts") == ["transfer_amounts", "no/such.py", "starter.py shew"]


TOUR = (ROOT / "docs" / "tour.md").read_text()
STOPS = re.findall(r"^(\d+)\. `([\w/]+\.py)` `([\w.]+)`: ", TOUR, flags=re.MULTILINE)
MOST_STOPS, MOST_LINES_OF_THE_TOUR = 25, 2_500


def _functions_named(tree: ast.AST, prefix: str = "") -> set[str]:
    """Every function of a file, those of a class as `Class.method`."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(prefix + name)
            case ast.ClassDef(name=name):
                found |= _functions_named(node, f"{name}.")
    return found


@pytest.mark.parametrize(("number", "file", "name"), STOPS)
def test_a_stop_of_the_tour_is_there(number: str, file: str, name: str) -> None:
    assert name in _functions_named(ast.parse((ROOT / file).read_text())), number


def test_the_tour_is_short_enough_to_be_walked() -> None:
    assert [number for number, _, _ in STOPS] == [str(n) for n in range(1, len(STOPS) + 1)]
    assert 20 <= len(STOPS) <= MOST_STOPS
    assert sum(lines_in_functions(ROOT / file) for file in {file for _, file, _ in STOPS}) <= (
        MOST_LINES_OF_THE_TOUR
    )


@pytest.mark.parametrize("document", ["docs/tour.md", "CONTRIBUTING.md"])
def test_a_guide_names_what_exists(document: str) -> None:
    assert untrue((ROOT / document).read_text(), ROOT) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_names_files_and_commands_that_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    folders = [(ROOT / document).parent, ROOT]
    # What the programs make while they run, under `.state`, is not in the project.
    for file in re.findall(r"`(?!\.state/)([\w.]+(?:/\w+)+\.(?:py|toml|json))", text):
        assert any((folder / file).exists() for folder in folders), file
    typed = re.findall(r"(?:`|^|\$ )starter(?:\.py)? ([a-z]+)", text, flags=re.MULTILINE)
    assert set(typed) <= commands()
