"""A planted change of the workflow: a copy of a holiday notice no longer reschedules the clocks.

The present `StatusBoard` has the change without a patch, as no case was in service before it. This module has
the release before it, and the release that makes it with `workflow.patched`, as every change after 1.0.0 has
to be made. It is a separate module, because the sandbox imports the file of a workflow again.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.clocks import CalendarPublished
    from models.messages.progress import Progress
    from models.messages.steps import CaseOrder
    from workflows.case.status import StatusBoard
    from workflows.transfer_case import TransferCase

EACH_NOTICE_ONCE = "each-notice-once"


class EveryCopy(StatusBoard):
    """Reschedules the clocks each time a notice arrives."""

    async def calendar_published(self, published: CalendarPublished) -> None:
        await self.context.reschedule_clocks(published.notice)


class BehindThePatch(EveryCopy):
    """Reschedules once in cases that begin after the change; older cases behave as before."""

    async def calendar_published(self, published: CalendarPublished) -> None:
        if workflow.patched(EACH_NOTICE_ONCE):
            await StatusBoard.calendar_published(self, published)
        else:
            await super().calendar_published(published)


@workflow.defn(name="TransferCase")
class BeforeTheChange(TransferCase):
    """The release before the change."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.board.__class__ = EveryCopy

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


@workflow.defn(name="TransferCase")
class ChangedBehindAPatch(TransferCase):
    """The release with the change behind a patch, so that running cases can go on."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.board.__class__ = BehindThePatch

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)
