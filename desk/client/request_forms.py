"""A request as a clerk puts it together: who hands in what for whom, with every problem at once."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from desk.client.case_numbers import person_secret
from desk.files.files import field_problems
from desk.files.typed_words import known_word, one_of, party_words, titles_of, typed_party
from desk.language import Words
from desk.officers.signing import (
    OFFICER_ID,
    demonstration_officers_here,
    officer_or_default,
    right_of,
)
from desk.problems import Problem
from models.messages.requests import REQUESTS, Approvable, StaffAction, StaffRequest
from models.messages.stages import Party
from rules.values.bounds import ORDERS, REQUEST_BYTES, TEXT
from rules.values.moves import Material
from rules.values.orders import DisputePoint

_TOO_LARGE = Words(
    f"in all larger than the {REQUEST_BYTES // 1024} KB that a case takes in at once",
    f"合计超过案件一次可接收的 {REQUEST_BYTES // 1024} KB",
)
_TEXT = Words(f"a text of 1 to {TEXT} characters, all of them visible", f"1 至 {TEXT} 字，不含不可见字符")

_MEANT = {
    **dict.fromkeys(("reason", "reasons", "statement", "terms"), _TEXT),
    "number": Words("a number of 1 to 60 characters", "1 至 60 字的文号"),
    "orders": Words(f"1 to {ORDERS} orders", f"1 至 {ORDERS} 项裁定事项"),
    "officer": OFFICER_ID,
    "message_id": Words(
        "1 to 100 letters, digits or . _ : / -",
        "1 至 100 位字母、数字或 . _ : / -",
    ),
    **dict.fromkeys(("first", "last"), Words("a month, such as 2018-05", "年月，如 2018-05")),
    "refund_account": Words("an account of 8 to 30 digits", "8 至 30 位数字的账号"),
    "materials": one_of(titles_of(Material)),
    "point": one_of(titles_of(DisputePoint)),
    "what": one_of(titles_of(Approvable)),
}
"""What the value of a field has to be, where the model's own words would not help a clerk."""


_CLOSED: Mapping[str, Mapping[StrEnum, Words]] = {
    "materials": {**titles_of(Material)},
    "point": {**titles_of(DisputePoint)},
    "what": {**titles_of(Approvable)},
}
"""Fields that take words from a closed list."""
_MISSING = Words("missing: who acts, by the officer's id", "必填：经办人编号")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who hands something in to which case, and how; `usual` is the party whose action it is.

    `approved_by` are officers who have approved already what is to be approved.
    """

    case: str
    officer: str
    usual: Party | None
    by: str = ""
    message_id: str = ""
    by_signal: bool = False
    as_json: bool = False
    approved_by: tuple[str, ...] = ()


def request_of(
    action: StaffAction, content: Mapping[str, Any], envelope: Envelope, once: str = ""
) -> tuple[StaffRequest | None, list[Problem]]:
    """The request, or every problem with it, by field.

    Nothing is reported on fields that the content lacks: the caller has reported why.
    """
    party, problems = _party(action, envelope)
    content_by_value = _by_value(content)
    officer = officer_or_default(
        envelope.officer,
        right_of(action, content_by_value),
        party or Party.NOBODY,
        envelope.approved_by,
    )
    said = {**content_by_value, "by": party or Party.NOBODY, "officer": officer}
    message_id = envelope.message_id or message_id_of(action, envelope.case, said, once)
    try:
        request = REQUESTS[action].model_validate({**said, "message_id": message_id})
    except ValidationError as error:
        found = [one for one in _innermost(field_problems(error)) if _top(one) in {*said, "message_id"}]
        problems += [_meant(problem, envelope.officer) for problem in found]
        return None, _without_an_officer_to_come(problems, envelope)
    if len(request.model_dump_json().encode()) > REQUEST_BYTES:
        problems.append(Problem("", _TOO_LARGE))
    return (None, problems) if problems else (request, [])


def _without_an_officer_to_come(problems: list[Problem], envelope: Envelope) -> list[Problem]:
    """Drop the problem of a missing officer where a demonstration officer will act after all."""
    rest = [one for one in problems if one.field != "officer"]
    return rest if rest and not envelope.officer and demonstration_officers_here() else problems


def _by_value(content: Mapping[str, Any]) -> dict[str, Any]:
    """Words from a closed list by their values, however they were typed."""
    said = dict(content)
    for field, words in _CLOSED.items():
        if isinstance(typed := said.get(field), str):
            said[field] = known_word(words, typed)
        elif isinstance(typed, list | tuple):
            said[field] = sorted({known_word(words, one) for one in typed if isinstance(one, str)})
    return said


def message_id_of(action: StaffAction, case: str, said: Mapping[str, Any], once: str = "") -> str:
    """The id of a message: the same command by the same officer has the same id, whenever it is typed.

    Keyed, because an unkeyed digest would let an account or a name be guessed from a message's id, which the
    engine shows to anyone.
    """
    text = json.dumps([action, case, once, said], sort_keys=True, default=str)
    digest = hmac.digest(person_secret(), text.encode(), hashlib.sha256)
    return f"{action}-{base64.b32encode(digest)[:16].decode()}"


def _party(action: StaffAction, envelope: Envelope) -> tuple[Party | None, list[Problem]]:
    if not envelope.by and envelope.usual:
        return envelope.usual, []
    if party := typed_party(envelope.by):
        return party, []
    # Loaded here, so that nothing of the engine is loaded for a request that is good.
    from workflows.case.permissions import POSSIBILITIES

    return None, [Problem("by", party_words(POSSIBILITIES[action].parties))]


def _top(problem: Problem) -> str:
    return problem.field.partition(".")[0]


def _innermost(problems: list[Problem]) -> list[Problem]:
    """The problems without those of a list that is too short only because one of its parts is wrong."""
    paths = [problem.field for problem in problems]
    return [
        problem for problem in problems if not any(path.startswith(f"{problem.field}.") for path in paths)
    ]


def _meant(problem: Problem, officer: str) -> Problem:
    """A problem in words that say what to write; of a position in a dispute, by the field within it."""
    field = problem.field.removeprefix("position.")
    if field == "officer" and not officer:
        return Problem(field, _MISSING)
    return Problem(field, _MEANT.get(field.partition(".")[0], problem.words))
