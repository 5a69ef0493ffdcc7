"""A request as a clerk puts it together: who hands in what for whom, with everything wrong told at once."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from desk.client.case_numbers import person_secret
from desk.files.files import field_problems
from desk.language import Words, say
from models.messages.requests import REQUESTS, StaffAction, StaffRequest
from models.messages.stages import Party

PARTIES = {
    "in": Party.TRANSFER_IN,
    "out": Party.TRANSFER_OUT,
    "province": Party.PROVINCE,
    "applicant": Party.APPLICANT,
}
"""The parties as they are typed."""

_TEXT = Words("a text of 1 to 1000 characters", "1 至 1000 字")

_MEANT = {
    **dict.fromkeys(("reason", "reasons", "statement", "terms"), _TEXT),
    "number": Words("a number of 1 to 60 characters", "1 至 60 字的文号"),
    "orders": Words("at least one order", "至少一项裁定事项"),
    "officer": Words(
        "an officer's id: 1 to 40 letters, digits, dots, underscores or dashes",
        "经办人编号：1 至 40 位字母、数字、点、下划线或短横",
    ),
    "message_id": Words(
        "1 to 100 letters, digits or . _ : / -",
        "1 至 100 位字母、数字或 . _ : / -",
    ),
    "refund_account": Words("an account of 8 to 30 digits", "8 至 30 位数字的账号"),
    "materials": Words(
        "not a paper of the checklist, see `starter.py check`", "不在材料清单之内，见 check 命令"
    ),
    "point": Words(
        "one of scope, months, bases, amount, identity, duplicates, funds, procedure",
        "应为 scope、months、bases、amount、identity、duplicates、funds 或 procedure",
    ),
    "what": Words(
        "one of release_of_funds, posting, refund, ruling",
        "应为 release_of_funds、posting、refund 或 ruling",
    ),
}
"""What a field of a request has to be, where the form's own words would not help a clerk."""

_FLAGS = {"materials": "paper", "orders": "order", "refund_account": "account"}
"""Fields whose flag bears another name."""
_ARGUMENTS = {"what": "WHAT"}
"""Fields that are typed without a flag."""


ANOTHER = Words("`--message-id` makes it another message", "如需另行提交，请用 `--message-id` 指定新编号")
"""The way out for who means the same words anew."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who hands something in to which case, and how; `usual` is the party whose action it is."""

    case: str
    officer: str
    usual: Party | None
    by: str = ""
    message_id: str = ""
    by_signal: bool = False
    as_json: bool = False


def request_of(
    action: StaffAction, content: Mapping[str, Any] | None, envelope: Envelope, once: str = ""
) -> tuple[StaffRequest | None, list[str]]:
    """The request, or every problem with it, a sentence each; without content its head is checked alone."""
    party, problems = _party(envelope)
    kind = StaffRequest if content is None else REQUESTS[action]
    said = {**(content or {}), "by": party or Party.NOBODY, "officer": envelope.officer}
    message_id = envelope.message_id or message_id_of(action, envelope.case, said, once)
    try:
        request = kind.model_validate({**said, "message_id": message_id})
    except ValidationError as error:
        return None, problems + [_meant(problem) for problem in _innermost(field_problems(error))]
    return (None, problems) if problems else (request, [])


def message_id_of(action: StaffAction, case: str, said: Mapping[str, Any], once: str = "") -> str:
    """The same command by the same officer is the same message, whenever and wherever it is typed.

    Keyed, because an unkeyed digest would let an account or a name be guessed from a message's id, which
    the engine shows to anyone.
    """
    text = json.dumps([action, case, once, said], sort_keys=True, default=str)
    digest = hmac.digest(person_secret(), text.encode(), hashlib.sha256)
    return f"{action}-{base64.b32encode(digest)[:16].decode()}"


def _party(envelope: Envelope) -> tuple[Party | None, list[str]]:
    if not envelope.by and envelope.usual:
        return envelope.usual, []
    if party := PARTIES.get(envelope.by):
        return party, []
    listed = ", ".join(PARTIES)
    return None, [say(f"--by: one of {listed}", f"--by：应为 {listed} 之一")]


def _innermost(problems: list[str]) -> list[str]:
    """A list with a wrong part is also found to be too short; that the part is wrong says it all."""
    paths = [problem.partition(":")[0] for problem in problems]
    return [
        problem
        for problem, path in zip(problems, paths, strict=True)
        if not any(other.startswith(f"{path}.") for other in paths)
    ]


def _meant(problem: str) -> str:
    """A problem under the flag a clerk typed, in words that say what to write."""
    path, _, sentence = problem.partition(": ")
    parts = path.removeprefix("position.").split(".")
    words = str(_MEANT[parts[0]]) if parts[0] in _MEANT else sentence
    if parts[0] in ("items", "answers") and len(parts) == 3:
        number = int(parts[1]) + 1
        return say(f"field {number}, {parts[2]}: {words}", f"第 {number} 个栏目，{parts[2]}：{words}")
    if parts[0] in _ARGUMENTS:
        return f"{_ARGUMENTS[parts[0]]}: {words}"
    return f"--{_FLAGS.get(parts[0], parts[0]).replace('_', '-')}: {words}"
