"""What every staff command does with its request: it checks it, sends it to the case, prints the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from desk.client.request_forms import Envelope, request_of
from desk.client.session import acts, with_client
from desk.client.silence import NoAnswer
from desk.client.views.status import current_status
from desk.language import Words, say
from desk.officers.signing import (
    DEMONSTRATION_OFFICER,
    demonstration_officers_here,
    officer_or_default,
    officer_problems,
)
from desk.problems import BadInput, Problem
from desk.screens.screen import complaints, console, print_json
from desk.screens.usage import argument
from desk.words import instant, title
from models.messages.requests import Receipt, StaffAction, StaffRequest
from rules.values.officers import canonical_officer

if TYPE_CHECKING:
    from temporalio.client import Client

    from desk.client.handing_in import CaseRefusal

_FLAGS = {
    "materials": "paper",
    "orders": "order",
    "refund_account": "account",
    "items": "field",
    "answers": "field",
    "fields": "field",
}
"""Fields whose flag has another name."""
_ARGUMENTS = {"what": argument("WHAT")}
"""Fields that are positional arguments."""
_HINTS = {"materials": Words(", see `starter.py check …`", "，见 `starter.py check …`")}
"""The command that says more about a field."""


_PARTS = {
    "field": "栏目",
    "seen": "信息表所载",
    "expected": "应为",
    "evidence": "依据",
    "value": "更正值",
    "reason": "理由",
}
"""The parts of a correction, or of its answer, with their Chinese titles."""
ANOTHER = Words("`--message-id` makes it another message", "如需另行提交，请用 `--message-id` 指定新编号")
"""What to do if the same content is handed in again on purpose."""


NOT_DONE_YET = Words(
    "The steps that follow are under way and not done yet; look at the case again later.",
    "后续步骤正在办理，尚未办完，请稍后再查看案件。",
)


def named_part(part: str) -> Words:
    """A part of a correction as it is typed, in Chinese after its title: '应为（expected）'."""
    return Words(part, f"{_PARTS[part]}（{part}）" if part in _PARTS else part)


def flagged(problem: Problem) -> Problem:
    """A problem under the flag that was typed, or for a field of the form under the field's number."""
    if problem.named or not problem.field:
        return problem
    name, *rest = problem.field.split(".")
    if name in ("items", "answers") and len(rest) == 2:
        number = int(rest[0]) + 1
        part = named_part(rest[1])
        named = Words(f"field {number}, {part.en}", f"第 {number} 个栏目，{part.zh}")
        return replace(problem, named=named)
    flag = f"--{_FLAGS.get(name, name).replace('_', '-')}"
    words = problem.words
    if more := _HINTS.get(name):
        words = Words(f"{words.en}{more.en}", f"{words.zh}{more.zh}")
    return replace(problem, named=_ARGUMENTS.get(name) or Words(flag, flag), words=words)


def reads(officer: str) -> None:
    """Name the reader for the access log: the officer named, else the officer of the key in use, if any.

    Raises BadInput for an invalid officer's id.
    """
    if problems := officer_problems(officer):
        raise BadInput(problems=[*map(flagged, problems)])
    acts(canonical_officer(officer_or_default(officer, None)))


def submit(
    action: StaffAction,
    content: Mapping[str, Any],
    envelope: Envelope,
    problems: Sequence[Problem] = (),
    once: str = "",
    before: Callable[[Client], Awaitable[None]] | None = None,
) -> None:
    """Check a request, hand it to its case, and print the receipt.

    Raises BadInput with every problem at once; exits with 1 when the case refuses. `problems` explains what
    could not be put into `content`. `once` distinguishes two messages of the same content that mean different
    things; `before` is called with the client first.
    """
    request, found = request_of(action, content, envelope, once)
    if request is None or problems or found:
        raise BadInput(
            Words("This cannot be handed in; nothing was sent:", "输入有误，未提交："),
            [*map(flagged, [*problems, *found])],
        )
    acts(request.officer)
    # Loaded here, so that nothing of the engine is loaded before the request has been checked.
    from desk.client.handing_in import deliver, send, times_anew

    async def meant(client: Client) -> StaffRequest:
        if before is not None:
            await before(client)
        if once or envelope.message_id or not (times := await times_anew(client, envelope.case, action)):
            return request
        again, _ = request_of(action, content, envelope, times)
        return again or request

    if envelope.by_signal:

        async def send_it(client: Client) -> StaffRequest:
            sent = await meant(client)
            await send(client, action, sent, envelope.case)
            return sent

        _print_sent(action, with_client(send_it), envelope)
        return

    async def deliver_and_look(client: Client) -> tuple[Receipt | CaseRefusal, list[str]]:
        answered = await deliver(client, action, await meant(client), envelope.case)
        return answered, await _now(client, envelope.case) if isinstance(answered, Receipt) else []

    answer, now = with_client(deliver_and_look)
    _print_answer(answer, action, request, envelope, now)
    if not isinstance(answer, Receipt):
        raise typer.Exit(1)


async def _now(client: Client, case: str) -> list[str]:
    """The status of a case once it has accepted a request and the steps that follow are done.

    If these take longer, the next step is left out. The result is empty if the case does not answer; the
    receipt is valid anyway.
    """
    from desk.client.asking import look_up, settled

    try:
        done = await settled(client, case)
        view = await look_up(client, case)
    except NoAnswer:
        return []
    now = current_status(view.progress, view.disputes)
    return now if done else [now[0], str(NOT_DONE_YET)]


def _print_sent(action: StaffAction, request: StaffRequest, envelope: Envelope) -> None:
    if envelope.as_json:
        print_json(
            {"sent": True, "action": action, "case_no": envelope.case, "message_id": request.message_id}
        )
        return
    console().print(
        say(
            f"sent: {title(action)}, case {envelope.case}, message {request.message_id}; "
            f"`starter.py show {envelope.case}` tells what became of it",
            f"已发送：{title(action)}，案号 {envelope.case}，消息 {request.message_id}；"
            f"办理情况见 `starter.py show {envelope.case}`",
        ),
        soft_wrap=True,
        markup=False,
    )


def _print_answer(
    answer: Receipt | CaseRefusal,
    action: StaffAction,
    request: StaffRequest,
    envelope: Envelope,
    now: Sequence[str],
) -> None:
    """Print the answer, and after a receipt the status of the case."""
    if envelope.as_json:
        print_json({**_document(answer, action, envelope), "now": list(now)})
    elif isinstance(answer, Receipt):
        told = _handed_in_again(answer, action) if answer.duplicate else say(answer.en, answer.zh)
        console().print(told, soft_wrap=True, markup=False)
        demonstration = demonstration_officers_here()
        sort = say(f" ({DEMONSTRATION_OFFICER})", f"（{DEMONSTRATION_OFFICER}）") if demonstration else ""
        who = f"{title(request.by)}{say(', officer ', '，经办人 ')}{request.officer}{sort}"
        number = say(f"message {answer.message_id}", f"消息编号 {answer.message_id}")
        console().print(f"  {envelope.case}{say(', ', '，')}{who}", markup=False)
        console().print(f"  {number}", markup=False)
        for line in now:
            console().print(f"  {line}", markup=False)
    else:
        screen = complaints()
        screen.print(say(answer.en, answer.zh), markup=False)
        lists = f"`starter.py show {envelope.case}`"
        screen.print(
            say(f"{lists} lists what is possible now.", f"现可办理的事项见 {lists}。"),
            soft_wrap=True,
            markup=False,
        )


def _handed_in_again(answer: Receipt, action: StaffAction) -> str:
    at = instant(answer.accepted_at)
    return say(
        f"{title(action)}: handed in before, on {at}; nothing was done again. {ANOTHER.en}.",
        f"{title(action)}：此前已于 {at} 提交，未重复办理；{ANOTHER.zh}。",
    )


def _document(answer: Receipt | CaseRefusal, action: StaffAction, envelope: Envelope) -> dict[str, Any]:
    document: dict[str, Any] = {
        "accepted": isinstance(answer, Receipt),
        "action": action,
        "case_no": envelope.case,
        "message_id": answer.message_id,
        "en": answer.en,
        "zh": answer.zh,
    }
    if isinstance(answer, Receipt):
        return document | {"duplicate": answer.duplicate, "accepted_at": answer.accepted_at.isoformat()}
    return document | {"stage": answer.progress.stage, "possible": list(answer.progress.possible)}
