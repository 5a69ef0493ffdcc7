"""Cases that continue in a further run after few events; a separate module for the sandbox."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.progress import Progress
    from models.messages.steps import CaseOrder
    from workflows.transfer_case import TransferCase


@workflow.defn(name="TransferCase")
class SoonHandedOver(TransferCase):
    """A case whose runs are all short."""

    MOST_EVENTS = 60

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        return await super().run(order)
