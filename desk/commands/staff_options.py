"""The options that several staff commands have in common."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from desk.client.request_forms import Envelope
from desk.language import Words
from desk.problems import BadInput, Problem
from desk.screens.screen import JsonOption
from desk.screens.usage import argument
from models.files.written_values import code
from models.messages.stages import Party

_CASE_NUMBER = re.compile(r"[A-Z0-9]{2,20}-\d{8}-[A-Z2-7]{8}", re.ASCII)


def case_number(typed: str) -> str:
    """'220100-20260115-abcdefgh' → '220100-20260115-ABCDEFGH'; any other text is returned unchanged."""
    number = code(typed)
    return upper if _CASE_NUMBER.fullmatch(upper := number.upper()) else number


def _case(typed: str) -> str:
    """A case number in its normal form. Raises BadInput for an empty one."""
    if not (number := case_number(typed)):
        raise BadInput(
            problems=[Problem("case", Words("give a case number", "请提供案号"), named=argument("CASE"))]
        )
    return number


CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Case number.", callback=_case)]
OfficerOption = Annotated[
    str, typer.Option("--officer", metavar="ID", help="Id of the officer who seals it; never a name.")
]
EachCase = Annotated[
    str,
    typer.Argument(metavar="CASE", help="Case number; none with --file.", callback=case_number),
]
BatchOption = Annotated[
    Path | None,
    typer.Option("--file", help="Table (.csv, .xlsx) of cases, each row answered."),
]
FileOption = Annotated[Path | None, typer.Option("--file", help="TOML or JSON file instead of the flags.")]


@dataclass(frozen=True, slots=True)
class StaffOptions:
    """Who acts for which party, and how: the options that every staff command has."""

    officer: Annotated[
        str,
        typer.Option(
            "--officer",
            help="Id of the officer who acts, never a name; of a demonstration one of the usual role.",
        ),
    ] = ""
    by: Annotated[
        str,
        typer.Option(
            "--by", help="Who acts: in, out, province, applicant. Required where either bureau may."
        ),
    ] = ""
    message_id: Annotated[
        str, typer.Option("--message-id", help="Id of the message; made from its content unless given.")
    ] = ""
    signal: Annotated[
        bool, typer.Option("--signal", help="Send it and go; the journal shows what became of it.")
    ] = False
    as_json: JsonOption = False

    def envelope(self, case: str, usual: Party | None) -> Envelope:
        """The envelope of a request to a case; `usual` is the one party that takes the action, if any."""
        return Envelope(case, self.officer, usual, self.by, self.message_id, self.signal, self.as_json)


def with_staff_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with the options of a `StaffOptions` in place of its parameter `options`."""
    own = [one for one in signature(command, eval_str=True).parameters.values() if one.name != "options"]
    common = [
        one.replace(kind=Parameter.POSITIONAL_OR_KEYWORD)
        for one in signature(StaffOptions).parameters.values()
    ]

    def run(**typed: Any) -> None:
        options = StaffOptions(**{one.name: typed.pop(one.name) for one in common})
        command(**typed, options=options)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = {one.name: one.annotation for one in [*own, *common]}
    run.__signature__ = Signature([*own, *common])  # type: ignore[attr-defined]
    return run


def case_or_file(case: str, file: Path | None, *flags: object) -> None:
    """Raises BadInput unless there is either a case, or a file without the flags that it replaces."""
    problems = file_alone(file, case, *flags)
    if file is None and not case:
        missing = Words("give a case number, or a file with --file", "请提供案号，或用 --file 逐行列出")
        problems.append(Problem("case", missing, named=argument("CASE")))
    if problems:
        raise BadInput(problems=problems)


def file_alone(file: Path | None, *flags: object) -> list[Problem]:
    """The problem of flags typed together with a file, as they would silently be ignored."""
    if file is None or not any(flags):
        return []
    both = Words("give the file or the flags it stands for, not both", "文件与所代替的选项只能给出其一")
    return [Problem("file", both, named=Words("--file", "--file"))]
