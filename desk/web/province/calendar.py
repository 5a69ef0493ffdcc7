"""The calendar: what is published, the effect of a notice on open cases, its publication by two officers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from starlette.datastructures import FormData, UploadFile
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
from desk.files.calendar_file import calendar_file_of
from desk.files.files import text_of
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.web.rendering import engine_of, go_to, notify, page, session_of
from desk.words import bureau, title
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.calendar import Publication, PublishedCalendar
from models.messages.clocks import ClockReading
from rules.clocks.clocks import CHINA_TIME

WITHIN = timedelta(seconds=20)
"""A preview asks every open case; a publication tells them. Both say so before they begin."""
WAIT = timedelta(seconds=2)


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
class Preview:
    """What a file would do; `text` is the file, to be handed in with the publication."""

    number: str
    text: str
    clocks: int
    changed: list[ChangedDate]
    silent: tuple[str, ...]


async def show_calendar(request: Request) -> Response:
    """What the province has published, and by whom."""
    published = await engine_of(request).ask(published_notices)
    return _page(request, published)


async def preview(request: Request) -> Response:
    """The effect of a file; or, with `publish` or `withdraw`, the officer's word on it."""
    session = session_of(request)
    if not session.of_the_province:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    async with request.form() as form:
        raw, wanted = await _handed_in(form), form.get("do")
    published = await engine_of(request).ask(published_notices)
    try:
        text = text_of(raw, say("The file", "该文件"))
        file = calendar_file_of(text, say("The file", "该文件"))
    except BadInput as bad:
        problems = [replace(one, field="text") for one in (bad.problems or (Problem("", bad.summary),))]
        return _page(request, published, problems, text=raw.decode(errors="replace"))
    if wanted == "publish":
        return await _signed(request, published, file, text)
    if wanted == "withdraw":
        answer = await engine_of(request).ask(
            lambda client: withdraw_proposal(client, draft_of(file), session.officer), within=WITHIN
        )
        return _answered(request, published, text, answer)
    found = await engine_of(request).ask(
        lambda client: _previewed(client, published, file, text), within=WITHIN
    )
    return _page(request, published, found=found, text=text)


async def _signed(request: Request, published: PublishedCalendar, file: CalendarFile, text: str) -> Response:
    officer = session_of(request).officer
    answer = await engine_of(request).ask(
        lambda client: propose_or_check(client, draft_of(file), officer, WAIT), within=WITHIN
    )
    return _answered(request, published, text, answer)


async def _handed_in(form: FormData) -> bytes:
    """The uploaded file, else the text of the page."""
    upload = form.get("file")
    if isinstance(upload, UploadFile) and upload.filename:
        return await upload.read()
    return str(form.get("text") or "").encode()


async def _previewed(client: Client, published: PublishedCalendar, file: CalendarFile, text: str) -> Preview:
    cases = await open_cases(client)
    before = calendar_of(published)
    found = changes(cases.clocks, before, loaded(before, [file]), datetime.now(CHINA_TIME))
    return Preview(file.number, text, len(cases.clocks), [_changed(one) for one in found], cases.silent)


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
    found: Preview | None = None,
    text: str = "",
) -> Response:
    return page(
        request,
        "calendar.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        published=published,
        problems=list(problems),
        found=found,
        text=text,
    )
