"""The case that a page is about, if the officer may see it."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

from desk.client.silence import NoSuchCase
from desk.client.views.case import CaseView, Days
from desk.client.views.shown_case import ask_case
from desk.web.access import note_access
from desk.web.engine import PLATFORM_OFF
from desk.web.rendering import asked_by_itself, engine_of, session_of, sessions_of
from desk.web.sessions import Session
from desk.web.worklist import scope_of
from models.messages.papers import Paper
from models.messages.stages import Party
from workflows.identifiers import case_workflow_id

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Found:
    """A case, what the platform computes about it, and how this officer sees it."""

    view: CaseView
    days: Days
    session: Session
    parties: tuple[Party, ...]
    """The parties for which the officer acts in it."""
    unmask: bool

    @property
    def case_no(self) -> str:
        return self.view.progress.case_no

    @property
    def name(self) -> str:
        """The person's name by the papers; '' before there is one that bears it."""
        papers = self.view.papers
        named: list[Paper | None] = [papers.certificate, papers.entry, *papers.information_forms]
        return next((str(getattr(paper, "name", "")) for paper in reversed(named) if paper is not None), "")


async def case_of(request: Request) -> Found:
    """The case named in the address. Raises HTTPException, the same for none and for one of other bureaus."""
    return await case_numbered(request, request.path_params["case_no"])


async def case_numbered(request: Request, case_no: str) -> Found:
    """The same of a case that is named in another way.

    An officer who has asked for many such cases waits a while before any case is shown.
    """
    session, limit = session_of(request), request.app.state.not_found_limit
    if limit.is_reached(session.reader):
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS)
    read, workflow = session.read, case_workflow_id(case_no)
    follows = asked_by_itself(request) and workflow in read
    # Its line in the access log is written here, once it is known that the officer may see the case.
    read.add(workflow)
    try:
        found = await _found(request, session, case_no)
        if not follows:
            await note_access(request, case_no, "web: case")
    except Exception as failed:
        read.discard(workflow)
        if isinstance(failed, HTTPException):
            limit.allows(session.reader)
        raise
    return found


async def _found(request: Request, session: Session, case_no: str) -> Found:
    try:
        engine = engine_of(request)
        view, days = await engine.ask(
            lambda client: ask_case(client, case_no, scope_of(session) or "", engine.calendar), PLATFORM_OFF
        )
    except NoSuchCase:
        raise HTTPException(NOT_FOUND) from None
    if not session.sees(view.progress.bureau_out, view.progress.bureau_in):
        raise HTTPException(NOT_FOUND)
    unmask = sessions_of(request).shows_names(session, case_no)
    return Found(view, days, session, session.parties(view.progress), unmask)
