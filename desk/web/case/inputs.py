"""Forms as values: inputs of several kinds, in groups; and problems at the inputs they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from desk.problems import Problem


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    ONE_OF = "one_of"
    SEVERAL = "several"
    CONSENT = "consent"
    DAY = "date"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a form, under the name by which a problem names it."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    value: str | tuple[str, ...] = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, under a heading."""

    heading: str
    inputs: tuple[Input, ...]


def at_their_inputs(problems: Sequence[Problem], groups: Sequence[Group]) -> list[Problem]:
    """Each problem at the input it belongs to; at the whole where the form has none of its name."""
    names = {one.name for group in groups for one in group.inputs}
    placed = []
    for problem in problems:
        at = problem.field
        while at and at not in names:
            at = at.rpartition(".")[0]
        placed.append(Problem(at, problem.words))
    return placed
