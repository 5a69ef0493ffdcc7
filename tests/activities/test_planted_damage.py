"""Every kind of damage to a bureau's books is planted, and the audit names it: where, what, how much."""

from collections.abc import AsyncIterator, Sequence

import pytest
from damage import Found, forge_chain, found_in, tamper
from stores import Databases, lift_protection
from walkthrough import CASE, Played, Walkthrough

from models.store.store import Store
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


async def test_books_nobody_touched_are_clean(walkthrough: Walkthrough) -> None:
    assert await walkthrough.divergences() == []


PLANTED: dict[str, tuple[str, Sequence[str], set[Found]]] = {
    "a fen more in an entry": (
        CHANGCHUN,
        ["UPDATE entry SET amount = amount + 1 WHERE account = 'pooled_fund'"],
        {
            ("chain_broken", TAKEN_IN),
            ("posting_unbalanced", TAKEN_IN),
            ("ledger_unbalanced", "all entries"),
            ("not_posted_as_stated", f"{TAKEN_IN} pooled_fund"),
        },
    ),
    "a fen from the account to the fund, in place": (
        CHANGCHUN,
        [
            "UPDATE entry SET amount = amount + 1 WHERE account = 'individual_account'",
            "UPDATE entry SET amount = amount - 1 WHERE account = 'pooled_fund'",
        ],
        {
            ("chain_broken", TAKEN_IN),
            ("not_posted_as_stated", f"{TAKEN_IN} individual_account"),
            ("not_posted_as_stated", f"{TAKEN_IN} pooled_fund"),
        },
    ),
    "another officer on a posting": (
        YANBIAN,
        [f"UPDATE posting SET officer = 'nobody' WHERE key = '{REMITTED}/remit'"],
        {("chain_broken", f"{REMITTED}/remit")},
    ),
    "a month struck from what was taken in": (
        CHANGCHUN,
        ["UPDATE contribution SET last = '2025-11'"],
        {("month_not_as_stated", f"{CASE} 2025-12"), ("months_not_taken_in", CASE)},
    ),
    "a month struck from what left": (
        YANBIAN,
        ["UPDATE contribution SET last = '2025-11' WHERE relationship_id = 1"],
        {
            ("month_not_as_stated", f"{CASE} 2025-12"),
            ("months_not_taken_in", CASE),
            ("record_not_as_loaded", "relationship 1 2025-12"),
        },
    ),
    "a month struck from a record that never moved": (
        YANBIAN,
        ["UPDATE contribution SET last = '2025-11' WHERE relationship_id = 2"],
        {("record_not_as_loaded", "relationship 2 2025-12")},
    ),
    "a base altered in place": (
        CHANGCHUN,
        ["UPDATE contribution SET base = base + 1"],
        {("base_not_as_stated", f"{CASE} 2020-01")},
    ),
    "months that left and are here again": (
        YANBIAN,
        ["UPDATE contribution SET moved_by = NULL"],
        {
            ("month_not_as_stated", f"{CASE} 2020-01"),
            ("months_not_taken_in", CASE),
            ("end_not_as_moved", "relationship 1"),
        },
    ),
    "months said to have left with no case": (
        YANBIAN,
        ["UPDATE contribution SET moved_by = '220100-20260101-ZZZZZZZZ' WHERE relationship_id = 2"],
        {
            ("months_without_paper", "220100-20260101-ZZZZZZZZ"),
            ("end_not_as_moved", "relationship 2"),
        },
    ),
    "months cleared on no paper": (
        CHANGCHUN,
        [f"UPDATE contribution SET cleared_by = 'clearing/{CASE}/1'"],
        {("months_without_paper", f"clearing/{CASE}/1")},
    ),
    "a month lost between a row and its successors": (
        CHANGCHUN,
        [
            "INSERT INTO contribution (relationship_id, first, last, base, kind, origin_bureau, origin_case,"
            " supersedes, entered_by) SELECT relationship_id, first, '2025-11', base, kind, origin_bureau,"
            " origin_case, id, 'x' FROM contribution"
        ],
        {
            ("months_lost", "all months"),
            ("months_lost", "contribution row 1"),
            ("months_without_paper", "x"),
            ("month_not_as_stated", f"{CASE} 2025-12"),
            ("months_not_taken_in", CASE),
        },
    ),
    "a dossier dropped": (
        YANBIAN,
        ["DELETE FROM paper WHERE kind = 'dossier'"],
        {
            ("chain_broken", f"{CASE}/dossier_filing/issued/1"),
            ("paper_missing", f"dossier/{CASE}"),
            ("paper_missing", f"{CASE}/dossier/received/1"),
            ("dossier_missing", CASE),
        },
    ),
    "a dossier dropped with its receipt": (
        YANBIAN,
        ["DELETE FROM paper WHERE kind LIKE 'dossier%'"],
        {("dossier_missing", CASE)},
    ),
    "the last link cut off": (
        CHANGCHUN,
        ["DELETE FROM paper WHERE kind = 'dossier_filing'"],
        {("paper_missing", f"dossier_filing/{CASE}")},
    ),
    "a posting cut out of the chain": (
        YANBIAN,
        [
            f"DELETE FROM entry WHERE posting_id = (SELECT id FROM posting WHERE key = '{REMITTED}/settle')",
            f"DELETE FROM posting WHERE key = '{REMITTED}/settle'",
        ],
        {
            ("chain_broken", f"{CASE}/remittance/issued/1"),
            ("not_posted_as_stated", f"{REMITTED} bank"),
            ("not_posted_as_stated", f"{REMITTED} in_transit_out"),
            ("sent_not_received", REMITTED),
        },
    ),
    "a posting gone and its entries left": (
        CHANGCHUN,
        [WITHOUT_KEYS, f"DELETE FROM posting WHERE key = '{TAKEN_IN}'"],
        {
            ("chain_broken", f"{CASE}/notice/issued/1"),
            ("entry_without_posting", "posting 2"),
            ("not_posted_as_stated", f"{TAKEN_IN} individual_account"),
            ("not_posted_as_stated", f"{TAKEN_IN} pooled_fund"),
            ("not_posted_as_stated", f"{TAKEN_IN} suspense"),
            ("left_in_suspense", CASE),
        },
    ),
    "a paper altered": (
        CHANGCHUN,
        ["UPDATE paper SET body = replace(body, 'G', 'E') WHERE kind = 'certificate'"],
        {("chain_broken", f"{CASE}/certificate/received/1")},
    ),
}


@pytest.mark.parametrize("damage", PLANTED)
async def test_planted_damage_is_named(walkthrough: Walkthrough, damage: str) -> None:
    bureau, statements, expected = PLANTED[damage]
    if statements[0] == WITHOUT_KEYS:
        await _delete_without_keys(walkthrough.stores[bureau], statements[1])
    else:
        await tamper(walkthrough.stores[bureau], *statements)
    found = await found_in(walkthrough)
    assert set(found) == expected
    assert all(bureau in one.bureau for one in found.values())


async def _delete_without_keys(store: Store, statement: str) -> None:
    """As with a tool that does not ask for foreign keys."""
    await lift_protection(store)
    if store.engine.dialect.name == "postgresql":
        await tamper(store, "SET LOCAL session_replication_role = replica", statement)
        return
    async with store.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.execute("PRAGMA foreign_keys=OFF")
        await raw.execute(statement)
        await raw.commit()
        await raw.execute("PRAGMA foreign_keys=ON")


async def test_the_figures_say_what_should_be_there_and_what_is(walkthrough: Walkthrough) -> None:
    await tamper(walkthrough.stores[CHANGCHUN], "UPDATE contribution SET last = '2025-11'")
    found = await found_in(walkthrough)
    taken = found["months_not_taken_in", CASE]
    assert (taken.bureau, taken.expected, taken.found) == (f"{YANBIAN} / {CHANGCHUN}", 72, 71)
    month = found["month_not_as_stated", f"{CASE} 2025-12"]
    assert (month.bureau, month.expected, month.found) == (CHANGCHUN, 1, 0)


async def test_a_paper_altered_with_the_whole_chain_forged_anew_differs_from_the_other_bureaus(
    walkthrough: Walkthrough,
) -> None:
    store = walkthrough.stores[CHANGCHUN]
    await tamper(store, "UPDATE paper SET body = replace(body, 'G', 'E') WHERE kind = 'certificate'")
    await forge_chain(store)
    assert set(await found_in(walkthrough)) == {
        ("paper_differs", f"certificate/{CASE}/1"),
        ("paper_differs", f"{CASE}/certificate/received/1"),
        ("chain_broken", f"{CASE}/contact_letter/issued/1"),
    }


EDITED_COLUMNS = [
    ("dossier", "received", "outcome", "refused"),
    ("dossier", "received", "bureau_out", "220300"),
    ("contact_letter", "issued", "bureau_in", "220300"),
    ("information_form", "received", "ranges", "0"),
    ("information_form", "received", "id_number", WORKER),
    ("information_form", "received", "scheme_from", "E"),
    ("information_form", "received", "scheme_to", "G"),
    ("taking_in", "issued", "number", f"taking-in/{CASE}/2"),
]


@pytest.mark.parametrize("forged", [False, True], ids=["", "with the chain forged"])
@pytest.mark.parametrize(("kind", "side", "column", "value"), EDITED_COLUMNS)
async def test_a_column_that_says_otherwise_than_its_paper_is_named(
    walkthrough: Walkthrough, kind: str, side: str, column: str, value: str, forged: bool
) -> None:
    store = walkthrough.stores[CHANGCHUN]
    await tamper(store, f"UPDATE paper SET {column} = '{value}' WHERE kind = '{kind}' AND side = '{side}'")
    if forged:
        await forge_chain(store)
    found = await found_in(walkthrough)
    if kind == "dossier":
        # Dossiers are long: their columns are held to their filing.
        assert ("not_marked_as_stated", f"{CASE} dossier/{CASE}/1") in found
        return
    broken = found["chain_broken", f"{CASE}/{kind}/{side}/1"]
    assert broken.found == "its columns are not what the paper states"
