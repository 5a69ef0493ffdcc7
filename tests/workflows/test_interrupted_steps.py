"""A ruling interrupts the procedure at an awkward moment: nothing stays half done."""

import asyncio
from datetime import timedelta
from typing import ClassVar

from staff import Handle, amendment, answer, correction, dispute, referral, ruling, submit
from temporalio import activity

from activities.contracts import COMPUTE_DEADLINE, COUNT_DAYS_LATE, RECEIVE_FUNDS, SUPPLEMENT_FUNDS
from activities.province.clocks import ClockActivities
from activities.transfer_in.transfer_in import TransferInActivities
from activities.transfer_out.corrections import TransferOutCorrections
from models.messages.arrangements import Officers
from models.messages.clocks import ClockOrder, ClockReading, LatenessOrder, WorkingDays
from models.messages.corrections import MoneyOrder
from models.messages.papers import Remittance
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.messages.steps import Arrival, FundsDelivery
from province import CHANGCHUN, SIPING, YANBIAN, Province, account, application, arranged
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.orders import Proceed, SetAmount
from workflows.transfer_case import TransferCase

LATE = timedelta(days=60)
FIELD = "base/2020-01..2020-12"


class Held:
    """Something that is under way until the test lets it go on."""

    def __init__(self) -> None:
        self.begun, self.released = asyncio.Event(), asyncio.Event()

    async def wait(self) -> None:
        self.begun.set()
        await self.released.wait()


class LateAndHeld(ClockActivities):
    """Clock B was due before it began, and how late it is takes a while to count."""

    held: ClassVar[Held]

    @COMPUTE_DEADLINE.implements
    async def compute_deadline(self, order: ClockOrder) -> ClockReading:
        reading: ClockReading = await ClockActivities.compute_deadline(self, order)
        past = {"due_on": reading.received_on - LATE, "due_at": order.anchored_at}
        return reading.model_copy(update=past) if order.clock == Clock.TRANSFER_OUT else reading

    @COUNT_DAYS_LATE.implements
    async def count_days_late(self, missed: LatenessOrder) -> WorkingDays:
        if activity.info().is_local:
            raise OSError("out of reach")
        await self.held.wait()
        late: WorkingDays = await ClockActivities.count_days_late(self, missed)
        return late


class ComputedAgainAndHeld(ClockActivities):
    """To compute the deadline of clock B a second time takes a while."""

    held: ClassVar[Held]
    computed: ClassVar[list[str]]

    @COMPUTE_DEADLINE.implements
    async def compute_deadline(self, order: ClockOrder) -> ClockReading:
        if order.clock == Clock.TRANSFER_OUT and Clock.TRANSFER_OUT in self.computed:
            if activity.info().is_local:
                raise OSError("out of reach")
            await self.held.wait()
        self.computed.append(order.clock)
        reading: ClockReading = await ClockActivities.compute_deadline(self, order)
        return reading


class AFenShort(TransferInActivities):
    """The first remittance brings a fen less than was sent."""

    @RECEIVE_FUNDS.implements
    async def receive_funds(self, delivery: FundsDelivery) -> Arrival:
        sent = delivery.remittance
        if sent.sequence == 1:
            short = sent.model_copy(update={"pooled": Fen(sent.pooled - 1)})
            delivery = delivery.model_copy(update={"remittance": short})
        arrival: Arrival = await TransferInActivities.receive_funds(self, delivery)
        return arrival


class SecondArrivalHeld(TransferInActivities):
    """What comes after the first remittance takes a while to be received."""

    held: Held

    @RECEIVE_FUNDS.implements
    async def receive_funds(self, delivery: FundsDelivery) -> Arrival:
        if delivery.remittance.sequence > 1:
            await self.held.wait()
        arrival: Arrival = await TransferInActivities.receive_funds(self, delivery)
        return arrival


class LateSupplement(TransferOutCorrections):
    """A supplement leaves long after the form."""

    @SUPPLEMENT_FUNDS.implements
    async def supplement_funds(self, order: MoneyOrder) -> Remittance:
        sent: Remittance = await TransferOutCorrections.supplement_funds(self, order)
        return sent.model_copy(update={"started_at": sent.started_at + LATE})


async def ruled(province: Province, handle: Handle) -> None:
    """The dispute and the ruling to proceed, while something is under way."""
    for request in (dispute(), answer(), referral(), ruling([Proceed()])):
        await submit(handle, request)


async def test_how_late_a_clock_was_is_counted_though_a_ruling_comes_meanwhile(province: Province) -> None:
    LateAndHeld.held = held = Held()
    await province.start_platform(clock=LateAndHeld, arranged=arranged(ruling=Officers.ONE_OFFICER))
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    await province.seed(account())
    handle = await province.apply(application())
    await held.begun.wait()
    await ruled(province, handle)
    held.released.set()
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    journal = await handle.query(TransferCase.journal)
    (stopped,) = [
        one for one in journal if one.event is Event.CLOCK_STOPPED and one.paper == Clock.TRANSFER_OUT
    ]
    (clock_b,) = [one for one in ended.clocks if one.clock == Clock.TRANSFER_OUT]
    assert clock_b.working_days_late > 30
    assert stopped.detail == f"+{clock_b.working_days_late}"


async def test_a_clock_that_a_discrepancy_reopens_runs_again_though_a_ruling_comes_meanwhile(
    province: Province,
) -> None:
    ComputedAgainAndHeld.held = held = Held()
    ComputedAgainAndHeld.computed = []
    desk = AFenShort(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform(clock=ComputedAgainAndHeld, arranged=arranged(ruling=Officers.ONE_OFFICER))
    await province.start_bureaus(YANBIAN, SIPING)
    await province.start_bureaus(CHANGCHUN, receive_funds=desk.receive_funds)
    await province.seed(account())
    handle = await province.apply(application())
    await held.begun.wait()
    await ruled(province, handle)
    held.released.set()

    # A fen is short of the form, which a ruling only to proceed does not change.
    await province.journalled(handle, Event.RULING_NOT_CARRIED_OUT)
    (sent,) = (await handle.query(TransferCase.papers)).remittances
    come = SetAmount(sent.individual, Fen(sent.pooled - 1))
    second = await submit(handle, ruling([come, Proceed()], number="裁〔2026〕2号"))
    assert second.en == "rule: accepted", "one that could not be carried out is not replaced, but over"
    await province.reached(handle, Stage.TO_BE_CORRECTED)
    await submit(handle, amendment({"funds": None}))
    assert (await handle.result()).stage is Stage.CLOSED
    events = [(one.event, one.paper) for one in await handle.query(TransferCase.journal)]
    resumed = events.index((Event.CLOCK_RESUMED, Clock.TRANSFER_OUT))
    assert resumed < [event for event, _ in events].index(Event.ORDER_CARRIED_OUT)
    assert (Event.CLOCK_STOPPED, Clock.TRANSFER_OUT) in events[resumed:]


async def test_a_late_supplement_stops_clock_b_when_it_left_though_its_arrival_was_interrupted(
    province: Province,
) -> None:
    desk = SecondArrivalHeld(CHANGCHUN, province.stores[CHANGCHUN])
    desk.held = Held()
    late = LateSupplement(YANBIAN, province.stores[YANBIAN])
    await province.start_platform(
        arranged=arranged(ruling=Officers.ONE_OFFICER, posting=Officers.ONE_OFFICER)
    )
    await province.start_bureaus(SIPING)
    await province.start_bureaus(CHANGCHUN, receive_funds=desk.receive_funds)
    await province.start_bureaus(YANBIAN, supplement_funds=late.supplement_funds)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await desk.held.begun.wait()
    await ruled(province, handle)
    desk.held.released.set()
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    sent = (await handle.query(TransferCase.papers)).remittances[-1]
    clocks = (await handle.query(TransferCase.progress)).clocks
    (clock_b,) = [one for one in clocks if one.clock == Clock.TRANSFER_OUT]
    assert clock_b.stopped_at == sent.started_at
    assert clock_b.overdue
