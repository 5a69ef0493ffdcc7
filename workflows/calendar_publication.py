"""The publication of a holiday notice: one officer proposes it, another checks it, every case is informed."""

from datetime import UTC, datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ANNOUNCE, PUBLISH_NOTICE
    from models.messages.calendar import (
        Announced,
        Announcement,
        CalendarProposal,
        CalendarSignature,
        NoticeFiling,
        Publication,
        PublicationStage,
        SignedCalendar,
    )
    from models.messages.clocks import CalendarPublished
    from workflows.identifiers import CALENDAR_PUBLISHED, RUNNING_CASES, calendar_workflow_id

TO_FILE = timedelta(minutes=1)
TO_ANNOUNCE = timedelta(hours=1)
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
TO_BE_FOUND = timedelta(seconds=2)
"""How long to wait before running cases are listed. The engine's list lags behind a little: a case that was
opened just before the notice was filed has counted by the old calendar, and is on the list by then."""
ONCE_MORE = timedelta(minutes=5)
"""How long to wait before running cases are listed again, where the list lagged behind further than that."""
LATELY = timedelta(hours=1)
"""Only cases opened so shortly before the notice was filed can have been missing from the list."""
RETRY_UNTIL_DONE = RetryPolicy(maximum_interval=timedelta(minutes=1))


async def announced_to_cases(announcement: Announcement) -> Announced:
    """Have the province's worker send the announcement to cases; retried until it is done."""
    announced: Announced = await workflow.execute_activity(
        ANNOUNCE.name,
        announcement,
        result_type=ANNOUNCE.gives,
        start_to_close_timeout=TO_ANNOUNCE,
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=RETRY_UNTIL_DONE,
    )
    return announced


@workflow.defn
class AnnounceAgain:
    """Announces a notice again after some minutes, to cases that the engine did not list the first time."""

    @workflow.run
    async def run(self, announcement: Announcement) -> Announced:
        await workflow.sleep(ONCE_MORE)
        return await announced_to_cases(announcement)


@workflow.defn
class PublishCalendar:
    """Files a notice and announces it to every running case.

    It files nothing before two different officers have signed the same content (maker and checker).
    """

    @workflow.init
    def __init__(self, proposal: CalendarProposal) -> None:
        self.proposal = proposal
        self.state = Publication(
            number=proposal.draft.number,
            digest=proposal.draft.digest,
            stage=PublicationStage.AWAITING_CHECK,
            maker=proposal.officer,
        )

    @workflow.run
    async def run(self, proposal: CalendarProposal) -> Publication:
        await workflow.wait_condition(lambda: self.state.checker is not None or self.withdrawn)
        if self.state.checker is not None:
            filed_at = await self.file(self.state.checker)
            await workflow.sleep(TO_BE_FOUND)
            await self.announce()
            await self.announce_again(filed_at)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.state

    async def file(self, checker: str) -> datetime:
        """File the notice in the province's register; deadlines computed from that instant on count by it."""
        signed = SignedCalendar(draft=self.proposal.draft, maker=self.proposal.officer, checker=checker)
        filing: NoticeFiling = await workflow.execute_activity(
            PUBLISH_NOTICE.name,
            signed,
            result_type=PUBLISH_NOTICE.gives,
            start_to_close_timeout=TO_FILE,
            retry_policy=RETRY_UNTIL_DONE,
        )
        self._now(stage=PublicationStage.FILED, version=filing.version)
        return filing.filed_at

    async def announce(self) -> None:
        """Inform every running case, which then reschedules its clocks."""
        announced = await announced_to_cases(self._announcement(RUNNING_CASES, time=1))
        self._now(stage=PublicationStage.ANNOUNCED, told=announced.told, not_told=announced.not_told)

    async def announce_again(self, filed_at: datetime) -> None:
        """Start a workflow of its own that announces the notice later to cases that may have been missing."""
        first, last = filed_at - LATELY, filed_at + TO_BE_FOUND
        opened = " AND ".join(f"'{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'" for at in (first, last))
        await workflow.start_child_workflow(
            AnnounceAgain.run,
            self._announcement(f"{RUNNING_CASES} AND StartTime BETWEEN {opened}", time=2),
            id=f"{calendar_workflow_id(self.state.number)}/{self.state.digest}",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
        )

    def _announcement(self, query: str, time: int) -> Announcement:
        draft = self.proposal.draft
        message = CalendarPublished(
            message_id=f"calendar/{draft.digest}", notice=draft.number, version=self.state.version
        )
        return Announcement(message=message, signal=CALENDAR_PUBLISHED, query=query, time=time)

    @workflow.query
    def publication(self) -> Publication:
        """How far the publication has come."""
        return self.state

    @property
    def withdrawn(self) -> bool:
        return self.state.stage is PublicationStage.WITHDRAWN

    @workflow.update
    async def check(self, signature: CalendarSignature) -> Publication:
        """The second officer signs; the update returns when the notice is filed."""
        self._now(checker=signature.officer)
        await workflow.wait_condition(lambda: self.state.stage is not PublicationStage.AWAITING_CHECK)
        return self.state

    @check.validator
    def _may_check(self, signature: CalendarSignature) -> None:
        self._refuse_unless_open(signature)
        if signature.officer == self.state.maker:
            raise _refusal(
                f"Officer {signature.officer} proposed this notice; another officer has to check it.",
                f"本通知由经办人 {signature.officer} 提交，须由另一经办人复核。",
            )

    @workflow.update
    def withdraw(self, signature: CalendarSignature) -> Publication:
        """The maker withdraws the proposal before anybody has checked it."""
        self._now(stage=PublicationStage.WITHDRAWN)
        return self.state

    @withdraw.validator
    def _may_withdraw(self, signature: CalendarSignature) -> None:
        self._refuse_unless_open(signature)
        if signature.officer != self.state.maker:
            raise _refusal(
                f"Officer {self.state.maker} proposed this notice and may withdraw it.",
                f"本通知由经办人 {self.state.maker} 提交，只能由其撤回。",
            )

    def _refuse_unless_open(self, signature: CalendarSignature) -> None:
        if self.withdrawn:
            raise _refusal("The proposal was withdrawn.", "该提交已撤回。")
        if self.state.checker is not None:
            raise _refusal(
                f"Officer {self.state.checker} has checked this notice already.",
                f"本通知已由经办人 {self.state.checker} 复核。",
            )
        if signature.digest != self.state.digest:
            raise _refusal(
                f"The file does not say what officer {self.state.maker} proposed under this number.",
                f"文件内容与经办人 {self.state.maker} 以同一文号提交的不一致。",
            )

    def _now(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)


def _refusal(en: str, zh: str) -> ApplicationError:
    return ApplicationError(en, zh, type="Refused", non_retryable=True)
