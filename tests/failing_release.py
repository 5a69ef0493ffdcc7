"""A release that is faulty for some cases; a separate module, because the sandbox loads it again."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.progress import Progress
    from models.messages.steps import CaseOrder
    from workflows.transfer_case import TransferCase

FAULTY_FOR = "220300"


@workflow.defn(name="TransferCase")
class FaultyForSome(TransferCase):
    """Fails every workflow task of a case of one transfer-in bureau."""

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        if order.application.bureau_in == FAULTY_FOR:
            raise KeyError("a mistake of the program")
        return await super().run(order)
