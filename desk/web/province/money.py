"""A bureau's money between bureaus: what it expects, the bank's statement, and unallocated money."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.client.arrivals import (
    LINES_TOGETHER,
    expected_funds,
    order_unallocated,
    submit_batch,
)
from desk.files.files import field_problems
from desk.files.statement_file import statement_in
from desk.language import Words, say
from desk.problems import BadInput, Problem
from desk.web.engine import bureau_off
from desk.web.passkeys.ordering import hand_in_order
from desk.web.rendering import bytes_in, engine_of, go_to, notify, page, session_of, tell_passed_over
from desk.web.worklist import scope_reader
from desk.words import money
from models.messages.bank_statement import (
    ArrivalOutcome,
    Hindrance,
    StatementBatch,
    UnallocatedAnswer,
    UnallocatedOrder,
)
from rules.application.bureaus import listed_bureau
from rules.values.money import Fen
from rules.values.officers import Right

TOO_MANY_LINES = Words(f"at most {LINES_TOGETHER} arrivals at once", f"每次最多 {LINES_TOGETHER} 笔到账")
HINDRANCES = {
    Hindrance.NOT_ENTERED: Words("No arrival is entered under this reference.", "未登记该流水号的到账。"),
    Hindrance.NOTHING_UNALLOCATED: Words(
        "Nothing is kept under this reference any more.", "该流水号已无暂收款。"
    ),
    Hindrance.NOT_ANNOUNCED: Words("No such remittance is announced here.", "本局未收到该划转的通知。"),
    Hindrance.NOTHING_MISSING: Words("All of this remittance is here.", "该划转已全额到账。"),
    Hindrance.NO_REASON: Words("Whoever proposes says why.", "提交时须说明原因。"),
}


async def show_money(request: Request) -> Response:
    """What a bureau expects and its unallocated money; the province looks at any bureau's."""
    return await _page(request, [])


async def import_statement(request: Request) -> Response:
    """Enter the arrivals of a bank's statement and tell their cases; the same file twice changes nothing."""
    key = _own(request)
    async with request.form() as form:
        raw = await bytes_in(form, "file")
    name = say("The statement", "对账单")
    try:
        lines = statement_in(raw, name)
    except BadInput as bad:
        problems = [replace(one, field="file") for one in (bad.problems or (Problem("", bad.summary),))]
        return await _page(request, problems)
    if len(lines) > LINES_TOGETHER:
        return await _page(request, [Problem("file", TOO_MANY_LINES)])
    total = money(Fen(sum(line.amount for line in lines)))
    words = Words(
        f"a bank statement of {len(lines)} arrivals, {total} yuan together",
        f"银行对账单：到账 {len(lines)} 笔，合计 {total} 元",
    )
    batch, right = StatementBatch(bureau=key, lines=lines), Right.IMPORT_STATEMENT
    return await hand_in_order(
        request, right, key, batch, words, _entered, back="/money", items=batch.digests()
    )


async def _entered(request: Request, batch: StatementBatch) -> Response:
    """Have a statement entered, and say what became of its lines."""
    officer = session_of(request).officer
    entered = await engine_of(request).ask(
        lambda client: submit_batch(client, batch, officer), bureau_off(batch.bureau)
    )
    wrong = [answer for answer, _ in entered if answer.outcome is ArrivalOutcome.CONTRADICTED]
    known = sum(answer.known for answer, _ in entered) - len(wrong)
    new = len(entered) - known - len(wrong)
    if wrong:
        told = Words(
            f"{len(wrong)} lines are not as they were entered before, and what was entered stays.",
            f"有 {len(wrong)} 笔与此前登记的不一致，原登记不变。",
        )
        return await _page(request, [Problem("file", told)])
    notify(
        request,
        Words(
            f"{new} arrivals entered, {known} entered before.", f"新登记 {new} 笔，此前已登记 {known} 笔。"
        ),
    )
    return go_to("/money")


async def move_unallocated(request: Request) -> Response:
    """An officer's order on unallocated money: back to its payer, or to a remittance."""
    key = _own(request)
    form = await request.form()
    said = {name: str(form.get(name) or "").strip() for name in ("reference", "to", "reason")}
    try:
        order = UnallocatedOrder(bureau=key, officer=session_of(request).officer, **said)
    except ValidationError as error:
        return await _page(request, field_problems(error))
    words = Words(f"money in suspense under {order.reference}", f"流水号 {order.reference} 的暂收款")
    return await hand_in_order(request, Right.MOVE_UNALLOCATED, key, order, words, _moved, back="/money")


async def _moved(request: Request, order: UnallocatedOrder) -> Response:
    answer, _ = await engine_of(request).ask(
        lambda client: order_unallocated(client, order), bureau_off(order.bureau)
    )
    if answer.hindrance is not None:
        return await _page(request, [Problem("", HINDRANCES[answer.hindrance])])
    notify(request, _told(answer))
    return go_to("/money")


def _told(answer: UnallocatedAnswer) -> Words:
    if (moved := answer.moved) is not None:
        amount = money(moved.amount)
        return Words(
            f"{moved.line.reference}: {amount} yuan, by {moved.maker} and {moved.checker}.",
            f"{moved.line.reference}：{amount} 元，由 {moved.maker} 提交、{moved.checker} 复核。",
        )
    assert answer.proposed is not None
    officer = answer.proposed.officer
    return Words(
        f"Proposed by {officer}. Nothing moves until another officer does the same.",
        f"{officer} 已提交，须由另一经办人以同样内容复核后办理。",
    )


def _own(request: Request) -> str:
    """The officer's bureau. Raises HTTPException for the province, which keeps no money."""
    session = session_of(request)
    if session.of_the_province:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return session.bureau


async def _page(request: Request, problems: Sequence[Problem]) -> Response:
    session = session_of(request)
    tell_passed_over(request, {"bureau": scope_reader(session)})
    key = request.query_params.get("bureau", "") if session.of_the_province else session.bureau
    funds = None
    if listed_bureau(key):
        funds = await engine_of(request).ask(lambda client: expected_funds(client, key), bureau_off(key))
    return page(
        request,
        "money.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK,
        funds=funds,
        key=key,
        problems=list(problems),
    )
