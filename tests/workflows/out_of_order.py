"""Cases that do what no recorded case did; a module of their own, because the sandbox loads it again."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.deeds import REVIEW_APPLICATION
    from models.messages import CaseOrder, ReviewOrder
    from models.progress import Progress
    from models.stages import Party
    from workflows.acceptance import Acceptance
    from workflows.transfer_case import TransferCase


class OutOfOrder(Acceptance):
    """The certificate is asked for first."""

    async def review_and_certify(self) -> None:
        await asyncio.gather(self._certify(), self._review())


@workflow.defn(name="TransferCase")
class CertifiedBeforeReviewed(TransferCase):
    """The two deeds of the first step in the other order."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)
        self.acceptance = self.road.acceptance = OutOfOrder(self.work)

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)


@workflow.defn(name="TransferCase")
class ReviewedTwice(TransferCase):
    """One deed more than before."""

    @workflow.init
    def __init__(self, order: CaseOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        again = ReviewOrder(order=order, version=1)
        await self.work.ask(Party.TRANSFER_IN, REVIEW_APPLICATION, again)
        return await super().run(order)
