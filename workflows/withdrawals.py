"""Withdrawal of the application; the transfer-out bureau's books may show that it comes too late."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import READ_ROSTER, RELEASE_RESERVATION
    from models.messages.corrections import ReleaseReservationOrder
    from models.messages.requests import Withdrawal
    from models.messages.stages import Event, Party, Stage
    from models.officers.rosters import RosterQuestion
    from models.officers.vouching import SealedAct
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused
    from workflows.case.procedure import Procedure


class Withdrawals:
    """Receives a withdrawal, which interrupts the procedure, and carries it out."""

    def __init__(self, context: CaseContext, procedure: Procedure) -> None:
        self.context = context
        self.state = context.state
        self.procedure = procedure
        self.pending: Withdrawal | None = None
        """The withdrawal that was accepted and is not carried out yet."""

    def open(self) -> bool:
        """Whether the application can be withdrawn, as far as the case knows."""
        return not (self.pending or self.state.remittances or self.procedure.funds_have_left)

    def may_withdraw(self, _: Withdrawal) -> None:
        """Raises Refused once the funds have left."""
        if not self.open():
            raise Refused(
                "The funds have left, or a withdrawal is under way; now only a ruling can undo the case.",
                "基金已划转或已申请撤回；此后只能由省局裁定。",
            )

    async def withdraw(self, request: Withdrawal) -> None:
        """Accept a withdrawal."""
        self.pending = request
        self.state.note(Party.APPLICANT, Event.WITHDRAWAL_REQUESTED, officer=request.officer)

    async def carry_out(self) -> Stage | None:
        """Release the reserved money, unless the transfer-out bureau's books show that it has left already.

        The case then ends as withdrawn; None when the withdrawal came too late and the case goes on.
        """
        # From here on the transfer-out bureau owes the step: the applicant has nothing more to do.
        self.state.assign_step(Party.TRANSFER_OUT, workflow.now())
        roster = await self.context.ask(
            Party.TRANSFER_IN, READ_ROSTER, RosterQuestion(bureau=self.context.bureau(Party.TRANSFER_IN))
        )
        release = ReleaseReservationOrder(
            case_no=self.context.order.case_no, withdrawal=self._sealed(), roster=roster.changes
        )
        answer = await self.context.ask(Party.TRANSFER_OUT, RELEASE_RESERVATION, release)
        self.pending = None
        if answer.released:
            self.state.note(Party.TRANSFER_OUT, Event.RESERVATION_RELEASED)
            return Stage.WITHDRAWN
        self.state.note(Party.TRANSFER_OUT, Event.WITHDRAWAL_TOO_LATE)
        self.state.assign_step(self.state.waiting_on, answer.started_at)
        self.procedure.funds_have_left = True
        return None

    def _sealed(self) -> SealedAct | None:
        """The withdrawal as the officer has sealed it."""
        named = self.pending.message_id if self.pending else ""
        return next((act for act in self.state.acts if act.request["message_id"] == named), None)
