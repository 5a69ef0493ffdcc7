"""Each field of a case's state is written by one module, the one that `workflows/case/state.py` names."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from workflows.case.state import CaseState

ROOT = Path(__file__).parents[2]
STATE = ROOT / "workflows" / "case" / "state.py"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in sorted((ROOT / "workflows").rglob("*.py"))
    if path.name != "__init__.py"
}
HEADING = re.compile(r"    # Written by ([\w.]+)")
FIELD = re.compile(r"    (\w+): ")
CHANGING = frozenset({"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse"})
"""The methods that change a list."""


def owners(text: str) -> dict[str, str]:
    """The module that writes each field, by the headings between the fields of the class."""
    found: dict[str, str] = {}
    owner = ""
    body = text.split("class CaseState:")[1].split("    @property")[0]
    for line in body.splitlines():
        if heading := HEADING.match(line):
            owner = heading[1]
        elif named := FIELD.match(line):
            found[named[1]] = owner
    return found


OWNERS = owners(STATE.read_text())


def is_state(node: ast.expr, aliases: set[str]) -> bool:
    """Whether an expression is a case's state: `state`, `self.state`, `self.context.state`, an alias."""
    if isinstance(node, ast.Name):
        return node.id in {"state", *aliases}
    return isinstance(node, ast.Attribute) and node.attr == "state"


def field_of(node: ast.expr, aliases: set[str]) -> str | None:
    """The field of the state that an expression reaches, itself or one of its elements."""
    while isinstance(node, ast.Subscript | ast.Starred):
        node = node.value
    known = isinstance(node, ast.Attribute) and node.attr in OWNERS and is_state(node.value, aliases)
    return node.attr if known and isinstance(node, ast.Attribute) else None


def targets(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement or a call changes; a tuple of targets one by one."""
    found: list[ast.expr] = []
    match node:
        case ast.Assign(targets=several) | ast.Delete(targets=several):
            found = list(several)
        case ast.AugAssign(target=one) | ast.For(target=one) | ast.AsyncFor(target=one):
            found = [one]
        case ast.AnnAssign(target=one, value=ast.expr()):
            found = [one]
        case ast.withitem(optional_vars=ast.expr() as one):
            found = [one]
        case ast.Call(func=ast.Attribute(value=one, attr=method)) if method in CHANGING:
            found = [one]
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[one, ast.Constant(value=str(name)), *_]):
            found = [ast.Attribute(value=one, attr=name)]
    while found:
        one = found.pop()
        if isinstance(one, ast.Tuple | ast.List):
            found.extend(one.elts)
        else:
            yield one


def aliases_in(tree: ast.AST) -> set[str]:
    """Names under which a module keeps a case's state, beside `state`."""
    return {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_state(node.value, set())
        for name in node.targets
        if isinstance(name, ast.Name)
    }


def written_in(module: str, source: str) -> set[str]:
    """The fields of a case's state that a module writes."""
    tree = ast.parse(source)
    aliases = aliases_in(tree) | ({"self"} if MODULES.get(module) == STATE else set())
    # A list of the state under a name of its own is changed as if it were reached through the state.
    lists = {
        name.id: field
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and (field := field_of(node.value, aliases))
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    found = set()
    for node in ast.walk(tree):
        for target in targets(node):
            if field := field_of(target, aliases):
                found.add(field)
            elif isinstance(node, ast.Call) and isinstance(target, ast.Name) and target.id in lists:
                found.add(lists[target.id])
    return found


def test_every_field_has_an_owner_that_exists() -> None:
    assert set(OWNERS) == {one.name for one in fields(CaseState)}
    assert set(OWNERS.values()) <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_writes_the_fields_it_owns_and_no_others(module: str) -> None:
    owned = {field for field, owner in OWNERS.items() if owner == module}
    assert written_in(module, MODULES[module].read_text()) == owned


@pytest.mark.parametrize(
    ("planted", "field"),
    [
        ("self.state.taken_in = None", "taken_in"),
        ("self.context.state.restored = True", "restored"),
        ("self.state.offer = self.state.choice = None", "choice"),
        ("self.state.review, other = found", "review"),
        ("self.state.arrived += [1]", "arrived"),
        ("self.state.notice: object = None", "notice"),
        ("self.state.remittances.append(sent)", "remittances"),
        ("self.state.forms[-1] = form", "forms"),
        ("del self.state.bank_references[0]", "bank_references"),
        ("setattr(self.state, 'clearing', True)", "clearing"),
        ("state = self.context.state\n    state.ended_at = now", "ended_at"),
        ("case = self.context.state\n    case.dispute = None", "dispute"),
        ("sent = self.state.remittances\n    sent.clear()", "remittances"),
        ("self.state.journal.append(line)", "journal"),
    ],
)
def test_a_planted_assignment_is_found(planted: str, field: str) -> None:
    source = MODULES["workflows.case.inbox"].read_text()
    assert written_in("workflows.case.inbox", source) == set()
    altered = f"{source}\n\ndef planted(self, found, sent, form, now, line):\n    {planted}\n"
    assert field in written_in("workflows.case.inbox", altered)


def test_reading_a_field_is_no_assignment() -> None:
    reading = "forms = list(self.state.forms)\nforms.append(one)\nlast = self.state.remittances[-1]\n"
    assert written_in("workflows.case.inbox", reading) == set()
