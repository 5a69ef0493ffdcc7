"""Hands a bank's statement to its bureau, and tells the cases what has arrived."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import IMPORT_STATEMENT, LIST_EXPECTED_FUNDS, MOVE_UNALLOCATED
from desk.client.asking import ask, handle_of
from desk.client.silence import NoAnswer
from desk.client.worker_answers import ask_bureau
from desk.officers.signing import demonstration_of, require_accepted, with_order
from models.messages.bank_statement import (
    ArrivalOutcome,
    ExpectedFunds,
    ExpectedFundsQuestion,
    FundsArrived,
    LineAnswer,
    StatementBatch,
    StatementLine,
    UnallocatedAnswer,
    UnallocatedMoved,
    UnallocatedOrder,
    case_and_sequence,
)
from rules.values.money import Fen
from rules.values.officers import Right
from workflows.identifiers import FUNDS_ARRIVED
from workflows.transfer_case import TransferCase

LINES_TOGETHER = 1000
"""Lines in one message, which may hold 2 MB; the answer to a line takes some 600 bytes."""


class CaseTold(StrEnum):
    """Whether the case has heard of an arrival."""

    TOLD = "told"
    KNEW = "knew"
    NOBODY = "nobody"
    """The arrival belongs to no announced remittance; a case asks by itself when it announces one."""
    ENDED = "ended"


async def submit_statement(
    client: Client, key: str, lines: Sequence[StatementLine], officer: str = ""
) -> list[tuple[LineAnswer, CaseTold]]:
    """Have the bureau enter a statement under its officer's seal, and tell each case of its arrivals.

    Safe to repeat at any point: a line is entered once, and a case is told what it has not heard.
    """
    entered: list[tuple[LineAnswer, CaseTold]] = []
    for together in _batches(lines):
        entered += await submit_batch(client, StatementBatch(bureau=key, lines=together), officer)
    return entered


async def submit_batch(
    client: Client, batch: StatementBatch, officer: str = ""
) -> list[tuple[LineAnswer, CaseTold]]:
    """Like `submit_statement`, for one batch; sealed here unless it has its officer's seal already.

    Raises BadInput with every reason why the bureau refuses the order.
    """
    asked, key, demonstration = batch, batch.bureau, demonstration_of(client)
    if batch.order is None:
        asked = with_order(Right.IMPORT_STATEMENT, key, batch, officer, demonstration, batch.digests())
    answer = await ask_bureau(client, key, IMPORT_STATEMENT, asked)
    require_accepted(answer.refusals)
    told = [await _tell(client, key, one) for one in answer.lines]
    return list(zip(answer.lines, told, strict=True))


async def expected_funds(client: Client, key: str) -> ExpectedFunds:
    """What a bureau expects, and its unallocated money.

    A case that waits for money which is complete in the books is told so, in case the message was lost.
    """
    found = await ask_bureau(client, key, LIST_EXPECTED_FUNDS, ExpectedFundsQuestion(bureau=key))
    for one in found.expected:
        named = case_and_sequence(one.remittance)
        if named and not one.missing:
            arrived = FundsArrived.whole(key, one.remittance, one.sent_on, one.announced)
            await _tell_once(client, named[0], arrived)
    return found


async def order_unallocated(client: Client, order: UnallocatedOrder) -> tuple[UnallocatedAnswer, CaseTold]:
    """Send a bureau an officer's order on unallocated money, and tell the case to which it is assigned.

    Sealed here unless it has its officer's seal already. Safe to repeat at any point: money moves once, and a
    case is told what it has not heard.
    """
    asked = order
    if order.order is None:
        asked = with_order(
            Right.MOVE_UNALLOCATED, order.bureau, order, order.officer, demonstration_of(client)
        )
    answer = await ask_bureau(client, order.bureau, MOVE_UNALLOCATED, asked)
    require_accepted(answer.refusals)
    if answer.moved is None or answer.hindrance:
        return answer, CaseTold.NOBODY
    return answer, await _tell_moved(client, order.bureau, answer.moved)


def _batches(lines: Sequence[StatementLine]) -> Iterator[tuple[StatementLine, ...]]:
    for start in range(0, len(lines), LINES_TOGETHER):
        yield tuple(lines[start : start + LINES_TOGETHER])


async def _tell(client: Client, key: str, answer: LineAnswer) -> CaseTold:
    """Tell a case of an arrival under a remittance it knows of."""
    if answer.announced is None or answer.case_no is None or answer.outcome is ArrivalOutcome.CONTRADICTED:
        return CaseTold.NOBODY
    line = answer.line
    arrived = FundsArrived(
        message_id=f"bank/{line.reference}",
        bureau=key,
        remittance=line.remittance,
        reference=line.reference,
        value_date=line.value_date,
        amount=line.amount,
        surplus=Fen(answer.kept + answer.moved),
    )
    return await _tell_once(client, answer.case_no, arrived)


async def _tell_moved(client: Client, key: str, moved: UnallocatedMoved) -> CaseTold:
    """Tell a case of unallocated money that was assigned to its remittance."""
    if (named := case_and_sequence(moved.to)) is None:
        return CaseTold.NOBODY
    line, version = moved.line, moved.number.rpartition("/")[2]
    arrived = FundsArrived(
        message_id=moved.number,
        bureau=key,
        remittance=moved.to,
        # News to a case that has heard of the arrival itself.
        reference=f"{line.reference}:moved.{version}"[-60:],
        value_date=line.value_date,
        amount=moved.amount,
    )
    return await _tell_once(client, named[0], arrived)


async def _tell_once(client: Client, case_no: str, arrived: FundsArrived) -> CaseTold:
    """Tell a case of money, unless it knows already."""
    if arrived.reference in await _heard(client, case_no):
        return CaseTold.KNEW
    try:
        await handle_of(client, case_no).signal(FUNDS_ARRIVED, arrived)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return CaseTold.ENDED
    return CaseTold.TOLD


async def _heard(client: Client, case_no: str) -> tuple[str, ...]:
    """The arrivals that a case knows; none where it cannot answer now, so that it is told again."""
    try:
        return (await ask(client, case_no, TransferCase.progress)).bank_references
    except (RPCError, NoAnswer):
        return ()
