"""The documents stay true: every function, test and name they mention exists."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROCEDURE = (ROOT / "docs" / "procedure.md").read_text()
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
LAYERS = ("rules", "models", "activities", "workflows", "engine", "desk")

DOTTED = re.compile(r"`((?:{})(?:\.\w+)+)`".format("|".join(LAYERS)))
TEST = re.compile(r"`((?:tests/[\w/]+\.py)?::\w+)`")


def _rows(text: str) -> list[list[str]]:
    """The cells of every table row that is neither head nor rule."""
    lines = [line.strip() for line in text.splitlines()]
    rows = [line for line in lines if line.startswith("|") and not set(line) <= set("|-: ")]
    heads = {
        lines[i - 1] for i, line in enumerate(lines) if line.startswith("|") and set(line) <= set("|-: ")
    }
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row not in heads]


def _exists(dotted: str) -> bool:
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        try:
            for name in parts[cut:]:
                found = getattr(found, name)
        except AttributeError:
            # A field of a dataclass or a model without default is no attribute of its class.
            return name in getattr(found, "__annotations__", {})
        return True
    return False


@cache
def _tests_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _tests_of(text: str) -> list[tuple[str, str]]:
    """Every test named in a text, as file and name; '::name' alone continues the file before it."""
    found, file = [], ""
    for mention in TEST.findall(text):
        path, name = mention.split("::")
        file = path or file
        found.append((file, name))
    return found


@pytest.mark.parametrize("dotted", sorted(set(DOTTED.findall(PROCEDURE))))
def test_the_procedure_names_functions_that_exist(dotted: str) -> None:
    assert _exists(dotted), dotted


@pytest.mark.parametrize(("file", "name"), sorted(set(_tests_of(PROCEDURE))))
def test_the_procedure_names_tests_that_exist(file: str, name: str) -> None:
    assert name in _tests_in(ROOT / file), f"{file}::{name}"


def test_every_article_leads_to_a_function_and_a_test() -> None:
    rows = _rows(PROCEDURE.partition("## The measures, article by article")[2])
    assert len(rows) > 40
    for row in rows:
        assert DOTTED.search(row[2]), row
        assert TEST.search(row[3]), row


def test_every_article_of_the_measures_is_in_the_procedure() -> None:
    for article in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十"):
        assert f"第{article}条" in PROCEDURE


@cache
def _names_in_code() -> frozenset[str]:
    """Every name the code defines, and every string it writes: values of enums are names too."""
    found: set[str] = set()
    for layer in LAYERS:
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                for field in ("name", "id", "attr", "arg"):
                    if isinstance(value := getattr(node, field, None), str):
                        found.add(value)
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return frozenset(found)


@pytest.mark.parametrize("row", _rows(GLOSSARY), ids=lambda row: row[0])
def test_every_glossary_name_is_used_in_code(row: list[str]) -> None:
    names = re.findall(r"`([\w.]+)`", row[1])
    assert names, row
    for name in names:
        assert set(name.split(".")) <= _names_in_code(), name


def test_no_chinese_term_has_two_entries() -> None:
    terms = [row[0] for row in _rows(GLOSSARY)]
    assert sorted(terms) == sorted(set(terms))


def test_every_official_paper_named_in_the_code_is_in_the_glossary() -> None:
    titles = {
        title
        for layer in LAYERS
        for path in (ROOT / layer).rglob("*.py")
        for title in re.findall(r"《([^》{]+(?:表|函|凭证))》", path.read_text(encoding="utf-8"))
    }
    terms = [row[0] for row in _rows(GLOSSARY)]
    assert titles
    for title in titles:
        assert any(term in title or title in term for term in terms), title
