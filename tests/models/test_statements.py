"""Facts are read from columns: no statement searches a text, and nothing looks into a body by a pattern."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("models/store", "models/audit", "activities")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
SEARCHES = frozenset(
    {
        *("like", "ilike", "not_like", "notlike", "not_ilike", "notilike", "contains", "icontains"),
        *("regexp_match", "regexp_replace", "istartswith", "iendswith", "match"),
    }
)


def searches(source: str) -> list[str]:
    """What in a module searches texts by a pattern."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in SEARCHES:
                found.append(node.func.attr)
            # Of columns; a str of Python has these methods, too, under a plain name.
            if node.func.attr in ("startswith", "endswith") and isinstance(node.func.value, ast.Attribute):
                found.append(node.func.attr)
        if isinstance(node, ast.Import) and any(name.name == "re" for name in node.names):
            found.append("re")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_statement_searches_a_text_by_a_pattern(path: Path) -> None:
    assert searches(path.read_text()) == []


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("query.where(PAPER.c.body.contains('refused'))", "contains"),
        ("query.where(POSTING.c.key.like('statement/%'))", "like"),
        ("query.where(EntryRow.remittance.startswith('bank/'))", "startswith"),
        ("import re", "re"),
    ],
)
def test_a_planted_search_is_found(planted: str, named: str) -> None:
    assert searches(planted) == [named]
