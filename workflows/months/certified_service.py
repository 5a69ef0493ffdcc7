"""Service that the organisation or personnel department certifies while a case is under way (第四条)."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.requests import Certification
    from models.messages.stages import Event, Party
    from rules.values.moves import Material
    from workflows.case.acceptance import Acceptance
    from workflows.case.context import CaseContext
    from workflows.case.duplicate_months import DuplicateMonths


class CertifiedService:
    """Takes certifications in, until the months paid twice are cleared."""

    def __init__(self, context: CaseContext, acceptance: Acceptance, duplicates: DuplicateMonths) -> None:
        self.state = context.state
        self.acceptance = acceptance
        self.duplicates = duplicates

    async def certify(self, request: Certification) -> None:
        """Add the months to the application; an offer that left them undecided is made anew."""
        self.acceptance.hand_in((Material.SERVICE_CERTIFICATION,), request)
        spans = ", ".join(f"{one.first}..{one.last}" for one in request.periods)
        self.state.note(Party.TRANSFER_IN, Event.SERVICE_CERTIFIED, detail=spans, officer=request.officer)
        self.duplicates.certified(request)
