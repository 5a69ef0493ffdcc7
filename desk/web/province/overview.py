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
from desk.problems import require_page
from desk.web.paging import Pages, is_page, page_number
from desk.web.rendering import engine_of, page, session_of, tell_passed_over
from desk.words import title
from models.messages.disputes import RULINGS_TOLD, RulingsQuestion
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
    """Past rulings on a point by page, newest first; without a point the points to choose from."""
    _of_the_province(request)
    query = request.query_params
    tell_passed_over(request, {"point": lambda text: text in tuple(DisputePoint), "page": is_page})
    asked = query.get("point", "")
    points = [(one.value, title(one)) for one in DisputePoint]
    if asked not in tuple(DisputePoint):
        return page(request, "rulings.html", points=points, asked=asked, sections=[], pages=None)
    number = page_number(query)
    question = RulingsQuestion(
        point=DisputePoint(asked), limit=RULINGS_TOLD, skip=RULINGS_TOLD * (number - 1)
    )
    past = await engine_of(request).ask(lambda client: past_rulings(client, question))
    require_page(past.total, number, RULINGS_TOLD, "")
    return page(
        request,
        "rulings.html",
        points=points,
        asked=asked,
        sections=ruling_sections(past.rulings, unmask=False),
        pages=Pages(number, past.total, "/rulings", dict(query), RULINGS_TOLD),
    )


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
