"""The provincial platform's desk: due dates to the instant, and the comparison of the bureaus' books."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from road import Road
from sqlmodel import col, update
from stores import lift_protection
from temporalio.testing import ActivityEnvironment

from activities.clock import day_of, taken_up_at, today
from activities.deeds import DRAW_UP_INFORMATION_FORM, REMIT_AND_END_RELATIONSHIP
from activities.platform_desk import PlatformDesk
from models.books import ContributionRow, EntryRow
from models.messages import AuditReport, BooksToCompare, ClockOrder, FormOrder
from models.papers import ClockReading
from models.stages import Party
from province import CHANGCHUN, YANBIAN, account, application

CHINA_NOON_IN_UTC = timedelta(hours=4)


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with Road.between(tmp_path) as built:
        yield built


async def aim(clock: str, anchored_at: datetime) -> ClockReading:
    order = ClockOrder(clock=clock, bureau=YANBIAN, owed_by=Party.TRANSFER_OUT, anchored_at=anchored_at)
    reading: ClockReading = await ActivityEnvironment().run(PlatformDesk().aim_clock, order)
    return reading


@pytest.mark.parametrize("clock", ["B", "C"])
@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2020, 1, 20), date(2020, 2, 18)),
        (date(2024, 9, 12), date(2024, 10, 10)),
        (date(2025, 1, 20), date(2025, 2, 14)),
        (date(2025, 4, 28), date(2025, 5, 22)),
        (date(2025, 9, 28), date(2025, 10, 24)),
        (date(2025, 12, 19), date(2026, 1, 12)),
        (date(2026, 9, 17), date(2026, 10, 14)),
    ],
    ids=str,
)
async def test_clocks_b_and_c_run_fifteen_working_days_to_midnight_in_china(
    clock: str, received_on: date, due_on: date
) -> None:
    noon = datetime.combine(received_on, datetime.min.time(), UTC) + CHINA_NOON_IN_UTC
    reading = await aim(clock, noon)
    assert (reading.clock, reading.working_days) == (clock, 15)
    assert (reading.received_on, reading.due_on) == (received_on, due_on)
    midnight = datetime(due_on.year, due_on.month, due_on.day, 16, tzinfo=UTC)
    assert reading.due_at == midnight, "24:00 in China is 16:00 UTC"
    assert not reading.provisional
    assert (reading.earliest, reading.latest) == (due_on, due_on)
    assert "第七条" in str(reading.law)
    assert reading.calendar


async def test_a_letter_after_midnight_in_china_is_received_on_the_new_day() -> None:
    """2024-09-12 15:59 UTC is still the 12th in China, a minute later it is the 13th."""
    before = await aim("B", datetime(2024, 9, 12, 15, 59, tzinfo=UTC))
    after = await aim("B", datetime(2024, 9, 12, 16, 0, tzinfo=UTC))
    assert (before.received_on, before.due_on) == (date(2024, 9, 12), date(2024, 10, 10))
    assert (after.received_on, after.due_on) == (date(2024, 9, 13), date(2024, 10, 11))


async def test_a_period_into_a_year_without_a_notice_is_provisional_and_bounded() -> None:
    reading = await aim("B", datetime(2031, 1, 10, 4, tzinfo=UTC))
    assert reading.provisional
    assert reading.earliest <= reading.due_on <= reading.latest
    assert reading.earliest < reading.latest


async def test_a_clock_the_law_does_not_know_is_not_aimed() -> None:
    with pytest.raises(KeyError):
        await aim("Z", datetime(2026, 3, 2, tzinfo=UTC))


async def test_a_deed_is_dated_by_the_services_clock_and_chinas_calendar() -> None:
    desk = ActivityEnvironment()
    desk.info = replace(desk.info, started_time=datetime(2019, 12, 31, 16, tzinfo=UTC))
    assert desk.run(taken_up_at) == datetime(2019, 12, 31, 16, tzinfo=UTC)
    assert desk.run(today) == date(2020, 1, 1)
    assert day_of(datetime(2019, 12, 31, 15, 59, tzinfo=UTC)) == date(2019, 12, 31)


async def compare(road: Road, *silent: str) -> AuditReport:
    books = tuple(summary for summary in await road.summaries() if summary.bureau not in silent)
    asked = BooksToCompare(books=books, not_checked=silent)
    report: AuditReport = await ActivityEnvironment().run(PlatformDesk().compare_books, asked)
    return report


async def test_books_of_a_closed_case_agree(road: Road) -> None:
    await road.seed(account())
    walked = await road.walk()
    report = await compare(road)
    assert report.findings == ()
    assert report.sent == report.received == report.posted == walked.remittance.total
    assert report.months_moved == report.months_taken_in == 72
    assert report.bureaus == (YANBIAN, CHANGCHUN)
    assert (report.remittances, report.postings) == (1, 4 + 2)


async def test_money_under_way_is_reported_until_it_has_arrived(road: Road) -> None:
    await road.seed(account())
    letter = await road.letter_registered(application())
    form = await road.do(DRAW_UP_INFORMATION_FORM, YANBIAN, FormOrder(letter=letter, version=1))
    remittance = await road.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, form)
    found = {finding.code: finding for finding in (await compare(road)).findings}
    assert set(found) == {"sent_not_received", "months_not_taken_in"}
    assert (found["sent_not_received"].expected, found["sent_not_received"].found) == (remittance.total, 0)
    assert (found["months_not_taken_in"].expected, found["months_not_taken_in"].found) == (72, 0)


async def test_a_fen_slipped_into_an_entry_is_found_by_its_posting(road: Road) -> None:
    await road.seed(account())
    await road.walk()
    await lift_protection(road.stores[CHANGCHUN])
    async with road.stores[CHANGCHUN].transaction() as session:
        await session.exec(
            update(EntryRow).where(col(EntryRow.id) == 1).values(amount=col(EntryRow.amount) + 1)
        )
    found = {(finding.code, finding.bureau) for finding in (await compare(road)).findings}
    assert ("posting_unbalanced", CHANGCHUN) in found
    assert ("ledger_unbalanced", CHANGCHUN) in found


async def test_a_month_struck_from_the_record_is_found(road: Road) -> None:
    await road.seed(account())
    await road.walk()
    await lift_protection(road.stores[CHANGCHUN])
    async with road.stores[CHANGCHUN].transaction() as session:
        await session.exec(update(ContributionRow).values(last="2025-11"))
    (finding,) = (await compare(road)).findings
    assert (finding.code, finding.expected, finding.found) == ("months_not_taken_in", 72, 71)


@pytest.mark.parametrize("silent", [CHANGCHUN, YANBIAN])
async def test_of_a_bureau_that_did_not_answer_the_remittances_are_not_checked_and_no_finding(
    road: Road, silent: str
) -> None:
    await road.seed(account())
    walked = await road.walk()
    report = await compare(road, silent)
    assert report.not_checked == (silent,)
    assert report.remittances_not_checked == (walked.remittance.number,)
    assert report.findings == ()
    assert (report.remittances, report.sent, report.months_moved) == (0, 0, 0)
