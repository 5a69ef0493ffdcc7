"""The notices of a case, which of them have reached the person, and the entry of the proof."""

from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.deliveries.entering import deliveries_of, delivery_order, delivery_words, enter_delivery
from desk.language import Words, say
from desk.print.titles import notice_title
from desk.problems import Problem
from desk.web.case.finding import Found, case_of
from desk.web.case.inputs import Group, Input, Kind, at_their_inputs
from desk.web.engine import bureau_off
from desk.web.passkeys.ordering import hand_in_order
from desk.web.rendering import engine_of, go_to, notify, page, session_of
from desk.words import title
from models.messages.papers import DeliveryMeans, ResultNotice
from models.messages.steps import DeliveryOrder
from rules.values.officers import Right

_WHAT = Words("delivery of a notice", "告知书送达")


async def show_deliveries(request: Request) -> Response:
    """Every notice of the case with its delivery, and the form by which the transfer-in bureau enters one."""
    return await _page(request, await case_of(request), FormData(), ())


async def enter(request: Request) -> Response:
    """Enter how and when a notice has reached the person; the first delivery that is entered stands."""
    found = await case_of(request)
    if not _may_enter(found):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    form = await request.form()
    typed = {name: str(form.get(name) or "") for name in ("how", "on", "receipt")}
    typed["officer"] = session_of(request).officer
    version = str(form.get("version") or "")
    number = int(version) if version.isascii() and version.isdecimal() and len(version) < 5 else 0
    order, problems = delivery_order(found.case_no, number, typed)
    if order is None:
        return await _page(request, found, form, problems)

    async def entered(request: Request, order: DeliveryOrder) -> Response:
        return await _entered(request, found, order, form)

    key, back = found.view.progress.bureau_in, f"/cases/{found.case_no}/deliveries"
    return await hand_in_order(
        request, Right.RECORD_DELIVERY, key, order, _WHAT, entered, back=back, case_no=found.case_no
    )


async def _entered(request: Request, found: Found, order: DeliveryOrder, form: FormData) -> Response:
    key = found.view.progress.bureau_in
    answer = await engine_of(request).ask(lambda client: enter_delivery(client, key, order), bureau_off(key))
    if answer.delivery is None:
        problems = [Problem("on", Words(one.en, one.zh)) for one in answer.findings]
        return await _page(request, found, form, problems)
    told = delivery_words(answer.delivery)
    before = Words(f"On file already: {told}", f"此前已登记：{told}")
    notify(request, before if answer.known else Words(f"Entered: {told}", f"已登记：{told}"))
    return go_to(f"/cases/{found.case_no}/deliveries")


def _may_enter(found: Found) -> bool:
    """Only officers of the bureau that has sent the notices, whose roles allow it."""
    session = found.session
    return session.bureau == found.view.progress.bureau_in and session.may(Right.RECORD_DELIVERY)


async def _page(request: Request, found: Found, form: FormData, problems: Sequence[Problem]) -> Response:
    key = found.view.progress.bureau_in
    on_file = await engine_of(request).ask(
        lambda client: deliveries_of(client, key, found.case_no), bureau_off(key)
    )
    delivered = {one.version: delivery_words(one) for one in on_file.deliveries}
    groups = _asked(on_file.notices) if on_file.notices and _may_enter(found) else []
    return page(
        request,
        "deliveries.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        progress=found.view.progress,
        rows=[(_named(one), one.told_on, delivered.get(one.version, "")) for one in on_file.notices],
        groups=groups,
        filled={one.name: [str(form.get(one.name) or one.value)] for group in groups for one in group.inputs},
        problems=at_their_inputs(problems, groups),
    )


def _asked(notices: Sequence[ResultNotice]) -> list[Group]:
    versions = tuple((str(one.version), _named(one)) for one in reversed(notices))
    return [
        Group(
            "",
            (
                Input(
                    "version", say("Notice", "告知书"), Kind.CHOICE, options=versions, value=versions[0][0]
                ),
                Input(
                    "how",
                    say("How it was delivered", "送达方式"),
                    Kind.ONE_OF,
                    options=tuple((one.value, title(one)) for one in DeliveryMeans),
                ),
                Input("on", say("Day on which it reached the person", "送达日期"), Kind.DAY),
                Input(
                    "receipt",
                    say("What shows it", "送达凭据"),
                    hint=say("a signature, a postal number", "签收记录、邮件号等"),
                ),
            ),
        )
    ]


def _named(notice: ResultNotice) -> str:
    return f"{notice.version}  {notice_title(notice.outcome)}"
