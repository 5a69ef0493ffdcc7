"""Money that somebody moves by a posting of the ledger's own making, which no paper orders, is named."""

from collections.abc import AsyncIterator

import pytest
from damage import Found, found_in
from stores import Databases
from walkthrough import CASE, MORNING, Played, Walkthrough

from models.store.ledger import Entry, credit, debit, post
from models.store.tables import Account
from province import CHANGCHUN, WORKER, YANBIAN, account

REMITTED, TAKEN_IN = f"remittance/{CASE}/1", f"taking-in/{CASE}/1"
WITHOUT_KEYS = "without foreign keys"


async def moved(walkthrough: Walkthrough) -> None:
    """The teacher has moved from Yanbian to Changchun, a worker has stayed."""
    await walkthrough.seed(account(), account(WORKER, "孙立国", "E", YANBIAN))
    await walkthrough.walk()


MOVED = Played(moved)


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with MOVED.on(databases) as built:
        yield built


FEN = (debit(Account.INDIVIDUAL_ACCOUNT, 1, 1), credit(Account.POOLED_FUND, 1))
TO_THE_ACCOUNT = (debit(Account.POOLED_FUND, 1), credit(Account.INDIVIDUAL_ACCOUNT, 1, 1))
OF_ANOTHER = (debit(Account.INDIVIDUAL_ACCOUNT, 1, 2), credit(Account.POOLED_FUND, 1))
OUT_OF_SUSPENSE = (debit(Account.SUSPENSE, 1), credit(Account.BANK, 1))
TAKEN_TWICE = (
    debit(Account.BANK, 9),
    credit(Account.INDIVIDUAL_ACCOUNT, 4, 1),
    credit(Account.POOLED_FUND, 5),
)

SLIPPED_IN: dict[str, tuple[str, str, str, tuple[Entry, ...], set[Found]]] = {
    "posted twice, under a new key and paper": (
        CHANGCHUN,
        f"taking-in/{CASE}/9",
        CASE,
        TAKEN_TWICE,
        {
            ("posting_without_paper", f"taking-in/{CASE}/9"),
            ("another_relationship", f"{CASE} taking-in/{CASE}/9"),
        },
    ),
    "posted twice, on the same paper": (
        CHANGCHUN,
        TAKEN_IN,
        CASE,
        TAKEN_TWICE,
        {
            ("not_posted_as_stated", f"{TAKEN_IN} {one}")
            for one in ("bank", "individual_account", "pooled_fund")
        },
    ),
    "from the account to the fund where it was taken in": (
        CHANGCHUN,
        TAKEN_IN,
        CASE,
        FEN,
        {("not_posted_as_stated", f"{TAKEN_IN} {one}") for one in ("individual_account", "pooled_fund")},
    ),
    "from the fund to the account as if it were interest": (
        YANBIAN,
        f"{REMITTED}/again/adjust",
        CASE,
        TO_THE_ACCOUNT,
        {("account_not_as_stated", CASE)},
    ),
    "from the account to the fund of nobody's case": (
        YANBIAN,
        "opening/99",
        "",
        OF_ANOTHER,
        {("posting_without_paper", "opening/99")},
    ),
    "a fen out of suspense": (
        CHANGCHUN,
        REMITTED,
        CASE,
        OUT_OF_SUSPENSE,
        {
            ("not_posted_as_stated", f"{REMITTED} bank"),
            ("not_posted_as_stated", f"{REMITTED} suspense"),
            ("left_in_suspense", CASE),
            ("sent_not_received", REMITTED),
        },
    ),
}


@pytest.mark.parametrize("what", SLIPPED_IN)
async def test_money_moved_by_a_posting_that_no_paper_orders_is_named(
    walkthrough: Walkthrough, what: str
) -> None:
    """The posting is entered as the ledger enters them: balanced, and a link of the chain."""
    bureau, number, case_no, entries, expected = SLIPPED_IN[what]
    paper = number.removesuffix("/again/adjust")
    key = number if number.endswith("/adjust") or not case_no else f"{number}/again"
    expected = expected | {("posting_without_paper", key)}
    async with walkthrough.stores[bureau].transaction() as session:
        await post(session, key, case_no, MORNING, entries, step="take_in", paper=paper)
    assert set(await found_in(walkthrough)) == expected
