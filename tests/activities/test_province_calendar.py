"""The province's calendar: what was published stays published, and clocks count by it from then on."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from hashlib import sha256
from pathlib import Path

import pytest
from notices import EXTENSION_2020, NOTICE_2020
from staff import by_officer, demonstration
from stores import plan_of
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.officers.register import AcceptedOfficers, OfficerRegister
from activities.province.calendar import FILED, CalendarActivities, ProvinceCalendar
from activities.province.clocks import ClockActivities
from models.audit.seals import divergences_of_seals
from models.files.holiday_notice import CalendarFile
from models.messages.calendar import (
    CalendarDraft,
    CalendarFiling,
    CalendarQuestion,
    CalendarSignature,
    PublishedNotice,
    SignedCalendar,
)
from models.messages.clocks import ClockOrder, ClockReading
from models.messages.stages import Party
from models.store.store import PaperKey, Store
from province import CHANGCHUN, YANBIAN
from rules.calendar.working_calendar import WorkingCalendar
from rules.values.due_dates import CHINA_TIME, Clock
from rules.values.officers import PROVINCE, Right
from rules.values.papers import PaperKind, Side


def draft(**content: object) -> CalendarDraft:
    file = CalendarFile.model_validate(content)
    text = file.content()
    return CalendarDraft(number=file.number, digest=sha256(text.encode()).hexdigest(), content=text)


def closed(bureau: str, day: str) -> CalendarDraft:
    return draft(closures=[{"bureau": bureau, "day": day, "name": "停电"}])


async def publish(calendar: ProvinceCalendar, one: CalendarDraft) -> str:
    filing: CalendarFiling = await ActivityEnvironment().run(
        activities_of(calendar).publish_notice, signed(one)
    )
    assert filing.filed is not None
    return filing.filed.version


def activities_of(calendar: ProvinceCalendar) -> CalendarActivities:
    officers = OfficerRegister(PROVINCE, calendar.store, AcceptedOfficers(demonstration()))
    return CalendarActivities(calendar, officers)


def word(one: CalendarDraft, officer: str, **said: bool) -> CalendarSignature:
    """An officer's sealed word on a calendar."""
    asked = CalendarSignature(draft=one, officer=officer, **said)
    return by_officer(Right.PUBLISH_CALENDAR, PROVINCE, asked, officer)


def signed(one: CalendarDraft, maker: str = "province-01", checker: str = "province-02") -> SignedCalendar:
    return SignedCalendar(maker=word(one, maker), checker=word(one, checker))


NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
SOUND, OTHER = closed(YANBIAN, "2026-03-05"), closed(YANBIAN, "2026-03-06")
UNREADABLE = CalendarDraft(number="1", digest=sha256(b"[]").hexdigest(), content="[]")
WITHDRAWN = word(SOUND, "p-02", withdrawn=True)


async def due_on(calendar: ProvinceCalendar, received: date, bureau: str = YANBIAN) -> date:
    order = ClockOrder(
        clock=Clock.TRANSFER_OUT,
        bureau=bureau,
        owed_by=Party.TRANSFER_OUT,
        anchored_at=datetime.combine(received, time(12), CHINA_TIME),
    )
    reading: ClockReading = await ActivityEnvironment().run(ClockActivities(calendar).compute_deadline, order)
    return reading.due_on


@pytest.fixture
async def reopened(store: Store) -> AsyncIterator[Store]:
    """The same store as another worker opens it."""
    again = Store(store.url)
    await again.open()
    yield again
    await again.close()


async def test_an_extension_in_the_middle_of_spring_festival_moves_what_is_computed_after_it(
    store: Store,
) -> None:
    """Known in January 2020: the notice for the year, and from the 27th its extension."""
    calendar = ProvinceCalendar(store, WorkingCalendar(known_through=2019))
    received = date(2020, 1, 20)
    before = await publish(calendar, draft(notice=NOTICE_2020))
    assert await due_on(calendar, received) == date(2020, 2, 14)
    after = await publish(calendar, draft(notice=EXTENSION_2020))
    assert await due_on(calendar, received) == date(2020, 2, 18)
    assert before != after
    assert "国办发明电〔2020〕1号" in after


async def test_a_notice_survives_the_worker_and_reaches_one_that_ran_all_the_time(
    store: Store, reopened: Store
) -> None:
    running, other = ProvinceCalendar(store), ProvinceCalendar(reopened)
    received = date(2026, 3, 2)
    assert await due_on(running, received) == await due_on(other, received) == date(2026, 3, 23)
    await publish(running, closed(YANBIAN, "2026-03-05"))
    assert await due_on(other, received) == date(2026, 3, 24)
    assert await due_on(ProvinceCalendar(reopened), received) == date(2026, 3, 24)
    assert await due_on(other, received, CHANGCHUN) == date(2026, 3, 23), "only one bureau is closed"


async def test_a_notice_filed_again_stands_once(store: Store) -> None:
    calendar = ProvinceCalendar(store)
    one = closed(YANBIAN, "2026-03-05")
    assert await publish(calendar, one) == await publish(calendar, one)
    (notice,) = await calendar.notices()
    assert (notice.maker, notice.checker, notice.draft) == ("province-01", "province-02", one)


async def test_nothing_is_read_again_until_something_is_published(store: Store) -> None:
    calendar = ProvinceCalendar(store)
    await publish(calendar, closed(YANBIAN, "2026-03-05"))
    first = await calendar.as_published()
    assert await calendar.as_published() is first
    await publish(calendar, closed(YANBIAN, "2026-03-06"))
    assert await calendar.as_published() is not first


async def test_for_a_clock_no_other_paper_of_the_province_is_read(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/province.db")
    await store.open()
    assert await plan_of(store, FILED) == ["SEARCH paper USING COVERING INDEX ix_paper_notice (kind=?)"]
    await store.close()


async def test_the_province_tells_what_it_has_published_in_order(store: Store) -> None:
    calendar = ProvinceCalendar(store)
    days = [f"2026-03-{day:02d}" for day in (6, 5, 10, 4, 9)]
    for day in days:
        await publish(calendar, closed(YANBIAN, day))
    told = await ActivityEnvironment().run(activities_of(calendar).read_calendar, CalendarQuestion())
    assert [notice.draft.number for notice in told.notices] == [f"{YANBIAN} {day}" for day in days]
    assert told.version == (await calendar.as_published()).version


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (signed(SOUND, checker="province-01"), "Two different officers"),
        (SignedCalendar(maker=word(SOUND, "p-01"), checker=word(OTHER, "p-02")), "the same notice"),
        (SignedCalendar(maker=word(SOUND, "p-01"), checker=WITHDRAWN), "the same notice"),
        (signed(SOUND.model_copy(update={"digest": "0" * 64})), "what its number and digest say"),
        (signed(SOUND.model_copy(update={"number": "other"})), "what its number and digest say"),
        (signed(UNREADABLE), "cannot be read"),
        (signed(draft()), "changes no day"),
        (signed(closed("999999", "2026-03-05")), "contradicts the law"),
        (signed(draft(notice={**NOTICE_2020, "make_up_days": []})), "contradicts the law"),
    ],
    ids=[
        "one officer",
        "two contents",
        "withdrawn",
        "another content",
        "another number",
        "unreadable",
        "nothing",
        "no such bureau",
        "days unbalanced",
    ],
)
async def test_the_register_takes_nothing_that_the_officers_desk_should_have_stopped(
    store: Store, broken: SignedCalendar, why: str
) -> None:
    calendar = ProvinceCalendar(store)
    with pytest.raises(ApplicationError, match=why) as caught:
        await ActivityEnvironment().run(activities_of(calendar).publish_notice, broken)
    assert caught.value.non_retryable
    assert await calendar.notices() == ()


@pytest.mark.parametrize(
    ("maker", "checker", "code", "of_maker"),
    [
        (word(SOUND, "p-01").model_copy(update={"order": None}), word(SOUND, "p-02"), "not_sealed", True),
        (word(SOUND, "p-01"), word(SOUND, "demo-arbitrator"), "no_right", False),
        (
            word(SOUND, "p-01"),
            word(OTHER, "p-02").model_copy(update={"draft": SOUND}),
            "seal_not_genuine",
            False,
        ),
    ],
    ids=["unsealed proposal", "another role", "sealed over another file"],
)
async def test_the_register_takes_what_two_officers_have_sealed_and_nothing_else(
    store: Store, maker: CalendarSignature, checker: CalendarSignature, code: str, of_maker: bool
) -> None:
    calendar = ProvinceCalendar(store)
    asked = SignedCalendar(maker=maker, checker=checker)
    filing: CalendarFiling = await ActivityEnvironment().run(activities_of(calendar).publish_notice, asked)
    assert ([one.code for one in filing.refusals], filing.of_maker) == ([code], of_maker)
    assert await calendar.notices() == ()


async def test_the_audit_names_a_calendar_that_two_officers_have_not_sealed(store: Store) -> None:
    calendar = ProvinceCalendar(store)
    await publish(calendar, SOUND)
    assert await findings(store) == []
    forged = PublishedNotice(
        started_at=NOON,
        signed=SignedCalendar(maker=word(OTHER, "p-01"), checker=word(SOUND, "p-02")),
        published_on=NOON.date(),
    )
    async with store.transaction() as session:
        key = PaperKey("calendar/forged", PaperKind.HOLIDAY_NOTICE, Side.ISSUED)
        await store.file(session, key, NOON, forged)
    assert await findings(store) == ["published_unsealed"]


async def findings(store: Store) -> list[str]:
    async with store.reading() as session:
        return [one.code async for one in divergences_of_seals(session, PROVINCE, None)]
