"""Handing something in to a case: checked at the desk, sent, and answered by a receipt or a refusal."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from desk.client.asking import NO_ANSWER, ask, handle_of, how_broken_off, why_silent
from desk.client.silence import CaseStuck, NoAnswer
from desk.client.views.possible import can_be_reopened
from desk.language import Words
from desk.officers.signing import demonstration_of, seal_request
from desk.problems import BadInput
from desk.words import BROKEN_OFF
from models.messages.progress import Progress
from models.messages.requests import Receipt, StaffAction, StaffRequest
from models.messages.stages import ENDS, Event
from workflows.transfer_case import TransferCase

ANSWER_WITHIN = timedelta(seconds=20)
"""How long the case may take to answer; a message that was sent may still be taken up later."""


LONGEST_FIRST_ID = 90
"""How many characters of a message's id are kept where a number follows it."""


ANEW_AFTER = {
    StaffAction.CORRECT: (Event.CORRECTION_WITHDRAWN,),
    StaffAction.AMEND: (Event.CORRECTION_REQUESTED, Event.DISCREPANCY_FOUND),
    StaffAction.WITHDRAW_CORRECTION: (Event.CORRECTION_REQUESTED,),
    StaffAction.DISPUTE: (Event.DISPUTE_WITHDRAWN,),
    **dict.fromkeys(
        (StaffAction.ANSWER, StaffAction.SETTLE, StaffAction.REFER, StaffAction.WITHDRAW_DISPUTE),
        (Event.DISPUTE_RAISED,),
    ),
    StaffAction.HOLD: (Event.GOES_ON,),
    StaffAction.RESUME: (Event.PUT_ON_HOLD,),
}
"""The actions that undo an action or give new cause for it: after one of them the same words are a new
message."""


@contextmanager
def _nothing_handed_in() -> Iterator[None]:
    """Adds to the error, when nobody answers, that nothing has reached the case."""
    try:
        yield
    except NoAnswer as silent:
        said = silent.summary
        raise NoAnswer(
            Words(f"{said.en} Nothing was handed in.", f"{said.zh}本次内容未提交。"), hint=silent.hint
        ) from None


@dataclass(frozen=True, slots=True)
class CaseRefusal:
    """A case's refusal of a message, in both languages, and where the case stands."""

    en: str
    zh: str
    progress: Progress
    message_id: str


async def times_anew(client: Client, case: str, action: StaffAction) -> str:
    """How often there was cause to do an action again in a case, '' for never; it is part of the message id.

    Raises NoAnswer where the case does not say.
    """
    if (after := ANEW_AFTER.get(action)) is None:
        return ""
    try:
        with _nothing_handed_in():
            journal = await ask(client, case, TransferCase.journal)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        # Delivery reports a case that does not exist.
        return ""
    return str(sum(entry.event in after for entry in journal) or "")


async def deliver(
    client: Client, action: StaffAction, request: StaffRequest, case: str
) -> Receipt | CaseRefusal:
    """Hand a request to its case and wait for the answer, or get the receipt it was given before.

    A refusal did nothing, so a request that was refused is asked anew, under a further message id. Raises
    BadInput when there is no such case or nobody answers.
    """
    handle = handle_of(client, case)
    before = False
    try:
        async with asyncio.timeout(ANSWER_WITHIN.total_seconds()):
            request, before = await not_refused_before(handle, request)
            if not before:
                request = await _sealed(client, action, request, case)
            receipt: Receipt = await handle.execute_update(
                action.value, request, id=request.message_id, result_type=Receipt
            )
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise await _unanswered(client, case) from None
    except WorkflowUpdateFailedError as failed:
        return await _refused(client, case, failed.cause, request.message_id)
    except RPCError as error:
        return await _over(client, case, error, request.message_id)
    return receipt.model_copy(update={"duplicate": before or receipt.duplicate})


async def not_refused_before(
    handle: WorkflowHandle[Any, Any], request: StaffRequest
) -> tuple[StaffRequest, bool]:
    """The request under an id that was not refused, and whether the server has its receipt already.

    The server answers copies of a message without asking the case.
    """
    first, numbers = request.message_id[:LONGEST_FIRST_ID], count(2)
    while True:
        try:
            await handle.get_update_handle(request.message_id).result()
        except WorkflowUpdateFailedError:
            request = request.model_copy(update={"message_id": f"{first}.{next(numbers)}"})
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return request, False
        else:
            return request, True


async def _sealed(client: Client, action: StaffAction, request: StaffRequest, case: str) -> StaffRequest:
    """The request with its officer's seal, over the case as it is now; a sealed request stays as it is."""
    if request.seal is not None:
        return request
    with _nothing_handed_in():
        record = await ask(client, case, TransferCase.record)
    return seal_request(action, request, record, demonstration_of(client))


async def send(client: Client, action: StaffAction, request: StaffRequest, case: str) -> None:
    """Hand a request to its case without waiting for its answer. Raises BadInput when the case has ended."""
    try:
        request = await _sealed(client, action, request, case)
        await handle_of(client, case).signal(action.value, request)
    except RPCError as error:
        over = await _over(client, case, error, request.message_id)
        raise BadInput(Words(over.en, over.zh)) from None


async def _refused(client: Client, case: str, cause: BaseException | None, message_id: str) -> CaseRefusal:
    progress = await ask(client, case, TransferCase.progress)
    en = zh = str(cause)
    if isinstance(cause, ApplicationError):
        en, zh = cause.message, str(cause.details[0] if cause.details else cause.message)
    return CaseRefusal(en, zh, progress, message_id)


async def _over(client: Client, case: str, error: RPCError, message_id: str) -> CaseRefusal:
    """The problem of a case that has ended, or of one that never existed."""
    if error.status in NO_ANSWER:
        raise await _unanswered(client, case, error.message) from None
    if error.status is not RPCStatusCode.NOT_FOUND:
        raise error
    how = await how_broken_off(client, case)
    progress = await ask(client, case, TransferCase.progress)
    how_it_ended = BROKEN_OFF[how] if how else Words(*progress.stage.titles)
    if how is None and progress.stage not in ENDS:
        raise error
    possible = (StaffAction.REOPEN,) if how is None and can_be_reopened(progress) else ()
    return CaseRefusal(
        f"The case has ended ({how_it_ended.en}); nothing can be handed in any more.",
        f"本案已终结（{how_it_ended.zh}），不再受理。",
        progress.model_copy(update={"possible": possible}),
        message_id,
    )


async def _unanswered(client: Client, case: str, told: str = "") -> NoAnswer:
    if isinstance(silent := await why_silent(client, case, told), CaseStuck):
        return silent
    return NoAnswer(
        Words(
            "The case has not answered yet: the platform's worker, or that of the bureau which verifies the "
            "officer, is off or busy. The message may still be taken up; hand the same in again later, it is "
            "the same message and is done once.",
            "本案尚未答复：省级平台，或核验经办人身份的经办机构，未启动或繁忙。消息可能稍后处理；"
            "请稍后重新提交，系统视为同一消息，只办理一次。",
        )
    )
