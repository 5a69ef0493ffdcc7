"""What an officer has to do, and lists of cases; every filter stands in the page's address."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self, TypeVar

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from desk.client.views.case_list import FLAGS_IN_WORDS, CaseSearch, cases_found
from desk.client.views.tasks import worklist_of
from desk.problems import require_page
from desk.today import china_today
from desk.web.claiming import Claims
from desk.web.paging import PAGE_SIZE, Pages, is_page, page_number
from desk.web.passkeys.sealing import seals_of
from desk.web.rendering import engine_of, go_to, page, session_of, tell_passed_over
from desk.web.sessions import Session
from desk.words import bureau, title
from models.files.written_values import written_day
from models.messages.stages import ENDS, Party, Stage
from rules.application.bureaus import bureaus_at_work, listed_bureau
from workflows.identifiers import Flag

MOST_CLAIMED = 200
"""So many of an officer's claims are looked for at once."""
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose worklist is asked for: a bureau's, a party's, or everybody's where both are None.

    `word` is what stands for it in an address.
    """

    word: str
    bureau: str | None = None
    party: Party | None = None

    @classmethod
    def asked(cls, session: Session, query: QueryParams) -> Self:
        """The officer's own bureau; the province chooses, and has its own where it does not."""
        word = query.get("of", "province") if session.of_the_province else session.bureau
        if listed_bureau(word):
            return cls(word, bureau=word)
        party = {"province": Party.PROVINCE, "applicant": Party.APPLICANT}.get(word)
        return cls(word if party else "all", party=party)


_FILTERS: dict[str, Callable[[str], object]] = {
    "stage": lambda text: _one_of(Stage, text),
    "flag": lambda text: _one_of(Flag, text),
    "overdue": lambda text: text == "yes",
    "due": lambda text: _day(text),
    "page": is_page,
}
"""What both lists of cases are filtered by, each with what reads it."""


async def show_worklist(request: Request) -> Response:
    """The cases that wait on the officer's bureau; for the province those of any party."""
    session, query = session_of(request), request.query_params
    tell_passed_over(request, {**_FILTERS, "of": str, "mine": lambda text: text == "yes"})
    whose = Whose.asked(session, query)
    claims: Claims = request.app.state.claims
    mine = query.get("mine") == "yes"
    among = claims.held_by(session.bureau, session.officer)[-MOST_CLAIMED:] if mine else None
    search = replace(_search(query), bureau=None, among=among)
    number = page_number(query)
    engine = engine_of(request)
    shown = await engine.ask(
        lambda client: worklist_of(
            client,
            whose.bureau,
            whose.party,
            PAGE_SIZE,
            search=search,
            skip=PAGE_SIZE * (number - 1),
            proposed=engine.proposals,
        )
    )
    pages = Pages(number, shown.total, "/", dict(query))
    if number > pages.last:
        # Lists become shorter while one works on them.
        return go_to(pages.link(pages.last))
    return page(
        request,
        "worklist.html",
        worklist=shown,
        whose=whose.word,
        mine=mine,
        awaiting=seals_of(request).of(session),
        claimed=lambda case_no: claims.of(session.bureau, case_no),
        offices=_offices() if session.of_the_province else [],
        search=search,
        pages=pages,
        **_choices(open_only=True),
    )


async def show_cases(request: Request) -> Response:
    """Cases open and ended, by stage, flag, due date and bureau."""
    session, query = session_of(request), request.query_params
    tell_passed_over(request, {**_FILTERS, "bureau": scope_reader(session)})
    search = _search(query)
    if not session.of_the_province:
        search = replace(search, bureau=session.bureau)
    number = page_number(query)
    found = await engine_of(request).ask(
        lambda client: cases_found(client, search, PAGE_SIZE, skip=PAGE_SIZE * (number - 1))
    )
    require_page(found.total, number, PAGE_SIZE, "")
    return page(
        request,
        "cases.html",
        cases=found,
        search=search,
        offices=_offices() if session.of_the_province else [],
        pages=Pages(number, found.total, "/cases", dict(query)),
        **_choices(open_only=False),
    )


def _search(query: QueryParams) -> CaseSearch:
    """The filters of an address; one that is none is passed over."""
    key = query.get("bureau", "")
    return CaseSearch(
        bureau=key if listed_bureau(key) else None,
        stage=_one_of(Stage, query.get("stage")),
        flag=_one_of(Flag, query.get("flag")),
        overdue=query.get("overdue") == "yes",
        due_before=_day(query.get("due", "")),
    )


def _one_of(words: type[Word], text: str | None) -> Word | None:
    return words(text) if text in tuple(words) else None


def _day(text: str) -> date | None:
    try:
        return written_day(text)
    except ValueError:
        return None


def _choices(open_only: bool) -> dict[str, Any]:
    """What the filters offer."""
    return {
        "stages": [(one, title(one)) for one in Stage if not (open_only and one in ENDS)],
        "flags": [(flag, str(words)) for flag, words in FLAGS_IN_WORDS.items()],
    }


def _offices() -> list[tuple[str, str]]:
    return [(one.key, bureau(one.key)) for one in bureaus_at_work(china_today())]


def scope_reader(session: Session) -> Callable[[str], object]:
    """What reads a bureau in an address: any for the province, its own for a bureau."""
    return listed_bureau if session.of_the_province else lambda text: text == session.bureau


def scope_of(session: Session) -> str | None:
    """The bureau whose cases an officer may see; None for the province, which sees all."""
    return None if session.of_the_province else session.bureau
