"""Publications and audits that differ from all recorded ones; a module that the sandbox loads again."""

from collections.abc import Sequence

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.audit import AuditOrder, AuditReport, Suspect
    from models.messages.calendar import CalendarSignature, Publication
    from workflows.audit import AuditBooks
    from workflows.calendar_publication import PublishCalendar


@workflow.defn(name="PublishCalendar")
class FilesUnchecked(PublishCalendar):
    """Needs only one officer."""

    @workflow.init
    def __init__(self, proposal: CalendarSignature) -> None:
        super().__init__(proposal)

    @workflow.run
    async def run(self, proposal: CalendarSignature) -> Publication:
        await self.file(proposal)
        return await super().run(proposal)


@workflow.defn(name="AuditBooks")
class LeavesOneOut(AuditBooks):
    """Does not ask one bureau."""

    @workflow.init
    def __init__(self, order: AuditOrder) -> None:
        super().__init__(order.model_copy(update={"bureaus": order.bureaus[1:]}))

    @workflow.run
    async def run(self, order: AuditOrder) -> AuditReport:
        return await super().run(order)


@workflow.defn(name="AuditBooks")
class BelievesAtOnce(AuditBooks):
    """Does not check a contradiction a second time."""

    @workflow.init
    def __init__(self, order: AuditOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: AuditOrder) -> AuditReport:
        return await super().run(order)

    async def _read_twice(self, suspects: Sequence[Suspect]) -> None:
        self._found((await self._judge(suspects)).findings)
