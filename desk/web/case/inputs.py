"""Forms as values: inputs of several kinds, in groups; and problems at the inputs they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from starlette.datastructures import FormData

from desk.language import Words
from desk.problems import Problem

REQUIRED = Words("fill this in", "必填")


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
    folded: bool = False
    """Shown by its heading alone, until somebody opens it or something is filled in."""


def at_their_inputs(
    problems: Sequence[Problem], groups: Sequence[Group], beside: Sequence[str] = ()
) -> list[Problem]:
    """Each problem at the input it belongs to, under its label; at the whole where there is none of its name.

    `beside` are inputs of the page that are in none of the groups.
    """
    names: dict[str, Words | None] = dict.fromkeys(beside)
    names |= {one.name: _label(group, one) for group in groups for one in group.inputs}
    placed = []
    for problem in problems:
        at = problem.field
        while at and at not in names:
            at = at.rpartition(".")[0]
        placed.append(replace(problem, field=at, named=problem.named or names.get(at)))
    return placed


def _label(group: Group, one: Input) -> Words:
    """What a reader finds an input by: its label, in a list of like groups with the heading before it."""
    label = f"{group.heading} · {one.label}" if group.heading and "." in one.name else one.label
    return Words(label, label)


def required(problems: Sequence[Problem], form: FormData) -> list[Problem]:
    """The same; what is wrong with an input that is empty is that it is empty."""
    return [
        replace(one, words=REQUIRED) if one.field and not any(form.getlist(one.field)) else one
        for one in problems
    ]
