"""How much code a clean case runs: the functions that were called, their lines, and their files.

`make bench-lines` runs the test of a clean case with a trace of every call, and also counts all lines of
source. `--files` lists the single files. Migrations are source, but creating the tables of a store is no part
of a case.
"""

import ast
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("rules", "models", "activities", "workflows", "desk", "engine")
PROGRAMS = ("worker.py", "starter.py")
CLEAN_CASE = ("tests/workflows/test_transfer_case.py", "-k", "teacher_who_joins", "-p", "no:cacheprovider")
MOST_LINES, MOST_FILES = 4_000, 75
"""The most lines and files that a clean case may run."""
MIGRATIONS = ROOT / "models" / "store" / "migrations"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    """Every source file, without tests and benchmarks."""
    found = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")]
    return sorted([*found, *(ROOT / name for name in PROGRAMS)])


def functions(path: Path) -> Iterator[Function]:
    """Every function and method of a file, the inner ones too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: Function) -> range:
    """The lines of a function, from its `def` to its last."""
    return range(function.lineno, (function.end_lineno or function.lineno) + 1)


def lines_in_functions(path: Path) -> int:
    """How many lines of a file belong to a function; an inner function's lines count once."""
    return len({line for function in functions(path) for line in lines_of(function)})


class Trace:
    """Records which functions are called in this thread and in every thread started from now on."""

    def __init__(self) -> None:
        self.ran: set[tuple[str, int]] = set()
        """File and first line of each function that was called."""
        self._seen: set[CodeType] = set()

    def __call__(self, frame: FrameType, event: str, arg: object) -> None:
        if (code := frame.f_code) not in self._seen:
            self._seen.add(code)
            self.ran.add((code.co_filename, code.co_firstlineno))

    def start(self) -> None:
        threading.settrace(self)
        sys.settrace(self)

    def stop(self) -> None:
        sys.settrace(None)
        threading.settrace(None)


def first_line(function: Function) -> int:
    """The line where Python begins a function: that of its first decorator, if any."""
    return min((function.lineno, *(one.lineno for one in function.decorator_list)))


def lines_that_ran(ran: set[tuple[str, int]]) -> dict[Path, int]:
    """The number of lines of the functions that ran, by file; files without any are left out."""
    counted = {}
    for path in sources():
        if path.is_relative_to(MIGRATIONS):
            continue
        called = [one for one in functions(path) if (str(path), first_line(one)) in ran]
        if lines := {line for function in called for line in lines_of(function)}:
            counted[path] = len(lines)
    return counted


def print_table(counted: dict[Path, int]) -> None:
    """Print the files and lines of each package, their sum, and those of the whole source."""
    packages: dict[str, list[int]] = defaultdict(list)
    for path, lines in counted.items():
        packages[str(path.parent.relative_to(ROOT))].append(lines)
    print(f"\n{'a clean case runs':32}{'files':>8}{'lines of functions':>22}")
    for package, lines_of_files in sorted(packages.items()):
        name = "worker.py, starter.py" if package == "." else package
        print(f"{name:32}{len(lines_of_files):>8}{sum(lines_of_files):>22,}")
    print(f"{'together':32}{len(counted):>8}{sum(counted.values()):>22,}")
    print(f"{'at most':32}{MOST_FILES:>8}{MOST_LINES:>22,}")
    whole = [len(path.read_text().splitlines()) for path in sources()]
    print(f"\nsource without tests and benchmarks: {sum(whole):,} lines in {len(whole)} files")


def main() -> int:
    """Exit code 0 if a clean case stays within the limits, 1 if it does not or the test fails."""
    trace = Trace()
    trace.start()
    try:
        failed = pytest.main([*CLEAN_CASE])
    finally:
        trace.stop()
    if failed:
        return 1
    counted = lines_that_ran(trace.ran)
    print_table(counted)
    if "--files" in sys.argv:
        for path, lines in sorted(counted.items(), key=lambda one: one[1]):
            print(f"{lines:6} {path.relative_to(ROOT)}")
    return int(len(counted) > MOST_FILES or sum(counted.values()) > MOST_LINES)


if __name__ == "__main__":
    sys.exit(main())
