"""Who may import whom, as a table; and what workflow code can reach at all."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import grimp
import pytest

from desk.command_list import COMMANDS

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "rules": set(),
    "models": {"rules"},
    "activities": {"models", "rules"},
    "workflows": {"activities", "models", "rules"},
    "engine": {"workflows", "models"},
    "desk": {"engine", "workflows", "activities", "models", "rules"},
}
"""Each layer and the layers below it that it may import."""

PACKAGES_OF_RULES = {"holidays", "stdnum", "pydantic_core"}
"""What `rules` may use beside the standard library; pydantic_core only as the hook in
`rules.values.months`."""

OUT_OF_REACH = (
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "holidays",
    "stdnum",
    "models.store.store",
    "models.store.tables",
    "cryptography",
)
"""What no workflow module may load, not even through something it imports."""

VALUE_MODULES = {
    "rules.values",
    *(f"rules.values.{path.stem}" for path in (ROOT / "rules" / "values").glob("[a-z]*.py")),
}
"""The package of `rules` that holds values only: all that workflow code may import of `rules`."""

MOST_MODULES = 16
"""The modules of one package, `__init__` not counted; a package with more is split by subject."""
MOST_COMMANDS = 24
"""The same for `desk.commands`, which has a module for each group of commands."""

WORKFLOW_MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "workflows").rglob("[a-z]*.py")
)
REACHES_THE_STORE = "activities.bureau_books"


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
        ("rules/values/money.py", "import models.messages.papers"),
        ("rules/values/money.py", "import sqlalchemy"),
        ("models/messages/papers.py", "import activities.contracts"),
        ("activities/clock.py", "import workflows.identifiers"),
        ("workflows/identifiers.py", "import engine.connection"),
        ("engine/logs.py", "import desk.screens.screen"),
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


OF_A_COMMAND = "desk.print.command"
SHARED_BY_EVERY_FACE = (
    "desk.batches.batches",
    "desk.client",
    "desk.deliveries.entering",
    "desk.print",
    "desk.files",
    "desk.rates.client",
    "desk.rates.drafts",
    "desk.language",
    "desk.problems",
    "desk.words",
)
OF_A_TERMINAL = ("rich", "typer", "desk.screens", "desk.commands", "desk.demo")
"""What only the commands and their screens may import; a web page or a printed paper has no terminal."""


def _terminal_imports(root: Path) -> set[str]:
    """Every import of something of a terminal by what each face of the desk shares."""
    found = set()
    for path in (root / "desk").rglob("*.py"):
        module = ".".join(path.relative_to(root).with_suffix("").parts)
        if module == OF_A_COMMAND or not module.startswith(SHARED_BY_EVERY_FACE):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            of_a_terminal = [one for one in names if one.startswith(OF_A_TERMINAL)]
            found |= {f"{module} -> {one}" for one in of_a_terminal}
    return found


def test_what_every_face_shares_knows_no_terminal() -> None:
    assert _terminal_imports(ROOT) == set()


@pytest.mark.parametrize(
    "planted", ["import rich.table", "from typer import Exit", "import desk.screens.screen"]
)
@pytest.mark.parametrize("file", ["client/asking.py", "files/orders.py", "words.py"])
def test_a_planted_import_of_a_terminal_is_found(file: str, planted: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "desk", tmp_path / "desk", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "desk" / file
    path.write_text(f"{path.read_text()}\n{planted}\n")
    (found,) = _terminal_imports(tmp_path)
    assert planted.split()[1] in found


def test_nothing_imports_the_programs_that_wire_everything() -> None:
    for layer in MAY_IMPORT:
        for path in (ROOT / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    names = [node.module or ""]
                assert not {"worker", "starter"} & set(names), path


def test_the_program_of_the_workers_knows_no_desk() -> None:
    tree = ast.parse((ROOT / "worker.py").read_text())
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported
    assert not [module for module in imported if module.split(".")[0] == "desk"]


LOAD_IN_TURN = """
import importlib, json, sys
if sys.argv[1] == "as every process":
    import pydantic, temporalio.contrib.pydantic, temporalio.workflow
for module in sys.argv[2:]:
    before = set(sys.modules)
    importlib.import_module(module)
    print(json.dumps([module, sorted(set(sys.modules) - before)]))
"""
"""Loads one module after another in a new process and tells which others each is the first to load.

What a module may not load, none before it may load either: so one process will do for all of them.
"""


def _first_loaded_by(modules: Iterable[str], start: str = "as every process") -> dict[str, set[str]]:
    """For each module what it is the first to load, in a process that has loaded what every process of the
    project loads or, with another `start`, nothing."""
    run = subprocess.run(
        [sys.executable, "-c", LOAD_IN_TURN, start, *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {module: set(loaded) for module, loaded in map(json.loads, run.stdout.splitlines())}


def _rules_in(loaded: set[str]) -> set[str]:
    return {name for name in loaded if name.startswith("rules.")}


def test_a_workflow_module_reaches_no_store_and_no_rule() -> None:
    for module, loaded in _first_loaded_by(WORKFLOW_MODULES).items():
        assert not loaded & set(OUT_OF_REACH), module
        assert _rules_in(loaded) <= VALUE_MODULES, module


def test_a_module_of_values_reaches_no_rule() -> None:
    for module, loaded in _first_loaded_by(sorted(VALUE_MODULES)).items():
        assert _rules_in(loaded) <= VALUE_MODULES, module


def test_the_store_is_noticed_when_it_is_within_reach() -> None:
    assert _first_loaded_by([REACHES_THE_STORE])[REACHES_THE_STORE] >= {"sqlmodel", "models.store.store"}


HEAVY = ("temporalio", "sqlalchemy", "sqlmodel")
ALONE_AT_THE_ENGINE = {"desk.commands.listing", "desk.commands.worklist", "desk.commands.releases"}
"""Commands that ask the engine whatever is typed; names of search attributes are among their options."""
COMMAND_MODULES = sorted(
    {"starter", *(listed.place.partition(":")[0] for listed in COMMANDS)} - {"desk.demo.command"}
)


def test_a_command_loads_nothing_of_the_engine_before_its_input_is_found_good() -> None:
    without = [module for module in COMMAND_MODULES if module not in ALONE_AT_THE_ENGINE]
    for module, loaded in _first_loaded_by(without, start="empty").items():
        assert not {name for name in loaded if name.startswith(HEAVY)}, module
        assert "holidays.countries" not in loaded, module


def test_a_command_that_asks_the_engine_loads_no_client_before_its_input_is_found_good() -> None:
    for module, loaded in _first_loaded_by(sorted(ALONE_AT_THE_ENGINE), start="empty").items():
        assert not {name for name in loaded if name.startswith(("temporalio.client", "sql"))}, module
        assert "holidays.countries" not in loaded, module


def test_the_engine_is_noticed_where_a_module_loads_it() -> None:
    assert (
        "temporalio.client" in _first_loaded_by(["desk.client.asking"], start="empty")["desk.client.asking"]
    )


def _overfull(root: Path) -> set[str]:
    """Every package of a layer with more modules than it may have."""
    found = set()
    for layer in MAY_IMPORT:
        for package in (root / layer, *(path for path in (root / layer).rglob("*") if path.is_dir())):
            name = ".".join(package.relative_to(root).parts)
            most = MOST_COMMANDS if name == "desk.commands" else MOST_MODULES
            if len([path for path in package.glob("*.py") if path.stem != "__init__"]) > most:
                found.add(name)
    return found


def test_no_package_holds_too_many_modules() -> None:
    assert _overfull(ROOT) == set()


def test_a_package_with_too_many_modules_is_found(tmp_path: Path) -> None:
    for layer in MAY_IMPORT:
        (tmp_path / layer).mkdir()
    for number in range(MOST_MODULES + 1):
        (tmp_path / "rules" / f"module{number}.py").touch()
    assert _overfull(tmp_path) == {"rules"}
