"""Who may import whom, as a table; and what workflow code can reach at all."""

import ast
import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "rules": set(),
    "models": {"rules"},
    "activities": {"models", "rules"},
    "workflows": {"activities", "models", "rules"},
    "engine": {"workflows"},
    "desk": {"engine", "workflows", "activities", "models", "rules"},
}
"""Each layer and the layers below it that it may import."""

PACKAGES_OF_RULES = {"holidays", "stdnum", "pydantic_core"}
"""What `rules` may use beside the standard library; pydantic_core only as the hook in `rules.months`."""

OUT_OF_REACH = ("sqlmodel", "sqlalchemy", "alembic", "holidays", "stdnum", "models.store", "models.books")
"""What no workflow module may load, not even through something it imports."""

VALUE_MODULES = {
    "rules",
    "rules.case_books",
    "rules.charged_days",
    "rules.corrections",
    "rules.dispute_points",
    "rules.due_dates",
    "rules.findings",
    "rules.form_fields",
    "rules.law",
    "rules.money",
    "rules.months",
    "rules.moves",
    "rules.orders",
    "rules.record",
    "rules.refunds",
    "rules.schemes",
}
"""The modules of `rules` that hold values only; the rest hold rules, which are for activities."""

WORKFLOW_MODULES = sorted(f"workflows.{path.stem}" for path in (ROOT / "workflows").glob("[a-z]*.py"))
REACHES_THE_STORE = "activities.books_desk"


def _violations(root: Path) -> set[str]:
    """Every import against the table, as 'importer -> imported'."""
    sys.path.insert(0, str(root))
    try:
        graph = grimp.build_graph(*MAY_IMPORT, include_external_packages=True, cache_dir=None)
    finally:
        sys.path.remove(str(root))
    found = set()
    for module in graph.modules:
        layer = module.split(".")[0]
        if layer not in MAY_IMPORT:
            continue
        for imported in graph.find_modules_directly_imported_by(module):
            below = imported.split(".")[0]
            if below in MAY_IMPORT and below != layer and below not in MAY_IMPORT[layer]:
                found.add(f"{module} -> {imported}")
            if layer == "rules" and below not in sys.stdlib_module_names | PACKAGES_OF_RULES | {"rules"}:
                found.add(f"{module} -> {imported}")
    return found


def test_no_layer_imports_from_above() -> None:
    assert _violations(ROOT) == set()


@pytest.mark.parametrize(
    ("file", "planted"),
    [
        ("rules/money.py", "import models.papers"),
        ("rules/money.py", "import sqlalchemy"),
        ("models/papers.py", "import activities.deeds"),
        ("activities/clock.py", "import workflows.names"),
        ("workflows/names.py", "import engine.connection"),
        ("engine/logs.py", "import desk.screen"),
    ],
)
def test_a_planted_import_is_found(file: str, planted: str, tmp_path: Path) -> None:
    for layer in MAY_IMPORT:
        shutil.copytree(ROOT / layer, tmp_path / layer, ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / file
    path.write_text(f"{path.read_text()}\n{planted}\n")
    script = f"import sys; sys.path.insert(0, {str(ROOT / 'tests')!r}); import test_layers; "
    script += f"print(test_layers._violations(__import__('pathlib').Path({str(tmp_path)!r})))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert planted.removeprefix("import ").split(".")[0] in run.stdout


def test_nothing_imports_the_programs_that_wire_everything() -> None:
    for layer in MAY_IMPORT:
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    names = [node.module or ""]
                assert not {"worker", "starter"} & set(names), path


LOAD_EACH_ALONE = """
import importlib, json, os, sys
import pydantic, temporalio.contrib.pydantic, temporalio.workflow
before = set(sys.modules)
for module in sys.argv[1:]:
    if not os.fork():
        importlib.import_module(module)
        print(json.dumps([module, sorted(set(sys.modules) - before)]), flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"{module} cannot be loaded")
"""
"""Each module in a process of its own, which has only what every process of the project loads."""


@cache
def _loaded_alone() -> dict[str, set[str]]:
    """What loading a module loads, for every module a test asks about."""
    asked = (*WORKFLOW_MODULES, *sorted(VALUE_MODULES), REACHES_THE_STORE, "starter")
    run = subprocess.run(
        [sys.executable, "-c", LOAD_EACH_ALONE, *asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {module: set(loaded) for module, loaded in map(json.loads, run.stdout.splitlines())}


@pytest.mark.parametrize("module", WORKFLOW_MODULES)
def test_a_workflow_module_reaches_no_store_and_no_rule(module: str) -> None:
    loaded = _loaded_alone()[module]
    assert not loaded & set(OUT_OF_REACH)
    assert {name for name in loaded if name.split(".")[0] == "rules"} <= VALUE_MODULES


@pytest.mark.parametrize("module", sorted(VALUE_MODULES))
def test_a_module_of_values_reaches_no_rule(module: str) -> None:
    assert {name for name in _loaded_alone()[module] if name.split(".")[0] == "rules"} <= VALUE_MODULES


def test_the_store_is_noticed_when_it_is_within_reach() -> None:
    assert _loaded_alone()[REACHES_THE_STORE] >= {"sqlmodel", "models.store"}


def test_no_command_waits_for_stores_to_load() -> None:
    loaded = _loaded_alone()["starter"]
    assert not loaded & {"sqlmodel", "sqlalchemy", "alembic", "temporalio.worker", "temporalio.testing"}
