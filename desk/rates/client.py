"""What the commands about yearly rates ask the engine: publication, settlements, and a preview."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from activities.contracts import FIND_PROVISIONAL_FORMS, READ_RATES
from desk.client.worker_answers import Patience, ask_bureau, ask_platform
from desk.officers.signing import demonstration_of, with_order
from models.rates.messages import (
    ProvisionalForm,
    ProvisionalQuestion,
    PublishedRates,
    RateDraft,
    RatePublication,
    RateSignature,
    RatesQuestion,
    RateStage,
    Settlement,
    SettlementWord,
)
from rules.values.officers import PROVINCE, Right
from workflows.identifiers import PLATFORM_QUEUE, rate_workflow_id, settlement_workflow_id
from workflows.rates.publication import PublishRate
from workflows.rates.settlement import SettleRate

ANSWER_WITHIN = timedelta(seconds=15)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class RatePublicationRefused:
    """The province's no, in both languages."""

    en: str
    zh: str


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
    answers = await asyncio.gather(
        *(ask_bureau(client, key, FIND_PROVISIONAL_FORMS, question, "", patience) for key in bureaus),
        return_exceptions=True,
    )
    forms: list[ProvisionalForm] = []
    silent: list[str] = []
    for key, answer in zip(bureaus, answers, strict=True):
        if isinstance(answer, BaseException):
            silent.append(key)
        else:
            forms += answer.forms
    return forms, silent


async def propose_or_check(
    client: Client, signature: RateSignature
) -> RatePublication | RatePublicationRefused:
    """Propose a rate, or check one that another officer has proposed; answers when it is filed.

    Raises BadInput when this desk has no key of the officer.
    """
    draft = signature.draft
    key = demonstration_of(client)
    signature = with_order(Right.PUBLISH_RATE, PROVINCE, signature, signature.officer, key)
    number = rate_workflow_id(draft.year, draft.document)
    handle = client.get_workflow_handle_for(PublishRate.run, number)
    try:
        await client.start_workflow(PublishRate.run, signature, id=number, task_queue=PLATFORM_QUEUE)
    except WorkflowAlreadyStartedError:
        checked = handle.execute_update(PublishRate.check, signature, rpc_timeout=ANSWER_WITHIN)
        return await _answered(checked)
    return RatePublication(draft=draft, stage=RateStage.AWAITING_CHECK, maker=signature.officer)


async def withdraw_proposal(
    client: Client, signature: RateSignature
) -> RatePublication | RatePublicationRefused:
    """Withdraw a proposal that nobody has checked."""
    draft = signature.draft
    number = rate_workflow_id(draft.year, draft.document)
    handle = client.get_workflow_handle_for(PublishRate.run, number)
    return await _answered(handle.execute_update(PublishRate.withdraw, signature, rpc_timeout=ANSWER_WITHIN))


async def settle(
    client: Client, year: int, document: str, case_no: str, officer: str
) -> Settlement | RatePublicationRefused:
    """An officer's word that a settlement may go ahead."""
    number = settlement_workflow_id(year, document, case_no)
    handle = client.get_workflow_handle_for(SettleRate.run, number)
    word = SettlementWord(officer=officer)
    return await _answered(handle.execute_update(SettleRate.settle, word, rpc_timeout=ANSWER_WITHIN))


async def _answered(update: Awaitable[Answer]) -> Answer | RatePublicationRefused:
    try:
        return await update
    except WorkflowUpdateFailedError as failed:
        if isinstance(failed.cause, ApplicationError) and failed.cause.details:
            return RatePublicationRefused(failed.cause.message, str(failed.cause.details[0]))
        raise
