"""The officers of a bureau: who is enrolled with which roles, and by whose word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from activities.contracts import READ_ROSTER
from desk.client.worker_answers import TO_LOOK_UP, ask_bureau, ask_platform
from desk.language import say
from desk.officers.roster_words import change_words, days_words
from desk.officers.signing import officers_of
from desk.problems import Problem
from desk.web.engine import Engine, bureau_off
from desk.web.rendering import engine_of, page, session_of, tell_passed_over
from desk.web.worklist import scope_reader
from desk.words import listed, title
from engine.encryption.keys import PROVINCE
from models.officers.rosters import Bar, Bootstrap, Grant, RosterPage, RosterQuestion
from rules.application.bureaus import listed_bureau
from rules.values.officers import Right, roles_at


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One change of a roster."""

    at: datetime
    what: str
    officer: str
    roles: str
    by: str


async def show_officers(request: Request) -> Response:
    """The roster of the officer's bureau; of any bureau for the province."""
    session = session_of(request)
    tell_passed_over(request, {"bureau": scope_reader(session)})
    key = session.bureau
    if session.of_the_province and listed_bureau(asked := request.query_params.get("bureau", "")):
        key = asked
    return await officers_page(request, key)


async def officers_page(
    request: Request, key: str, problems: Sequence[Problem] = (), filled: FormData | None = None
) -> Response:
    """The roster with the forms by which operators change their own; what is wrong with one of these."""
    session = session_of(request)
    roster = await roster_of(engine_of(request), key)
    here = [one for one in officers_of(key) if one.demonstration]
    return page(
        request,
        "officers.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        key=key,
        lines=_lines(roster),
        proposed=[(change_words(one.order.change), one.order.officer) for one in roster.proposed],
        roster=roster,
        demonstration=here,
        operates=key == session.bureau and session.may(Right.MANAGE_OFFICERS),
        roles=[(role.value, title(role)) for role in roles_at(key)],
        problems=list(problems),
        filled=filled or FormData(),
    )


async def roster_of(engine: Engine, key: str) -> RosterPage:
    """The roster of a bureau or of the province. Raises Silent where nobody answers."""
    question = RosterQuestion(bureau=key)

    async def asked(client: Client) -> RosterPage:
        if key == PROVINCE:
            return await ask_platform(client, READ_ROSTER, question, "roster")
        return await ask_bureau(client, key, READ_ROSTER, question, "roster", TO_LOOK_UP)

    return await engine.ask(asked, bureau_off(key))


def _lines(roster: RosterPage) -> list[RosterRow]:
    lines = []
    for made in roster.changes:
        by = listed(order.officer for order in made.orders)
        match made.change:
            case Grant() as grant:
                lines.append(_granted(made.started_at, grant, by))
            case Bootstrap() as first:
                lines += [_granted(made.started_at, grant, by) for grant in first.officers]
            case Bar() as bar:
                why = bar.reason + days_words(bar)
                lines.append(RosterRow(made.started_at, say("barred", "停用"), bar.officer, why, by))
    return lines


def _granted(at: datetime, grant: Grant, by: str) -> RosterRow:
    roles = listed(title(role) for role in grant.roles)
    return RosterRow(at, say("enrolled", "登记"), grant.officer, roles + days_words(grant), by)
