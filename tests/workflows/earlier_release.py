"""The case as it was before one of its changes; a module of its own, because the sandbox loads it again."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.clocks import CalendarPublished
    from models.messages.progress import Progress
    from models.messages.steps import CaseOrder
    from workflows.case.status import NoticeBoard
    from workflows.transfer_case import TransferCase


class EveryCopy(NoticeBoard):
    """A notice is heeded as often as it comes."""

    async def calendar_published(self, published: CalendarPublished) -> None:
        await self.work.turn_clocks(published.notice)


@workflow.defn(name="TransferCase")
class BeforeEachNoticeOnce(TransferCase):
    """Before `workflows.case.status.EACH_NOTICE_ONCE`."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.board.__class__ = EveryCopy

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


class Unpatched(NoticeBoard):
    """What the change would be without `workflow.patched`."""

    async def calendar_published(self, published: CalendarPublished) -> None:
        if published.message_id in self._notices:
            self.tray.copy(self.file.waiting_on, published.message_id)
            return
        self._notices.add(published.message_id)
        await self.work.turn_clocks(published.notice)


@workflow.defn(name="TransferCase")
class ChangedUnderRunningCases(TransferCase):
    """The change made without a thought for the cases that are under way."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.board.__class__ = Unpatched

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)
