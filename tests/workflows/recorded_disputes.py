"""Recorded cases that were disputed (第九条)."""

from datetime import timedelta

from recorded_corrections import FIELD, closed
from staff import answer, approval, dispute, dispute_withdrawal, referral, ruling, send, settlement, submit

from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Party
from province import Handle, Province, account, advance, application
from rules.values.due_dates import Clock
from rules.values.money import Fen
from rules.values.orders import (
    AmendField,
    Close,
    ExtendClock,
    Proceed,
    RestartClock,
    RestoreRelationship,
    ReturnFunds,
    SetAmount,
    SupplementFunds,
)


async def opened(province: Province, **officers: Officers) -> Handle:
    """A case whose taking in waits for an officer."""
    await province.start(**{"posting": Officers.ONE_OFFICER, "ruling": Officers.ONE_OFFICER, **officers})
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def referred(province: Province, **officers: Officers) -> Handle:
    """A case whose dispute is before the province."""
    handle = await opened(province, **officers)
    await refer(handle)
    return handle


async def refer(handle: Handle) -> None:
    await submit(handle, dispute())
    await submit(handle, answer())
    await submit(handle, referral())


async def dispute_settled(province: Province) -> Handle:
    handle = await opened(province)
    await submit(handle, dispute())
    await submit(handle, answer())
    await submit(handle, settlement(Party.TRANSFER_OUT))
    await submit(handle, settlement(Party.TRANSFER_IN))
    return await closed(province, handle)


async def dispute_withdrawn(province: Province) -> Handle:
    handle = await opened(province)
    await submit(handle, dispute())
    await submit(handle, dispute_withdrawal())
    return await closed(province, handle)


async def referred_unanswered(province: Province) -> Handle:
    """The other bureau does not answer; a first referral is too early."""
    handle = await opened(province)
    await submit(handle, dispute())
    await advance(province.env, handle, timedelta(days=2))
    await send(handle, referral())
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    await advance(province.env, handle, timedelta(days=28))
    await submit(handle, referral())
    await submit(handle, ruling([Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT)
    return await closed(province, handle)


async def more_time_for_an_overdue_clock(province: Province) -> Handle:
    """Clock B is overdue and extended, reminds before its new last day, and is met in time."""
    await province.start(release_of_funds=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await advance(province.env, handle, timedelta(days=40))
    await refer(handle)
    await submit(handle, ruling([ExtendClock(Clock.TRANSFER_OUT, 25), Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=2)
    await advance(province.env, handle, timedelta(days=14))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await handle.result()
    return handle


async def ruled_to_amend_and_proceed(province: Province) -> Handle:
    """The ruling comes by signal; the money follows the amended form."""
    handle = await referred(province)
    await send(handle, ruling([AmendField(FIELD, "7000.00"), Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=2)
    return await closed(province, handle)


async def ruled_amount(province: Province) -> Handle:
    """The ruled amount is less than was sent, and the rest is returned."""
    handle = await referred(province)
    await submit(handle, ruling([SetAmount(Fen(4_000_000), Fen(5_000_000)), Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=2)
    return await closed(province, handle)


async def ruled_supplement(province: Province) -> Handle:
    """The ruled amount is more than was sent; one order sets it, the next sends the supplement."""
    handle = await referred(province)
    sent = (await handle.query("papers"))["remittances"][0]
    more = SetAmount(Fen(sent["individual"]), Fen(sent["pooled"] + 100_000))
    await submit(handle, ruling([more, SupplementFunds(Fen(0), Fen(100_000)), Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=3)
    return await closed(province, handle)


async def ruled_to_return_and_restore(province: Province) -> Handle:
    handle = await referred(province)
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()]))
    await handle.result()
    return handle


async def ruled_on_the_clocks(province: Province) -> Handle:
    """One clock is extended, another restarted."""
    handle = await referred(province)
    await submit(handle, ruling([ExtendClock(Clock.TAKE_IN, 5), RestartClock(Clock.TRANSFER_OUT), Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=3)
    return await closed(province, handle)


async def ruling_replaced(province: Province) -> Handle:
    """Two officers are needed; before the second approves, the province replaces the ruling."""
    handle = await referred(province, ruling=Officers.TWO_OFFICERS)
    await submit(handle, ruling([ReturnFunds(), RestoreRelationship(), Close()], "裁〔2026〕1号"))
    await province.awaiting(handle, Approvable.RULING)
    await submit(handle, ruling([Proceed()], "裁〔2026〕2号"))
    await province.journalled(handle, Event.RULING_REPLACED)
    await province.awaiting(handle, Approvable.RULING)
    await submit(handle, approval(Approvable.RULING, "province-02"))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT)
    return await closed(province, handle)


async def ended_by_ruling(province: Province) -> Handle:
    """The case is ended before any money has left, and the relationship is released."""
    await province.start(release_of_funds=Officers.ONE_OFFICER, ruling=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await refer(handle)
    await submit(handle, ruling([Close()]))
    await handle.result()
    return handle


DISPUTES = (
    dispute_withdrawn,
    dispute_settled,
    ruled_to_amend_and_proceed,
    ruled_amount,
    ruled_supplement,
    ruled_to_return_and_restore,
    ruled_on_the_clocks,
    ruling_replaced,
    ended_by_ruling,
    referred_unanswered,
    more_time_for_an_overdue_clock,
)
