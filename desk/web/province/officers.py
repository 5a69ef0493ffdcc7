"""The officers of a bureau: who is enrolled with which roles, and by whose word."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from activities.contracts import READ_ROSTER
from desk.client.worker_answers import TO_LOOK_UP, ask_bureau, ask_platform
from desk.language import say
from desk.officers.signing import officers_of
from desk.web.engine import PLATFORM_OFF, bureau_off
from desk.web.rendering import engine_of, page, session_of
from desk.words import title
from engine.encryption.keys import PROVINCE
from models.officers.rosters import Bar, Bootstrap, Grant, RosterPage, RosterQuestion
from rules.application.bureaus import listed_bureau


@dataclass(frozen=True, slots=True)
class Line:
    """One change of a roster."""

    at: datetime
    what: str
    officer: str
    roles: str
    by: str


async def show_officers(request: Request) -> Response:
    """The roster of the officer's bureau; of any bureau for the province."""
    session = session_of(request)
    key = session.bureau
    if session.of_the_province and listed_bureau(asked := request.query_params.get("bureau", "")):
        key = asked
    question = RosterQuestion(bureau=key)
    engine = engine_of(request)
    if key == PROVINCE:
        roster = await engine.ask(
            lambda client: ask_platform(client, READ_ROSTER, question, "roster"), PLATFORM_OFF
        )
    else:
        roster = await engine.ask(
            lambda client: ask_bureau(client, key, READ_ROSTER, question, "roster", TO_LOOK_UP),
            bureau_off(key),
        )
    here = [one for one in officers_of(key) if one.demonstration]
    return page(request, "officers.html", key=key, lines=_lines(roster), roster=roster, demonstration=here)


def _lines(roster: RosterPage) -> list[Line]:
    lines = []
    for made in roster.changes:
        by = ", ".join(order.officer for order in made.orders)
        match made.change:
            case Grant() as grant:
                lines.append(_granted(made.started_at, grant, by))
            case Bootstrap() as first:
                lines += [_granted(made.started_at, grant, by) for grant in first.officers]
            case Bar() as bar:
                lines.append(Line(made.started_at, say("barred", "停用"), bar.officer, bar.reason, by))
    return lines


def _granted(at: datetime, grant: Grant, by: str) -> Line:
    roles = say(", ", "、").join(title(role) for role in grant.roles)
    return Line(at, say("enrolled", "登记"), grant.officer, roles, by)
