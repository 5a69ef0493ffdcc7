"""The orders of a ruling (第九条), carried out one after another, each safe to repeat and each reported."""

import asyncio
from collections.abc import Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.contracts import RELEASE_RESERVATION, RESTORE_RELATIONSHIP
    from models.messages.corrections import FieldOrder, ReleaseOrder, RestoreOrder, StatedAmounts
    from models.messages.disputes import RulingRecord
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
    from workflows.case.context import CaseContext, called_back
    from workflows.case.corrections import Corrections
    from workflows.case.exchange import Exchange
    from workflows.case.permissions import Refused


class Orders:
    """Does what a ruling says, through the same steps the bureaus do of themselves."""

    def __init__(self, context: CaseContext, exchange: Exchange, corrections: Corrections) -> None:
        self.context = context
        self.state = context.state
        self.exchange = exchange
        self.corrections = corrections
        self.done = 0
        """How many orders of the ruling are done."""

    @property
    def to_arrive(self) -> bool:
        """Whether money has left one bureau and is not in at the other."""
        return any(sent.sequence not in self.state.arrived for sent in self.state.remittances)

    async def get_ready(self) -> None:
        """What has left one bureau comes to the other before anything is ordered."""
        self.done = 0
        await self.exchange.finish_arrivals()

    async def ready_unless(self, replaced: Callable[[], bool]) -> bool:
        """The same, which by the bank may take days; False when a later ruling takes the place meanwhile."""
        ready = asyncio.create_task(self.get_ready())
        await workflow.wait_condition(lambda: ready.done() or replaced())
        if not ready.done():
            ready.cancel()
        await called_back(ready)
        return not replaced()

    async def carry_out(self, record: RulingRecord) -> Stage | None:
        """All orders, in their order; the stage in which the case ends, None when it goes on.

        Raises Refused when the case was to be closed and the funds turn out to have left.
        """
        end = None
        for number, order in enumerate(record.orders, start=1):
            end = await self._do(order, record.ruling.number, record.officers)
            self.state.note(
                Party.PROVINCE,
                Event.ORDER_CARRIED_OUT,
                record.ruling.number,
                detail=f"{number}. {order.kind.titles[0]}",
                detail_zh=f"{number}. {order.kind.titles[1]}",
            )
            self.done = number
        return end

    async def _do(self, order: Order, by: str, officers: tuple[str, ...]) -> Stage | None:
        match order:
            case Proceed():
                await self._even_out(by, officers)
            case AmendField(field=field, value=value):
                self.corrections.decided(field)
                await self.exchange.reissue(by, (FieldOrder(field=field, value=value),))
                await self.exchange.inform()
            case SetAmount(individual=individual, pooled=pooled):
                self.corrections.decided(*(f"line/{number}" for number in STATED))
                stated = StatedAmounts(individual=individual, pooled=pooled)
                await self.exchange.reissue(by, stated=stated)
                await self.exchange.inform()
            case SupplementFunds(individual=individual, pooled=pooled):
                await self.exchange.reverse(by)
                await self.exchange.supplement(by, individual, pooled, officers)
            case ReturnFunds():
                await self.exchange.reverse(by)
                await self.exchange.give_back(RemittancePurpose.RETURN, by, *self.state.received())
            case RestoreRelationship():
                await self._restore()
            case RestartClock(clock=name):
                clock = self.context.clocks[name]
                await self.context.moving(clock, lambda: clock.restart(workflow.now(), by), by)
            case ExtendClock(clock=name, working_days=days):
                await self.context.extend_clock(name, days, by)
            case Close():
                return await self._close()
        return None

    async def _even_out(self, by: str, officers: tuple[str, ...]) -> None:
        if self.state.forms and self.state.arrived:
            await self.exchange.even_out(by, officers, self.corrections.all_left)

    async def _restore(self) -> None:
        restore = RestoreOrder(case_no=self.context.order.case_no, form=self.exchange.form)
        restored = await self.context.ask(Party.TRANSFER_OUT, RESTORE_RELATIONSHIP, restore)
        self.state.restored = True
        self.state.note(Party.TRANSFER_OUT, Event.RELATIONSHIP_RESTORED, restored.number)

    async def _close(self) -> Stage:
        """Nothing is left half done: what was reserved and never sent is released."""
        if self.state.restored:
            return Stage.RETURNED
        if self.state.taken_in is not None:
            return Stage.CLOSED
        release = ReleaseOrder(case_no=self.context.order.case_no)
        answer = await self.context.ask(Party.TRANSFER_OUT, RELEASE_RESERVATION, release)
        if not answer.released:
            await self.exchange.remit(())
            await self.exchange.finish_arrivals()
            raise Refused(
                "The funds had left before the case could be closed; they would belong to neither bureau.",
                "终结前基金已划转，不能终结案件。",
            )
        self.state.note(Party.TRANSFER_OUT, Event.RESERVATION_RELEASED)
        return Stage.ENDED_BY_RULING
