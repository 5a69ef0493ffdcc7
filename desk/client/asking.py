"""Questions to a case about where it stands, and who is at fault when no answer comes."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.audit.compare import problems_of
from desk.client.publication import published_notices
from desk.client.silence import CaseStuck, NoAnswer, NoSuchCase, PlatformOff, case_lost, case_slow
from desk.client.views.case import CaseView
from desk.client.worker_answers import AT_ONCE, QUERY_PATIENCE
from desk.words import BROKEN_OFF
from models.messages.progress import Progress
from models.messages.requests import ToBeApproved
from models.messages.stages import Stage
from models.messages.steps import CaseOrder
from models.officers.seals import digest_of
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase

Answer = TypeVar("Answer")

NO_ANSWER = {
    RPCStatusCode.CANCELLED,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.FAILED_PRECONDITION,
}
"""The server's errors for a query that no worker has taken up, or that none could answer."""
BEGINS = "not scheduled yet"
"""The server's message on a case that was just handed over to a further run, not taken up yet."""
HANDED_OVER_WITHIN = 20
"""How many tenths of a second a further run of a case may take to begin."""
SETTLED_WITHIN = timedelta(seconds=2)
"""How long to wait for the steps that follow from a message before the case is shown as it is."""
LOOKED_AT_EVERY = timedelta(milliseconds=50)
SUBMISSION = "submission"
"""The memo field of a case's workflow that says which submission of a page has opened it."""
STUCK = "failed state"
"""The server's message on a case on which the program keeps failing."""


def handle_of(client: Client, case: str) -> WorkflowHandle[Any, Any]:
    """The handle of a case's workflow."""
    return client.get_workflow_handle(case_workflow_id(case))


async def look_up(client: Client, case: str) -> CaseView:
    """Ask a case everything, in one query within `QUERY_PATIENCE`.

    Raises NoSuchCase when there is none, NoAnswer when nobody answers for it.
    """
    how, record = await asyncio.gather(
        how_broken_off(client, case), ask(client, case, TransferCase.record), return_exceptions=True
    )
    # NoSuchCase is the more precise answer.
    if isinstance(how, BaseException):
        raise how
    if isinstance(record, BaseException):
        raise record
    waiting = record.to_be_approved
    return CaseView(
        broken_off=how,
        progress=record.progress,
        journal=list(record.journal),
        papers=record.papers,
        choice=record.choice,
        disputes=list(record.disputes),
        rulings=list(record.rulings),
        corrections=list(record.corrections),
        answered=record.answered,
        holds=record.holds,
        chosen=record.chosen,
        cleared=record.cleared,
        to_be_approved=waiting if waiting != ToBeApproved() else None,
    )


async def settled(client: Client, case: str) -> bool:
    """Wait for the steps that follow from a message, `SETTLED_WITHIN` at most; False when steps are left.

    A receipt is given before those steps: until they are done the case shows what held before. A step that is
    tried again is not waited for, as its worker does not answer.
    """
    handle = handle_of(client, case)
    try:
        async with asyncio.timeout(SETTLED_WITHIN.total_seconds()):
            while True:
                now = (await handle.describe()).raw_description
                first_tries = [step for step in now.pending_activities if step.attempt <= 1]
                if not now.HasField("pending_workflow_task") and not first_tries:
                    return not now.pending_activities
                await asyncio.sleep(LOOKED_AT_EVERY.total_seconds())
    except TimeoutError:
        return False


async def ask(client: Client, case: str, question: Callable[[TransferCase], Answer]) -> Answer:
    """A case's answer to one question. Raises NoAnswer, in one sentence, when none comes.

    Whether there is such a case is not asked here: a server can say "not found" for other reasons.
    """
    left = HANDED_OVER_WITHIN
    while True:
        try:
            answer: Answer = await handle_of(client, case).query(question, rpc_timeout=QUERY_PATIENCE)
        except WorkflowQueryFailedError:
            # A worker has the case, but fails on it, or its release does not know the question.
            raise CaseStuck(case) from None
        except RPCError as error:
            if BEGINS in error.message and left:
                left -= 1
                await asyncio.sleep(0.1)
                continue
            if error.status not in NO_ANSWER:
                raise
            raise await why_silent(client, case, error.message) from None
        return answer


async def why_silent(client: Client, case: str, told: str = "") -> NoAnswer:
    """Why a case is silent, by the server's error and by its marks on the case."""
    described = await handle_of(client, case).describe()
    if STUCK not in told and not problems_of(described):
        return case_slow(case) if await _platform_answers(client) else PlatformOff()
    return case_lost(case) if broken_off(described.status) else CaseStuck(case)


async def _platform_answers(client: Client) -> bool:
    try:
        await published_notices(client, AT_ONCE)
    except NoAnswer:
        return False
    return True


async def ask_each(client: Client, cases: Sequence[str], at_once: int) -> list[Progress | NoAnswer | None]:
    """Where each case stands, or why it does not say; None for one that the server does not know any more.

    A bounded number at a time. Raises PlatformOff where no case answers and no worker seems to be there.
    """
    turn = asyncio.Semaphore(at_once)
    heard, off = 0, 0

    async def one(case: str) -> Progress | NoAnswer | None:
        nonlocal heard, off
        async with turn:
            if off and not heard:
                return PlatformOff()
            try:
                progress = await ask(client, case, TransferCase.progress)
            except NoAnswer as silent:
                off += isinstance(silent, PlatformOff)
                return silent
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                return None
            heard += 1
            return progress

    answers = await asyncio.gather(*map(one, cases))
    if off and not heard:
        raise PlatformOff
    return [
        case_slow(case) if isinstance(answer, PlatformOff) else answer
        for case, answer in zip(cases, answers, strict=True)
    ]


async def how_broken_off(client: Client, case: str) -> str | None:
    """How a case was terminated, if it was. Raises NoSuchCase when the server knows none."""
    return broken_off((await described_of(client, case)).status)


async def how_refused(client: Client, case: str) -> Progress | None:
    """How a case ended whose application was refused; None for one that is open, ended otherwise, or none."""
    ended = await _how_ended(client, case)
    return ended if ended is not None and ended.stage is Stage.REFUSED else None


async def is_withdrawn(client: Client, case: str) -> bool:
    """Whether a case has ended by the applicant's taking it back."""
    ended = await _how_ended(client, case)
    return ended is not None and ended.stage is Stage.WITHDRAWN


async def _how_ended(client: Client, case: str) -> Progress | None:
    """How a case ended; None for one that is open, was ended from outside, or is none."""
    try:
        if (await described_of(client, case)).status is not WorkflowExecutionStatus.COMPLETED:
            return None
    except NoSuchCase:
        return None
    return await client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case)).result()


def submission(order: CaseOrder, once: str) -> str:
    """The id of a page's submission with its application; with another application it is another one."""
    return sha256(f"{once}/{digest_of(order.application)}".encode()).hexdigest()


async def opened_by(client: Client, order: CaseOrder, once: str) -> bool:
    """Whether the case of this number was opened by the page of an id, with the same application."""
    if not once:
        return False
    known: str = await (await described_of(client, order.case_no)).memo_value(SUBMISSION, "", type_hint=str)
    return known == submission(order, once)


async def described_of(client: Client, case: str) -> WorkflowExecutionDescription:
    """What the server says of a case's workflow, of the latest run. Raises NoSuchCase when it knows none."""
    try:
        return await handle_of(client, case).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise NoSuchCase(case) from None


def broken_off(status: WorkflowExecutionStatus | None) -> str | None:
    """How a workflow was terminated or failed; None for one that runs or came to its own end."""
    return status.name.lower() if status and status.name.lower() in BROKEN_OFF else None
