"""One ruling of the provincial bureau (第九条): accepted, approved, carried out, reported, replaced."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import (
        CHECK_FIELDS,
        CHECK_RULING,
        FILE_RULING,
        READ_ROSTER,
        RECEIVE_RULING,
        USE_RULING_NUMBER,
    )
    from models.messages.corrections import FieldOrder, FieldsCheck
    from models.messages.disputes import RulingCheck, RulingNumber, RulingRecord
    from models.messages.requests import Approvable, Ruling
    from models.messages.stages import Event, Party, Stage
    from models.officers.rosters import RosterQuestion
    from models.officers.rulings import RulingDelivery
    from rules.values.law import Finding
    from rules.values.money import NO_MONEY, Fen
    from rules.values.officers import PROVINCE
    from rules.values.orders import (
        AmendField,
        CaseFacts,
        DisputePoint,
        ReturnFunds,
        SetAmount,
        SupplementFunds,
    )
    from workflows.case.approvals import Approvals
    from workflows.case.context import CaseContext, until_stopped
    from workflows.case.corrections import Corrections
    from workflows.case.disputes import Disputes
    from workflows.case.exchange import Exchange
    from workflows.case.permissions import Refused, refused_for
    from workflows.case.ruling_orders import RulingOrders
    from workflows.corrections.reversals import require_reversible


REVERSE = (AmendField, ReturnFunds, SetAmount, SupplementFunds)
"""Orders before which the posting is reversed."""


class Rulings:
    """Receives a ruling and carries it out; one at a time.

    A ruling goes through these states: `pending` until enough officers have approved it, then it waits for
    the money that is in transit, then its orders are carried out one after another (`under_execution`), then
    it is filed in the province's store. Until the first order begins, a later ruling can replace it.
    """

    def __init__(
        self,
        context: CaseContext,
        approvals: Approvals,
        disputes: Disputes,
        exchange: Exchange,
        corrections: Corrections,
    ) -> None:
        self.context = context
        self.state = context.state
        self.approvals = approvals
        self.disputes = disputes
        self.exchange = exchange
        self.orders = RulingOrders(context, exchange, corrections)
        self.records: list[RulingRecord] = []
        """Every ruling that was approved, the latest last."""
        self.pending: Ruling | None = None
        """The ruling that was accepted and is not approved yet."""
        self.under_execution = False
        """Whether the latest approved ruling can no longer be replaced, and is not filed yet."""
        self._accepted_at: CaseFacts | None = None
        """The facts of the case when the pending ruling was accepted."""
        context.faults.ruled = lambda: self.pending is not None
        context.faults.under_ruling = lambda: self.under_execution or self._awaiting_money
        self._awaiting_money = False
        self._not_begun: Ruling | None = None
        """The approved ruling that waits for money, and that a later one would replace."""
        self._orders_done = 0
        """How many orders of the latest approved ruling are carried out."""

    @property
    def to_be_approved(self) -> Ruling | None:
        """The ruling that waits for an officer's approval."""
        waits = Approvable.RULING in self.approvals.awaited
        return self.pending or (self.records[-1].ruling if waits and self.records else None)

    def may_rule(self, ruling: Ruling) -> None:
        """Raises Refused while an earlier ruling is being carried out, and for a number already in use."""
        if self.state.ended_at is not None:
            raise Refused(
                "The case has been decided and is being filed; what hinders the filing has to be mended.",
                "案件已办结，正在归档；须排除归档障碍。",
            )
        if self.under_execution or (self.disputes.open is None and self.state.fault is None):
            raise Refused(
                "An earlier ruling is being carried out; wait for its end.",
                "前一裁定正在执行，请待执行完毕。",
            )
        if ruling.number in {one.ruling.number for one in self.records}:
            raise Refused(
                "A ruling of this number has been made in this case; give this one a number of its own.",
                "本案已有同一文号的裁定，请另编文号。",
            )

    async def rule(self, ruling: Ruling) -> tuple[str, str] | None:
        """Accept a ruling; the case leaves its procedure and carries it out. Returns which one it replaces.

        Raises Refused with every reason why the ruling cannot be carried out, before anything is done.
        """
        if any(isinstance(order, REVERSE) for order in ruling.orders):
            await require_reversible(self.context)
        standing = self._facts()
        findings = await self._obstacles(ruling, standing)
        findings += await self._unamendable(ruling)
        findings = findings or await self._number_used(ruling)
        if findings:
            raise refused_for("The ruling cannot be carried out:", "裁定不能执行：", findings)
        # The checks ran in activities: another ruling may have come since, or be under execution.
        self.may_rule(ruling)
        replaced = self.pending or self._not_begun
        if self.pending is not None:
            self.state.note(Party.PROVINCE, Event.RULING_REPLACED, self.pending.number)
        self.pending, self._accepted_at = ruling, standing
        self.state.note(Party.PROVINCE, Event.RULING_MADE, ruling.number, officer=ruling.officer)
        if replaced is None:
            return None
        return (
            f"it replaces ruling {replaced.number}, of which nothing has been carried out",
            f"取代尚未执行的裁定“{replaced.number}”",
        )

    async def carry_out(self) -> Stage | None:
        """Carry out the pending ruling; returns the stage in which the case ends, None when it continues.

        A ruling that is replaced, or proves impossible, is filed with the number of orders done, and the
        dispute stays before the province.
        """
        record = await self._approved()
        self._not_begun = record.ruling
        replaced = not await self._wait_for_money()
        self._not_begun, self.under_execution = None, True
        if replaced:
            self.state.note(Party.PROVINCE, Event.RULING_REPLACED, record.ruling.number)
            await self._file(0)
            return None
        standing = self._facts()
        self.context.faults.clear()
        try:
            await self._require_still_possible(record, standing)
            end = await self._carry_out_orders(record)
        except Refused as refused:
            await self._file(self._orders_done)
            self._report_not_carried_out(record, refused)
            return None
        await self._file(len(record.orders))
        if self.disputes.open is not None:
            self.disputes.after_ruling()
        if end is None:
            self.disputes.resume()
        return end

    async def _approved(self) -> RulingRecord:
        """Wait until enough officers have approved the pending ruling, or the one that has replaced it."""
        officers = None
        while officers is None:
            ruling = self.pending
            assert ruling is not None
            officers = await self._approving_officers(ruling)
        self.pending, self._orders_done = None, 0
        record = RulingRecord(
            case_no=self.context.order.case_no,
            point=self.disputes.open.point if self.disputes.open else DisputePoint.PROCEDURE,
            ruling=ruling,
            officers=officers,
            made_at=workflow.now(),
        )
        self.records.append(record)
        return record

    async def _approving_officers(self, ruling: Ruling) -> tuple[str, ...] | None:
        """The officers who approved a ruling; None when a later ruling replaced it before that."""
        return await self.approvals.wait_for_approvals(
            Approvable.RULING, ruling.number, ruling, ruling.officer, lambda: self.pending is not ruling
        )

    async def _wait_for_money(self) -> bool:
        """Wait for money in transit, so that for every order it is at one bureau or the other.

        By the bank this may take days. False when a later ruling was accepted meanwhile.
        """
        if not self.exchange.money_in_transit:
            return True
        arrivals = asyncio.create_task(self.exchange.receive_all_sent())
        self._awaiting_money = True
        await workflow.wait_condition(lambda: arrivals.done() or self.pending is not None)
        self._awaiting_money = False
        if not arrivals.done():
            arrivals.cancel()
        await until_stopped(arrivals)
        return self.pending is None

    async def _require_still_possible(self, record: RulingRecord, standing: CaseFacts) -> None:
        """Raises Refused when steps that were under way have since made the ruling impossible."""
        if standing == self._accepted_at:
            return
        if findings := await self._obstacles(record.ruling, standing):
            raise refused_for("The ruling cannot be carried out any more:", "裁定已不能执行：", findings)

    async def _carry_out_orders(self, record: RulingRecord) -> Stage | None:
        """Carry out all orders in order and report each; returns the stage in which the last ends the case.

        Raises Refused when the case is to be closed but the funds have left.
        """
        end = None
        await self._by_enough_officers(self._deliver)
        for number, order in enumerate(record.orders, start=1):
            end = await self.orders.carry_out(order, record.ruling.number, self.records[-1].officers)
            self.state.note(
                Party.PROVINCE,
                Event.ORDER_CARRIED_OUT,
                record.ruling.number,
                detail=f"{number}. {order.kind.titles[0]}",
                detail_zh=f"{number}. {order.kind.titles[1]}",
            )
            self._orders_done = number
        return end

    async def _by_enough_officers(self, step: Callable[[RulingDelivery], Awaitable[None]]) -> None:
        """Do a step by the latest ruling and its seals.

        If who does it has arranged for more officers since the case was opened, it waits for them.
        """

        async def approved(officers: tuple[str, ...]) -> None:
            self.records[-1] = record = self.records[-1].model_copy(update={"officers": officers})
            await step(RulingDelivery(record=record, acts=self.state.acts_about(record.ruling.number)))

        ruling, officers = self.records[-1].ruling, self.records[-1].officers
        await self.approvals.do_approved(
            Approvable.RULING, ruling.number, ruling, approved, approved=officers
        )

    async def _deliver(self, delivery: RulingDelivery) -> None:
        """Give the ruling to both bureaus, which verify it before they do anything by it."""
        roster = await self.context.ask_platform(READ_ROSTER, RosterQuestion(bureau=PROVINCE))
        for party in (Party.TRANSFER_OUT, Party.TRANSFER_IN):
            with_roster = delivery.model_copy(update={"roster": roster.changes})
            await self.context.ask(party, RECEIVE_RULING, with_roster)

    async def _file(self, orders_done: int) -> None:
        """File the latest ruling in the province's store, with how many of its orders were carried out.

        A refusal by the register, which accepts only what the province's officers have sealed, is journalled.
        """
        self.records[-1] = self.records[-1].model_copy(update={"carried_out": orders_done})
        with suppress(Refused):
            await self._by_enough_officers(self._enter)
        self.under_execution = False

    async def _enter(self, delivery: RulingDelivery) -> None:
        await self.context.ask_province(FILE_RULING, delivery, may_be_refused=True)

    def _report_not_carried_out(self, record: RulingRecord, why: Refused) -> None:
        self.state.note(
            Party.PROVINCE,
            Event.RULING_NOT_CARRIED_OUT,
            record.ruling.number,
            detail=why.en,
            detail_zh=why.zh,
        )

    async def _obstacles(self, ruling: Ruling, standing: CaseFacts) -> tuple[Finding, ...]:
        """Why the orders cannot be carried out in a case with these facts."""
        check = RulingCheck(orders=ruling.orders, standing=standing)
        return (await self.context.ask_platform(CHECK_RULING, check)).findings

    async def _number_used(self, ruling: Ruling) -> tuple[Finding, ...]:
        """The finding that another case has the ruling's number; otherwise it is this case's from now on."""
        asked = RulingNumber(number=ruling.number, case_no=self.context.order.case_no)
        return (await self.context.ask_province(USE_RULING_NUMBER, asked)).findings

    async def _unamendable(self, ruling: Ruling) -> tuple[Finding, ...]:
        """The fields that the ruling sets to values the information form cannot hold."""
        fields = tuple(
            FieldOrder(field=one.field, value=one.value)
            for one in ruling.orders
            if isinstance(one, AmendField)
        )
        if not fields or self.state.form is None:
            return ()
        asked = FieldsCheck(fields=fields, form=self.state.form)
        return (await self.context.ask_platform(CHECK_FIELDS, asked)).findings

    def _facts(self) -> CaseFacts:
        """The facts on which it depends whether an order can be carried out."""
        state = self.state
        sent, received = state.sent(), state.received()
        lines = state.form.lines if state.form else None
        return CaseFacts(
            form_exists=bool(state.forms),
            sent=Fen(sum(sent)),
            received=Fen(sum(received)),
            stated=(lines.individual, lines.pooled) if lines else (NO_MONEY, NO_MONEY),
            remitted=sent,
            relationship_ended=bool(state.remittances) and not state.restored,
            taken_in=state.taken_in is not None,
            superseded=state.taken_in is not None and state.taken_in.version != state.forms[-1].version,
            counted_twice=state.counted_twice,
            refunded=state.clearing,
            clocks=frozenset(self.context.clocks),
            extended=tuple((name, clock.order.extension) for name, clock in self.context.clocks.items()),
            closed=False,
        )
