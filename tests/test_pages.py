"""The pages for whoever reads the code: one for each package, each short, and each name in them true."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

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
    return set(
        re.findall(r"""app\.(?:command\(|add_typer\(\w+, name=)"(\w+)""", (ROOT / "starter.py").read_text())
    )


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
