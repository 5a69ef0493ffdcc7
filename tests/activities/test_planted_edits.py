"""Each way to edit a bureau's books as their owner could, with every trigger dropped: first with the chain as
it was, then with the chain taken anew to its end. The audit names it either way."""

from collections.abc import AsyncIterator, Sequence

import pytest
from damage import forge_chain, tamper
from stores import Databases
from walkthrough import CASE, MORNING, Played, Walkthrough, leaving

from models.store.ledger import credit, debit, post
from models.store.store import Store
from models.store.tables import Account
from province import CHANGCHUN, WORKER, YANBIAN, account

OTHER = "220100-20260115-BBBBBBBB"
REMITTED = f"remittance/{CASE}/1"


async def moved(walkthrough: Walkthrough) -> None:
    """The teacher has moved from Yanbian to Changchun; a worker of Yanbian is about to go the same way, and
    another person is insured at Changchun."""
    await walkthrough.seed(
        account(), account(WORKER, "孙立国", "E", YANBIAN), account(WORKER, "孙立国", "E", CHANGCHUN)
    )
    await walkthrough.walk()
    await walkthrough.letter_registered(leaving("E"), OTHER)


MOVED = Played(moved)


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with MOVED.on(databases) as built:
        yield built


def paper(kind: str, column: str, value: str) -> str:
    return f"UPDATE paper SET {column} = {value} WHERE kind = '{kind}' AND case_no = '{CASE}'"


def said(kind: str, before: str, after: str) -> str:
    # A colon before a word would stand for a parameter.
    texts = (text.replace(":", r"\:") for text in (before, after))
    return paper(kind, "body", "replace(body, '{}', '{}')".format(*texts))


TAKEN_IN = f"(SELECT id FROM posting WHERE key = 'taking-in/{CASE}/1')"
JOINED = "(SELECT relationship_id FROM contribution WHERE origin_case <> '' LIMIT 1)"

EDITS: dict[str, tuple[str, Sequence[str]]] = {
    "the credit of a taking in moved to another person": (
        CHANGCHUN,
        [
            f"UPDATE entry SET relationship_id = 1 WHERE posting_id = {TAKEN_IN}"
            " AND account = 'individual_account'"
        ],
    ),
    "the months of a case moved to another person": (
        CHANGCHUN,
        ["UPDATE contribution SET relationship_id = 1 WHERE origin_case <> ''"],
    ),
    "another officer on a posting": (
        YANBIAN,
        [f"UPDATE posting SET officer = 'nobody' WHERE key = '{REMITTED}/remit'"],
    ),
    "a posting thirty days earlier": (
        YANBIAN,
        [f"UPDATE posting SET at = '2026-02-01 01:00:00' WHERE key = '{REMITTED}/remit'"],
    ),
    "a paper thirty days earlier": (YANBIAN, [paper("information_form", "at", "'2026-02-01 01:00:00'")]),
    "a review altered": (CHANGCHUN, [said("review", '"missing":[]', '"missing": []')]),
    "a review deleted": (CHANGCHUN, [f"DELETE FROM paper WHERE kind = 'review' AND case_no = '{CASE}'"]),
    "a notice altered": (CHANGCHUN, [said("notice", '"months":72', '"months":71')]),
    "a notice deleted": (CHANGCHUN, [f"DELETE FROM paper WHERE kind = 'notice' AND case_no = '{CASE}'"]),
    "a letter received on another day": (
        YANBIAN,
        [said("letter_registration", '"received_at":"2026-03', '"received_at":"2026-02')],
    ),
    "the answer with the certificate altered": (
        YANBIAN,
        [said("certificate_answer", '"months_paid":72', '"months_paid":71')],
    ),
    "a taking in of fewer months": (CHANGCHUN, [said("taking_in", '"months":72', '"months":71')]),
    "duplicate months of a taking in made up": (
        CHANGCHUN,
        [said("taking_in", '"duplicate_months":[]', '"duplicate_months":["2020-01"]')],
    ),
    "a posting under another key": (
        YANBIAN,
        [f"UPDATE posting SET key = '{REMITTED}/sent' WHERE key = '{REMITTED}/remit'"],
    ),
    "a posting of another step": (
        YANBIAN,
        [f"UPDATE posting SET step = 'supplement_funds' WHERE key = '{REMITTED}/remit'"],
    ),
    "an entry of no remittance": (
        YANBIAN,
        [f"UPDATE entry SET remittance = NULL WHERE remittance = '{REMITTED}' AND account = 'pooled_fund'"],
    ),
    "months from another bureau": (
        CHANGCHUN,
        ["UPDATE contribution SET origin_bureau = '220300' WHERE origin_case <> ''"],
    ),
    "months entered by another paper": (
        CHANGCHUN,
        [f"UPDATE contribution SET entered_by = 'information-form/{CASE}/1' WHERE origin_case <> ''"],
    ),
    "another scheme of a relationship that a transfer opened": (
        CHANGCHUN,
        [f"UPDATE relationship SET scheme = 'G' WHERE id = {JOINED}"],
    ),
    "another ID number of its person": (
        CHANGCHUN,
        ["UPDATE person SET id_number = '222401198604120248' WHERE id = 2"],
    ),
    "another status of a relationship": (
        CHANGCHUN,
        [f"UPDATE relationship SET status = 'suspended' WHERE id = {JOINED}"],
    ),
    "another name of the person": (CHANGCHUN, ["UPDATE person SET name = '崔明珠' WHERE id = 2"]),
    "a reservation dropped": (YANBIAN, ["UPDATE relationship SET reserved_by = NULL WHERE id = 2"]),
    "an end undone": (YANBIAN, ["UPDATE relationship SET ended_by = NULL WHERE id = 1"]),
}
"""The edits of one row or a few; a further posting is planted below."""


@pytest.mark.parametrize("forged", [False, True], ids=["chain left", "chain taken anew"])
@pytest.mark.parametrize("edit", EDITS)
async def test_an_edit_of_the_books_is_named(walkthrough: Walkthrough, edit: str, forged: bool) -> None:
    assert await walkthrough.divergences() == []
    bureau, statements = EDITS[edit]
    store = walkthrough.stores[bureau]
    before = await walkthrough.books(bureau)
    await tamper(store, *statements)
    assert await walkthrough.books(bureau) != before, "the edit has found its row"
    if forged:
        await forge_chain(store)
    found = await walkthrough.divergences()
    assert found
    assert all(bureau in one.bureau for one in found)


@pytest.mark.parametrize("key", [f"remittance/{CASE}/1/again/adjust", f"information-form/{CASE}/2/adjust"])
async def test_a_further_posting_on_a_closed_case_is_named(walkthrough: Walkthrough, key: str) -> None:
    """The posting is entered as the ledger enters them, all triggers standing: from the fund to somebody."""
    store: Store = walkthrough.stores[YANBIAN]
    sides = (debit(Account.POOLED_FUND, 100), credit(Account.INDIVIDUAL_ACCOUNT, 100, 2))
    async with store.transaction() as session:
        step, paper = "remit_and_end_relationship", f"remittance/{CASE}/1"
        await post(session, key, CASE, MORNING, sides, step=step, paper=paper)
    found = {(one.code, one.subject) for one in await walkthrough.divergences()}
    assert ("posting_without_paper", key) in found
    assert ("another_relationship", f"{CASE} {REMITTED}") in found
