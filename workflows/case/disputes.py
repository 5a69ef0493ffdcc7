"""Disputes (第九条): positions, agreement, referral, and the ruling carried out order by order."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        CHECK_FIELDS,
        CHECK_RULING,
        COUNT_SILENCE,
        FILE_RULING,
        OPEN_PROVINCE_FILE,
    )
    from models.messages.corrections import FieldOrder, FieldsCheck
    from models.messages.disputes import (
        DisputeRecord,
        PositionTaken,
        ProposedTerms,
        ProvinceFile,
        RulingCheck,
        RulingRecord,
        SilenceOrder,
    )
    from models.messages.requests import Approvable, Dispute, DisputeAnswer, Referral, Ruling, Settlement
    from models.messages.stages import Event, Party, Stage
    from rules.values.law import Finding
    from rules.values.money import NO_MONEY
    from rules.values.orders import AmendField, Standing
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext
    from workflows.case.permissions import Refused, refused_for


UNHEARD = (
    "One bureau has not stated its position; only what cannot be negotiated is referred.",
    "一方尚未答复；协商不成的方可报请省局。",
)


class Disputes:
    """At most one dispute is open at a time; while it is, the procedure stands still at its next step."""

    def __init__(self, context: CaseContext, approvals: Approvals) -> None:
        self.context = context
        self.state = context.state
        self.approvals = approvals
        self.records: list[DisputeRecord] = []
        self.rulings: list[RulingRecord] = []
        self.pending: Ruling | None = None
        """A ruling that has been accepted and is not carried out yet; a later one takes its place."""
        self._accepted_at: Standing | None = None
        """How the case stood when the pending ruling was accepted."""
        self.under_execution = False

    @property
    def open(self) -> DisputeRecord | None:
        """The dispute that is going on."""
        last = self.records[-1] if self.records else None
        return last if last and last.settled_at is None else None

    @property
    def current(self) -> DisputeRecord:
        """The same, for steps that need one. Raises RuntimeError when there is none."""
        if self.open is None:
            raise RuntimeError("no dispute is open")
        return self.open

    async def dispute(self, request: Dispute) -> None:
        """One bureau disagrees; the other is to answer."""
        taken = PositionTaken(party=request.by, position=request.position, at=workflow.now())
        self.records.append(
            DisputeRecord(
                number=len(self.records) + 1, point=request.point, raised_by=request.by, positions=(taken,)
            )
        )
        self.state.note(request.by, Event.DISPUTE_RAISED, request.point, officer=request.officer)
        self.context.dispute(Stage.IN_DISPUTE, _other(request.by))

    async def answer(self, request: DisputeAnswer) -> None:
        """A position in answer; each side may add to its own."""
        taken = PositionTaken(party=request.by, position=request.position, at=workflow.now())
        self._update(positions=(*self.current.positions, taken))
        self.state.note(request.by, Event.POSITION_ANSWERED, self.current.point, officer=request.officer)
        self.context.dispute(Stage.IN_DISPUTE, _other(request.by))

    async def settle(self, request: Settlement) -> None:
        """Terms from one side; settled once the other hands in the same, while they are its last word."""
        agreed = self._offered(request)
        proposed = ProposedTerms(party=request.by, terms=request.terms, at=workflow.now())
        self._update(proposals=(*self.current.proposals, proposed))
        if agreed:
            self._end(Event.DISPUTE_SETTLED, request.by, request.officer)
        else:
            self.state.note(
                request.by, Event.SETTLEMENT_PROPOSED, self.current.point, officer=request.officer
            )
            self.context.dispute(Stage.IN_DISPUTE, _other(request.by))

    def _offered(self, request: Settlement) -> bool:
        """Whether the other side proposes these terms; those it has changed since are proposed no more."""
        theirs = [one.terms for one in self.current.proposals if one.party is not request.by]
        if request.terms not in theirs:
            return False
        return theirs[-1] == request.terms

    async def _negotiated(self, by: Party) -> None:
        """Raises Refused before the other side has been heard: the article wants negotiation first.

        Who says nothing for long enough does not negotiate, and keeps nobody from the province.
        """
        dispute = self.current
        silent = _other(dispute.raised_by)
        spoken = {one.party for one in dispute.positions} | {one.party for one in dispute.proposals}
        if silent in spoken:
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
        """Lay it before the province, with both positions and the papers."""
        await self._negotiated(request.by)
        self._update(referred_at=workflow.now())
        self.state.note(request.by, Event.REFERRED, self.current.point, officer=request.officer)
        self.context.dispute(Stage.BEFORE_THE_PROVINCE, Party.PROVINCE)
        await self.context.ask_province(
            OPEN_PROVINCE_FILE,
            ProvinceFile(
                case_no=self.context.order.case_no, dispute=self.current, papers=self.state.papers()
            ),
        )

    def may_rule(self, ruling: Ruling) -> None:
        """Raises Refused while an earlier ruling is being carried out, and for a number that one bears."""
        if self.under_execution or self.open is None:
            raise Refused(
                "An earlier ruling is being carried out; wait for its end.",
                "前一裁定正在执行，请待执行完毕。",
            )
        if ruling.number in {one.ruling.number for one in self.rulings}:
            raise Refused(
                "A ruling of this number has been made in this case; give this one a number of its own.",
                "本案已有同一文号的裁定，请另编文号。",
            )

    async def rule(self, ruling: Ruling) -> None:
        """Accept a ruling that can be carried out; it waits for a second officer where that is arranged.

        Raises Refused with every reason when it cannot, before anything is done.
        """
        standing = self.standing()
        findings = await self._obstacles(ruling, standing)
        findings += await self._unamendable(ruling)
        if findings:
            raise refused_for("The ruling cannot be carried out:", "裁定不能执行：", findings)
        self.may_rule(ruling)
        if self.pending is not None:
            self.state.note(Party.PROVINCE, Event.RULING_REPLACED, self.pending.number)
        self.pending, self._accepted_at = ruling, standing
        self.state.note(Party.PROVINCE, Event.RULING_MADE, ruling.number, officer=ruling.officer)

    async def _obstacles(self, ruling: Ruling, standing: Standing) -> tuple[Finding, ...]:
        check = RulingCheck(orders=ruling.orders, standing=standing)
        return (await self.context.ask_platform(CHECK_RULING, check)).findings

    async def _unamendable(self, ruling: Ruling) -> tuple[Finding, ...]:
        """Fields the ruling sets to what the form cannot say."""
        fields = tuple(
            FieldOrder(field=one.field, value=one.value)
            for one in ruling.orders
            if isinstance(one, AmendField)
        )
        if not fields or self.state.form is None:
            return ()
        asked = FieldsCheck(fields=fields, record=self.state.form.record)
        return (await self.context.ask_platform(CHECK_FIELDS, asked)).findings

    def standing(self) -> Standing:
        """The facts on which it depends whether an order can be carried out."""
        state = self.state
        sent, received = state.sent(), state.received()
        lines = state.form.lines if state.form else None
        return Standing(
            form_exists=bool(state.forms),
            sent=type(sent[0])(sum(sent)),
            received=type(received[0])(sum(received)),
            stated=(lines.individual, lines.pooled) if lines else (NO_MONEY, NO_MONEY),
            remitted=sent,
            relationship_ended=bool(state.remittances) and not state.restored,
            taken_in=state.taken_in is not None,
            superseded=state.taken_in is not None and state.taken_in.version != state.forms[-1].version,
            refunded=state.clearing,
            clocks=frozenset(self.context.clocks),
            extended=tuple((name, clock.order.extension) for name, clock in self.context.clocks.items()),
            closed=False,
        )

    async def approved(self) -> RulingRecord:
        """The pending ruling, once enough officers stand behind it."""
        officers = None
        while officers is None:
            ruling = self.pending
            assert ruling is not None
            officers = await self._officers_behind(ruling)
        self.pending, self.under_execution = None, True
        record = RulingRecord(
            case_no=self.context.order.case_no,
            point=self.current.point,
            ruling=ruling,
            officers=officers,
            made_at=workflow.now(),
        )
        self.rulings.append(record)
        return record

    async def _officers_behind(self, ruling: Ruling) -> tuple[str, ...] | None:
        """None when a later ruling took its place meanwhile."""
        return await self.approvals.obtained(
            Approvable.RULING, ruling.number, ruling.officer, give_up=lambda: self.pending is not ruling
        )

    async def still_possible(self, record: RulingRecord) -> None:
        """Raises Refused when what was under way has ended so that the ruling cannot be carried out."""
        standing = self.standing()
        if standing == self._accepted_at:
            return
        if findings := await self._obstacles(record.ruling, standing):
            raise refused_for("The ruling cannot be carried out any more:", "裁定已不能执行：", findings)

    async def carried_out(self, record: RulingRecord) -> None:
        """Every order is done: the ruling goes to the province's file, the dispute is over."""
        await self._filed(record, len(record.orders))
        self._update(settled_at=workflow.now())

    async def replaced(self, record: RulingRecord) -> None:
        """A later ruling came before any order was carried out: this one is on file, and orders nothing."""
        self.state.note(Party.PROVINCE, Event.RULING_REPLACED, record.ruling.number)
        await self._filed(record, 0)

    async def overtaken(self, record: RulingRecord, done: int, why: Refused) -> None:
        """Only some orders are done: the case stays before the province, for another ruling."""
        await self._filed(record, done)
        self.state.note(
            Party.PROVINCE,
            Event.RULING_NOT_CARRIED_OUT,
            record.ruling.number,
            detail=why.en,
            detail_zh=why.zh,
        )

    async def _filed(self, record: RulingRecord, orders_done: int) -> None:
        self.rulings[-1] = record.model_copy(update={"carried_out": orders_done})
        await self.context.ask_province(FILE_RULING, self.rulings[-1])
        self.under_execution = False

    def break_off(self) -> None:
        """The case ends: what was in dispute is so no longer."""
        if self.open is not None:
            self._update(settled_at=workflow.now())
        self.state.dispute = None

    def _end(self, event: Event, party: Party, officer: str) -> None:
        self.state.note(party, event, self.current.point, officer=officer)
        self._update(settled_at=workflow.now())
        self.context.end_dispute()

    def _update(self, **changes: object) -> None:
        self.records[-1] = self.current.model_copy(update=changes)


def _other(party: Party) -> Party:
    return Party.TRANSFER_IN if party is Party.TRANSFER_OUT else Party.TRANSFER_OUT
