"""Officers enrolled, barred for an absence, or dismissed: one operator proposes, a second orders the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from activities.contracts import CHANGE_ROSTER
from desk.client.worker_answers import ask_bureau, ask_platform
from desk.files.files import field_problems
from desk.language import Words
from desk.officers.roster_words import change_words, hindrance_words, outcome_words
from desk.officers.signing import officer_key
from desk.problems import Problem
from desk.web.engine import bureau_off
from desk.web.passkeys.sealing import Sealable, ask_for_seal
from desk.web.province.officers import officers_page
from desk.web.rendering import engine_of, go_to, notify, page, session_of
from models.files.written_values import NOT_A_DAY, written_day
from models.officers.checking import unpadded
from models.officers.keys import key_id
from models.officers.rosters import CHANGE, Change, RosterAnswer, RosterOrder
from models.officers.seals import digest_of
from rules.values.due_dates import china_midnight
from rules.values.officers import PROVINCE, Right

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
TYPED = ("officer", "public_key", "since", "until", "reason")
NOT_A_KEY = Words(
    "the public key of a passkey or of a key file, as it was shown",
    "请填写生成通行密钥或密钥文件时显示的公钥",
)
_WHAT = Words("a change of the roster", "名册变更")


async def order_change(request: Request) -> Response:
    """An operator's word on the own bureau's roster; nothing changes until a second one says the same."""
    session, form = session_of(request), await request.form()
    if not session.may(Right.MANAGE_OFFICERS):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    change, problems = _read(form)
    if change is None:
        return await officers_page(request, session.bureau, problems, form)
    order = RosterOrder(
        message_id=f"roster-{digest_of(change)[:32]}",
        officer=session.officer,
        bureau=session.bureau,
        change=change,
    )
    if session.passkey:
        what = change_words(change)
        words = Words(f"{_WHAT.en}: {what}", f"{_WHAT.zh}：{what}")
        return ask_for_seal(
            request, Sealable(words, "/officers", session.bureau, CHANGE, order, hand_in=_enter)
        )
    return await _enter(request, officer_key(session.bureau, session.officer).seal("", CHANGE, order))


async def _enter(request: Request, order: RosterOrder) -> Response:
    """Have the bureau enter a sealed order, and say what became of it."""

    async def asked(client: Client) -> RosterAnswer:
        if order.bureau == PROVINCE:
            return await ask_platform(client, CHANGE_ROSTER, order, "officers")
        return await ask_bureau(client, order.bureau, CHANGE_ROSTER, order)

    answer = await engine_of(request).ask(asked, bureau_off(order.bureau))
    if answer.hindrance:
        told = hindrance_words(answer)
        return page(request, "message.html", HTTPStatus.UNPROCESSABLE_ENTITY, told=told, more=())
    told = outcome_words(answer)
    notify(request, Words(told, told))
    return go_to("/officers")


def _read(form: FormData) -> tuple[Change | None, list[Problem]]:
    """A change as it was filled in, or everything wrong with it, each at its field."""
    bars = form.get("kind") == "bar"
    prefix = "bar-" if bars else ""
    typed = {name: str(form.get(f"{prefix}{name}") or "").strip() for name in TYPED}
    said: dict[str, Any] = {"kind": "bar" if bars else "grant", "officer": typed["officer"]}
    problems: list[Problem] = []
    for name, days in (("since", 0), ("until", 1)):
        try:
            said[name] = _midnight(typed[name], days)
        except ValueError:
            problems.append(Problem(name, Words(*NOT_A_DAY)))
    if bars:
        said["reason"] = typed["reason"]
    else:
        said |= {"public_key": typed["public_key"], "roles": form.getlist("roles")}
        try:
            said["key"] = key_id(unpadded(typed["public_key"] or "?"))
        except ValueError:
            problems.append(Problem("public_key", NOT_A_KEY))
    try:
        change = _CHANGE.validate_python(said)
    except ValidationError as error:
        change, problems = None, [*problems, *field_problems(error)]
    return (None, _at_their_inputs(problems, prefix)) if problems else (change, [])


def _midnight(typed: str, days: int) -> datetime | None:
    """The beginning of a day, so many days later; None where nothing was typed. Raises ValueError."""
    if not typed:
        return None
    return china_midnight(written_day(typed) + timedelta(days=days))


def _at_their_inputs(problems: Sequence[Problem], prefix: str) -> list[Problem]:
    """One problem an input: that a key is missing where its text was wrong says nothing more."""
    found: dict[str, Problem] = {}
    for one in problems:
        field = one.field.removeprefix("grant.").removeprefix("bar.").partition(".")[0]
        field = f"{prefix}{'public_key' if field == 'key' else field}"
        found.setdefault(field, Problem(field, one.words))
    return list(found.values())
