"""Whose the days and the clocks are while a step is done and the next bureau has not entered it."""

import asyncio
from datetime import timedelta

from paid_by_bank import awaiting, by_bank, line, standing, statement
from staff import Handle, amendment, correction, submit, withdrawal

from activities.contracts import COMPUTE_DEADLINE, NOTIFY_APPLICANT, RECEIVE_INFORMATION, RELEASE_RESERVATION
from activities.officers.register import OfficerRegister
from activities.province.clocks import ClockActivities
from activities.transfer_in.transfer_in import TransferInActivities
from activities.transfer_out.corrections import TransferOutCorrections
from models.messages.arrangements import Officers
from models.messages.clocks import CalendarPublished, ClockOrder, ClockReading
from models.messages.corrections import ReleaseReservationOrder, ReservationReleased
from models.messages.papers import InformationForm, ResultNotice
from models.messages.requests import Approvable
from models.messages.stages import Event, Party, Stage
from models.messages.steps import Arrival, NoticeOrder
from province import CHANGCHUN, YANBIAN, Province, account, advance, application, arranged
from rules.values.due_dates import Clock, china_day
from worker import accepted_officers
from workflows.identifiers import CALENDAR_PUBLISHED
from workflows.transfer_case import TransferCase

FIELD = "base/2020-01..2020-12"


async def clock(handle: Handle, letter: str) -> ClockReading:
    progress = await handle.query(TransferCase.progress)
    return next(one for one in progress.clocks if one.clock == letter)


async def test_a_form_put_right_and_not_entered_yet_is_the_other_bureaus_to_enter(province: Province) -> None:
    """The transfer-out bureau has done its part: neither clock B nor the days are its own any more."""
    released = asyncio.Event()

    class EntersLate(TransferInActivities):
        @RECEIVE_INFORMATION.implements
        async def receive_information(self, form: InformationForm) -> Arrival:
            if form.version > 1:
                await released.wait()
            arrival: Arrival = await TransferInActivities.receive_information(self, form)
            return arrival

    desk = EntersLate(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform(arranged=arranged(posting=Officers.ONE_OFFICER))
    await province.start_bureaus(YANBIAN)
    await province.start_bureaus(CHANGCHUN, receive_information=desk.receive_information)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "5000.00")))
    await submit(handle, amendment({FIELD: "5000.00"}))
    await province.journalled(handle, Event.INFORMATION_FORM_AMENDED)
    progress = await handle.query(TransferCase.progress)
    assert (progress.stage, progress.waiting_on) == (Stage.TO_BE_RECONCILED, Party.TRANSFER_IN)
    assert progress.holdings[-1].party is Party.TRANSFER_IN
    assert (await clock(handle, Clock.TRANSFER_OUT)).stopped_at is not None
    released.set()
    await province.awaiting(handle, Approvable.POSTING, form_version=2)


async def test_the_days_until_a_withdrawal_is_released_are_not_the_applicants(province: Province) -> None:
    released = asyncio.Event()

    class ReleasesLate(TransferOutCorrections):
        @RELEASE_RESERVATION.implements
        async def release_reservation(self, order: ReleaseReservationOrder) -> ReservationReleased:
            await released.wait()
            release: ReservationReleased = await TransferOutCorrections.release_reservation(self, order)
            return release

    store = province.stores[YANBIAN]
    register = OfficerRegister(YANBIAN, store, accepted_officers(province.client))
    desk = ReleasesLate(YANBIAN, store, register=register)
    await province.start_platform()
    await province.start_bureaus(CHANGCHUN)
    await province.start_bureaus(YANBIAN, release_reservation=desk.release_reservation)
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.CLOCK_PAUSED)
    await submit(handle, withdrawal())
    await province.journalled(handle, Event.WITHDRAWAL_REQUESTED)
    assert (await handle.query(TransferCase.progress)).holdings[-1].party is Party.TRANSFER_OUT
    released.set()
    ended = await handle.result()
    parties = [one.party for one in ended.holdings]
    assert parties[-3:] == [Party.APPLICANT, Party.TRANSFER_OUT, Party.TRANSFER_IN]


async def test_a_notice_moves_the_clock_of_a_refusal_that_is_still_to_be_told(province: Province) -> None:
    begun, released = asyncio.Event(), asyncio.Event()
    computed: list[str] = []

    class Noted(ClockActivities):
        @COMPUTE_DEADLINE.implements
        async def compute_deadline(self, order: ClockOrder) -> ClockReading:
            computed.append(order.clock)
            reading: ClockReading = await ClockActivities.compute_deadline(self, order)
            return reading

    class TellsLate(TransferInActivities):
        @NOTIFY_APPLICANT.implements
        async def notify_applicant(self, order: NoticeOrder) -> ResultNotice:
            begun.set()
            await released.wait()
            notice: ResultNotice = await TransferInActivities.notify_applicant(self, order)
            return notice

    desk = TellsLate(CHANGCHUN, province.stores[CHANGCHUN])
    await province.start_platform(clock=Noted)
    await province.start_bureaus(YANBIAN)
    await province.start_bureaus(CHANGCHUN, notify_applicant=desk.notify_applicant)
    handle = await province.apply(application(status="pensioner"))
    await begun.wait()
    assert computed == [Clock.REVIEW]
    published = CalendarPublished(message_id="calendar/1", notice="放假〔2026〕1号", version="1")
    await handle.signal(CALENDAR_PUBLISHED, published)
    assert (await handle.query(TransferCase.progress)).stage is Stage.BEING_CLOSED
    released.set()
    await handle.result()
    assert computed == [Clock.REVIEW, Clock.REVIEW]


async def test_a_supplement_under_way_by_the_bank_makes_the_bureau_that_sent_it_late_for_nothing(
    province: Province,
) -> None:
    """What is left to do is the bank's, and the other bureau's, which reads its statement."""
    await province.start_platform(arranged=by_bank(CHANGCHUN, posting=Officers.ONE_OFFICER))
    await province.start_bureaus(CHANGCHUN, YANBIAN)
    await province.seed(account())
    handle = await province.apply(application())
    awaited = (await awaiting(province, handle)).awaited_funds
    assert awaited is not None
    await statement(province, line(handle, "B1", awaited.announced))
    await province.awaiting(handle, Approvable.POSTING)
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await submit(handle, amendment({FIELD: "7000.00"}))
    on_its_way = await awaiting(province, handle, number="/2")
    assert on_its_way.waiting_on is Party.TRANSFER_IN
    await advance(province.env, handle, timedelta(days=45))
    supplement = (await standing(handle)).awaited_funds
    assert supplement is not None
    await statement(province, line(handle, "B2", supplement.announced, 2))
    await province.awaiting(handle, Approvable.POSTING, form_version=2)
    clocks = {clock.clock: clock for clock in (await standing(handle)).clocks}
    assert (
        clocks[Clock.TRANSFER_OUT].stopped_at
        == (await handle.query(TransferCase.papers)).remittances[-1].started_at
    )
    assert not clocks[Clock.TRANSFER_OUT].overdue
    journal = await handle.query(TransferCase.journal)
    assert Clock.TRANSFER_OUT not in {entry.paper for entry in journal if entry.event is Event.CLOCK_OVERDUE}


async def test_a_declined_correction_leaves_the_transfer_in_bureau_its_days(province: Province) -> None:
    """Nothing has come in since it asked; but until it was answered form and funds did not agree."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application())
    await province.awaiting(handle, Approvable.POSTING)
    await advance(province.env, handle, timedelta(days=20))
    await submit(handle, correction((FIELD, "6000.00", "7000.00")))
    await advance(province.env, handle, timedelta(days=20))
    answered_on = china_day(await province.time_of(handle))
    await submit(handle, amendment({FIELD: None}))
    await province.journalled(handle, Event.RECONCILED, times=2)
    anew = await clock(handle, Clock.TAKE_IN)
    assert (anew.received_on, anew.overdue) == (answered_on, False)
