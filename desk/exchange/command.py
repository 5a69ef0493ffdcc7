"""`starter.py export`: a case as a file for another program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from desk.client.session import with_client
from desk.commands.staff_options import CaseArgument
from desk.files.files import bureau_key
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.screen import console, print_json
from models.files.system_errors import why_not

export = typer.Typer(no_args_is_help=True, add_completion=False, help="Files for other programs.")


@export.callback()
def _group() -> None:
    """Files for other programs."""


@export.command()
def exchange(
    case: CaseArgument,
    out: Annotated[Path | None, typer.Option(help="The file; else standard output.")] = None,
    dossier_at: Annotated[
        str, typer.Option("--bureau", help="Whose dossier to read once the case has ended.")
    ] = "",
) -> None:
    """The information form of a case under the codes of other systems (not official), unmasked."""
    from desk.client.filed_cases import look_up_either
    from desk.exchange.document import exchange_document

    key = bureau_key(dossier_at) if dossier_at else ""
    document = exchange_document(with_client(lambda client: look_up_either(client, case, key)))
    if document is None:
        raise BadInput(Words("There is no information form yet.", "尚无信息表。"))
    if out is None:
        print_json(document)
        return
    try:
        # It bears a name and an ID number: for nobody's eyes but the clerk's.
        out.touch(mode=0o600)
        out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(
            Words(
                f"{out} cannot be written: {why_not(error).en}.",
                f"无法写入 {out}：{why_not(error).zh}。",
            )
        ) from None
    console().print(say(f"written to {out}", f"已写入 {out}"), markup=False)


@export.command()
def schema(
    command: Annotated[
        list[str] | None, typer.Argument(help="The words of a command, such as `show` or `export exchange`.")
    ] = None,
) -> None:
    """The JSON schema of what a command prints with `--json`; without a command, which have one."""
    from desk.schemas.registry import DOCUMENTS, schema_of

    name = " ".join(command or ())
    if not name:
        for one in DOCUMENTS:
            console().print(one, markup=False)
        return
    if name not in DOCUMENTS:
        raise BadInput(
            Words(
                f"There is no schema of {name}; `export schema` lists what there is.",
                f"没有 {name} 的模式；`export schema` 列出全部。",
            )
        )
    print_json(schema_of(name))
