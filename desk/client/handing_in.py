"""Handing something in to a case: checked at the desk, sent, and answered by a receipt or a refusal."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from desk.client.asking import BROKEN_OFF, NO_ANSWER, ask, handle_of, how_broken_off, silence
from desk.client.request_forms import Envelope, request_of
from desk.client.session import with_client
from desk.client.silence import CaseStuck
from desk.language import say
from desk.problems import BadInput
from desk.screens.possible import possible_lines
from desk.screens.screen import complaints, console, print_json
from desk.words import instant, title
from models.messages.progress import Progress
from models.messages.requests import Receipt, StaffAction, StaffRequest
from models.messages.stages import ENDS
from workflows.transfer_case import TransferCase

ANSWER_WITHIN = timedelta(seconds=20)
"""How long the case may take to answer; a message that was sent may still be taken up later."""

ANOTHER = ("`--message-id` makes it another message", "如需另行提交，请用 `--message-id` 指定新编号")
"""The way out for who means the same words anew."""

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


def file_alone(file: Path | None, *flags: object) -> list[str]:
    """What is typed beside a file would be passed over in silence: a sentence where anything is."""
    if file is None or not any(flags):
        return []
    return [
        say(
            "--file: give the file or the flags it stands for, not both",
            "--file：文件与所代替的选项只能给出其一",
        )
    ]


def submit(
    action: StaffAction,
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
    request, found = request_of(action, content, envelope, once)
    if request is None or problems or found:
        raise BadInput(
            say("This cannot be handed in; nothing was sent:", "输入有误，未提交："), [*problems, *found]
        )
    if envelope.by_signal:
        with_client(lambda client: _signal(client, action, request, envelope.case))
        _print_sent(action, request, envelope)
        return
    answer = with_client(lambda client: deliver(client, action, request, envelope.case))
    _print_answer(answer, action, request, envelope)
    if isinstance(answer, Refused):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Refused:
    """The case's no, in both languages, and where the case stands."""

    en: str
    zh: str
    progress: Progress


async def deliver(client: Client, action: StaffAction, request: StaffRequest, case: str) -> Receipt | Refused:
    """Hand a request to its case and wait for the answer, or get the answer it was given before.

    Raises BadInput when there is no such case or nobody answers.
    """
    handle = handle_of(client, case)
    before = False
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            before = await _handed_in_before(handle, request.message_id)
            receipt: Receipt = await handle.execute_update(
                action.value, request, id=request.message_id, result_type=Receipt
            )
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise await _unanswered(client, case) from None
    except WorkflowUpdateFailedError as failed:
        return await _refused(client, case, failed.cause, before)
    except RPCError as error:
        return await _over(client, case, error)
    return receipt.model_copy(update={"duplicate": before or receipt.duplicate})


async def _handed_in_before(handle: WorkflowHandle[Any, Any], message_id: str) -> bool:
    """Whether the server has an answer to this message; to its copies it gives the same without the case."""
    try:
        await handle.get_update_handle(message_id).result()
    except WorkflowUpdateFailedError:
        return True
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def _signal(client: Client, action: StaffAction, request: StaffRequest, case: str) -> None:
    try:
        await handle_of(client, case).signal(action.value, request)
    except RPCError as error:
        over = await _over(client, case, error)
        raise BadInput(say(over.en, over.zh)) from None


async def _refused(client: Client, case: str, cause: BaseException | None, before: bool) -> Refused:
    progress = await ask(client, case, TransferCase.progress)
    en = zh = str(cause)
    if isinstance(cause, ApplicationError):
        en, zh = cause.message, str(cause.details[0] if cause.details else cause.message)
    if before:
        en += f" This was the answer when it was handed in before; {ANOTHER[0]}."
        zh += f"此为此前提交时的答复；{ANOTHER[1]}。"
    return Refused(en, zh, progress)


async def _over(client: Client, case: str, error: RPCError) -> Refused:
    """A case that has ended takes nothing more; one that never was is told apart from it."""
    if error.status in NO_ANSWER:
        raise await silence(client, case, error.message) from None
    if error.status is not RPCStatusCode.NOT_FOUND:
        raise error
    how = await how_broken_off(client, case)
    progress = await ask(client, case, TransferCase.progress)
    english, chinese = BROKEN_OFF[how] if how else progress.stage.titles
    if how is None and progress.stage not in ENDS:
        raise error
    return Refused(
        f"The case has ended ({english}); nothing can be handed in any more.",
        f"本案已终结（{chinese}），不再受理。",
        progress.model_copy(update={"possible": ()}),
    )


async def _unanswered(client: Client, case: str) -> BadInput:
    if isinstance(silent := await silence(client, case), CaseStuck):
        return silent
    return BadInput(
        say(
            "The case has not answered yet: the platform's worker is off or busy. The message may still be "
            "taken up; type the same command again later, it is the same message and is done once.",
            "本案尚未答复：省级平台未启动或繁忙。消息可能稍后处理；"
            "请稍后重新输入同一命令，系统视为同一消息，只办理一次。",
        )
    )


def _print_sent(action: StaffAction, request: StaffRequest, envelope: Envelope) -> None:
    if envelope.as_json:
        print_json(
            {"sent": True, "action": action, "case_no": envelope.case, "message_id": request.message_id}
        )
        return
    console().print(
        say(
            f"sent: {title(action)}, case {envelope.case}, message {request.message_id}; "
            "`starter.py show` tells what became of it",
            f"已发送：{title(action)}，案号 {envelope.case}，消息 {request.message_id}；"
            "办理情况见 `starter.py show`",
        ),
        soft_wrap=True,
        markup=False,
    )


def _print_answer(
    answer: Receipt | Refused, action: StaffAction, request: StaffRequest, envelope: Envelope
) -> None:
    if envelope.as_json:
        print_json(_document(answer, action, request, envelope))
    elif isinstance(answer, Receipt):
        told = _handed_in_again(answer, action) if answer.duplicate else say(answer.en, answer.zh)
        console().print(told, soft_wrap=True, markup=False)
        who = f"{title(request.by)}{say(', officer ', '，经办人 ')}{request.officer}"
        number = say(f"message {request.message_id}", f"消息编号 {request.message_id}")
        console().print(f"  {envelope.case}{say(', ', '，')}{who}", markup=False)
        console().print(f"  {number}", markup=False)
    else:
        screen = complaints()
        screen.print(say(answer.en, answer.zh), markup=False)
        for line in possible_lines(answer.progress):
            screen.print(line, markup=False)


def _handed_in_again(answer: Receipt, action: StaffAction) -> str:
    at = instant(answer.accepted_at)
    return say(
        f"{title(action)}: handed in before, on {at}; nothing was done again. {ANOTHER[0]}.",
        f"{title(action)}：此前已于 {at} 提交，未重复办理；{ANOTHER[1]}。",
    )


def _document(
    answer: Receipt | Refused, action: StaffAction, request: StaffRequest, envelope: Envelope
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "accepted": isinstance(answer, Receipt),
        "action": action,
        "case_no": envelope.case,
        "message_id": request.message_id,
        "en": answer.en,
        "zh": answer.zh,
    }
    if isinstance(answer, Receipt):
        return document | {"duplicate": answer.duplicate, "accepted_at": answer.accepted_at.isoformat()}
    return document | {"stage": answer.progress.stage, "possible": list(answer.progress.possible)}
