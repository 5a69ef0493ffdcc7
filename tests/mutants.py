"""Mutation testing of the rules, the ledger and the chain by their own tests.

`make mutants` draws a sample by a fixed seed, from every module by its size. Each mutant is a copy of the
project with one token changed, under the tests of the rules or of the store. At least 97 of 100 have to be
noticed, and every other one has to be listed in `tests/survivors.toml`, with the reason why no input
distinguishes it from the original.
"""

import ast
import importlib
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parent.parent
SEED = "2026-11-29"
SAMPLE = int(os.environ.get("MUTANTS", "100"))
AT_ONCE = int(os.environ.get("MUTANTS_AT_ONCE", "2"))
NOTICED_OF_100 = 97
CPU_SECONDS = 150
"""The CPU limit of a mutant's tests, several times what they need; a mutant that exceeds it is noticed."""
SURVIVORS = Path(__file__).with_name("survivors.toml")
STORE = ("models/store/ledger.py", "models/store/chain.py")
TESTS_OF_STORE = (
    "tests/models/test_ledger.py",
    "tests/models/test_chain.py",
    "tests/models/test_books.py",
    "tests/models/test_store.py",
    "tests/activities/test_planted_postings.py",
    "tests/activities/test_planted_damage.py",
)
COPIED = (
    "rules",
    "models",
    "activities",
    "workflows",
    "engine",
    "desk",
    "benchmarks",
    "tests",
    "examples",
    "docs",
)
LOADED_BEFORE = (
    "pytest",
    "hypothesis",
    "pydantic",
    "holidays",
    "chinese_calendar",
    "stdnum.cn.ric",
    "sqlmodel",
)
"""Third-party modules, which are loaded once and not for each mutant."""

OTHER = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "+"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
}
"""Operators, and what a mutant has in place of each."""
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One token of a file replaced by another."""

    path: str
    start: int
    end: int
    line: int
    old: str
    new: str
    text: str
    """The text of the line, which identifies a survivor even when lines have moved."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.old} -> {self.new} in: {self.text}"

    def of(self, source: bytes) -> bytes:
        """The file with the token replaced."""
        return source[: self.start] + self.new.encode() + source[self.end :]


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Every mutant of a file, in order."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(line: int, column: int) -> int:
        return starts[line - 1] + column

    found = []
    for begin, end, old, new in _tokens(ast.parse(source)):
        first, last = offset(*begin), offset(*end)
        at = source.find(old.encode(), first, last)
        number = source.count(b"\n", 0, at) + 1
        if at >= 0:
            text = lines[number - 1].decode().strip()
            found.append(Mutant(path, at, at + len(old), number, old, new, text))
    return sorted(found)


Place = tuple[int, int]


def _tokens(tree: ast.AST) -> Iterator[tuple[Place, Place, str, str]]:
    """The start and end of each token, the token, and its replacement in a mutant."""
    for node in _live(tree):
        for operator, left, right in _operators(node):
            if type(operator) in OTHER:
                yield _end(left), _begin(right), *OTHER[type(operator)]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield _begin(node), _begin(node.operand), "not", ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield _begin(node), _end(node), str(node.value), str(not node.value)
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield _begin(node), _end(node), ast.unparse(node), str(node.value + 1)
        elif isinstance(node, ast.Name) and node.id in NAMES:
            yield _begin(node), _end(node), node.id, NAMES[node.id]


def _operators(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr, ast.expr]]:
    """Every operator of an expression, with its left and right operands."""
    if isinstance(node, ast.Compare):
        yield from zip(node.ops, (node.left, *node.comparators), node.comparators, strict=False)
    elif isinstance(node, ast.BoolOp):
        yield from ((node.op, left, right) for left, right in pairwise(node.values))
    elif isinstance(node, ast.BinOp):
        yield node.op, node.left, node.right
    elif isinstance(node, ast.AugAssign):
        yield node.op, node.target, node.value


def _live(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that affects the result.

    Types, decorators, `assert` and the `strict` of a `zip` are left out, as they hold in any case.
    """
    if isinstance(node, ast.Assert) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list", "bases"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _live(child)


def _begin(node: ast.expr) -> Place:
    return node.lineno, node.col_offset


def _end(node: ast.expr) -> Place:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset


def sample(size: int) -> list[Mutant]:
    """A sample of mutants: at least one of every module that has any, the rest by their number."""
    paths = [*(str(path.relative_to(ROOT)) for path in sorted((ROOT / "rules").rglob("[a-z]*.py"))), *STORE]
    of_module = {path: mutants_of(path, (ROOT / path).read_bytes()) for path in paths}
    of_module = {path: mutants for path, mutants in of_module.items() if mutants}
    share = {path: 1 for path in of_module}
    while sum(share.values()) < min(size, sum(map(len, of_module.values()))):
        # Takes the module that is furthest below its share, on a tie the first.
        share[
            max(
                share,
                key=lambda path: (
                    len(of_module[path]) / (share[path] + 0.5) * (share[path] < len(of_module[path]))
                ),
            )
        ] += 1
    return [
        mutant
        for path, mutants in of_module.items()
        for mutant in sorted(random.Random(f"{SEED}/{path}").sample(mutants, share[path]))
    ]


def _tests_of(path: str) -> list[list[str]]:
    """The tests of a module: first those that name it, then all."""
    if path in STORE:
        return [list(TESTS_OF_STORE)]
    module = path.removesuffix(".py").replace("/", ".")
    files = [str(file.relative_to(ROOT)) for file in sorted((ROOT / "tests" / "rules").glob("test_*.py"))]
    near = [file for file in files if module in (ROOT / file).read_text()]
    return [near, [file for file in files if file not in near]] if near else [files]


def _noticed(mutant: Mutant, tree: Path) -> bool:
    """Whether the tests of a module fail with the mutant in place."""
    original = (ROOT / mutant.path).read_bytes()
    target = tree / mutant.path
    target.write_bytes(mutant.of(original))
    # Python considers a compiled file current by the source's size and second.
    later = time.time_ns() + random.randrange(10**12, 10**15)
    os.utime(target, ns=(later, later))
    try:
        return any(_fail(tests, tree) for tests in _tests_of(mutant.path))
    finally:
        target.write_bytes(original)
        os.utime(target, ns=(later + 10**9, later + 10**9))


def _fail(tests: Sequence[str], tree: Path) -> bool:
    """Run tests in a child of this process until one fails."""
    child = os.fork()
    if not child:
        _run(tests, tree)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _run(tests: Sequence[str], tree: Path) -> None:
    """In the child process: run the tests of the copy and exit, with 0 if all pass.

    With Hypothesis' profile for CI the examples are always the same, and none fails because it took long.
    """
    import pytest

    code = 1
    try:
        shutil.rmtree(tree / ".hypothesis", ignore_errors=True)
        os.chdir(tree)
        sys.path[:] = [one for one in sys.path if one and not Path(one).is_relative_to(ROOT / "tests")]
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        options = [
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--assert=plain",
            "--hypothesis-profile=ci",
        ]
        if tests[0].startswith("tests/rules"):
            # Leaves out the server and the stores of the whole suite.
            options += ["--confcutdir=tests/rules", "-o", "pythonpath=. tests"]
        code = int(pytest.main([*options, *tests]))
    finally:
        os._exit(code)


def _copy() -> Path:
    """Copy the project to a folder of its own, which is used for one mutant after another."""
    tree = Path(tempfile.mkdtemp(prefix="transfer-mutants-"))
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "worker.py", "starter.py"):
        shutil.copy(ROOT / name, tree / name)
    return tree


def known_survivors() -> dict[tuple[str, str, str, str], str]:
    """The reason why no input distinguishes a mutant, by its file, its line's text, and the change."""
    listed = tomllib.loads(SURVIVORS.read_text())["survivor"]
    return {(one["path"], one["line"], one["old"], one["new"]): one["why"] for one in listed}


def judged(mutant: Mutant) -> bool:
    """Whether a mutant is noticed; prints the result in a line."""
    global _tree
    _tree = _tree or _copy()
    noticed = _noticed(mutant, _tree)
    print(f"{'noticed ' if noticed else 'SURVIVED'} {mutant}", flush=True)
    return noticed


_tree: Path | None = None
"""This process's copy of the project."""


def main() -> int:
    for name in LOADED_BEFORE:
        importlib.import_module(name)
    mutants = sample(SAMPLE)
    for path in ("rules/values/money.py", *STORE[:1]):
        tree = _copy()
        if any(_fail(tests, tree) for tests in _tests_of(path)):
            print(f"the tests of {path} fail without any mutant", file=sys.stderr)
            return 2
        shutil.rmtree(tree)
    with tempfile.TemporaryDirectory(prefix="transfer-mutants-") as directory:
        tempfile.tempdir = directory
        # Processes rather than threads, as each starts one child process after another.
        with get_context("fork").Pool(AT_ONCE) as judges:
            noticed = judges.map(judged, mutants, chunksize=1)
    return _report(mutants, [mutant for mutant, seen in zip(mutants, noticed, strict=True) if not seen])


def _report(mutants: Sequence[Mutant], alive: Sequence[Mutant]) -> int:
    """Print shares and survivors; returns 0 if enough were noticed and the others are listed."""
    known = known_survivors()
    print()
    for path in dict.fromkeys(mutant.path for mutant in mutants):
        drawn = [mutant for mutant in mutants if mutant.path == path]
        print(f"{len(drawn) - len([m for m in alive if m.path == path]):3} of {len(drawn):2}  {path}")
    unexplained = 0
    for mutant in alive:
        why = known.get((mutant.path, mutant.text, mutant.old, mutant.new))
        unexplained += why is None
        print(f"{mutant}\n    {why or 'not in ' + SURVIVORS.name}")
    noticed = len(mutants) - len(alive)
    print(f"{noticed} of {len(mutants)} noticed")
    return int(unexplained > 0 or noticed * 100 < NOTICED_OF_100 * len(mutants))


if __name__ == "__main__":
    sys.exit(main())
