"""The diagram of stages in `docs/procedure.md`, read as the changes of stage that it allows."""

import re
from functools import cache
from pathlib import Path

from models.messages.stages import Stage

PROCEDURE = Path(__file__).parents[2] / "docs" / "procedure.md"
_STEP = re.compile(r"(\w+) --> (\w+)(?: : .+)?")
_GROUP = re.compile(r"state (\w+) \{")


@cache
def drawn() -> frozenset[tuple[Stage, Stage]]:
    """Every change from one stage to another. An arrow at a group counts for each of its stages."""
    lines = [line.strip() for line in _diagram().splitlines() if "[*]" not in line]
    groups, arrows = _sorted_out(lines)
    return frozenset(
        (Stage(begin), Stage(end))
        for one, other in arrows
        for begin in groups.get(one, (one,))
        for end in groups.get(other, (other,))
    )


def _diagram() -> str:
    return PROCEDURE.read_text(encoding="utf-8").partition("stateDiagram-v2\n")[2].partition("```")[0]


def _sorted_out(lines: list[str]) -> tuple[dict[str, set[str]], list[tuple[str, str]]]:
    groups: dict[str, set[str]] = {}
    arrows: list[tuple[str, str]] = []
    inside: set[str] = set()
    for line in lines:
        if opened := _GROUP.fullmatch(line):
            inside = groups.setdefault(opened[1], set())
        elif line == "}":
            inside = set()
        elif step := _STEP.fullmatch(line):
            inside.update(step.groups())
            arrows.append((step[1], step[2]))
        else:
            raise ValueError(f"neither an arrow nor a group: {line}")
    return groups, arrows
