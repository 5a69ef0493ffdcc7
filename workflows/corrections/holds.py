"""A case on hold: a death, a retirement or a court's freeze stops it until the bureau resumes it."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.messages.disputes import HoldRecord
    from models.messages.dossier import Dossier
    from models.messages.requests import Hold, Resumption
    from models.messages.stages import Event, Party, Stage
    from rules.values.due_dates import Clock
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused


class Holds:
    """Stops the procedure at its next step, and the clocks at once.

    The reason lies with the person, to whom the days are charged (own rule). The applicant, or whoever acts
    for them, can withdraw meanwhile as long as the funds have not left.
    """

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.state = context.state

    @property
    def open(self) -> HoldRecord | None:
        """The present hold; None when the case is not on hold."""
        return self.state.holds[-1] if self.state.held else None

    async def hold(self, request: Hold) -> None:
        """Put the case on hold; every clock that runs is paused, and so is one that starts meanwhile."""
        since = workflow.now()
        record = HoldRecord(
            why=request.why,
            evidence=request.evidence,
            by=request.by,
            officer=request.officer,
            since=since,
        )
        self.state.holds.append(record)
        self.state.held = (Stage.ON_HOLD, Party.APPLICANT)
        self.context.record_holder()
        en, zh = request.why.titles
        self.state.note(request.by, Event.PUT_ON_HOLD, detail=en, detail_zh=zh, officer=request.officer)
        for clock in list(self.context.clocks.values()):
            # A clock that is just being resumed runs again by the time it can be paused.
            if await clock.pause(since):
                self.state.note(clock.order.owed_by, Event.CLOCK_PAUSED, clock.name)

    def may_resume(self, request: Resumption) -> None:
        """Raises Refused for the bureau that did not put the case on hold."""
        if self.open is not None and self.open.by is not request.by:
            raise Refused(
                f"The {self.open.by.titles[0]} has put the case on hold, and lets it go on.",
                f"本案由{self.open.by.titles[1]}暂缓办理，应由其决定继续办理。",
            )

    async def resume(self, request: Resumption) -> None:
        """Let the case continue where it was; the clocks run on with the working days that were left."""
        until, since = workflow.now(), self.state.holds[-1].since
        self._end(until, request.reason)
        self.context.record_holder()
        self.state.note(request.by, Event.GOES_ON, officer=request.officer)
        for clock in list(self.context.clocks.values()):
            if clock.name is Clock.REVIEW and self.state.position[0] is Stage.AWAITING_MATERIALS:
                # The applicant was asked for papers meanwhile; clock A runs on once they are here.
                continue
            # A clock that was paused before was paused for a correction, and not by the hold.
            if clock.paused and clock.stopped_at is None and clock.order.pauses[-1].since >= since:
                await clock.resume(until, "hold")
                self.state.note(clock.order.owed_by, Event.CLOCK_RESUMED, clock.name)

    def break_off(self) -> None:
        """End a hold that is still open: the case ends."""
        if self.open is not None:
            self._end(workflow.now(), "")

    def _end(self, until: datetime, reason: str) -> None:
        ended = self.state.holds[-1].model_copy(update={"until": until, "reason": reason})
        self.state.holds[-1] = ended
        self.state.held = None

    def restore(self, dossier: Dossier) -> None:
        """Take over the holds of a case that is reopened."""
        self.state.holds = list(dossier.holds)
