"""Money nobody accounts for: two officers send it back or put it to its remittance, once, and it shows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from bank_day import FIRST, MONDAY, TUESDAY, WEDNESDAY, awaited, expected, line, sent, without_orders
from bank_day import entered as lines_entered
from sqlalchemy import text
from sqlmodel import col, select
from staff import by_officer
from stores import Databases, lift_protection
from walkthrough import CASE, Walkthrough

from activities.contracts import (
    MOVE_UNALLOCATED,
    TAKE_IN,
)
from models.messages.bank_statement import (
    ArrivalOutcome,
    Hindrance,
    LineAnswer,
    UnallocatedAnswer,
    UnallocatedMoved,
    UnallocatedOrder,
)
from models.messages.steps import TakeInOrder
from models.store.ledger import Entry, credit, debit, post
from models.store.tables import Account, PostingRow
from province import CHANGCHUN, account
from rules.values.due_dates import CHINA_TIME
from rules.values.officers import Right

MAKER, CHECKER, THIRD = "changchun-01", "changchun-02", "changchun-03"


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        await built.seed(account())
        yield built


async def entered(
    walkthrough: Walkthrough, reference: str, amount: int, number: str = FIRST, on: date = TUESDAY
) -> LineAnswer:
    (answer,) = await lines_entered(walkthrough, line(reference, amount, number, on))
    return answer


async def order(
    walkthrough: Walkthrough, officer: str, reference: str = "B2", to: str = "", reason: str = ""
) -> UnallocatedAnswer:
    asked = UnallocatedOrder(bureau=CHANGCHUN, reference=reference, to=to, officer=officer, reason=reason)
    sealed = by_officer(Right.MOVE_UNALLOCATED, CHANGCHUN, asked, officer)
    return await walkthrough.do(MOVE_UNALLOCATED, CHANGCHUN, sealed)


async def moved(walkthrough: Walkthrough, reference: str = "B2", to: str = "") -> UnallocatedMoved:
    """The same ordered by two officers."""
    proposed = (await order(walkthrough, MAKER, reference, to, "paid twice")).proposed
    assert proposed is not None
    done = (await order(walkthrough, CHECKER, reference, to)).moved
    assert done is not None
    return done


async def books(walkthrough: Walkthrough) -> dict[Account, int]:
    return {each: await walkthrough.balance(CHANGCHUN, each) for each in Account}


async def test_what_came_twice_goes_back_by_two_officers_and_the_case_is_as_it_was(
    walkthrough: Walkthrough,
) -> None:
    case, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, "B1", remittance.total)
    await awaited(walkthrough, remittance)
    before = await books(walkthrough)
    assert (await entered(walkthrough, "B2", remittance.total)).outcome is ArrivalOutcome.DOUBLE
    done = await moved(walkthrough)
    assert (done.amount, done.reason) == (remittance.total, "paid twice")
    assert (done.maker, done.checker) == (MAKER, CHECKER)
    assert await books(walkthrough) == before
    found = await expected(walkthrough)
    assert (found.kept, found.moved) == ((), (done,))
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await walkthrough.divergences() == []


async def test_every_posting_of_a_return_names_step_paper_and_both_officers(walkthrough: Walkthrough) -> None:
    await entered(walkthrough, "B2", 500, "")
    await moved(walkthrough)
    async with walkthrough.stores[CHANGCHUN].reading() as session:
        query = select(PostingRow).where(col(PostingRow.key).like("unallocated/%"))
        postings = (await session.exec(query.order_by(col(PostingRow.id)))).all()
    assert [one.key for one in postings] == ["unallocated/B2/1/remit", "unallocated/B2/1/settle"]
    assert {(one.case_no, one.step, one.paper, one.officer) for one in postings} == {
        ("", "move_unallocated", "unallocated/B2/1", f"{MAKER},{CHECKER}")
    }


async def test_one_officer_moves_nothing_however_often(walkthrough: Walkthrough) -> None:
    await entered(walkthrough, "B2", 500, "")
    before = await books(walkthrough)
    first = await order(walkthrough, MAKER, reason="nobody knows it")
    assert first.proposed is not None
    assert await order(walkthrough, MAKER) == first
    assert await books(walkthrough) == before
    (kept,) = (await expected(walkthrough)).kept
    assert kept.proposed == first.proposed


async def test_the_first_officer_says_why(walkthrough: Walkthrough) -> None:
    await entered(walkthrough, "B2", 500, "")
    assert (await order(walkthrough, MAKER)).hindrance is Hindrance.NO_REASON
    assert (await expected(walkthrough)).kept[0].proposed is None


async def test_money_goes_back_once_and_whoever_asks_again_is_told_of_it(walkthrough: Walkthrough) -> None:
    await entered(walkthrough, "B2", 500, "")
    done = await moved(walkthrough)
    before = await without_orders(walkthrough)
    for officer in (MAKER, CHECKER):
        assert await order(walkthrough, officer, reason="again") == UnallocatedAnswer(moved=done)
    other = await order(walkthrough, THIRD, reason="again")
    assert other == UnallocatedAnswer(hindrance=Hindrance.NOTHING_UNALLOCATED, moved=done)
    assert await without_orders(walkthrough) == before


async def test_a_check_done_twice_at_once_moves_the_money_once(walkthrough: Walkthrough) -> None:
    await entered(walkthrough, "B2", 500, "")
    await order(walkthrough, MAKER, reason="nobody knows it")
    first, second = await asyncio.gather(order(walkthrough, CHECKER), order(walkthrough, CHECKER))
    assert first == second
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == 0
    assert await walkthrough.divergences() == []


@pytest.mark.parametrize(
    ("reference", "to", "why"),
    [
        ("B9", "", Hindrance.NOT_ENTERED),
        ("B1", "", Hindrance.NOTHING_UNALLOCATED),
        ("B2", f"remittance/{CASE}/2", Hindrance.NOT_ANNOUNCED),
        ("B2", FIRST, Hindrance.NOTHING_MISSING),
    ],
)
async def test_what_cannot_be_moved_is_refused_with_its_reason(
    walkthrough: Walkthrough, reference: str, to: str, why: Hindrance
) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, "B1", remittance.total)
    await entered(walkthrough, "B2", 500, "")
    before = await without_orders(walkthrough)
    assert await order(walkthrough, MAKER, reference, to, "why not") == UnallocatedAnswer(hindrance=why)
    assert await without_orders(walkthrough) == before


async def test_a_payment_under_a_mistyped_number_is_put_to_its_remittance(walkthrough: Walkthrough) -> None:
    case, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, "B2", remittance.total, "2026-0302-17")
    walkthrough.now += timedelta(days=3)
    await moved(walkthrough, to=FIRST)
    standing = await awaited(walkthrough, remittance)
    assert standing.in_since == datetime(2026, 3, 3, tzinfo=CHINA_TIME), "the day of the bank"
    assert standing.reconciliation is not None
    assert standing.reconciliation.agreed
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == 0
    assert await walkthrough.divergences() == []


async def test_no_more_is_put_to_a_remittance_than_is_missing_and_the_rest_goes_back(
    walkthrough: Walkthrough,
) -> None:
    case, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, "B1", remittance.total - 300)
    await entered(walkthrough, "B2", 1_000, "")
    assert (await moved(walkthrough, to=FIRST)).amount == 300
    assert (await awaited(walkthrough, remittance)).in_since is not None
    (kept,) = (await expected(walkthrough)).kept
    assert (kept.amount, kept.proposed) == (700, None)
    rest = await moved(walkthrough)
    assert (rest.number, rest.amount) == ("unallocated/B2/2", 700)
    again = await entered(walkthrough, "B2", 1_000, "")
    assert (again.known, again.counted, again.kept, again.moved) == (True, 0, 0, 1_000)
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await walkthrough.divergences() == []


async def test_what_went_back_before_its_announcement_counts_no_more(walkthrough: Walkthrough) -> None:
    """And the money that comes instead is in on its own day."""
    case, remittance = await sent(walkthrough)
    await entered(walkthrough, "B2", remittance.total, on=MONDAY)
    await moved(walkthrough)
    assert (await awaited(walkthrough, remittance)).come == 0
    await entered(walkthrough, "B3", remittance.total, on=WEDNESDAY)
    assert (await awaited(walkthrough, remittance)).in_since == datetime(2026, 3, 4, tzinfo=CHINA_TIME)
    await walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=case.form))
    assert await walkthrough.balance(CHANGCHUN, Account.SUSPENSE) == 0
    assert await walkthrough.divergences() == []


async def test_a_proposal_about_another_amount_than_is_kept_by_now_is_void(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await entered(walkthrough, "B2", remittance.total + 700)
    await order(walkthrough, MAKER, reason="too early")
    await awaited(walkthrough, remittance)
    assert (await order(walkthrough, CHECKER)).hindrance is Hindrance.NO_REASON
    await order(walkthrough, CHECKER, reason="more than announced")
    done = (await order(walkthrough, MAKER)).moved
    assert done is not None
    assert (done.amount, done.maker) == (700, CHECKER)


async def test_a_proposal_to_return_is_no_proposal_to_assign(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await awaited(walkthrough, remittance)
    await entered(walkthrough, "B2", 500, "")
    await order(walkthrough, MAKER, reason="nobody knows it")
    answer = await order(walkthrough, CHECKER, to=FIRST, reason="it is the teacher's")
    assert answer.moved is None
    assert answer.proposed is not None
    assert await walkthrough.balance(CHANGCHUN, Account.BANK) == 500


OUT = (debit(Account.SUSPENSE, 500, None, "bank/B3"), credit(Account.BANK, 500, None, "bank/B3"))
IN = (debit(Account.BANK, 500, None, "bank/B3"), credit(Account.SUSPENSE, 500, None, "bank/B3"))
TO_THE_FUND = (debit(Account.SUSPENSE, 500, None, "bank/B3"), credit(Account.POOLED_FUND, 500))


@pytest.mark.parametrize(
    ("number", "sides", "named"),
    [
        ("unallocated/B2/1", OUT, {"bank": (-500, -1000), "suspense": (500, 1000)}),
        ("unallocated/B3/1", OUT, {"bank": (0, -500), "suspense": (0, 500)}),
        ("statement/B3", IN, {"bank": (500, 1000), "suspense": (-500, -1000)}),
        ("statement/B3", TO_THE_FUND, {"pooled_fund": (0, -500), "suspense": (-500, 0)}),
    ],
    ids=["moved twice", "moved on no paper", "kept twice", "kept and booked to the fund"],
)
async def test_the_audit_names_unallocated_money_that_is_posted_otherwise_than_the_papers_say(
    walkthrough: Walkthrough, number: str, sides: tuple[Entry, ...], named: dict[str, tuple[int, int]]
) -> None:
    await entered(walkthrough, "B2", 500, "")
    await entered(walkthrough, "B3", 500, "")
    await moved(walkthrough)
    assert await walkthrough.divergences() == []
    async with walkthrough.stores[CHANGCHUN].transaction() as session:
        await post(
            session,
            f"{number}/again",
            "",
            walkthrough.now,
            sides,
            step="move_unallocated",
            paper=number,
            reference=number.split("/")[1],
        )
    found = {one.subject: (one.expected, one.found) for one in await walkthrough.divergences()}
    assert found == {f"{number} {account}": sums for account, sums in named.items()}


async def test_the_audit_names_unallocated_money_that_was_moved_and_never_posted(
    walkthrough: Walkthrough,
) -> None:
    await entered(walkthrough, "B2", 500, "")
    await moved(walkthrough)
    store = walkthrough.stores[CHANGCHUN]
    await lift_protection(store)
    gone = "(SELECT id FROM posting WHERE key LIKE 'unallocated/%')"
    async with store.engine.begin() as connection:
        await connection.execute(text(f"DELETE FROM entry WHERE posting_id IN {gone}"))
        await connection.execute(text(f"DELETE FROM posting WHERE id IN {gone}"))
    found = {(one.code, one.subject) for one in await walkthrough.divergences()}
    assert found >= {("not_posted_as_stated", f"unallocated/B2/1 {each}") for each in ("bank", "suspense")}


async def test_what_came_before_its_announcement_is_clean_before_and_after(walkthrough: Walkthrough) -> None:
    _, remittance = await sent(walkthrough)
    await entered(walkthrough, "B1", remittance.total + 700)
    assert await walkthrough.divergences() == []
    await awaited(walkthrough, remittance)
    assert await walkthrough.divergences() == []


async def test_an_order_that_its_officer_has_not_sealed_moves_nothing(walkthrough: Walkthrough) -> None:
    asked = UnallocatedOrder(bureau=CHANGCHUN, reference="B2", officer=MAKER, reason="重复付款")
    sealed = by_officer(Right.MOVE_UNALLOCATED, CHANGCHUN, asked, MAKER)
    by_another = by_officer(Right.MOVE_UNALLOCATED, CHANGCHUN, asked, CHECKER)
    for forged, code in (
        (asked, "not_sealed"),
        (sealed.model_copy(update={"officer": CHECKER}), "seal_not_genuine"),
        (sealed.model_copy(update={"reference": "B3"}), "seal_not_genuine"),
        (by_another, "seal_not_genuine"),
    ):
        answer = await walkthrough.do(MOVE_UNALLOCATED, CHANGCHUN, forged)
        assert [one.code for one in answer.refusals] == [code]
        assert (answer.proposed, answer.moved) == (None, None)
