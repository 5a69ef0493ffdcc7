"""The options that several staff commands have in common."""

from pathlib import Path
from typing import Annotated

import typer

from desk.language import Words
from desk.problems import Problem

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Case number.")]
OfficerOption = Annotated[str, typer.Option("--officer", help="Id of the officer who acts; never a name.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Who acts: in, out, province, applicant; whose action it is unless said.")
]
MessageIdOption = Annotated[
    str, typer.Option("--message-id", help="Id of the message; made from its content unless given.")
]
SignalOption = Annotated[
    bool, typer.Option("--signal", help="Send it and go; the journal shows what became of it.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document.")]
FileOption = Annotated[Path | None, typer.Option("--file", help="TOML or JSON file instead of the flags.")]


def file_alone(file: Path | None, *flags: object) -> list[Problem]:
    """What is typed beside a file would be passed over in silence: a sentence where anything is."""
    if file is None or not any(flags):
        return []
    both = Words("give the file or the flags it stands for, not both", "文件与所代替的选项只能给出其一")
    return [Problem("file", both, named=Words("--file", "--file"))]
