"""Handing an action in: its form, everything wrong with it at once, and the case's answer."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.client.request_forms import Envelope, request_of
from desk.client.views.approvals import WaitingPaper, waiting_papers
from desk.client.views.possible import PossibleAction
from desk.language import Words
from desk.problems import BadInput, Problem
from desk.web.access import note_access
from desk.web.case.evidence import Filled, with_files_kept
from desk.web.case.finding import NOT_FOUND, Found, case_of
from desk.web.case.forms.every_action import FORMS, acting_parties, possible_in, times_before
from desk.web.case.forms.filled_in import FILES
from desk.web.case.handing_in import answered, hand_in
from desk.web.case.inputs import Group, at_their_inputs, required
from desk.web.engine import Silent
from desk.web.rendering import go_to, notify, page, session_of
from models.messages.requests import Receipt, StaffAction
from models.messages.stages import Party

NOT_POSSIBLE = Words(
    "This is not possible in the case as it stands now. Perhaps somebody has done it meanwhile.",
    "案件当前状态下不能办理此事项，可能已由他人办理。",
)


async def show_action(request: Request) -> Response:
    """The form of an action; where it is not possible now, the case says what is."""
    found = await case_of(request)
    possible, by = _asked(request, found, request.query_params.get("what", ""))
    if possible is None:
        notify(request, NOT_POSSIBLE)
        return go_to(f"/cases/{found.case_no}")
    what = possible.approval.what if possible.approval else ""
    once = times_before(possible.action, found, what)
    of = possible.approval.of if possible.approval else ""
    form = FormData([("once", once), ("what", what), ("of", of)])
    return await _form(request, found, possible, by, form, ())


async def take_action(request: Request) -> Response:
    """Check what was filled in, hand it to the case, and go back to the case with its answer."""
    try:
        found = await case_of(request)
    except Silent as silent:
        said = silent.words
        raise Silent(Words(f"{said.en} Nothing was handed in.", f"{said.zh}本次内容未提交。")) from None
    async with request.form() as sent:
        try:
            filled = await with_files_kept(request, found, sent)
        except Silent as silent:
            filled = Filled(sent, [Problem(FILES, silent.words)])
    form = filled.form
    possible, by = _asked(request, found, str(form.get("what") or ""), even_if_over=True)
    assert possible is not None
    entered = FORMS[possible.action].read(form, found)
    once = str(form.get("once") or "")[:6]
    # Another approval than that of a command would be the same officer's all the same.
    once = once if possible.action is StaffAction.APPROVE else f"web/{once}"
    envelope = Envelope(found.case_no, session_of(request).officer, by)
    filled_in, wrong = request_of(possible.action, entered.content, envelope, once)
    problems = [*filled.problems, *entered.problems, *required(entered.at_their_names(wrong), form)]
    if filled_in is None or problems:
        return await _form(request, found, possible, by, form, problems)
    try:
        answer = await hand_in(request, found, possible.action, filled_in)
    except Silent as silent:
        return await _form(request, found, possible, by, form, [Problem("", silent.words)], unanswered=True)
    except BadInput as bad:
        summary = [Problem("", bad.summary)] if str(bad.summary) else []
        told = [*summary, *bad.problems]
        return await _form(request, found, possible, by, form, told, unanswered=True)
    if isinstance(answer, Response):
        return answer
    if not isinstance(answer, Receipt):
        return await _form(request, found, possible, by, form, [Problem("", Words(answer.en, answer.zh))])
    return await answered(request, found.case_no, answer)


def _asked(
    request: Request, found: Found, what: str, even_if_over: bool = False
) -> tuple[PossibleAction | None, Party]:
    """The action of the address, and for whom. Raises HTTPException for one that is not this officer's.

    With `even_if_over` also one that is not possible now: the case itself then answers, and a form sent twice
    gets its first answer.
    """
    named = request.path_params["action"]
    if named not in tuple(StaffAction):
        raise HTTPException(NOT_FOUND)
    action, by = StaffAction(named), request.query_params.get("by", "")
    possible = next(
        (
            one
            for one in possible_in(found)
            if one.action is action and (one.approval is None or one.approval.what == what)
        ),
        None,
    )
    meant = possible or PossibleAction(action)
    for party in acting_parties(meant, found):
        if party == by:
            return (meant if even_if_over else possible), party
    if possible is None and not even_if_over:
        return None, Party.NOBODY
    raise HTTPException(HTTPStatus.FORBIDDEN)


async def _form(
    request: Request,
    found: Found,
    possible: PossibleAction,
    by: Party,
    form: FormData,
    problems: Sequence[Problem],
    unanswered: bool = False,
) -> Response:
    groups = FORMS[possible.action].groups(found)
    return page(
        request,
        "action.html",
        _status(problems, unanswered),
        progress=found.view.progress,
        possible=possible,
        by=by,
        groups=groups,
        filled=_filled(form, groups, first=not problems),
        form=form,
        problems=at_their_inputs(problems, groups),
        waiting=await _waiting(request, possible, found),
    )


async def _waiting(request: Request, possible: PossibleAction, found: Found) -> WaitingPaper | None:
    """What the officer has to read before approving, in full and logged; None for other actions."""
    if possible.approval is None:
        return None
    await note_access(request, found.case_no, f"web: approve {possible.approval.what}")
    papers = waiting_papers(found.view, unmask=True)
    return next((one for one in papers if one.awaited.what is possible.approval.what), None)


def _status(problems: Sequence[Problem], unanswered: bool) -> HTTPStatus:
    if unanswered:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK


def _filled(form: FormData, groups: Sequence[Group], first: bool) -> dict[str, list[str]]:
    """The content of each input: at first what the form proposes, later what was filled in."""
    filled: dict[str, list[str]] = {}
    for group in groups:
        for one in group.inputs:
            proposed = [one.value] if isinstance(one.value, str) else list(one.value)
            filled[one.name] = proposed if first else [str(value) for value in form.getlist(one.name)]
    return filled
