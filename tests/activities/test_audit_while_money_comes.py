"""Money on its way by the bank is no damage: at whatever moment one asks, the books agree with the papers."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from bank_day import FIRST, entered, line, sent
from staff import by_officer
from two_bureaus import Exchange
from walkthrough import CASE, Walkthrough

from activities.contracts import AWAIT_FUNDS, MOVE_UNALLOCATED, RETURN_FUNDS, TAKE_IN
from models.messages.audit import CaseLine
from models.messages.bank_statement import FundsStatus, UnallocatedOrder
from models.messages.papers import Remittance, RemittancePurpose
from models.messages.steps import TakeInOrder
from models.store.ledger import credit, debit, post
from models.store.tables import Account
from province import CHANGCHUN, YANBIAN, account
from rules.values.officers import Right

NOBODYS = "remittance/220100-20260101-ZZZZZZZZ/1"


class BankCounter:
    """The bank's side of a case, which is audited after every step."""

    def __init__(self, walkthrough: Walkthrough, case: Exchange, sent: Remittance) -> None:
        self.walkthrough = walkthrough
        self.case = case
        self.sent = sent

    async def clean(self) -> None:
        assert await self.walkthrough.divergences() == []

    async def announced(self, remittance: Remittance | None = None, at: str = CHANGCHUN) -> FundsStatus:
        standing = await self.walkthrough.do(AWAIT_FUNDS, at, remittance or self.sent)
        await self.clean()
        return standing

    async def arrives(self, reference: str, amount: int, number: str = FIRST, at: str = CHANGCHUN) -> None:
        await entered(self.walkthrough, line(reference, amount, number), bureau=at)
        await self.clean()

    async def moved(self, reference: str, to: str = "") -> None:
        """By two officers, one after the other; where it cannot be, nothing happens."""
        for officer in ("changchun-01", "changchun-02"):
            order = UnallocatedOrder(
                bureau=CHANGCHUN, reference=reference, to=to, officer=officer, reason="as agreed"
            )
            sealed = by_officer(Right.MOVE_UNALLOCATED, CHANGCHUN, order, officer)
            await self.walkthrough.do(MOVE_UNALLOCATED, CHANGCHUN, sealed)
            await self.clean()

    async def taken_in(self) -> None:
        await self.walkthrough.do(TAKE_IN, CHANGCHUN, TakeInOrder(form=self.case.form))
        await self.clean()

    async def line(self) -> CaseLine:
        pages = {page.bureau: page for page in await self.walkthrough.pages()}
        (line,) = pages[CHANGCHUN].lines
        return line


@pytest.fixture
async def bank(tmp_path: Path) -> AsyncIterator[BankCounter]:
    """A case whose money has left, and of which nothing has come."""
    async with Walkthrough.between(tmp_path) as walkthrough:
        await walkthrough.seed(account())
        yield BankCounter(walkthrough, *await sent(walkthrough))


async def test_the_books_are_clean_while_the_money_comes_in_parts(bank: BankCounter) -> None:
    await bank.announced()
    await bank.arrives("B1", 10_000)
    line = await bank.line()
    assert (line.received, line.in_suspense, line.posted) == (10_000, 10_000, 0)
    await bank.arrives("B2", 20_000)
    await bank.arrives("B3", bank.sent.total - 30_000)
    line = await bank.line()
    assert (line.received, line.in_suspense) == (bank.sent.total, bank.sent.total)
    assert (await bank.announced()).in_since is not None
    await bank.taken_in()


async def test_the_books_are_clean_while_a_part_is_here_and_more_than_the_rest_comes(
    bank: BankCounter,
) -> None:
    await bank.announced()
    await bank.arrives("B1", 10_000)
    await bank.arrives("B2", bank.sent.total)
    await bank.arrives("B3", bank.sent.total)
    await bank.moved("B3")
    await bank.announced()
    await bank.moved("B2")
    await bank.taken_in()


async def test_the_books_are_clean_while_what_came_too_early_waits_to_be_announced(bank: BankCounter) -> None:
    await bank.arrives("B1", 10_000)
    await bank.arrives("B2", 500)
    await bank.moved("B2")
    assert (await bank.announced()).come == 10_000
    await bank.arrives("B3", bank.sent.total - 10_000)
    await bank.announced()
    await bank.taken_in()


async def test_the_books_are_clean_while_a_part_is_put_to_the_remittance_by_hand(bank: BankCounter) -> None:
    await bank.announced()
    await bank.arrives("B1", 10_000)
    await bank.arrives("B2", 700, "2026-0302-17")
    await bank.moved("B2", to=FIRST)
    assert (await bank.line()).received == 10_700
    await bank.arrives("B3", bank.sent.total)
    await bank.announced()
    await bank.taken_in()


async def test_the_books_are_clean_while_a_surplus_comes_back_in_parts(bank: BankCounter) -> None:
    await bank.announced()
    await bank.arrives("B1", bank.sent.total)
    await bank.announced()
    await bank.case.lower(300, 400)
    back = await bank.walkthrough.do(
        RETURN_FUNDS, CHANGCHUN, bank.case.money(RemittancePurpose.SURPLUS, 300, 400)
    )
    await bank.announced(back, YANBIAN)
    await bank.arrives("Y1", 200, back.number, YANBIAN)
    await bank.arrives("Y2", 500, back.number, YANBIAN)
    await bank.announced(back, YANBIAN)


async def test_a_payment_that_names_a_case_nobody_knows_makes_no_case(bank: BankCounter) -> None:
    await bank.arrives("B1", 10_000, NOBODYS)
    assert (await bank.line()).case_no == CASE
    await bank.moved("B1")


@pytest.mark.parametrize("seed", range(3))
async def test_the_books_are_clean_in_whatever_order_money_comes_and_is_moved(
    bank: BankCounter, seed: int
) -> None:
    chance = Random(seed)
    amounts = [1, bank.sent.total // 3, bank.sent.total // 2, bank.sent.total]
    for step in range(8):
        reference = f"B{chance.randint(1, step + 1)}"
        match chance.choice(["arrives", "arrives", "arrives astray", "announced", "back", "put"]):
            case "arrives":
                await bank.arrives(f"B{step + 1}", chance.choice(amounts))
            case "arrives astray":
                await bank.arrives(f"B{step + 1}", chance.choice(amounts), "")
            case "announced":
                await bank.announced()
            case "back":
                await bank.moved(reference)
            case "put":
                await bank.moved(reference, to=FIRST)


async def test_a_fen_beyond_what_has_arrived_is_named_while_the_rest_is_on_its_way(bank: BankCounter) -> None:
    await bank.announced()
    await bank.arrives("B1", 10_000)
    more = (debit(Account.BANK, 1, None, FIRST), credit(Account.SUSPENSE, 1, None, FIRST))
    async with bank.walkthrough.stores[CHANGCHUN].transaction() as session:
        await post(session, f"{FIRST}/more", CASE, bank.walkthrough.now, more, step="x", paper=FIRST)
    found = {
        (one.code, one.subject): (one.expected, one.found) for one in await bank.walkthrough.divergences()
    }
    assert found == {
        ("not_posted_as_stated", f"{FIRST} bank"): (10_000, 10_001),
        ("not_posted_as_stated", f"{FIRST} suspense"): (-10_000, -10_001),
        ("posting_without_paper", f"{FIRST}/more"): ("—", "x"),
    }
