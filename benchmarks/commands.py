"""How long the commands take that staff type: the list of them, bad input, the law alone, and the engine.

    python -m benchmarks.commands                       the first three kinds
    python -m benchmarks.commands --address host:port   the engine's, too, against a server with workers

Each is run in a process of its own, five times, and the medians told, wall time and CPU time: what a
command costs is mostly what it loads. No test holds these times; `tests/test_layers.py` holds what a
command may load before it connects.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
TIMES = 5

HELP_OR_BAD_INPUT = (
    ("--help",),
    ("deadline", "--received", "2026-02-30", "--working-days", "0"),
    ("list", "--bureau", "1"),
    ("check", "no-such-file.json"),
    ("supplement", "220100-20260115-AAAAAAAA"),
    ("rule", "220100-20260115-AAAAAAAA", "--order", "fly"),
)
BY_RULES = (
    ("check", "examples/applications/teacher-joins-firm.json"),
    ("calculate", "examples/histories/teacher.json", "--to", "E", "--on", "2026-03-02"),
    ("bureaus",),
)
AT_THE_ENGINE = (
    ("list",),
    ("worklist",),
    ("show", "220100-20260115-AAAAAAAA"),
    ("deadline", "--received", "2026-03-02", "--working-days", "15"),
    ("rulings", "--point", "scope"),
)
TARGETS = {"help and bad input": (HELP_OR_BAD_INPUT, 0.6), "rules": (BY_RULES, 0.8)}
"""The seconds within which each kind should end on two otherwise idle cores."""
ENGINE_TARGET = 1.5


def seconds(arguments: tuple[str, ...]) -> tuple[float, float]:
    """The median wall time of a command from start to exit, and the median of its CPU time."""
    wall, cpu = [], []
    for _ in range(TIMES):
        began, used = time.perf_counter(), _cpu_of_children()
        subprocess.run(
            [sys.executable, "starter.py", *arguments],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        wall.append(time.perf_counter() - began)
        cpu.append(_cpu_of_children() - used)
    return statistics.median(wall), statistics.median(cpu)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--address", help="a Temporal server with the workers of `starter.py up`")
    address = parser.parse_args().address
    kinds = dict(TARGETS)
    if address:
        at = tuple(("--address", address, *typed) for typed in AT_THE_ENGINE)
        kinds["engine"] = (at, ENGINE_TARGET)
    for kind, (commands, target) in kinds.items():
        print(f"{kind}: at most {target} s")
        for typed in commands:
            wall, cpu = seconds(typed)
            print(f"  {wall:5.2f} s, CPU {cpu:.2f} s  starter.py {' '.join(typed)}")


if __name__ == "__main__":
    main()
