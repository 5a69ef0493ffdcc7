"""The province's audit desk: the comparison of the bureaus' books."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from road import Road
from sqlmodel import col, update
from stores import lift_protection
from temporalio.testing import ActivityEnvironment

from activities.audit_desk import AuditDesk
from activities.deeds import DRAW_UP_INFORMATION_FORM, REMIT_AND_END_RELATIONSHIP
from models.books import ContributionRow, EntryRow
from models.messages import AuditReport, BooksToCompare, FormOrder, RemittanceOrder
from province import CHANGCHUN, YANBIAN, account, application


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with Road.between(tmp_path) as built:
        yield built


async def compare(road: Road, *silent: str) -> AuditReport:
    books = tuple(summary for summary in await road.summaries() if summary.bureau not in silent)
    asked = BooksToCompare(books=books, not_checked=silent)
    report: AuditReport = await ActivityEnvironment().run(AuditDesk().compare_books, asked)
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
    form = await road.do(DRAW_UP_INFORMATION_FORM, YANBIAN, FormOrder(entry=letter, version=1))
    remittance = await road.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))
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
