"""Cases that do what no recorded case did; a module of their own, because the sandbox loads it again."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.deeds import ISSUE_CERTIFICATE, REVIEW_APPLICATION
    from models.messages import CaseOrder, Progress
    from models.stages import Event, Party
    from workflows.transfer_case import TransferCase


@workflow.defn(name="TransferCase")
class CertifiedBeforeReviewed(TransferCase):
    """The two deeds of the first step in the other order."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)

    async def review_and_certify(self) -> None:
        case, application = self.case, self.order.application
        case.certificate, case.review = await asyncio.gather(
            self._ask(application.bureau_out, ISSUE_CERTIFICATE, self.order),
            self._ask(application.bureau_in, REVIEW_APPLICATION, self.order),
        )
        case.note(Party.TRANSFER_IN, Event.APPLICATION_REVIEWED)


@workflow.defn(name="TransferCase")
class ReviewedTwice(TransferCase):
    """One deed more than before."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        await self._ask(order.application.bureau_in, REVIEW_APPLICATION, order)
        return await super().run(order)
