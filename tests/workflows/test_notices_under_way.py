"""Holiday notices that come while cases are running, on the server's own clock moved forward."""

import asyncio
from datetime import date, timedelta
from itertools import count

from notices import plain_notice
from staff import Handle, approval, submit, supplement
from stored_histories import replay_history

from activities.contracts import COMPUTE_DEADLINE, REVIEW_APPLICATION
from activities.officers.register import OfficerRegister
from activities.province.clocks import ClockActivities
from activities.transfer_in.transfer_in import TransferInActivities
from desk.client.publication import draft_of, propose_or_check
from models.files.holiday_notice import CalendarFile, loaded
from models.messages.arrangements import Officers
from models.messages.calendar import Publication, PublicationStage
from models.messages.clocks import CalendarPublished, ClockOrder, ClockReading
from models.messages.requests import Approvable
from models.messages.stages import Event, Stage
from models.messages.steps import ReviewAnswer, ReviewOrder
from province import CHANGCHUN, PATIENCE_SECONDS, YANBIAN, Province, account, advance, application
from rules.calendar.published_holidays import LAST_PUBLISHED_YEAR
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import working_days_between
from rules.clocks.clocks import last_day
from rules.values.due_dates import Clock, china_day
from rules.values.moves import Material
from worker import accepted_officers
from workflows.identifiers import CALENDAR_PUBLISHED
from workflows.transfer_case import TransferCase

RETRY_UNTIL_DONE = timedelta(seconds=PATIENCE_SECONDS)
BEFORE_THE_NEW_YEAR = timedelta(days=12)
_numbers = count(1)
"""Of the notices: the server is shared, and what was published under a number is not published again."""


def extension(first: date, last: date) -> CalendarFile:
    """A second notice in the middle of the holiday, as on 2020-01-27."""
    span = {"from": first, "to": last, "name": "延长假期"}
    notice = {"year": first.year, "number": f"延长〔{first}〕", "published_on": first, "amends": True}
    return CalendarFile.model_validate({"notice": {**notice, "days_off": [span]}})


async def publish(province: Province, handle: Handle, file: CalendarFile) -> None:
    """Until the case has heard of it."""
    draft = draft_of(file)
    await propose_or_check(province.client, draft, "province-01", RETRY_UNTIL_DONE)
    published = await propose_or_check(province.client, draft, "province-02", RETRY_UNTIL_DONE)
    assert isinstance(published, Publication)
    assert published.stage is PublicationStage.ANNOUNCED

    async def heard() -> bool:
        return (await clock_b(handle)).calendar == published.version

    await province.until(heard)


def notices_up_to(year: int) -> list[CalendarFile]:
    """Plain notices for the years that have none yet."""
    return [plain_notice(one, next(_numbers)) for one in range(LAST_PUBLISHED_YEAR + 1, year + 1)]


async def publish_up_to(province: Province, handle: Handle, year: int) -> None:
    for notice in notices_up_to(year):
        await publish(province, handle, notice)


async def clock_b(handle: Handle) -> ClockReading:
    progress = await handle.query(TransferCase.progress)
    return next(one for one in progress.clocks if one.clock == Clock.TRANSFER_OUT)


async def asleep_until(province: Province, handle: Handle, day: date) -> None:
    """Move a case's own clock to noon of a day."""
    now = await province.time_of(handle)
    by = day - china_day(now)
    if by > timedelta(0):
        await advance(province.env, handle, by)


async def begun_in_december(province: Province) -> Handle:
    """A case whose papers were complete late in December, so that clock B crosses into a year without a
    notice; nobody releases the funds."""
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account())
    handle = await province.apply(application(materials=("identity_document",)))
    await province.journalled(handle, Event.MATERIALS_ASKED_FOR)
    await asleep_until(province, handle, date(LAST_PUBLISHED_YEAR + 1, 1, 1) - BEFORE_THE_NEW_YEAR)
    await submit(handle, supplement(Material.APPLICATION_FORM, Material.POSTING_DOCUMENT))
    await province.awaiting(handle, Approvable.RELEASE_OF_FUNDS)
    await province.journalled(handle, Event.INFORMATION_RECEIVED)
    return handle


async def test_a_date_in_a_year_without_a_notice_firms_up_when_the_notice_comes(province: Province) -> None:
    handle = await begun_in_december(province)
    before = await clock_b(handle)
    assert before.provisional
    assert before.earliest <= before.due_on <= before.latest
    await publish_up_to(province, handle, before.due_on.year)
    after = await clock_b(handle)
    assert not after.provisional
    assert after.earliest == after.due_on == after.latest
    assert before.earliest <= after.due_on <= before.latest


async def test_an_extended_holiday_moves_the_dates_of_cases_under_way_and_reminds_nobody_twice(
    province: Province,
) -> None:
    """Published on a day that it makes a holiday, when the first reminder has gone out already."""
    handle = await begun_in_december(province)
    await publish_up_to(province, handle, (await clock_b(handle)).due_on.year)
    before = await clock_b(handle)
    calendar = loaded(WorkingCalendar(), notices_up_to(before.due_on.year))
    first_reminder = before.alarms[0]
    now = await province.time_of(handle)
    await advance(province.env, handle, first_reminder.at - now + timedelta(hours=12))
    today = last_day(await province.time_of(handle))
    until = today + timedelta(days=6)
    added = working_days_between(today - timedelta(days=1), until, calendar)
    assert added > 0
    await publish(province, handle, extension(today, until))
    after = await clock_b(handle)
    assert after.due_on > before.due_on
    assert working_days_between(before.due_on, after.due_on, calendar) == added
    (*_, moved) = after.moved
    assert (moved.before, moved.after) == (before.due_on, after.due_on)
    assert "延长" in moved.why
    await advance(province.env, handle, after.due_at - await province.time_of(handle) + timedelta(hours=1))
    journal = await handle.query(TransferCase.journal)
    reminders = [
        entry.detail
        for entry in journal
        if entry.event is Event.REMINDER_SENT and entry.paper == Clock.TRANSFER_OUT
    ]
    assert reminders == ["5", "3", "1"]
    await submit(handle, approval(Approvable.RELEASE_OF_FUNDS))
    ended = await handle.result()
    assert ended.stage is Stage.CLOSED
    assert [one.overdue for one in ended.clocks] == [False, True, False]


class LeisurelyWithA(ClockActivities):
    """The deadline of clock A takes longer to compute than the others."""

    @COMPUTE_DEADLINE.implements
    async def compute_deadline(self, order: ClockOrder) -> ClockReading:
        await asyncio.sleep(0.5 if order.clock == Clock.REVIEW else 0)
        reading: ClockReading = await ClockActivities.compute_deadline(self, order)
        return reading


class HeldLetter(TransferInActivities):
    """The contact letter leaves when the test says so."""

    begun: asyncio.Event
    released: asyncio.Event

    @REVIEW_APPLICATION.implements
    async def review_application(self, order: ReviewOrder) -> ReviewAnswer:
        self.begun.set()
        await self.released.wait()
        answer: ReviewAnswer = await TransferInActivities.review_application(self, order)
        return answer


async def test_a_clock_that_starts_while_a_notice_turns_the_others_does_not_stop_the_case(
    province: Province,
) -> None:
    """The platform is off when both come, so it hears of them at once."""
    store = province.stores[CHANGCHUN]
    officers = OfficerRegister(CHANGCHUN, store, accepted_officers(province.client))
    desk = HeldLetter(CHANGCHUN, store, register=officers)
    desk.begun, desk.released = asyncio.Event(), asyncio.Event()
    await province.start_bureaus(YANBIAN)
    await province.start_bureaus(CHANGCHUN, review_application=desk.review_application)
    async with await province.platform():
        await province.seed(account())
        handle = await province.apply(application())
        await desk.begun.wait()
    published = CalendarPublished(message_id="calendar/1", notice="放假", version="1")
    await handle.signal(CALENDAR_PUBLISHED, published)
    desk.released.set()

    async def letter_has_left() -> bool:
        return not (await handle.describe()).raw_description.pending_activities

    await province.until(letter_has_left)
    await province.start_platform(clock=LeisurelyWithA)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await handle.result()).stage is Stage.CLOSED
    await replay_history(await handle.fetch_history())
