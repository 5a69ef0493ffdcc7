"""What the forms of actions have in common: what was filled in, how it is read, and usual inputs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.datastructures import FormData

from desk.language import Words, say
from desk.problems import Problem
from desk.web.case.finding import Found
from desk.web.case.inputs import Group, Input, Kind

FILES = "evidence_files"
"""The input of uploaded files, beside the input `evidence`."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The content of an action as filled in, and the problems of inputs that could not be read."""

    content: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    places: Mapping[str, str] = field(default_factory=dict)
    """The beginnings of names of inputs, by those of the paths of the request, where they differ."""

    def at_their_names(self, problems: Sequence[Problem]) -> list[Problem]:
        """The problems of a request, each under the name of the input that its content came from."""
        return list(dict.fromkeys(replace(one, field=self._name(one.field)) for one in problems))

    def _name(self, path: str) -> str:
        begins = next((begins for begins in self.places if f"{path}.".startswith(f"{begins}.")), None)
        return path if begins is None else self.places[begins] + path.removeprefix(begins)


@dataclass(frozen=True, slots=True)
class ActionForm:
    """How an action is asked for, and how its content is read."""

    groups: Callable[[Found], list[Group]]
    read: Callable[[FormData, Found], Entered]


def text(form: FormData, name: str) -> str:
    """What was typed into an input, in one line, as a case takes it; '' for nothing."""
    return " ".join(lines_of(form, name))


def texts(form: FormData, name: str) -> list[str]:
    """All that was chosen of several."""
    return [str(one) for one in form.getlist(name)]


def lines_of(form: FormData, name: str) -> list[str]:
    """What was typed, line by line, without empty ones."""
    return [line.strip() for line in str(form.get(name) or "").splitlines() if line.strip()]


def alone(*inputs: Input) -> list[Group]:
    """Inputs without a heading of their own."""
    return [Group("", inputs)]


def reason_asked(label: Words) -> Callable[[Found], list[Group]]:
    """A form that asks for a reason only; `read_reason` reads it."""
    return lambda _: alone(Input("reason", str(label), Kind.LONG))


def read_reason(form: FormData, _: Found) -> Entered:
    """The reason as the whole content."""
    return Entered({"reason": text(form, "reason")})


def evidence_files() -> Input:
    """Files to be kept by the officer's bureau; each is a line of the evidence."""
    return Input(
        FILES,
        say("Evidence as files", "依据文件"),
        Kind.FILES,
        say("PDF, PNG or JPEG, 1 MB each at most", "PDF、PNG 或 JPEG，每个不超过 1 MB"),
    )
