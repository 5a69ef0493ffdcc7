"""Handing something in to a case: checked whole at the desk, then sent, then the case's receipt or refusal."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from desk.asking import handle_of, progress_of
from desk.case_numbers import person_secret
from desk.files import field_problems
from desk.language import say
from desk.possible import possible_lines
from desk.problems import BadInput
from desk.screen import complaints, console, print_json
from desk.session import with_client
from desk.words import title
from models.progress import Progress
from models.requests import REQUESTS, HandIn, Receipt, StaffRequest
from models.stages import ENDS, Party

ANSWER_WITHIN = timedelta(seconds=20)
"""How long the case may take to answer; a message that was sent may still be taken up later."""

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="Case number.")]
OfficerOption = Annotated[str, typer.Option("--officer", help="Id of the officer who acts; never a name.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Who acts: in, out, province, applicant; whose deed it is unless said.")
]
MessageIdOption = Annotated[
    str, typer.Option("--message-id", help="Id of the message; made from its content unless given.")
]
SignalOption = Annotated[
    bool, typer.Option("--signal", help="Send it and go; the journal shows what became of it.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="TOML or JSON file instead of the flags.")
]

PARTIES = {
    "in": Party.TRANSFER_IN,
    "out": Party.TRANSFER_OUT,
    "province": Party.PROVINCE,
    "applicant": Party.APPLICANT,
}
"""The parties as they are typed."""

_TEXT = ("a text of 1 to 1000 characters", "1 至 1000 字")

_MEANT = {
    **dict.fromkeys(("reason", "reasons", "statement", "terms"), _TEXT),
    "number": ("a number of 1 to 60 characters", "1 至 60 字的文号"),
    "orders": ("at least one order", "至少一项裁定事项"),
    "officer": (
        "an officer's id: 1 to 40 letters, digits, dots, underscores or dashes",
        "经办人编号：1 至 40 位字母、数字、点、下划线或短横",
    ),
    "message_id": (
        "1 to 100 letters, digits or . _ : / -",
        "1 至 100 位字母、数字或 . _ : / -",
    ),
    "refund_account": ("an account of 8 to 30 digits", "8 至 30 位数字的账号"),
    "materials": ("not a paper of the checklist, see `starter.py check`", "不在材料清单之内，见 check 命令"),
    "point": (
        "one of scope, months, bases, amount, identity, duplicates, funds, procedure",
        "应为 scope、months、bases、amount、identity、duplicates、funds 或 procedure",
    ),
    "what": (
        "one of release_of_funds, posting, refund, ruling",
        "应为 release_of_funds、posting、refund 或 ruling",
    ),
}
"""What a field of a request has to be, where the form's own words would not help a clerk."""

_FLAGS = {"materials": "paper", "orders": "order", "refund_account": "account"}
"""Fields whose flag bears another name."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who hands something in to which case, and how; `usual` is the party whose deed it is."""

    case: str
    officer: str
    usual: Party | None
    by: str = ""
    message_id: str = ""
    by_signal: bool = False
    as_json: bool = False


def hand_in(
    deed: HandIn,
    content: Mapping[str, Any] | None,
    envelope: Envelope,
    problems: Sequence[str] = (),
    once: str = "",
) -> None:
    """Check a request, hand it to its case, and print the receipt.

    Raises BadInput with every problem at once; exits 1 when the case answers no. `content` is None where it
    could not be put together, `problems` says why. `once` tells apart two messages of the same content that
    mean different things.
    """
    request, found = request_of(deed, content, envelope, once)
    if request is None or problems or found:
        raise BadInput(
            say("This cannot be handed in; nothing was sent:", "输入有误，未提交："), [*problems, *found]
        )
    if envelope.by_signal:
        with_client(lambda client: _signal(client, deed, request, envelope.case))
        _print_sent(deed, request, envelope)
        return
    answer = with_client(lambda client: _update(client, deed, request, envelope.case))
    _print_answer(answer, deed, request, envelope)
    if isinstance(answer, Refused):
        raise typer.Exit(1)


def request_of(
    deed: HandIn, content: Mapping[str, Any] | None, envelope: Envelope, once: str = ""
) -> tuple[StaffRequest | None, list[str]]:
    """The request, or every problem with it, a sentence each; without content its head is checked alone."""
    party, problems = _party(envelope)
    kind = StaffRequest if content is None else REQUESTS[deed]
    said = {**(content or {}), "by": party or Party.NOBODY, "officer": envelope.officer}
    message_id = envelope.message_id or message_id_of(deed, envelope.case, said, once)
    try:
        request = kind.model_validate({**said, "message_id": message_id})
    except ValidationError as error:
        return None, problems + [_meant(problem) for problem in field_problems(error)]
    return (None, problems) if problems else (request, [])


def message_id_of(deed: HandIn, case: str, said: Mapping[str, Any], once: str = "") -> str:
    """The same command by the same officer is the same message, whenever and wherever it is typed.

    Keyed, because an unkeyed digest would let an account or a name be guessed from a message's id, which
    the engine shows to anyone.
    """
    text = json.dumps([deed, case, once, said], sort_keys=True, default=str)
    digest = hmac.digest(person_secret(), text.encode(), hashlib.sha256)
    return f"{deed}-{base64.b32encode(digest)[:16].decode()}"


def _party(envelope: Envelope) -> tuple[Party | None, list[str]]:
    if not envelope.by and envelope.usual:
        return envelope.usual, []
    if party := PARTIES.get(envelope.by):
        return party, []
    listed = ", ".join(PARTIES)
    return None, [say(f"--by: one of {listed}", f"--by：应为 {listed} 之一")]


def _meant(problem: str) -> str:
    """A problem under the flag a clerk typed, in words that say what to write."""
    path, _, sentence = problem.partition(": ")
    parts = path.removeprefix("position.").split(".")
    words = say(*_MEANT[parts[0]]) if parts[0] in _MEANT else sentence
    if parts[0] in ("items", "answers") and len(parts) == 3:
        number = int(parts[1]) + 1
        return say(f"field {number}, {parts[2]}: {words}", f"第 {number} 个栏目，{parts[2]}：{words}")
    return f"--{_FLAGS.get(parts[0], parts[0]).replace('_', '-')}: {words}"


@dataclass(frozen=True, slots=True)
class Refused:
    """The case's no, in both languages, and where the case stands."""

    en: str
    zh: str
    progress: Progress


async def _update(client: Client, deed: HandIn, request: StaffRequest, case: str) -> Receipt | Refused:
    """The case's answer. Raises BadInput when there is no such case or nobody answers."""
    handle = handle_of(client, case)
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            receipt: Receipt = await handle.execute_update(
                deed.value, request, id=request.message_id, result_type=Receipt
            )
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise _unanswered() from None
    except WorkflowUpdateFailedError as failed:
        return await _refused(client, case, failed.cause)
    except RPCError as error:
        return await _over(client, case, error)
    return receipt


async def _signal(client: Client, deed: HandIn, request: StaffRequest, case: str) -> None:
    try:
        await handle_of(client, case).signal(deed.value, request)
    except RPCError as error:
        over = await _over(client, case, error)
        raise BadInput(say(over.en, over.zh)) from None


async def _refused(client: Client, case: str, cause: BaseException | None) -> Refused:
    progress = await progress_of(client, case)
    if not isinstance(cause, ApplicationError):
        return Refused(str(cause), str(cause), progress)
    chinese = cause.details[0] if cause.details else cause.message
    return Refused(cause.message, str(chinese), progress)


async def _over(client: Client, case: str, error: RPCError) -> Refused:
    """A case that has ended takes nothing more; one that never was is told apart from it."""
    if error.status is not RPCStatusCode.NOT_FOUND:
        raise error
    progress = await progress_of(client, case)
    english, chinese = progress.stage.titles
    if progress.stage in ENDS:
        return Refused(
            f"The case has ended ({english}); nothing can be handed in any more.",
            f"本案已终结（{chinese}），不再受理。",
            progress,
        )
    return Refused(
        "The case's workflow was ended from outside; ask the operator.",
        "本案流程已被外部终止，请联系运维人员。",
        progress,
    )


def _unanswered() -> BadInput:
    return BadInput(
        say(
            "The case has not answered yet: the platform's worker is off or busy. The message may still be "
            "taken up; type the same command again later, it is the same message and is done once.",
            "本案尚未答复：省级平台未启动或繁忙。消息可能稍后处理；"
            "请稍后重新输入同一命令，系统视为同一消息，只办理一次。",
        )
    )


def _print_sent(deed: HandIn, request: StaffRequest, envelope: Envelope) -> None:
    if envelope.as_json:
        print_json({"sent": True, "deed": deed, "case_no": envelope.case, "message_id": request.message_id})
        return
    console().print(
        say(
            f"sent: {title(deed)}, case {envelope.case}, message {request.message_id}; "
            "`starter.py show` tells what became of it",
            f"已发送：{title(deed)}，案号 {envelope.case}，消息 {request.message_id}；"
            "办理情况见 `starter.py show`",
        ),
        soft_wrap=True,
        markup=False,
    )


def _print_answer(answer: Receipt | Refused, deed: HandIn, request: StaffRequest, envelope: Envelope) -> None:
    if envelope.as_json:
        print_json(_document(answer, deed, request, envelope))
    elif isinstance(answer, Receipt):
        again = say(" (had come before, nothing was done twice)", "（此前已收到，未重复办理）")
        console().print(
            f"{say(answer.en, answer.zh)}{again if answer.duplicate else ''}", soft_wrap=True, markup=False
        )
        made_of = f"{title(deed)}, {envelope.case}, {title(request.by)}, {request.officer}"
        console().print(f"  {made_of}, {request.message_id}", soft_wrap=True, markup=False)
    else:
        screen = complaints()
        screen.print(say(answer.en, answer.zh), markup=False)
        for line in possible_lines(answer.progress):
            screen.print(line, markup=False)


def _document(
    answer: Receipt | Refused, deed: HandIn, request: StaffRequest, envelope: Envelope
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "accepted": isinstance(answer, Receipt),
        "deed": deed,
        "case_no": envelope.case,
        "message_id": request.message_id,
        "en": answer.en,
        "zh": answer.zh,
    }
    if isinstance(answer, Receipt):
        return document | {"duplicate": answer.duplicate}
    return document | {"stage": answer.progress.stage, "possible": list(answer.progress.possible)}
