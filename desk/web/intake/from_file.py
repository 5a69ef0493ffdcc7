"""Applications from a file, a table or JSON: checked whole, then a case opened for each."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from desk.client.opening import WITHDRAWN_BEFORE, Opened
from desk.files.application_files import applications_in
from desk.language import Words, say
from desk.problems import BadInput, Problem, counted
from desk.web.access import note_access
from desk.web.intake.applying import (
    NOT_OF_THIS_BUREAU,
    OF_A_FILE,
    application_page,
    at_a_bureau,
    open_by_order,
    page_id,
)
from desk.web.rendering import bytes_in, page, upload_in
from models.messages.application import TransferApplication

FILE = OF_A_FILE
MOST = 200
"""The most applications in one file; more are for `starter.py apply`."""
OPENED_WITHIN = timedelta(seconds=60)
TOO_MANY = Words(f"at most {MOST} applications at once", f"每次最多 {MOST} 件申请")


async def take_file(request: Request) -> Response:
    """Open a case for each application of a file, or tell everything wrong with it and open none.

    The same file sent again opens nothing twice; with `again` what was refused before is decided anew.
    """
    session = at_a_bureau(request)
    async with request.form() as form:
        upload = upload_in(form, FILE)
        raw = await bytes_in(form, FILE)
        name = (upload.filename if upload else "") or say("The file", "文件")
        anew, once = form.get("again") == "yes", page_id(form)
    applications, problems = _read(raw, name)
    problems += [
        Problem("", NOT_OF_THIS_BUREAU).within(f"application {place}", f"第 {place} 件")
        for place, one in enumerate(applications, start=1)
        if one.bureau_in != session.bureau
    ]
    if len(applications) > MOST:
        problems.append(Problem("", TOO_MANY))
    if problems:
        return application_page(request, {}, [at_the_file(one, FILE) for one in problems])

    async def shown(request: Request, opened: list[Opened]) -> Response:
        await note_access(request, "", "web: applications from a file")
        rows = list(zip(opened, applications, strict=True))
        new = sum(one.new for one in opened)
        return page(request, "opened.html", rows=rows, new=new, withdrawn_before=WITHDRAWN_BEFORE)

    count = len(applications)
    words = Words(f"{count} applications for a transfer", f"转移接续申请 {count} 件")
    return await open_by_order(request, applications, words, shown, OPENED_WITHIN, anew=anew, once=once)


def _read(raw: bytes, name: str) -> tuple[list[TransferApplication], list[Problem]]:
    try:
        return applications_in(raw, name, table=not name.lower().endswith(".json"))
    except BadInput as bad:
        return [], list(bad.problems) or [Problem("", bad.summary)]


def at_the_file(problem: Problem, name: str) -> Problem:
    """A problem at the input of the file, with its row and its field in words."""
    told = Words(*(_told(problem, english) for english in (True, False)))
    return Problem(name, told)


def _told(problem: Problem, english: bool) -> str:
    parts = (problem.place, problem.named or counted(problem.field), problem.words)
    texts = [(one.en if english else one.zh) for one in parts if one is not None]
    return (": " if english else "：").join(text for text in texts if text)
