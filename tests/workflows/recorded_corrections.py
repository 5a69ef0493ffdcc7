"""Recorded cases in which the form was corrected (第七条第二项)."""

from every_stage import started_again
from staff import (
    amendment,
    answer,
    approval,
    choice,
    correction,
    correction_withdrawal,
    dispute,
    referral,
    reopening,
    ruling,
    submit,
)

from activities.contracts import RECEIVE_FUNDS
from activities.transfer_in.transfer_in import TransferInActivities
from models.files.arrangements_file import ArrangementsFile, BureauArrangements, CorrectionArrangements
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.messages.steps import Arrival, FundsDelivery
from province import BUREAUS, CHANGCHUN, YANBIAN, Handle, Province, account, application, arranged
from rules.values.form_fields import CorrectionEffect
from rules.values.money import Fen
from rules.values.orders import Proceed, SetAmount
from workflows.transfer_case import TransferCase

FIELD, OTHER = "base/2020-01..2020-12", "base/2021-01..2021-03"
SEEN = "6000.00"


async def posting_held(province: Province) -> Handle:
    """A case whose taking in waits for an officer, so that the transfer-in bureau can check first."""
    await province.start(posting=Officers.ONE_OFFICER)
    return await applied(province)


async def applied(province: Province) -> Handle:
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    return handle


async def closed(province: Province, handle: Handle) -> Handle:
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, approval(Approvable.POSTING))
    await handle.result()
    return handle


async def corrected_with_supplement(province: Province) -> Handle:
    """Two fields are in question, one is raised and one declined later; a second round follows."""
    handle = await posting_held(province)
    await submit(handle, correction((FIELD, SEEN, "7000.00"), (OTHER, SEEN, "9000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.SUPPLEMENT_REMITTED)
    await submit(handle, amendment({OTHER: None}))
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "7000.00", "7500.00")))
    await submit(handle, amendment({FIELD: "7500.00"}))
    await province.awaiting(handle, Approvable.POSTING, form_version=3)
    return await closed(province, handle)


async def corrected_and_stopped_as_sent(province: Province) -> Handle:
    """Like `corrected_with_supplement`, since clock B stops when the last money has left."""
    return await corrected_with_supplement(province)


async def corrected_with_surplus(province: Province) -> Handle:
    handle = await posting_held(province)
    await submit(handle, correction((FIELD, SEEN, "5000.00")))
    await submit(handle, amendment({FIELD: "5000.00"}))
    await province.journalled(handle, Event.RETURN_RECEIVED)
    return await closed(province, handle)


async def corrected_under_pause(province: Province) -> Handle:
    """Clocks B and C are paused while the correction is open, as the province has arranged."""
    pause = CorrectionArrangements(clock_b=CorrectionEffect.PAUSE, clock_c=CorrectionEffect.PAUSE)
    defaults = BureauArrangements(posting=Officers.ONE_OFFICER)
    await province.start_platform(arranged=ArrangementsFile(defaults=defaults, corrections=pause))
    await province.start_bureaus(*BUREAUS)
    handle = await applied(province)
    await submit(handle, correction((FIELD, SEEN, "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.SUPPLEMENT_REMITTED)
    return await closed(province, handle)


async def corrected_before_the_funds_left(province: Province) -> Handle:
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await submit(handle, correction((FIELD, SEEN, "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS, form_version=2)
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    await handle.result()
    return handle


class AFenShort(TransferInActivities):
    """Receives one fen less from the bank than the form says."""

    @RECEIVE_FUNDS.implements
    async def receive_funds(self, delivery: FundsDelivery) -> Arrival:
        sent = delivery.remittance
        if sent.sequence == 1:
            short = sent.model_copy(update={"pooled": Fen(sent.pooled - 1)})
            delivery = delivery.model_copy(update={"remittance": short})
        arrival: Arrival = await TransferInActivities.receive_funds(self, delivery)
        return arrival


async def correction_raised_by_the_platform(province: Province) -> Handle:
    """The money waits in suspense: the transfer-out bureau sends nothing again that it has sent by its books,
    and a ruling states the amount that has arrived."""
    desk = AFenShort(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform(arranged=arranged(ruling=Officers.ONE_OFFICER))
    await province.start_bureaus(YANBIAN)
    await province.start_bureaus(CHANGCHUN, receive_funds=desk.receive_funds)
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.DISCREPANCY_FOUND)
    await submit(handle, amendment({"funds": "confirmed"}))
    await province.journalled(handle, Event.DISCREPANCY_FOUND, times=2)
    (sent,) = (await handle.query(TransferCase.papers)).remittances
    await submit(handle, dispute())
    await submit(handle, answer())
    await submit(handle, referral())
    come = SetAmount(sent.individual, Fen(sent.pooled - 1))
    await submit(handle, ruling([come, Proceed()]))
    await province.journalled(handle, Event.ORDER_CARRIED_OUT, times=2)
    await province.reached(handle, Stage.TO_BE_CORRECTED)
    await submit(handle, amendment({"funds": None}))
    await handle.result()
    return handle


async def corrected_after_the_taking_in(province: Province) -> Handle:
    """The posting is reversed and made anew while the person is asked about months paid twice."""
    await province.start()
    twice = [("2025-11", "2026-02", "6500.00")]
    await province.seed(account(), account(scheme="E", bureau=CHANGCHUN, months=twice))
    handle = await province.apply(application())
    await province.journalled(handle, Event.CHOICE_OFFERED)
    await submit(handle, correction((FIELD, SEEN, "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    await province.journalled(handle, Event.CHOICE_OFFERED, times=2)
    await submit(handle, choice(1))
    await province.awaiting(handle, Approvable.REFUND)
    await submit(handle, approval(Approvable.REFUND))
    await handle.result()
    return handle


async def correction_withdrawn(province: Province) -> Handle:
    """A correction is asked for after the funds have arrived, and then withdrawn."""
    handle = await posting_held(province)
    await submit(handle, correction((FIELD, SEEN, "7000.00")))
    await submit(handle, correction_withdrawal(FIELD))
    await province.journalled(handle, Event.CORRECTION_WITHDRAWN)
    return await closed(province, handle)


async def reopened(province: Province) -> Handle:
    """A closed case is reopened by two officers, corrected, and closed again; the later run is recorded."""
    await province.start()
    await province.seed(account())
    first = await province.apply(application())
    await first.result()
    handle = await started_again(province, first)
    await submit(handle, reopening((FIELD, SEEN, "7000.00")))
    await province.awaiting(handle, Approvable.REOPENING)
    await submit(handle, approval(Approvable.REOPENING, "in-02"))
    await province.journalled(handle, Event.CASE_REOPENED)
    await submit(handle, amendment({FIELD: "7000.00"}))
    await handle.result()
    return handle


CORRECTIONS = (
    reopened,
    correction_withdrawn,
    corrected_with_supplement,
    corrected_and_stopped_as_sent,
    corrected_with_surplus,
    corrected_under_pause,
    corrected_before_the_funds_left,
    correction_raised_by_the_platform,
    corrected_after_the_taking_in,
)
