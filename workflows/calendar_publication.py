"""The publication of a holiday notice: one officer proposes it, another checks it, and cases are informed.

Only cases that it may concern are informed: their dates rest on a day that it may change (`concerned_cases`).
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import ANNOUNCE, PUBLISH_NOTICE
    from models.messages.calendar import (
        Announced,
        Announcement,
        CalendarSignature,
        NoticeFiling,
        Publication,
        PublicationStage,
        SignedCalendar,
    )
    from models.messages.clocks import CalendarPublished
    from models.officers.orders import digest_ordered
    from rules.values.officers import Right
    from workflows.identifiers import CALENDAR_PUBLISHED, calendar_workflow_id, concerned_cases
    from workflows.officers.accepted_orders import require_accepted
    from workflows.refusals import update_refused, update_refused_for
    from workflows.steps import PROVINCE, CannotBeDone, step_outside_cases

TO_ANNOUNCE = timedelta(hours=1)
TO_BE_FOUND = timedelta(seconds=2)
"""How long to wait before running cases are listed. The engine's list lags behind a little: a case that was
opened just before the notice was filed used the old calendar, and is on the list after this time."""
ONCE_MORE = timedelta(minutes=5)
"""How long to wait before running cases are listed again. A case lists its clocks when it has not changed
for a second: one that was busy when the notice was filed may have been listed with an earlier clock, or not
at all."""


async def announced_to_cases(announcement: Announcement) -> Announced:
    """Have the province's worker send the announcement to cases; retried until it is done."""
    return await step_outside_cases(PROVINCE, ANNOUNCE, announcement, TO_ANNOUNCE)


@workflow.defn
class AnnounceAgain:
    """Announces a notice again after some minutes, to cases that the engine did not list the first time."""

    @workflow.run
    async def run(self, announcement: Announcement) -> Announced:
        await workflow.sleep(ONCE_MORE)
        return await announced_to_cases(announcement)


@workflow.defn
class PublishCalendar:
    """Files a notice and announces it to every running case that it may concern.

    It files nothing before two different officers have signed the same content (maker and checker).
    """

    @workflow.init
    def __init__(self, proposal: CalendarSignature) -> None:
        self.proposal = proposal
        self.checked: CalendarSignature | None = None
        """The second officer's signature, until the province has answered."""
        self.refusal: ApplicationError | None = None
        """The answer to the second officer if the notice is not filed."""
        self.state = Publication(
            number=proposal.draft.number,
            digest=proposal.draft.digest,
            stage=PublicationStage.AWAITING_CHECK,
            maker=proposal.officer,
        )

    @workflow.run
    async def run(self, proposal: CalendarSignature) -> Publication:
        filing: NoticeFiling | None = None
        while filing is None and not self._fallen_away:
            await workflow.wait_condition(lambda: self.checked is not None or self._fallen_away)
            if self.checked is not None:
                filing = await self.file(self.checked)
        if filing is not None:
            concerned = concerned_cases(filing.changes_from, filing.bureaus)
            await workflow.sleep(TO_BE_FOUND)
            await self.announce(concerned)
            await self.announce_again(concerned)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.state

    async def file(self, checked: CalendarSignature) -> NoticeFiling | None:
        """Have the province verify both seals and file the notice; deadlines computed from that instant on
        use it. None if a seal does not hold, or the notice cannot be filed: it may then be checked again, or
        withdrawn."""
        signed = SignedCalendar(maker=self.proposal, checker=checked)
        try:
            filing = await step_outside_cases(PROVINCE, PUBLISH_NOTICE, signed)
        except CannotBeDone as why:
            en, zh = f"The notice cannot be published: {why.en}", f"该通知不能公布：{why.zh}"
            self.checked, self.refusal = None, update_refused(en, zh)
            return None
        self.checked = None
        self.refusal = update_refused_for(filing.refusals) if filing.refusals else None
        if filing.filed is not None:
            self._now(stage=PublicationStage.FILED, checker=checked.officer, version=filing.filed.version)
        elif filing.of_maker:
            self._now(stage=PublicationStage.REFUSED)
        return filing.filed

    async def announce(self, concerned: str) -> None:
        """Inform the running cases that a query finds, which then reschedule their clocks."""
        announced = await announced_to_cases(self._announcement(concerned, time=1))
        self._now(stage=PublicationStage.ANNOUNCED, told=announced.told, not_told=announced.not_told)

    async def announce_again(self, concerned: str) -> None:
        """Start a separate workflow that announces the notice again, to cases that the query finds later."""
        await workflow.start_child_workflow(
            AnnounceAgain.run,
            self._announcement(concerned, time=2),
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
    def _fallen_away(self) -> bool:
        """Whether nothing is to be published: it was withdrawn, or bears no seal that holds."""
        return self.state.stage in (PublicationStage.WITHDRAWN, PublicationStage.REFUSED)

    @workflow.update
    async def check(self, signature: CalendarSignature) -> Publication:
        """The second officer signs; the update returns when the notice is filed, or a seal does not hold."""
        self.checked, self.refusal = signature, None
        await workflow.wait_condition(
            lambda: self.state.stage is not PublicationStage.AWAITING_CHECK or self.refusal is not None
        )
        if self.refusal is not None:
            raise self.refusal
        return self.state

    @check.validator
    def _may_check(self, signature: CalendarSignature) -> None:
        self._refuse_unless_open(signature)
        if signature.officer == self.state.maker:
            raise update_refused(
                f"Officer {signature.officer} proposed this notice; another officer has to check it.",
                f"本通知由经办人 {signature.officer} 提交，须由另一经办人复核。",
            )

    @workflow.update
    async def withdraw(self, signature: CalendarSignature) -> Publication:
        """The maker withdraws the proposal before anybody has checked it."""
        await require_accepted(Right.PUBLISH_CALENDAR, signature.order, digest_ordered(signature))
        self._refuse_unless_open(signature)
        self._now(stage=PublicationStage.WITHDRAWN)
        return self.state

    @withdraw.validator
    def _may_withdraw(self, signature: CalendarSignature) -> None:
        self._refuse_unless_open(signature)
        if signature.officer != self.state.maker or not signature.withdrawn:
            raise update_refused(
                f"Officer {self.state.maker} proposed this notice and may withdraw it.",
                f"本通知由经办人 {self.state.maker} 提交，只能由其撤回。",
            )

    def _refuse_unless_open(self, signature: CalendarSignature) -> None:
        if self._fallen_away:
            raise update_refused("The proposal was withdrawn.", "该提交已撤回。")
        if self.checked is not None or self.state.checker is not None:
            officer = self.checked.officer if self.checked else self.state.checker
            raise update_refused(
                f"Officer {officer} has checked this notice already.",
                f"本通知已由经办人 {officer} 复核。",
            )
        if signature.draft.digest != self.state.digest:
            raise update_refused(
                f"The file does not say what officer {self.state.maker} proposed under this number.",
                f"文件内容与经办人 {self.state.maker} 以同一文号提交的不一致。",
            )

    def _now(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)
