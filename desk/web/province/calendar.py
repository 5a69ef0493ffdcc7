"""The calendar: what is published, the effect of a notice on open cases, its publication by two officers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from desk.client.calendar_effects import ClockChange, changes, open_cases
from desk.client.publication import (
    PublicationRefused,
    calendar_of,
    draft_of,
    propose_or_check,
    publication_words,
    published_notices,
    withdraw_proposal,
)
from desk.client.views.tasks import Proposal, proposed_notices
from desk.files.calendar_file import calendar_file_of
from desk.files.files import text_of
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.web.passkeys.ordering import hand_in_order
from desk.web.rendering import engine_of, go_to, notify, page, session_of, upload_in
from desk.words import bureau, title
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.calendar import CalendarSignature, Publication, PublishedCalendar
from models.messages.clocks import ClockReading
from rules.values.due_dates import CHINA_TIME
from rules.values.officers import PROVINCE, Right

WITHIN = timedelta(seconds=20)
"""A preview asks every open case; a publication tells them. Both say so before they begin."""
WAIT = timedelta(seconds=2)
SAID = {"publish": ("publish", "发布"), "withdraw": ("withdraw", "撤回")}
"""What an officer can order about a file, beside a preview of its effect."""


@dataclass(frozen=True, slots=True)
class ChangedDate:
    """A due date before and after a notice."""

    case_no: str
    bureau: str
    clock: str
    before: str
    after: str
    effects: str
    days: str


@dataclass(frozen=True, slots=True)
class NoticePreview:
    """What a file would do; `text` is the file, to be handed in with the publication."""

    number: str
    text: str
    clocks: int
    changed: list[ChangedDate]
    silent: tuple[str, ...]


async def show_calendar(request: Request) -> Response:
    """What the province has published, and by whom."""
    published, proposed = await engine_of(request).ask(_on_file)
    return _page(request, published, proposed=proposed)


async def _on_file(client: Client) -> tuple[PublishedCalendar, list[Proposal]]:
    return await published_notices(client), await proposed_notices(client)


async def preview(request: Request) -> Response:
    """The effect of a file; with `publish` or `withdraw`, the officer's order about it."""
    session = session_of(request)
    if not session.of_the_province:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    async with request.form() as form:
        raw, wanted = await _handed_in(form), form.get("do")
    published = await engine_of(request).ask(published_notices)
    text = ""
    try:
        text = text_of(raw, say("The file", "该文件"))
        file = calendar_file_of(text, say("The file", "该文件"))
    except BadInput as bad:
        problems = [replace(one, field="text") for one in (bad.problems or (Problem("", bad.summary),))]
        return _page(request, published, problems, text=text)
    if wanted in SAID:
        return await _signed(request, published, file, text, withdrawn=wanted == "withdraw")
    found = await engine_of(request).ask(
        lambda client: _previewed(client, published, file, text), within=WITHIN
    )
    return _page(request, published, found=found, text=text)


async def _signed(
    request: Request, published: PublishedCalendar, file: CalendarFile, text: str, *, withdrawn: bool
) -> Response:
    """Hand in the officer's sealed order about a file."""

    async def hand_in(request: Request, word: CalendarSignature) -> Response:
        async def handed_in(client: Client) -> Publication | PublicationRefused:
            if word.withdrawn:
                return await withdraw_proposal(client, word.draft, word.officer, word.order)
            return await propose_or_check(client, word.draft, word.officer, WAIT, word.order)

        answer = await engine_of(request).ask(handed_in, within=WITHIN)
        return _answered(request, published, text, answer)

    officer = session_of(request).officer
    word = CalendarSignature(draft=draft_of(file), officer=officer, withdrawn=withdrawn)
    en, zh = SAID["withdraw" if withdrawn else "publish"]
    words = Words(f"{en} {file.number}", f"{zh} {file.number}")
    return await hand_in_order(
        request, Right.PUBLISH_CALENDAR, PROVINCE, word, words, hand_in, back="/calendar"
    )


async def _handed_in(form: FormData) -> bytes:
    """The uploaded file, else the text of the page."""
    if upload := upload_in(form, "file"):
        return await upload.read()
    return str(form.get("text") or "").encode()


async def _previewed(
    client: Client, published: PublishedCalendar, file: CalendarFile, text: str
) -> NoticePreview:
    cases = await open_cases(client)
    before = calendar_of(published)
    found = changes(cases.clocks, before, loaded(before, [file]), datetime.now(CHINA_TIME))
    return NoticePreview(file.number, text, len(cases.clocks), [_changed(one) for one in found], cases.silent)


def _changed(one: ClockChange) -> ChangedDate:
    days = (f"{'+' if day.counts else '−'}{day.day} {say(day.fact.en, day.fact.zh)}" for day in one.days)
    return ChangedDate(
        one.case_no,
        bureau(one.after.bureau),
        one.after.clock.letter,
        _due(one.before),
        _due(one.after),
        say(", ", "、").join(title(effect) for effect in one.effects),
        say(", ", "、").join(days),
    )


def _due(reading: ClockReading) -> str:
    return f"{reading.due_on}{say(' (provisional)', '（暂定）') if reading.provisional else ''}"


def _answered(
    request: Request, published: PublishedCalendar, text: str, answer: Publication | PublicationRefused
) -> Response:
    if isinstance(answer, PublicationRefused):
        return _page(request, published, [Problem("", Words(answer.en, answer.zh))], text=text)
    notify(request, publication_words(answer))
    return go_to("/calendar")


def _page(
    request: Request,
    published: PublishedCalendar,
    problems: Sequence[Problem] = (),
    found: NoticePreview | None = None,
    text: str = "",
    proposed: Sequence[Proposal] = (),
) -> Response:
    return page(
        request,
        "calendar.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        published=published,
        problems=list(problems),
        found=found,
        text=text,
        proposed=proposed,
    )
