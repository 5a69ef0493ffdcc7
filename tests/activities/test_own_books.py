"""What a bureau says of its own books for the audit: as a whole, a line for each case, and cases in full."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, text
from stores import Databases, lift_protection
from two_bureaus import Exchange
from walkthrough import CASE, MORNING, Walkthrough

import activities.audit.own_books
from activities.contracts import (
    LIST_CASES,
    REMIT_AND_END_RELATIONSHIP,
    SUMMARISE_BOOKS,
)
from models.audit.checks import divergences
from models.messages.audit import BooksQuestion, CaseLine, CasesPage, CasesQuestion
from models.messages.papers import RemittancePurpose
from models.messages.steps import RemittanceOrder
from models.store.store import Store
from province import CHANGCHUN, WORKER, YANBIAN, account, application


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        await built.seed(account())
        yield built


async def lines(walkthrough: Walkthrough) -> dict[str, CaseLine]:
    """The line of the one case in each bureau's books that know it."""
    return {page.bureau: line for page in await walkthrough.pages() for line in page.lines}


async def test_a_closed_case_shows_the_same_at_both_bureaus(walkthrough: Walkthrough) -> None:
    walked = await walkthrough.walk()
    found = await lines(walkthrough)
    out, into, total = found[YANBIAN], found[CHANGCHUN], walked.remittance.total
    assert (out.peer, into.peer) == (CHANGCHUN, YANBIAN)
    assert out.closed
    assert into.closed
    assert out.fingerprint == into.fingerprint
    assert (out.sent, out.received, out.posted, out.months_moved, out.remittances) == (total, 0, 0, 72, 1)
    assert (into.sent, into.received, into.posted, into.months_taken_in) == (0, total, total, 72)
    assert into.in_suspense == 0


async def test_money_under_way_shows_as_sent_only_and_contradicts_nothing(walkthrough: Walkthrough) -> None:
    form = await walkthrough.form_drawn_up(application())
    remittance = await walkthrough.do(REMIT_AND_END_RELATIONSHIP, YANBIAN, RemittanceOrder(form=form))
    found = await lines(walkthrough)
    assert (found[YANBIAN].sent, found[CHANGCHUN].received) == (remittance.total, 0)
    assert found[YANBIAN].fingerprint != found[CHANGCHUN].fingerprint
    assert await walkthrough.divergences() == []


async def test_money_in_suspense_of_an_open_case_is_shown_and_no_finding(walkthrough: Walkthrough) -> None:
    case = await Exchange.delivered(walkthrough)
    into = (await lines(walkthrough))[CHANGCHUN]
    assert (into.in_suspense, into.posted) == (case.remittances[0].total, 0)
    assert await walkthrough.divergences() == []


async def test_what_was_given_back_is_neither_posted_nor_in_suspense(walkthrough: Walkthrough) -> None:
    case = await Exchange.settled(walkthrough)
    await case.reverse()
    await case.give_back(RemittancePurpose.RETURN, *case.away)
    await case.restore()
    found = await lines(walkthrough)
    total = case.remittances[0].total
    assert (found[CHANGCHUN].received, found[CHANGCHUN].given_back) == (total, total)
    assert (found[CHANGCHUN].posted, found[CHANGCHUN].in_suspense) == (0, 0)
    assert (found[YANBIAN].months_moved, found[CHANGCHUN].months_taken_in) == (0, 0)
    assert await walkthrough.divergences() == []


async def test_the_books_as_a_whole_say_where_every_month_is(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account(WORKER, "孙立国", "E", YANBIAN))
    await walkthrough.walk()
    out, into = await walkthrough.summaries()
    assert out.months == {"all": 144, "here": 72, "moved": 72, "cleared": 0}
    assert into.months == {"all": 72, "here": 72, "moved": 0, "cleared": 0}
    assert (out.postings, into.postings, out.persons) == (2 + 3, 2, 2)
    assert out.links == out.postings + out.papers
    assert sum(out.balances.values()) == sum(into.balances.values()) == 0


async def test_pages_of_one_case_tell_all_cases_once(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.audit.own_books, "READ_TOGETHER", 1)
    monkeypatch.setattr(activities.audit.own_books, "LINES", 1)
    numbers = [f"220100-2026011{day}-AAAAAAAA" for day in range(3)]
    for number in numbers:
        await walkthrough.certify(application(), number)
    told, after, last = list[str](), "", False
    while not last:
        page: CasesPage = await walkthrough.do(
            LIST_CASES, YANBIAN, CasesQuestion(bureau=YANBIAN, after=after)
        )
        assert len(page.lines) <= 1
        told += [line.case_no for line in page.lines]
        after, last = (told[-1], page.last)
    assert told == numbers


async def test_a_page_ends_where_enough_has_diverged(
    walkthrough: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activities.audit.own_books, "READ_TOGETHER", 1)
    monkeypatch.setattr(activities.audit.own_books, "FINDINGS", 1)
    await walkthrough.walk()
    await walkthrough.certify(application(), "220100-20260116-AAAAAAAA")
    await lift_protection(walkthrough.stores[YANBIAN])
    async with walkthrough.stores[YANBIAN].engine.begin() as connection:
        await connection.execute(text("UPDATE contribution SET last = '2025-11'"))
    page = await walkthrough.do(LIST_CASES, YANBIAN, CasesQuestion(bureau=YANBIAN, after=""))
    assert ([line.case_no for line in page.lines], len(page.findings), page.last) == ([CASE], 1, False)


async def test_since_a_day_only_what_was_entered_from_then_on_is_looked_at(walkthrough: Walkthrough) -> None:
    await walkthrough.walk()
    later = walkthrough.now + timedelta(days=1)
    for since, cases in ((MORNING, 1), (later, 0)):
        question = CasesQuestion(bureau=CHANGCHUN, after="", since=since)
        assert len((await walkthrough.do(LIST_CASES, CHANGCHUN, question)).lines) == cases
    summary = await walkthrough.do(SUMMARISE_BOOKS, CHANGCHUN, BooksQuestion(bureau=CHANGCHUN, since=later))
    assert (summary.links, summary.findings) == (0, ())


async def test_the_books_of_a_store_are_read_alike_on_both_databases(
    databases: Databases, tmp_path: Path
) -> None:
    """Months, keys and numbers of papers are put together by the database itself."""
    async with Walkthrough.between(tmp_path) as walkthrough:
        await walkthrough.seed(account())
        await walkthrough.walk()
        rows = {bureau: await walkthrough.books(bureau) for bureau in walkthrough.stores}
    for bureau, books in rows.items():
        store = Store(await databases.migrated(f"copy_{bureau}"))
        await lift_protection(store)
        async with store.engine.begin() as connection:
            for table in SQLModel.metadata.sorted_tables:
                names = [column.name for column in table.columns]
                if books[table.name]:
                    copied = [dict(zip(names, row, strict=True)) for row in books[table.name]]
                    await connection.execute(table.insert(), copied)
        async with store.reading() as session:
            assert [one async for one in divergences(session, bureau)] == []
        await store.close()
