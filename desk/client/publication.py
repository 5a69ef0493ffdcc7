"""Publishing a calendar with two officers: what each call sends to the province, and what comes back."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import time, timedelta
from hashlib import sha256
from typing import TypeVar

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import READ_CALENDAR, READ_OFFICE_HOURS
from desk.client.silence import NoAnswer
from desk.client.worker_answers import Patience, ask_platform
from desk.language import Words
from desk.officers.signing import demonstration_of, with_order
from desk.problems import Hint, See
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.arrangements import OfficeHoursQuestion
from models.messages.calendar import (
    CalendarDraft,
    CalendarQuestion,
    CalendarSignature,
    Publication,
    PublicationStage,
    PublishedCalendar,
)
from models.officers.orders import OfficersOrder
from models.officers.seals import digest_of
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.officers import PROVINCE, Right
from workflows.calendar_publication import PublishCalendar
from workflows.identifiers import PLATFORM_QUEUE, calendar_workflow_id

ANSWER_WITHIN = timedelta(seconds=15)
Handle = WorkflowHandle[PublishCalendar, Publication]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class PublicationRefused:
    """The province's refusal, in both languages."""

    en: str
    zh: str

    @property
    def words(self) -> Words:
        """The same as words of the desk."""
        return Words(self.en, self.zh)


def draft_of(file: CalendarFile) -> CalendarDraft:
    """The draft of a file: its content, whatever its spaces, comments and order of fields."""
    content = file.content()
    return CalendarDraft(number=file.number, digest=sha256(content.encode()).hexdigest(), content=content)


async def published_notices(client: Client, patience: Patience | None = None) -> PublishedCalendar:
    """What the province has published. Raises NoAnswer when its platform gives none."""
    return await ask_platform(client, READ_CALENDAR, CalendarQuestion(), "published", patience)


async def office_hours(client: Client, bureau: str, patience: Patience | None = None) -> time | None:
    """The hour at which a bureau's last day ends, None for 24:00. Raises NoAnswer."""
    question = OfficeHoursQuestion(bureau=bureau)
    hours = await ask_platform(client, READ_OFFICE_HOURS, question, f"hours/{bureau}", patience)
    return hours.close_of_business


def calendar_of(published: PublishedCalendar) -> WorkingCalendar:
    """The calendar the province counts by."""
    files = [CalendarFile.model_validate_json(notice.draft.content) for notice in published.notices]
    return loaded(WorkingCalendar(), files)


async def propose_or_check(
    client: Client,
    draft: CalendarDraft,
    officer: str,
    wait: timedelta,
    order: OfficersOrder | None = None,
) -> Publication | PublicationRefused:
    """Propose a calendar, or check one that another officer has proposed; and wait until cases know of it.

    Sealed here, unless the officer's order is at hand. Raises BadInput when this desk has no key of the
    officer.
    """
    handle = client.get_workflow_handle_for(PublishCalendar.run, calendar_workflow_id(draft.number))
    if done := await _already_published(handle, draft):
        return done
    signature = _sealed(client, CalendarSignature(draft=draft, officer=officer, order=order))
    try:
        await client.start_workflow(PublishCalendar.run, signature, id=handle.id, task_queue=PLATFORM_QUEUE)
    except WorkflowAlreadyStartedError:
        return await _check(handle, signature, wait)
    return Publication(
        number=draft.number, digest=draft.digest, stage=PublicationStage.AWAITING_CHECK, maker=officer
    )


def publication_words(publication: Publication) -> Words:
    """How far a publication has come, and what is to follow."""
    number, maker, checker = publication.number, publication.maker, publication.checker
    by = f"{number}: published by {maker} and {checker}; "
    by_zh = f"{number}：已由 {maker} 提交、{checker} 复核并发布，"
    match publication.stage:
        case PublicationStage.AWAITING_CHECK:
            return Words(
                f"{number}: proposed by {maker}. Nothing is published until another officer checks it with "
                "the same file.",
                f"{number}：已由 {maker} 提交，须由另一经办人以同一文件复核后发布。",
            )
        case PublicationStage.WITHDRAWN:
            return Words(f"{number}: withdrawn by {maker}.", f"{number}：已由 {maker} 撤回。")
        case PublicationStage.REFUSED:
            return Words(
                f"{number}: fallen away; the seal of {maker}, who proposed it, does not hold.",
                f"{number}：提交人 {maker} 的签章无效，该提交已作废。",
            )
        case PublicationStage.FILED:
            return Words(f"{by}cases are still being told.", f"{by_zh}正在通知各案件。")
        case PublicationStage.ANNOUNCED:
            missed = f", {publication.not_told} not told" if publication.not_told else ""
            missed_zh = f"，{publication.not_told} 件未通知到" if publication.not_told else ""
            return Words(
                f"{by}{publication.told} open cases told{missed}.",
                f"{by_zh}已通知在办案件 {publication.told} 件{missed_zh}。",
            )


async def withdraw_proposal(
    client: Client, draft: CalendarDraft, officer: str, order: OfficersOrder | None = None
) -> Publication | PublicationRefused:
    """Withdraw a proposal that nobody has checked; sealed as a proposal is."""
    handle = client.get_workflow_handle_for(PublishCalendar.run, calendar_workflow_id(draft.number))
    signature = _sealed(client, CalendarSignature(draft=draft, officer=officer, withdrawn=True, order=order))
    try:
        return await _answered(
            handle.execute_update(PublishCalendar.withdraw, signature, rpc_timeout=ANSWER_WITHIN)
        )
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return PublicationRefused(
        f"No proposal of {draft.number} awaits a check.", f"没有待复核的 {draft.number}。"
    )


def _sealed(client: Client, signature: CalendarSignature) -> CalendarSignature:
    if signature.order is not None:
        return signature
    key = demonstration_of(client)
    return with_order(Right.PUBLISH_CALENDAR, PROVINCE, signature, signature.officer, key)


async def _check(
    handle: Handle, signature: CalendarSignature, wait: timedelta
) -> Publication | PublicationRefused:
    """Hand in a check. Its id is made from the seal: a copy is no second check, a forgery has another id."""
    answer = await _answered(
        handle.execute_update(
            PublishCalendar.check,
            signature,
            id=f"check/{signature.officer}/{digest_of(signature)[:32]}",
            rpc_timeout=ANSWER_WITHIN,
        )
    )
    if isinstance(answer, PublicationRefused):
        return answer
    try:
        async with asyncio.timeout(wait.total_seconds()):
            return await handle.result()
    except TimeoutError:
        return answer


async def _answered(update: Awaitable[Answer]) -> Answer | PublicationRefused:
    try:
        return await update
    except WorkflowUpdateFailedError as failed:
        if isinstance(failed.cause, ApplicationError) and failed.cause.details:
            return PublicationRefused(failed.cause.message, str(failed.cause.details[0]))
        raise
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
        raise _no_answer() from None


async def _already_published(handle: Handle, draft: CalendarDraft) -> Publication | None:
    """The publication of this very content, if the last one under its number was that and is over."""
    try:
        if (await handle.describe()).status is not WorkflowExecutionStatus.COMPLETED:
            return None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    last = await handle.result()
    same = last.digest == draft.digest and last.stage is PublicationStage.ANNOUNCED
    return last if same else None


def _no_answer() -> NoAnswer:
    return NoAnswer(
        Words(
            "The platform's worker has not answered. Hand the same in again once it runs: what it may have "
            "taken up already is not done twice.",
            "省级平台未响应，请待其启动后重新提交，不会重复办理。",
        ),
        hint=Hint(See.PLATFORM),
    )
