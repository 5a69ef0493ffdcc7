"""A notice on its way to cases: two officers, the province's register, the clocks it may concern."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from strangers import without_keys
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.contracts import ANNOUNCE, PUBLISH_NOTICE
from activities.officers.register import OfficerRegister
from activities.province.calendar import CalendarActivities, ProvinceCalendar
from desk.client.publication import (
    PublicationRefused,
    draft_of,
    propose_or_check,
    published_notices,
    withdraw_proposal,
)
from models.files.holiday_notice import CalendarFile
from models.messages.arrangements import Officers
from models.messages.calendar import Announced, Announcement, CalendarDraft, Publication, PublicationStage
from models.messages.clocks import CalendarPublished, ClockReading
from models.messages.requests import Approvable
from models.messages.stages import Event
from province import CHANGCHUN, PATIENCE_SECONDS, Province, account, advance, application
from rules.calendar.working_calendar import WorkingCalendar
from rules.calendar.working_days import nth_working_day_after
from rules.values.due_dates import Clock
from rules.values.officers import PROVINCE
from workflows import steps
from workflows.identifiers import (
    CALENDAR_PUBLISHED,
    COUNTED_UNTIL,
    RUNNING_CASES,
    calendar_workflow_id,
)
from workflows.transfer_case import TransferCase

MAKER, CHECKER = "province-01", "province-02"
RETRY_UNTIL_DONE = timedelta(seconds=PATIENCE_SECONDS)
UNTOLD = 150
"""So many executions take the server five seconds to signal."""
_years = count(2040)
"""A number of its own for every test: the server is shared, and a number is published once at a time."""


@pytest.fixture
async def draft(province: Province) -> AsyncIterator[CalendarDraft]:
    """A closure nobody has proposed yet; what a test leaves open is ended."""
    made = draft_of(closure(date(next(_years), 3, 1)))
    yield made
    with suppress(RPCError):
        await province.client.get_workflow_handle(calendar_workflow_id(made.number)).terminate()


def closure(day: date, name: str = "防汛抢险") -> CalendarFile:
    """Changchun is closed on a day."""
    return CalendarFile.model_validate({"closures": [{"bureau": CHANGCHUN, "day": day, "name": name}]})


def announcing(province: Province) -> CalendarActivities:
    """The province's calendar steps, as its worker has them."""
    store = province.stores[PROVINCE]
    return CalendarActivities(ProvinceCalendar(store), OfficerRegister(PROVINCE, store))


async def clock_a(handle: WorkflowHandle[TransferCase, Any]) -> ClockReading:
    (clock,) = (
        one for one in (await handle.query(TransferCase.progress)).clocks if one.clock == Clock.REVIEW
    )
    return clock


async def clock_b(handle: WorkflowHandle[TransferCase, Any]) -> ClockReading:
    clocks = (await handle.query(TransferCase.progress)).clocks
    return next(one for one in clocks if one.clock is Clock.TRANSFER_OUT)


async def test_a_notice_checked_by_a_second_officer_moves_every_running_clock(province: Province) -> None:
    """Nobody is in at either bureau, and clock A runs."""
    await province.start_platform()
    first = await province.apply(application())
    second = await province.apply(application(registered_home="222402"))
    before = await running(province, first), await running(province, second)
    file = closure(nth_working_day_after(before[0].received_on, 3, WorkingCalendar()))
    draft = draft_of(file)
    proposed = await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    assert isinstance(proposed, Publication)
    assert (proposed.stage, proposed.checker) == (PublicationStage.AWAITING_CHECK, None)
    assert await clock_a(first) == before[0], "one officer alone moves nothing"
    assert (await published_notices(province.client)).notices == ()
    listed = (await province.client.count_workflows(RUNNING_CASES)).count
    published = await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE)
    assert isinstance(published, Publication)
    assert published.stage is PublicationStage.ANNOUNCED
    assert (published.maker, published.checker) == (MAKER, CHECKER)
    # The list loses the deleted cases of tests before this one at a time of its own.
    assert 2 <= published.told <= listed
    for handle, was in zip((first, second), before, strict=True):
        clock = await counted_by(province, handle, published)
        assert clock.due_on == nth_working_day_after(was.due_on, 1, WorkingCalendar())
        assert [(one.before, one.after) for one in clock.moved] == [(was.due_on, clock.due_on)]
        assert file.number in clock.moved[0].why
        assert clock.calendar == published.version


async def running(province: Province, handle: WorkflowHandle[TransferCase, Any]) -> ClockReading:
    """Clock A once it runs, and the case is on the list of running cases."""
    await province.listed_at_work(handle)
    return await clock_a(handle)


async def counted_by(
    province: Province, handle: WorkflowHandle[TransferCase, Any], published: Publication
) -> ClockReading:
    """Clock A once the case has heard of a notice, which it was sent a moment ago."""

    async def heard() -> bool:
        return (await clock_a(handle)).calendar == published.version

    await province.until(heard)
    return await clock_a(handle)


async def refused(province: Province, draft: CalendarDraft, officer: str) -> str:
    answer = await propose_or_check(province.client, draft, officer, RETRY_UNTIL_DONE)
    assert isinstance(answer, PublicationRefused)
    assert answer.zh
    return answer.en


async def test_the_officer_who_proposed_a_notice_may_not_check_it(
    province: Province, draft: CalendarDraft
) -> None:
    await province.start_platform()
    await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    assert "another officer has to check it" in await refused(province, draft, MAKER)
    assert (await published_notices(province.client)).notices == ()


async def test_what_is_checked_must_say_what_was_proposed(province: Province, draft: CalendarDraft) -> None:
    await province.start_platform()
    await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    day = date.fromisoformat(draft.number.split()[-1])
    other = draft_of(closure(day, "暴雪"))
    assert other.number == draft.number
    assert f"does not say what officer {MAKER} proposed" in await refused(province, other, CHECKER)
    assert (await published_notices(province.client)).notices == ()


async def test_a_notice_that_the_register_refuses_is_told_to_who_checks_it_and_can_be_withdrawn(
    province: Province, draft: CalendarDraft
) -> None:
    await province.start_platform()
    unreadable = draft.model_copy(update={"content": "[]", "digest": sha256(b"[]").hexdigest()})
    await propose_or_check(province.client, unreadable, MAKER, RETRY_UNTIL_DONE)
    answer = await refused(province, unreadable, CHECKER)
    assert answer.startswith("The notice cannot be published: The notice cannot be read by this release")
    withdrawn = await withdraw_proposal(province.client, unreadable, MAKER)
    assert isinstance(withdrawn, Publication)
    assert withdrawn.stage is PublicationStage.WITHDRAWN


class AnsweredByAStranger(Interceptor):
    """Answers the first publication before the province does, in the clear: its officers are refused."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answered = False

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        stranger = self

        class Answered(ActivityInboundInterceptor):
            async def execute_activity(self, input: ExecuteActivityInput) -> Any:
                asked = activity.info()
                if asked.activity_type == PUBLISH_NOTICE.name and not stranger.answered:
                    stranger.answered = True
                    refused = {"code": "x", "article": "x", "en": "no", "zh": "不"}
                    handle = stranger.client.get_async_activity_handle(task_token=asked.task_token)
                    await handle.complete({"refusals": [refused], "of_maker": True})
                return await self.next.execute_activity(input)

        return Answered(next)


async def test_a_stranger_who_answers_for_the_province_publishes_nothing_and_is_asked_past(
    province: Province, draft: CalendarDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "AFTER_A_FORGERY", timedelta(milliseconds=100))
    stranger = AnsweredByAStranger(without_keys(province.client))
    async with await province.platform(interceptors=[stranger]):
        await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
        answer = await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE)
        published = await published_notices(province.client)
    assert stranger.answered
    assert isinstance(answer, Publication)
    assert answer.stage is not PublicationStage.REFUSED
    assert [notice.draft for notice in published.notices] == [draft]


async def test_only_who_proposed_a_notice_may_withdraw_it_and_then_it_may_be_proposed_anew(
    province: Province, draft: CalendarDraft
) -> None:
    await province.start_platform()
    await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    strangers = await withdraw_proposal(province.client, draft, CHECKER)
    assert isinstance(strangers, PublicationRefused)
    assert f"Officer {MAKER} proposed this notice and may withdraw it" in strangers.en
    withdrawn = await withdraw_proposal(province.client, draft, MAKER)
    assert isinstance(withdrawn, Publication)
    assert withdrawn.stage is PublicationStage.WITHDRAWN
    nothing_left = await withdraw_proposal(province.client, draft, MAKER)
    assert isinstance(nothing_left, PublicationRefused)
    again = await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE)
    assert isinstance(again, Publication)
    assert (again.stage, again.maker) == (PublicationStage.AWAITING_CHECK, CHECKER)


async def test_an_officer_who_types_the_command_again_gets_the_same_answer(
    province: Province, draft: CalendarDraft
) -> None:
    await province.start_platform()
    await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    published = await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE)
    assert await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE) == published
    assert await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE) == published
    assert len((await published_notices(province.client)).notices) == 1


async def test_an_announcement_tried_again_signals_nobody_twice(province: Province) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    await running(province, handle)
    desk = announcing(province)
    message = CalendarPublished(message_id=f"calendar/{handle.id}", notice="n", version="v")
    found = f"{RUNNING_CASES} AND WorkflowId = '{handle.id}'"
    order = Announcement(message=message, signal=CALENDAR_PUBLISHED, query=found)
    environment = ActivityEnvironment(client=province.client)
    first = await environment.run(desk.announce, order)
    assert (first.told, first.not_told) == (1, 0)
    assert await ActivityEnvironment(client=province.client).run(desk.announce, order) == first
    events = [event async for event in handle.fetch_history_events()]
    assert sum(event.HasField("workflow_execution_signaled_event_attributes") for event in events) == 1


@pytest.fixture
async def untold(province: Province) -> AsyncIterator[str]:
    """The query for some open executions that take the server seconds to signal."""
    name = uuid4().hex
    handles = [
        await province.client.start_workflow("Untold", id=f"{name}/{number}", task_queue=name)
        for number in range(UNTOLD)
    ]
    query = f"TaskQueue = '{name}'"
    while (await province.client.count_workflows(query)).count < UNTOLD:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    yield query
    for handle in handles:
        await handle.terminate()


async def test_an_announcement_asked_for_again_waits_until_all_are_told_and_another_for_its_turn(
    province: Province, untold: str
) -> None:
    """As after a worker's death: the server starts no job, be it the same, while one is under way."""
    await province.start_platform()
    message = CalendarPublished(message_id=f"calendar/{uuid4()}", notice="n", version="v")
    order = Announcement(message=message, signal=CALENDAR_PUBLISHED, query=untold)
    other = order.model_copy(update={"time": 2})

    async def announce(asked: Announcement) -> Announced:
        environment = ActivityEnvironment(client=province.client)
        return await environment.run(announcing(province).announce, asked)

    first = asyncio.create_task(announce(order))
    await asyncio.sleep(1)
    with pytest.raises(ApplicationError, match="told of something else"):
        await announce(other)
    again = await announce(order)
    assert again == await first == Announced(told=UNTOLD, not_told=0)
    assert await announce(other) == again


async def test_an_announcement_that_was_broken_off_is_made_anew(province: Province) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    await running(province, handle)
    desk = announcing(province)
    message = CalendarPublished(message_id=f"calendar/{handle.id}", notice="n", version="v")
    nobody = f"{RUNNING_CASES} AND NoSuchAttribute = 'x'"
    order = Announcement(message=message, signal=CALENDAR_PUBLISHED, query=nobody)
    with pytest.raises(ApplicationError, match="broken off") as broken:
        await ActivityEnvironment(client=province.client).run(desk.announce, order)
    assert not broken.value.non_retryable
    found = order.model_copy(update={"query": f"{RUNNING_CASES} AND WorkflowId = '{handle.id}'"})
    again = await ActivityEnvironment(client=province.client).run(desk.announce, found)
    assert (again.told, again.not_told) == (1, 0)


async def test_a_case_that_was_not_on_the_list_yet_hears_of_a_notice_some_minutes_later(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of the first announcement is empty; of the second it is as long as it is."""
    missing = f"{RUNNING_CASES} AND WorkflowId = 'not yet on the list'"

    class Lagging(CalendarActivities):
        @ANNOUNCE.implements
        async def announce(self, announcement: Announcement) -> Announced:
            if announcement.time == 1:
                announcement = announcement.model_copy(update={"query": missing})
            announced: Announced = await CalendarActivities.announce(self, announcement)
            return announced

    monkeypatch.setattr("activities.registration.CalendarActivities", Lagging)
    await province.start_platform()
    handle = await province.apply(application())
    before = await running(province, handle)
    draft = draft_of(closure(nth_working_day_after(before.received_on, 4, WorkingCalendar())))
    await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    published = await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE)
    assert isinstance(published, Publication)
    assert published.told == 0
    again = province.client.get_workflow_handle(f"{calendar_workflow_id(draft.number)}/{draft.digest}")
    await advance(province.env, again, timedelta(minutes=6))
    assert Announced.model_validate(await again.result()).told >= 1
    assert before.calendar != published.version
    await counted_by(province, handle, published)


async def test_a_notice_is_announced_to_the_cases_it_may_concern_and_to_no_other(province: Province) -> None:
    """One case counts for three weeks; the other waits for the person, and its clock is paused."""
    await province.start(release_of_funds=Officers.ONE_OFFICER)
    await province.seed(account(), account("220302199108034263", "金英子"))
    counting = await province.apply(application())
    await province.awaiting(counting, Approvable.RELEASE_OF_FUNDS)
    elsewhere = application(name="金英子", id_number="220302199108034263", materials=("identity_document",))
    waiting = await province.apply(elsewhere)
    await province.journalled(waiting, Event.CLOCK_PAUSED)
    await province.listed(waiting, f"{RUNNING_CASES} AND {COUNTED_UNTIL.name} IS NULL")
    await province.listed(counting, f"{RUNNING_CASES} AND {COUNTED_UNTIL.name} IS NOT NULL")
    before = await clock_b(counting)
    draft = draft_of(closure(before.due_on + timedelta(days=90)))
    await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    published = await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE)
    assert isinstance(published, Publication)
    await counted_by(province, waiting, published)
    assert (await clock_b(counting)).calendar == before.calendar != published.version


async def test_the_second_announcement_of_a_notice_leaves_no_line_in_the_journal(province: Province) -> None:
    await province.start_platform()
    handle = await province.apply(application())
    before = await running(province, handle)
    draft = draft_of(closure(nth_working_day_after(before.received_on, 5, WorkingCalendar())))
    await propose_or_check(province.client, draft, MAKER, RETRY_UNTIL_DONE)
    await propose_or_check(province.client, draft, CHECKER, RETRY_UNTIL_DONE)
    again = province.client.get_workflow_handle(f"{calendar_workflow_id(draft.number)}/{draft.digest}")
    await advance(province.env, again, timedelta(minutes=6))
    assert Announced.model_validate(await again.result()).told >= 1
    await handle.signal("no such message")
    await province.journalled(handle, Event.MESSAGE_REFUSED)
    journal = await handle.query(TransferCase.journal)
    (refused,) = [one.detail for one in journal if one.event is Event.MESSAGE_REFUSED]
    assert "no such message" in refused, "the announcement came before it and is not among them"
