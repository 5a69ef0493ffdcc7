"""`starter.py access`: who has read what of which case, when and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from desk.client.session import address_in_use
from desk.files.files import typed_day
from desk.language import Words, say
from desk.problems import BadInput
from desk.screens.screen import JsonOption, complaints, console, print_json, table
from desk.words import instant
from models.files.system_errors import why_not
from rules.values.due_dates import china_midnight

if TYPE_CHECKING:
    from engine.encryption.access_log import Access, AccessLog

LogOption = Annotated[
    Path | None, typer.Option("--log", help="The access log; beside the key file unless given.")
]


def access(
    case: Annotated[str | None, typer.Option("--case", help="Only this case.")] = None,
    reader: Annotated[
        str | None, typer.Option("--reader", help="Only this desk, or its officer: desk-220100/li01.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Only what was read since this day.")
    ] = None,
    log: LogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who has read what the engine keeps encrypted: when, which case, why; refused readings too."""
    from workflows.identifiers import case_workflow_id

    from_day = china_midnight(typed_day("--since", since)) if since else None
    read, broken = _lines(log_at(log))
    found = [
        one
        for one in read
        if (case is None or one.workflow == case_workflow_id(case))
        and (reader is None or f"{one.reader}/".startswith(f"{reader}/"))
        and (from_day is None or one.at >= from_day)
    ]
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    else:
        _print(found)
    if broken:
        complaints().print(str(broken), markup=False)
        raise typer.Exit(3)


def _print(found: list[Access]) -> None:
    from desk.access.reasons import reader_in_words, reason_in_words

    shown = table(
        say("when", "时间"),
        say("reader", "查看人"),
        say("case", "案号"),
        say("why", "事由"),
        "",
        whole=(0, 2),
    )
    for one in found:
        refused = "" if one.given else say("refused", "已拒绝")
        shown.add_row(
            instant(one.at),
            reader_in_words(one.reader),
            _case(one.workflow),
            reason_in_words(one.why),
            refused,
        )
    console().print(shown)


def log_at(named: Path | None) -> AccessLog:
    """The log named, or the one beside the key file in use."""
    from engine.encryption.access_log import FILE_NAME, AccessLog
    from engine.encryption.keys import key_file_named

    return AccessLog(named or key_file_named(address_in_use().keys).parent / FILE_NAME)


def _lines(log: AccessLog) -> tuple[list[Access], Words | None]:
    """The readable lines of a log, and which others there are. Raises BadInput when none can be read."""
    try:
        lines = list(log.read())
    except OSError as error:
        raise BadInput(
            say(
                f"The access log {log.path} cannot be read: {why_not(error).en}. The codec server writes it, "
                "and on one machine every command that reads a case.",
                f"无法读取访问记录 {log.path}：{why_not(error).zh}。"
                "该记录由解码服务写入；单机时由读取案件的命令写入。",
            )
        ) from None
    readable = [line for line in lines if line is not None]
    broken = [str(number) for number, line in enumerate(lines, 1) if line is None]
    if not broken:
        return readable, None
    damaged = Words(
        f"{log.path} was damaged: line {', '.join(broken[:10])} cannot be read.",
        f"{log.path} 已损坏：第 {'、'.join(broken[:10])} 行无法读取。",
    )
    if not readable:
        raise BadInput(damaged)
    return readable, damaged


def _case(workflow: str) -> str:
    from workflows.identifiers import case_no_of

    return case_no_of(workflow)
