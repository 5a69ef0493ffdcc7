"""Claiming a case, handing it over to a colleague, releasing it."""

from datetime import UTC, datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from desk.language import Words
from desk.web.case.finding import case_of
from desk.web.claiming import ClaimChange, Claims
from desk.web.rendering import go_to, notify, page, session_of
from desk.web.sign_in import OFFICER
from rules.values.officers import canonical_officer

NOT_AN_OFFICER = Words(
    "That is not an officer's id: 1 to 40 letters, digits, dots, underscores or dashes.",
    "不是经办人编号，应为 1 至 40 位字母、数字、点、下划线或短横。",
)


async def claim(request: Request) -> Response:
    """Claim a case, hand it over to a colleague, or release it."""
    found = await case_of(request)
    session, form = session_of(request), await request.form()
    to = canonical_officer(str(form.get("to") or ""))
    if to and not OFFICER.fullmatch(to):
        return page(request, "message.html", HTTPStatus.UNPROCESSABLE_ENTITY, told=NOT_AN_OFFICER, more=())
    claims: Claims = request.app.state.claims
    change = ClaimChange(
        at=datetime.now(UTC),
        bureau=session.bureau,
        case_no=found.case_no,
        officer=to,
        by=session.officer,
    )
    if await claims.change(change, before=str(form.get("before") or "")):
        notify(request, _told(to, session.officer))
        # The case itself does not change, so its own history tells nobody.
        request.app.state.hub.tell(found.case_no)
    elif (now := claims.of(session.bureau, found.case_no)) is None or now.officer != to:
        notify(request, _with_another(now))
    return go_to(f"/cases/{found.case_no}")


def _with_another(now: ClaimChange | None) -> Words:
    if now is None:
        return Words(
            "Meanwhile the case was put back; nothing was changed.", "该案已被放回，本次操作未生效。"
        )
    return Words(
        f"Meanwhile the case has come to {now.officer}; nothing was changed.",
        f"该案已由 {now.officer} 认领，本次操作未生效。",
    )


def _told(to: str, officer: str) -> Words:
    if not to:
        return Words("Nobody has claimed the case now.", "该案已放回，暂无人认领。")
    if to == officer:
        return Words("You have claimed the case.", "该案已由您认领。")
    return Words(f"The case is handed over to {to}.", f"该案已移交 {to}。")
