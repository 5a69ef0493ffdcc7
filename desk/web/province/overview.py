"""The province's overview: how many cases need looking at, and past rulings by point."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from desk.client.views.disputes import past_rulings, ruling_sections
from desk.client.visibility import at_stage, flagged
from desk.language import say
from desk.web.rendering import engine_of, page, session_of, tell_passed_over
from desk.words import title
from models.messages.stages import Stage
from rules.values.orders import DisputePoint
from workflows.identifiers import OVERDUE, RUNNING_CASES, Flag


@dataclass(frozen=True, slots=True)
class Count:
    """How many open cases are like this, and where their list is."""

    words: str
    number: int
    address: str


async def show_overview(request: Request) -> Response:
    """What needs looking at in all bureaus, each count with its list."""
    _of_the_province(request)
    counts = await engine_of(request).ask(_counts)
    return page(request, "overview.html", counts=counts)


async def show_rulings(request: Request) -> Response:
    """Past rulings on a point, newest first; without a point the points to choose from."""
    _of_the_province(request)
    tell_passed_over(request, {"point": lambda text: text in tuple(DisputePoint)})
    asked = request.query_params.get("point", "")
    points = [(one.value, title(one)) for one in DisputePoint]
    sections = []
    if asked in tuple(DisputePoint):
        point = DisputePoint(asked)
        found = await engine_of(request).ask(lambda client: past_rulings(client, point))
        sections = ruling_sections(found, unmask=False)
    return page(request, "rulings.html", points=points, asked=asked, sections=sections)


def _of_the_province(request: Request) -> None:
    if not session_of(request).of_the_province:
        raise HTTPException(HTTPStatus.NOT_FOUND)


async def _counts(client: Client) -> list[Count]:
    def flag(one: Flag) -> str:
        return f"/cases?flag={one}"

    wanted = [
        (say("open", "在办"), "", "/?of=all"),
        (say("overdue", "逾期"), f"{OVERDUE.name} = true", "/cases?overdue=yes"),
        (say("reported to the province", "已上报省局"), flagged(Flag.ESCALATED), flag(Flag.ESCALATED)),
        (say("disputed", "有异议"), flagged(Flag.DISPUTED), flag(Flag.DISPUTED)),
        (
            say("before the province", "省局协调中"),
            at_stage(Stage.BEFORE_THE_PROVINCE),
            f"/cases?stage={Stage.BEFORE_THE_PROVINCE}",
        ),
        (
            say("cannot go on", "无法继续办理"),
            at_stage(Stage.CANNOT_GO_ON),
            f"/cases?stage={Stage.CANNOT_GO_ON}",
        ),
        (
            say("waiting for approval", "待审批"),
            flagged(Flag.AWAITING_APPROVAL),
            flag(Flag.AWAITING_APPROVAL),
        ),
        (
            say("with a message that was refused", "有消息未予处理"),
            flagged(Flag.MESSAGE_REFUSED),
            flag(Flag.MESSAGE_REFUSED),
        ),
    ]
    queries = [f"{RUNNING_CASES} AND {part}" if part else RUNNING_CASES for _, part, _ in wanted]
    numbers = await asyncio.gather(*(client.count_workflows(query) for query in queries))
    return [
        Count(words, found.count, address) for (words, _, address), found in zip(wanted, numbers, strict=True)
    ]
