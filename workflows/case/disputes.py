"""Disputes (第九条): positions, settlement by agreement, referral to the provincial bureau."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import COUNT_SILENCE, OPEN_PROVINCE_FILE
    from models.messages.disputes import (
        DisputeRecord,
        PositionTaken,
        ProposedTerms,
        ProvinceFile,
        SilenceOrder,
    )
    from models.messages.requests import Dispute, DisputeAnswer, DisputeWithdrawal, Referral, Settlement
    from models.messages.stages import Event, Party, Stage
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused


UNHEARD = (
    "One bureau has not stated its position; only what cannot be negotiated is referred.",
    "一方尚未答复；协商不成的方可报请省局。",
)


class Disputes:
    """Receives what the bureaus state in a dispute.

    At most one dispute is open at a time. While one is, the procedure waits at its next step.
    """

    def __init__(self, context: CaseContext) -> None:
        self.context = context
        self.state = context.state
        self.records: list[DisputeRecord] = []

    @property
    def open(self) -> DisputeRecord | None:
        """The dispute that is not settled; None when there is none."""
        last = self.records[-1] if self.records else None
        return last if last and last.is_open else None

    @property
    def current(self) -> DisputeRecord:
        """The dispute that is not settled. Raises RuntimeError when there is none."""
        if self.open is None:
            raise RuntimeError("no dispute is open")
        return self.open

    async def dispute(self, request: Dispute) -> None:
        """Open a dispute with the position of one bureau; the other has to answer."""
        taken = PositionTaken(party=request.by, position=request.position, at=workflow.now())
        self.records.append(
            DisputeRecord(
                number=len(self.records) + 1, point=request.point, raised_by=request.by, positions=(taken,)
            )
        )
        self.state.note(request.by, Event.DISPUTE_RAISED, request.point, officer=request.officer)
        self._record_stage(Stage.IN_DISPUTE, _other(request.by))

    @property
    def other_has_spoken(self) -> bool:
        """Whether the bureau that did not raise the dispute has answered it or proposed terms."""
        return self.open is not None and _other(self.open.raised_by) in self.open.spoken

    def may_answer(self, request: DisputeAnswer) -> None:
        """Raises Refused for the bureau that raised the dispute, until the other has spoken."""
        if request.by is self.current.raised_by and not self.other_has_spoken:
            raise Refused(
                f"The {request.by.titles[0]} has raised this dispute; the other bureau is to answer it. "
                "Until it has, the dispute can be withdrawn.",
                f"本次异议由{request.by.titles[1]}提出，应由对方答复；对方答复前可以撤回异议。",
            )

    def may_withdraw(self, request: DisputeWithdrawal) -> None:
        """Raises Refused for the bureau that did not raise the dispute, and once the other has spoken."""
        if request.by is not self.current.raised_by:
            raise Refused(
                "Only the bureau that has raised the dispute can withdraw it.", "只有提出异议的一方可以撤回。"
            )
        if self.other_has_spoken:
            raise Refused(
                "The other bureau has answered; the dispute now ends by a settlement or a ruling.",
                "对方已答复，异议应协商一致或由省局裁定。",
            )

    async def withdraw(self, request: DisputeWithdrawal) -> None:
        """Withdraw the dispute; the procedure continues where it was."""
        self.state.note(request.by, Event.DISPUTE_WITHDRAWN, self.current.point, officer=request.officer)
        self._update(withdrawn_at=workflow.now(), why_withdrawn=request.reason)
        self.resume()

    async def answer(self, request: DisputeAnswer) -> None:
        """Add a position in answer."""
        taken = PositionTaken(party=request.by, position=request.position, at=workflow.now())
        self._update(positions=(*self.current.positions, taken))
        self.state.note(request.by, Event.POSITION_ANSWERED, self.current.point, officer=request.officer)
        self._record_stage(Stage.IN_DISPUTE, _other(request.by))

    async def settle(self, request: Settlement) -> None:
        """Propose terms. The dispute is settled when these are the last terms the other bureau proposed."""
        agreed = self._offered(request)
        proposed = ProposedTerms(party=request.by, terms=request.terms, at=workflow.now())
        self._update(proposals=(*self.current.proposals, proposed))
        if agreed:
            self._end(Event.DISPUTE_SETTLED, request.by, request.officer)
        else:
            self.state.note(
                request.by, Event.SETTLEMENT_PROPOSED, self.current.point, officer=request.officer
            )
            self._record_stage(Stage.IN_DISPUTE, _other(request.by))

    def _offered(self, request: Settlement) -> bool:
        """Whether these are the last terms that the other bureau proposed; earlier ones no longer hold."""
        theirs = [one.terms for one in self.current.proposals if one.party is not request.by]
        if request.terms not in theirs:
            return False
        return theirs[-1] == request.terms

    async def _require_negotiation(self, by: Party) -> None:
        """Raises Refused before the other bureau has answered: the article requires negotiation first.

        A bureau that does not answer for long enough does not negotiate, and cannot keep the other from
        the province.
        """
        dispute = self.current
        silent = _other(dispute.raised_by)
        if silent in dispute.spoken:
            return
        if by is silent:
            raise Refused(UNHEARD[0], UNHEARD[1])
        since = dispute.positions[0].at
        order = SilenceOrder(bureau=self.context.bureau(silent), since=since, until=workflow.now())
        silence = await self.context.ask_platform(COUNT_SILENCE, order)
        if not silence.long_enough:
            raise Refused(
                f"{UNHEARD[0]} {silence.needed} working days without an answer count as that; "
                f"{silence.working_days} have passed.",
                f"{UNHEARD[1]}满 {silence.needed} 个工作日未答复的视为协商不成，"
                f"现已过 {silence.working_days} 个工作日。",
            )
        if self.state.stage is not Stage.IN_DISPUTE or self.open != dispute:
            raise Refused(
                "The dispute has gone on while the silence was counted; look at it again.",
                "核对期间争议已有进展，请重新查看案件。",
            )

    async def refer(self, request: Referral) -> None:
        """Refer the dispute to the province, with both positions and the papers."""
        await self._require_negotiation(request.by)
        self._update(referred_at=workflow.now())
        self.state.note(request.by, Event.REFERRED, self.current.point, officer=request.officer)
        self._record_stage(Stage.BEFORE_THE_PROVINCE, Party.PROVINCE)
        await self.context.ask_province(
            OPEN_PROVINCE_FILE,
            ProvinceFile(
                case_no=self.context.order.case_no, dispute=self.current, papers=self.state.papers()
            ),
        )

    def after_ruling(self) -> None:
        """Settle the dispute: a ruling on it has been carried out."""
        self._update(settled_at=workflow.now())

    def break_off(self) -> None:
        """Close a dispute that is still open: the case ends."""
        if self.open is not None:
            self._update(settled_at=workflow.now())
        self.state.dispute = None

    def resume(self) -> None:
        """Return the next step to the procedure: no dispute is open."""
        self.state.dispute = None
        self.context.record_holder()

    def _record_stage(self, stage: Stage, waiting_on: Party) -> None:
        """Record the stage of the dispute, and the party whose next step it waits for."""
        self.state.dispute = (stage, waiting_on)
        self.context.record_holder()

    def _end(self, event: Event, party: Party, officer: str) -> None:
        self.state.note(party, event, self.current.point, officer=officer)
        self._update(settled_at=workflow.now())
        self.resume()

    def _update(self, **changes: object) -> None:
        self.records[-1] = self.current.model_copy(update=changes)


def _other(party: Party) -> Party:
    return Party.TRANSFER_IN if party is Party.TRANSFER_OUT else Party.TRANSFER_OUT
