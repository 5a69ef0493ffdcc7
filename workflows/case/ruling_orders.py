"""Carries out single orders of a ruling (第九条). `workflows.case.ruling` carries out a ruling as a whole."""

from typing import assert_never

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import RELEASE_RESERVATION, RESTORE_RELATIONSHIP
    from models.messages.corrections import FieldOrder, ReleaseReservationOrder, RestoreOrder, StatedAmounts
    from models.messages.papers import RemittancePurpose
    from models.messages.stages import Event, Party, Stage
    from rules.values.form_fields import STATED
    from rules.values.orders import (
        AmendField,
        Close,
        ExtendClock,
        Order,
        Proceed,
        RestartClock,
        RestoreRelationship,
        ReturnFunds,
        SetAmount,
        SupplementFunds,
    )
    from workflows.case.context import CaseContext
    from workflows.case.corrections import Corrections
    from workflows.case.exchange import Exchange
    from workflows.case.permissions import Refused


class RulingOrders:
    """Carries out single orders, by the steps that the bureaus also take without a ruling."""

    def __init__(self, context: CaseContext, exchange: Exchange, corrections: Corrections) -> None:
        self.context = context
        self.state = context.state
        self.exchange = exchange
        self.corrections = corrections

    async def carry_out(self, order: Order, by: str, officers: tuple[str, ...]) -> Stage | None:
        """Carry out one order; returns the stage in which it ends the case, None when the case continues.

        `by` is the number of the ruling, `officers` are those who approved it. Every step can be repeated.
        Raises Refused when the case is to be closed but the funds have left.
        """
        match order:
            case Proceed():
                await self._settle_difference(by, officers)
            case AmendField(field=field, value=value):
                self.corrections.after_ruling(field)
                await self.exchange.reissue(by, (FieldOrder(field=field, value=value),))
                await self.exchange.deliver_form()
            case SetAmount(individual=individual, pooled=pooled):
                self.corrections.after_ruling(*(f"line/{number}" for number in STATED))
                stated = StatedAmounts(individual=individual, pooled=pooled)
                await self.exchange.reissue(by, stated=stated)
                await self.exchange.deliver_form()
            case SupplementFunds(individual=individual, pooled=pooled):
                await self.exchange.reverse(by)
                await self.exchange.supplement(by, individual, pooled, officers)
            case ReturnFunds():
                await self.exchange.reverse(by)
                await self.exchange.send_back(RemittancePurpose.RETURN, by, *self.state.received())
            case RestoreRelationship():
                await self._restore(by)
            case RestartClock(clock=name):
                clock = self.context.clocks[name]
                await self.context.adjust(clock, lambda: clock.restart(workflow.now(), by), by)
            case ExtendClock(clock=name, working_days=days):
                await self.context.extend_clock(name, days, by)
            case Close():
                return await self._close(by)
            case _:
                assert_never(order)
        return None

    async def _settle_difference(self, by: str, officers: tuple[str, ...]) -> None:
        if self.state.forms and self.state.arrived:
            await self.exchange.settle_difference(by, officers, self.corrections.end_transfer_out)

    async def _restore(self, by: str) -> None:
        restore = RestoreOrder(case_no=self.context.order.case_no, form=self.exchange.form, by=by)
        restored = await self.context.ask(Party.TRANSFER_OUT, RESTORE_RELATIONSHIP, restore)
        self.state.restored = True
        self.state.note(Party.TRANSFER_OUT, Event.RELATIONSHIP_RESTORED, restored.number)

    async def _close(self, by: str) -> Stage:
        """Close the case; money that was reserved and not sent is released.

        Raises Refused when the money has left after all: the case cannot be closed while it is in transit.
        """
        if self.state.restored:
            return Stage.RETURNED
        if self.state.taken_in is not None:
            return Stage.CLOSED
        release = ReleaseReservationOrder(case_no=self.context.order.case_no, by=by)
        answer = await self.context.ask(Party.TRANSFER_OUT, RELEASE_RESERVATION, release)
        if not answer.released:
            await self.exchange.remit(())
            await self.exchange.receive_all_sent()
            raise Refused(
                "The funds had left before the case could be closed; they would belong to neither bureau.",
                "终结前基金已划转，不能终结案件。",
            )
        self.state.note(Party.TRANSFER_OUT, Event.RESERVATION_RELEASED)
        return Stage.ENDED_BY_RULING
