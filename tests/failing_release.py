"""A release that is faulty for some cases; a module of its own, because the sandbox loads it again."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.progress import Progress
    from models.messages.steps import CaseOrder
    from workflows.transfer_case import TransferCase

FAULTY_FOR = "220300"


@workflow.defn(name="TransferCase")
class FaultyForSome(TransferCase):
    """Whatever the engine asks of it on a case of this transfer-in bureau, it fails."""

    @workflow.run
    async def run(self, order: CaseOrder) -> Progress:
        if order.application.bureau_in == FAULTY_FOR:
            raise KeyError("a mistake of the program")
        return await super().run(order)
