"""What the commands about yearly rates ask the engine: publication, settlements, and a preview."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import FIND_PROVISIONAL_FORMS, READ_RATES
from desk.client.publication import PublicationRefused
from desk.client.silence import NoAnswer, PlatformOff
from desk.client.worker_answers import QUERY_PATIENCE, Patience, ask_bureau, ask_platform
from desk.officers.signing import demonstration_of, with_order
from models.rates.messages import (
    ProvisionalForm,
    ProvisionalQuestion,
    PublishedRates,
    RateDraft,
    RatePublication,
    RateRefusal,
    RateSignature,
    RatesQuestion,
    RateStage,
    Settlement,
    SettlementApproval,
)
from rules.values.officers import PROVINCE, Right
from workflows.identifiers import PLATFORM_QUEUE, RUNNING, rate_workflow_id, settlement_workflow_id
from workflows.rates.publication import PublishRate
from workflows.rates.settlement import SettleRate

ANSWER_WITHIN = timedelta(seconds=15)
Answer = TypeVar("Answer")
Word = TypeVar("Word", RateSignature, SettlementApproval)
PublicationHandle = WorkflowHandle[PublishRate, RatePublication]


@dataclass(frozen=True, slots=True)
class RefusedRate:
    """A published rate that a bureau refuses to enter, or to settle the form of a case by; '' for no case."""

    year: int
    document: str
    refusal: RateRefusal
    case_no: str = ""


@dataclass(frozen=True, slots=True)
class OpenSettlement:
    """A settlement under way, with the document by which the rate was published."""

    settlement: Settlement
    document: str


NOTHING_TO_CHECK = PublicationRefused(
    "No proposal of this rate by this document waits for a check.", "没有以该文号提交、待复核的该年度利率。"
)
NOTHING_TO_SETTLE = PublicationRefused(
    "No settlement of this case waits under this document.", "该案件没有以该文号待办的补差。"
)


async def published_rates(client: Client) -> PublishedRates:
    """What the province has published. Raises NoAnswer when its platform gives none."""
    return await ask_platform(client, READ_RATES, RatesQuestion(), "rates")


async def provisional_forms(
    client: Client, draft: RateDraft, bureaus: Sequence[str], seconds: int
) -> tuple[list[ProvisionalForm], list[str]]:
    """The forms that borrowed the year's rate, with their differences under the draft, and the bureaus that
    did not answer in time."""
    question = ProvisionalQuestion(year=draft.year, rate=draft.rate)
    patience = Patience(attempts=1, in_all=timedelta(seconds=seconds))

    async def forms_of(key: str) -> Sequence[ProvisionalForm] | None:
        try:
            return (await ask_bureau(client, key, FIND_PROVISIONAL_FORMS, question, "", patience)).forms
        except NoAnswer:
            return None

    answers = await asyncio.gather(*map(forms_of, bureaus))
    silent = [key for key, answer in zip(bureaus, answers, strict=True) if answer is None]
    return [form for answer in answers for form in answer or ()], silent


async def propose_or_check(client: Client, signature: RateSignature) -> RatePublication | PublicationRefused:
    """Propose a rate, or check one that another officer has proposed; answers when it is filed.

    Sealed with the desk's keys unless it is sealed already. What was published before is not published again;
    bureaus that refuse it are asked once more.
    Raises BadInput when this desk has no key of the officer.
    """
    draft = signature.draft
    handle = _publication(client, draft)
    if done := await _published_before(handle, draft):
        if done.refused:
            await _ask_again(handle)
        return done
    signature = _sealed(client, signature)
    try:
        await client.start_workflow(PublishRate.run, signature, id=handle.id, task_queue=PLATFORM_QUEUE)
    except WorkflowAlreadyStartedError:
        checked = handle.execute_update(PublishRate.check, signature, rpc_timeout=ANSWER_WITHIN)
        return await _answered(checked, NOTHING_TO_CHECK)
    return RatePublication(draft=draft, stage=RateStage.AWAITING_CHECK, maker=signature.officer)


async def withdraw_proposal(client: Client, signature: RateSignature) -> RatePublication | PublicationRefused:
    """Withdraw a proposal that nobody has checked, by the sealed word of the officer who made it; sealed with
    the desk's keys unless it is sealed already."""
    handle, sealed = _publication(client, signature.draft), _sealed(client, signature)
    withdrawn = handle.execute_update(PublishRate.withdraw, sealed, rpc_timeout=ANSWER_WITHIN)
    return await _answered(withdrawn, NOTHING_TO_CHECK)


async def settle(client: Client, word: SettlementApproval) -> Settlement | PublicationRefused:
    """An officer's word that a settlement may go ahead, sealed with the desk's keys unless it is already."""
    number = settlement_workflow_id(word.year, word.document, word.case_no)
    handle = client.get_workflow_handle_for(SettleRate.run, number)
    settled = handle.execute_update(SettleRate.settle, _sealed(client, word), rpc_timeout=ANSWER_WITHIN)
    return await _answered(settled, NOTHING_TO_SETTLE)


async def proposed_rates(client: Client) -> list[RatePublication]:
    """The rates that one officer has proposed and nobody has checked. Raises PlatformOff."""
    return [one async for one in _running_publications(client) if one.stage is RateStage.AWAITING_CHECK]


async def refused_rates(client: Client, limit: int) -> list[RefusedRate]:
    """What bureaus refuse now of the rates published; of settlements `limit` are looked at. Raises
    PlatformOff."""
    found = []
    async for publication in _running_publications(client):
        draft = publication.draft
        found += [RefusedRate(draft.year, draft.document, refusal) for refusal in publication.refused]
    for settling in (await open_settlements(client, limit))[0]:
        told = settling.settlement
        found += [
            RefusedRate(told.year, settling.document, refusal, told.case_no) for refusal in told.refused
        ]
    return found


async def open_settlements(client: Client, limit: int) -> tuple[list[OpenSettlement], int]:
    """Settlements under way, at most `limit`, and how many there are. Raises PlatformOff."""
    query = f"WorkflowType = 'SettleRate' AND {RUNNING}"
    listed = [one.id async for one in client.list_workflows(query, limit=limit)]
    found = []
    for number in listed:
        handle = client.get_workflow_handle_for(SettleRate.run, number)
        settlement = await _asked(handle.query(SettleRate.settlement, rpc_timeout=QUERY_PATIENCE))
        beginning = rate_workflow_id(settlement.year, "")
        document = number.removeprefix(beginning).removesuffix(f"/{settlement.case_no}")
        found.append(OpenSettlement(settlement, document))
    return found, (await client.count_workflows(query)).count


async def _running_publications(client: Client) -> AsyncIterator[RatePublication]:
    """Each publication under way. Raises PlatformOff."""
    async for one in client.list_workflows(f"WorkflowType = 'PublishRate' AND {RUNNING}"):
        handle = client.get_workflow_handle_for(PublishRate.run, one.id)
        yield await _asked(handle.query(PublishRate.publication, rpc_timeout=QUERY_PATIENCE))


def _sealed(client: Client, word: Word) -> Word:
    """An officer's word, sealed with the desk's keys unless it is sealed already."""
    if word.order is not None:
        return word
    return with_order(Right.PUBLISH_RATE, PROVINCE, word, word.officer, demonstration_of(client))


def _publication(client: Client, draft: RateDraft) -> PublicationHandle:
    return client.get_workflow_handle_for(PublishRate.run, rate_workflow_id(draft.year, draft.document))


async def _published_before(handle: PublicationHandle, draft: RateDraft) -> RatePublication | None:
    """The publication of this very rate by this document, once two officers have signed it; None before."""
    try:
        last = await handle.query(PublishRate.publication, rpc_timeout=QUERY_PATIENCE)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise PlatformOff from None
    return last if last.draft == draft and last.checker is not None else None


async def _ask_again(handle: PublicationHandle) -> None:
    """Have the bureaus that refuse asked once more; nothing where none does any more. Raises PlatformOff."""
    try:
        await handle.signal(PublishRate.ask_again)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise PlatformOff from None


async def _asked(query: Awaitable[Answer]) -> Answer:
    try:
        return await query
    except RPCError:
        raise PlatformOff from None


async def _answered(update: Awaitable[Answer], nothing: PublicationRefused) -> Answer | PublicationRefused:
    """The answer to an update; `nothing` where what it is for is not there or over. Raises PlatformOff."""
    try:
        return await update
    except WorkflowUpdateFailedError as failed:
        if isinstance(failed.cause, ApplicationError) and failed.cause.details:
            return PublicationRefused(failed.cause.message, str(failed.cause.details[0]))
        raise
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        raise PlatformOff from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return nothing
        raise
