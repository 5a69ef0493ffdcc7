"""Money nobody accounts for: two officers send it back or put it to its remittance, once, and it shows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from bank_day import FIRST, MONDAY, TUESDAY, WEDNESDAY, awaited, expected, line, sent
from bank_day import entered as lines_entered
from road import CASE, Road
from sqlalchemy import text
from sqlmodel import col, select
from stores import Databases, lift_protection

from activities.contracts import (
    MOVE_KEPT_MONEY,
    TAKE_IN,
)
from models.messages.bank_statement import (
    ArrivalOutcome,
    Hindrance,
    KeptMoneyAnswer,
    KeptMoneyMoved,
    KeptMoneyOrder,
    LineAnswer,
)
from models.messages.steps import TakeInOrder
from models.store.ledger import Entry, credit, debit, post
from models.store.tables import Account, PostingRow
from province import CHANGCHUN, account
from rules.clocks.clocks import CHINA_TIME

MAKER, CHECKER, THIRD = "changchun-01", "changchun-02", "changchun-03"


@pytest.fixture
async def road(databases: Databases) -> AsyncIterator[Road]:
    async with Road.between(databases) as built:
        await built.seed(account())
        yield built


async def entered(
    road: Road, reference: str, amount: int, number: str = FIRST, on: date = TUESDAY
) -> LineAnswer:
    (answer,) = await lines_entered(road, line(reference, amount, number, on))
    return answer


async def order(
    road: Road, officer: str, reference: str = "B2", to: str = "", reason: str = ""
) -> KeptMoneyAnswer:
    asked = KeptMoneyOrder(bureau=CHANGCHUN, reference=reference, to=to, officer=officer, reason=reason)
    return await road.do(MOVE_KEPT_MONEY, CHANGCHUN, asked)


async def moved(road: Road, reference: str = "B2", to: str = "") -> KeptMoneyMoved:
    """The same ordered by two officers."""
    proposed = (await order(road, MAKER, reference, to, "paid twice")).proposed
    assert proposed is not None
    done = (await order(road, CHECKER, reference, to)).moved
    assert done is not None
    return done


async def books(road: Road) -> dict[Account, int]:
    return {each: await road.balance(CHANGCHUN, each) for each in Account}


async def test_what_came_twice_goes_back_by_two_officers_and_the_case_is_as_it_was(road: Road) -> None:
    case, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, "B1", remittance.total)
    await awaited(road, remittance)
    before = await books(road)
    assert (await entered(road, "B2", remittance.total)).outcome is ArrivalOutcome.DOUBLE
    done = await moved(road)
    assert (done.amount, done.reason) == (remittance.total, "paid twice")
    assert (done.maker, done.checker) == (MAKER, CHECKER)
    assert await books(road) == before
    found = await expected(road)
    assert (found.kept, found.moved) == ((), (done,))
    await road.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await road.divergences() == []


async def test_every_posting_of_a_return_names_deed_paper_and_both_officers(road: Road) -> None:
    await entered(road, "B2", 500, "")
    await moved(road)
    async with road.stores[CHANGCHUN].reading() as session:
        query = select(PostingRow).where(col(PostingRow.key).like("kept-money/%"))
        postings = (await session.exec(query.order_by(col(PostingRow.id)))).all()
    assert [one.key for one in postings] == ["kept-money/B2/1/remit", "kept-money/B2/1/settle"]
    assert {(one.case_no, one.deed, one.paper, one.officer) for one in postings} == {
        ("", "move_kept_money", "kept-money/B2/1", f"{MAKER},{CHECKER}")
    }


async def test_one_officer_moves_nothing_however_often(road: Road) -> None:
    await entered(road, "B2", 500, "")
    before = await books(road)
    first = await order(road, MAKER, reason="nobody knows it")
    assert first.proposed is not None
    assert await order(road, MAKER) == first
    assert await books(road) == before
    (kept,) = (await expected(road)).kept
    assert kept.proposed == first.proposed


async def test_the_first_officer_says_why(road: Road) -> None:
    await entered(road, "B2", 500, "")
    assert (await order(road, MAKER)).hindrance is Hindrance.NO_REASON
    assert (await expected(road)).kept[0].proposed is None


async def test_money_goes_back_once_and_whoever_asks_again_is_told_of_it(road: Road) -> None:
    await entered(road, "B2", 500, "")
    done = await moved(road)
    before = await road.books(CHANGCHUN)
    for officer in (MAKER, CHECKER):
        assert await order(road, officer, reason="again") == KeptMoneyAnswer(moved=done)
    other = await order(road, THIRD, reason="again")
    assert other == KeptMoneyAnswer(hindrance=Hindrance.NOTHING_KEPT, moved=done)
    assert await road.books(CHANGCHUN) == before


async def test_a_check_done_twice_at_once_moves_the_money_once(road: Road) -> None:
    await entered(road, "B2", 500, "")
    await order(road, MAKER, reason="nobody knows it")
    first, second = await asyncio.gather(order(road, CHECKER), order(road, CHECKER))
    assert first == second
    assert await road.balance(CHANGCHUN, Account.BANK) == 0
    assert await road.divergences() == []


@pytest.mark.parametrize(
    ("reference", "to", "why"),
    [
        ("B9", "", Hindrance.NOT_ENTERED),
        ("B1", "", Hindrance.NOTHING_KEPT),
        ("B2", f"remittance/{CASE}/2", Hindrance.NOT_ANNOUNCED),
        ("B2", FIRST, Hindrance.NOTHING_MISSING),
    ],
)
async def test_what_cannot_be_moved_is_refused_with_its_reason(
    road: Road, reference: str, to: str, why: Hindrance
) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, "B1", remittance.total)
    await entered(road, "B2", 500, "")
    before = await road.books(CHANGCHUN)
    assert await order(road, MAKER, reference, to, "why not") == KeptMoneyAnswer(hindrance=why)
    assert await road.books(CHANGCHUN) == before


async def test_a_payment_under_a_mistyped_number_is_put_to_its_remittance(road: Road) -> None:
    case, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, "B2", remittance.total, "2026-0302-17")
    road.now += timedelta(days=3)
    await moved(road, to=FIRST)
    standing = await awaited(road, remittance)
    assert standing.in_since == datetime(2026, 3, 3, tzinfo=CHINA_TIME), "the day of the bank"
    assert standing.reconciliation is not None
    assert standing.reconciliation.agreed
    await road.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await road.balance(CHANGCHUN, Account.SUSPENSE) == 0
    assert await road.divergences() == []


async def test_no_more_is_put_to_a_remittance_than_is_missing_and_the_rest_goes_back(road: Road) -> None:
    case, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, "B1", remittance.total - 300)
    await entered(road, "B2", 1_000, "")
    assert (await moved(road, to=FIRST)).amount == 300
    assert (await awaited(road, remittance)).in_since is not None
    (kept,) = (await expected(road)).kept
    assert (kept.amount, kept.proposed) == (700, None)
    rest = await moved(road)
    assert (rest.number, rest.amount) == ("kept-money/B2/2", 700)
    again = await entered(road, "B2", 1_000, "")
    assert (again.known, again.counted, again.kept, again.moved) == (True, 0, 0, 1_000)
    await road.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await road.divergences() == []


async def test_what_went_back_before_its_announcement_counts_no_more(road: Road) -> None:
    """And the money that comes instead is in on its own day."""
    case, remittance = await sent(road)
    await entered(road, "B2", remittance.total, on=MONDAY)
    await moved(road)
    assert (await awaited(road, remittance)).come == 0
    await entered(road, "B3", remittance.total, on=WEDNESDAY)
    assert (await awaited(road, remittance)).in_since == datetime(2026, 3, 4, tzinfo=CHINA_TIME)
    await road.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await road.balance(CHANGCHUN, Account.SUSPENSE) == 0
    assert await road.divergences() == []


async def test_a_proposal_about_another_amount_than_is_kept_by_now_is_void(road: Road) -> None:
    _, remittance = await sent(road)
    await entered(road, "B2", remittance.total + 700)
    await order(road, MAKER, reason="too early")
    await awaited(road, remittance)
    assert (await order(road, CHECKER)).hindrance is Hindrance.NO_REASON
    await order(road, CHECKER, reason="more than announced")
    done = (await order(road, MAKER)).moved
    assert done is not None
    assert (done.amount, done.maker) == (700, CHECKER)


async def test_a_proposal_to_return_is_no_proposal_to_assign(road: Road) -> None:
    _, remittance = await sent(road)
    await awaited(road, remittance)
    await entered(road, "B2", 500, "")
    await order(road, MAKER, reason="nobody knows it")
    answer = await order(road, CHECKER, to=FIRST, reason="it is the teacher's")
    assert answer.moved is None
    assert answer.proposed is not None
    assert await road.balance(CHANGCHUN, Account.BANK) == 500


OUT = (debit(Account.SUSPENSE, 500, None, "bank/B3"), credit(Account.BANK, 500, None, "bank/B3"))
IN = (debit(Account.BANK, 500, None, "bank/B3"), credit(Account.SUSPENSE, 500, None, "bank/B3"))
TO_THE_FUND = (debit(Account.SUSPENSE, 500, None, "bank/B3"), credit(Account.POOLED_FUND, 500))


@pytest.mark.parametrize(
    ("number", "sides", "named"),
    [
        ("kept-money/B2/1", OUT, {"bank": (-500, -1000), "suspense": (500, 1000)}),
        ("kept-money/B3/1", OUT, {"bank": (0, -500), "suspense": (0, 500)}),
        ("statement/B3", IN, {"bank": (500, 1000), "suspense": (-500, -1000)}),
        ("statement/B3", TO_THE_FUND, {"pooled_fund": (0, -500), "suspense": (-500, 0)}),
    ],
    ids=["moved twice", "moved on no paper", "kept twice", "kept and booked to the fund"],
)
async def test_the_audit_names_kept_money_that_is_posted_otherwise_than_the_papers_say(
    road: Road, number: str, sides: tuple[Entry, ...], named: dict[str, tuple[int, int]]
) -> None:
    await entered(road, "B2", 500, "")
    await entered(road, "B3", 500, "")
    await moved(road)
    assert await road.divergences() == []
    async with road.stores[CHANGCHUN].transaction() as session:
        await post(session, f"{number}/again", "", road.now, sides, deed="move_kept_money", paper=number)
    found = {one.subject: (one.expected, one.found) for one in await road.divergences()}
    assert found == {f"{number} {account}": sums for account, sums in named.items()}


async def test_the_audit_names_kept_money_that_was_moved_and_never_posted(road: Road) -> None:
    await entered(road, "B2", 500, "")
    await moved(road)
    store = road.stores[CHANGCHUN]
    await lift_protection(store)
    gone = "(SELECT id FROM posting WHERE key LIKE 'kept-money/%')"
    async with store.engine.begin() as connection:
        await connection.execute(text(f"DELETE FROM entry WHERE posting_id IN {gone}"))
        await connection.execute(text(f"DELETE FROM posting WHERE id IN {gone}"))
    found = {(one.code, one.subject) for one in await road.divergences()}
    assert found >= {("not_posted_as_stated", f"kept-money/B2/1 {each}") for each in ("bank", "suspense")}


async def test_what_came_before_its_announcement_is_clean_before_and_after(road: Road) -> None:
    _, remittance = await sent(road)
    await entered(road, "B1", remittance.total + 700)
    assert await road.divergences() == []
    await awaited(road, remittance)
    assert await road.divergences() == []
