"""The chain over postings and papers: what was altered, deleted or slipped in is named at its place."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession
from stores import lift_protection

from models.messages.papers import paper_digest
from models.messages.steps import Filing
from models.store.chain import (
    BEFORE_THE_FIRST,
    BrokenLink,
    _canonical,
    head_of,
    link_hash,
    posting_content,
    verify_chain,
)
from models.store.ledger import credit, debit, post
from models.store.store import PaperKey, Store
from models.store.tables import Account, EntryRow, PaperRow, PostingRow
from rules.values.papers import PaperKind, Side

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
CASES = 4


async def file_one(store: Store, number: int) -> Filing:
    """A posting and the paper it rests on: two links, entered on a day of their own."""
    at, case_no = NOON + timedelta(days=number), f"case-{number}"

    async def draw_up(session: AsyncSession) -> Filing:
        sides = (debit(Account.BANK, 5), credit(Account.SUSPENSE, 3), credit(Account.POOLED_FUND, 2))
        await post(session, f"posting-{number}", case_no, at, sides, step="receive_funds", paper=case_no)
        return Filing(bureau="220100", filed_on=date(2026, 3, 2), started_at=at)

    return await store.file_once(
        PaperKey(case_no, PaperKind.DOSSIER_FILING, Side.ISSUED), Filing, at, draw_up
    )


async def fill(store: Store) -> None:
    for number in range(CASES):
        await file_one(store, number)


async def tamper(store: Store, *statements: str) -> None:
    await lift_protection(store)
    async with store.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


@pytest.mark.parametrize("page", [1, 3, 500])
async def test_a_chain_nobody_touched_holds_to_its_head(store: Store, page: int) -> None:
    await fill(store)
    async with store.reading() as session:
        report = await verify_chain(session, page=page)
        assert (report.verified, report.broken) == (2 * CASES, None)
        assert report.head == await head_of(session)
        links = [*await session.exec(select(PostingRow.link, PostingRow.chain))]
        links += await session.exec(select(PaperRow.link, PaperRow.chain))
    assert sorted(link for link, _ in links) == list(range(1, 2 * CASES + 1))
    assert len({chain for _, chain in links}) == 2 * CASES


async def test_a_store_nobody_wrote_in_has_a_chain_of_nothing(store: Store) -> None:
    async with store.reading() as session:
        report = await verify_chain(session)
    assert (report.verified, report.head, report.broken) == (0, (0, BEFORE_THE_FIRST), None)


# Of four cases, case 2 has the links 5 (its posting) and 6 (its paper).
DAMAGE: dict[str, tuple[Sequence[str], BrokenLink]] = {
    "an amount": (
        (
            "UPDATE entry SET amount = amount + 1 WHERE posting_id = 3 AND account = 'bank'",
            "UPDATE entry SET amount = amount - 1 WHERE posting_id = 3 AND account = 'suspense'",
        ),
        BrokenLink(5, "posting-2", "altered after it was entered"),
    ),
    "an account": (
        ("UPDATE entry SET account = 'pooled_fund' WHERE posting_id = 3 AND account = 'suspense'",),
        BrokenLink(5, "posting-2", "altered after it was entered"),
    ),
    "the officer": (
        ("UPDATE posting SET officer = 'another' WHERE id = 3",),
        BrokenLink(5, "posting-2", "altered after it was entered"),
    ),
    "the day": (
        ("UPDATE posting SET at = '2026-01-01 00:00:00+00:00' WHERE id = 3",),
        BrokenLink(5, "posting-2", "altered after it was entered"),
    ),
    "an entry with its counterpart": (
        ("DELETE FROM entry WHERE posting_id = 3",),
        BrokenLink(5, "posting-2", "altered after it was entered"),
    ),
    "the body of a paper": (
        ("UPDATE paper SET body = '{}' WHERE case_no = 'case-2'",),
        BrokenLink(6, "case-2/dossier_filing/issued/1", "the paper is not the one that was filed"),
    ),
    "the body of a paper and its digest": (
        (f"UPDATE paper SET body = '{{}}', digest = '{paper_digest('{}')}' WHERE case_no = 'case-2'",),
        BrokenLink(6, "case-2/dossier_filing/issued/1", "altered after it was entered"),
    ),
    "the case of a paper": (
        ("UPDATE paper SET case_no = 'another' WHERE case_no = 'case-2'",),
        BrokenLink(6, "another/dossier_filing/issued/1", "altered after it was entered"),
    ),
    "a posting gone": (
        ("DELETE FROM entry WHERE posting_id = 3", "DELETE FROM posting WHERE id = 3"),
        BrokenLink(6, "case-2/dossier_filing/issued/1", "the link before it is missing"),
    ),
    "a paper gone": (
        ("DELETE FROM paper WHERE case_no = 'case-2'",),
        BrokenLink(7, "posting-3", "the link before it is missing"),
    ),
    "the beginning gone": (
        ("DELETE FROM entry WHERE posting_id = 1", "DELETE FROM posting WHERE id = 1"),
        BrokenLink(2, "case-0/dossier_filing/issued/1", "the link before it is missing"),
    ),
    "a link of its own for a posting slipped in": (
        (
            "INSERT INTO posting (id, key, case_no, step, paper, officer, reference, at, link, chain)"
            " VALUES (9, 'slipped in', 'case-1', '', '', '', '', '2026-03-02 04:00:00+00:00', 9, '')",
        ),
        BrokenLink(9, "slipped in", "altered after it was entered"),
    ),
    "a posting in the place of a paper": (
        (
            "INSERT INTO posting (id, key, case_no, step, paper, officer, reference, at, link, chain)"
            " VALUES (9, 'slipped in', 'case-1', '', '', '', '', '2026-03-02 04:00:00+00:00', 4, 'z')",
        ),
        BrokenLink(4, "slipped in", "two links in one place"),
    ),
    "two links exchanged": (
        (
            "UPDATE paper SET link = 0 WHERE case_no = 'case-1'",
            "UPDATE paper SET link = 4 WHERE case_no = 'case-2'",
            "UPDATE paper SET link = 6 WHERE case_no = 'case-1'",
        ),
        BrokenLink(4, "case-2/dossier_filing/issued/1", "altered after it was entered"),
    ),
}


@pytest.mark.parametrize(("statements", "broken"), DAMAGE.values(), ids=DAMAGE)
async def test_damage_is_named_at_its_place(
    store: Store, statements: Sequence[str], broken: BrokenLink
) -> None:
    await fill(store)
    await tamper(store, *statements)
    async with store.reading() as session:
        report = await verify_chain(session, page=3)
    assert report.broken == broken


async def test_a_verification_may_begin_on_a_later_day(store: Store) -> None:
    await fill(store)
    await tamper(store, "UPDATE posting SET officer = 'another' WHERE id = 1")
    async with store.reading() as session:
        since = await verify_chain(session, since=NOON + timedelta(days=2))
        assert (since.verified, since.broken) == (4, None)
        nothing = await verify_chain(session, since=NOON + timedelta(days=99))
        assert (nothing.verified, nothing.broken, nothing.head) == (0, None, await head_of(session))
        whole = await verify_chain(session, since=NOON - timedelta(days=1))
    assert whole.broken is not None
    assert whole.broken.subject == "posting-0"


async def test_workers_that_write_at_once_write_one_chain(store: Store) -> None:
    others = [Store(store.url) for _ in range(3)]
    await asyncio.gather(
        *(file_one(each, 10 * place + number) for place, each in enumerate(others) for number in range(4))
    )
    for other in others:
        await other.close()
    async with store.reading() as session:
        report = await verify_chain(session)
    assert (report.verified, report.broken) == (2 * 12, None)


async def test_what_was_not_committed_leaves_no_gap(store: Store) -> None:
    await file_one(store, 0)

    async def break_off(session: AsyncSession) -> Filing:
        await post(session, "broken off", "", NOON, (), step="receive_funds", paper="")
        raise RuntimeError("power failure")

    with pytest.raises(RuntimeError):
        await store.file_once(
            PaperKey("broken off", PaperKind.DOSSIER_FILING, Side.ISSUED), Filing, NOON, break_off
        )
    await file_one(store, 1)
    async with store.reading() as session:
        report = await verify_chain(session)
    assert (report.verified, report.broken) == (4, None)


SIDES = st.lists(
    st.builds(
        EntryRow,
        posting_id=st.just(1),
        account=st.sampled_from(Account),
        relationship_id=st.none() | st.integers(1, 3),
        remittance=st.none() | st.sampled_from(("remittance/1", "remittance/2")),
        amount=st.integers(-9, 9),
    ),
    max_size=4,
)


@settings(max_examples=60)
@given(SIDES)
def test_the_order_of_entries_says_nothing(entries: list[EntryRow]) -> None:
    posting = PostingRow(key="key", at=NOON)
    turned = sorted(entries, key=lambda entry: (entry.amount, entry.account), reverse=True)
    assert posting_content(posting, entries) == posting_content(posting, turned)
    every = [posting_content(posting, entries[:size]) for size in range(len(entries) + 1)]
    assert all(less != more for less, more in pairwise(every))


def test_the_chain_of_a_link_hangs_on_all_that_came_before() -> None:
    assert link_hash("a", "b") != link_hash("a", "c") != link_hash("c", "b") != link_hash("", "ab")


WRITTEN = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**63), 2**63 - 1) | st.none(),
    lambda part: st.lists(part, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WRITTEN, max_size=5))
@example(["吉林省\u2028", '"\\/\x7f\x00\b\f\n\r\t\x1f', "𠮷", None, 0, -1, [], [""]])
def test_what_is_hashed_is_written_as_json_without_blanks(parts: list[Any]) -> None:
    """Chains of earlier releases were made by `json.dumps`, and hold only if every byte is the same."""
    assert _canonical(*parts) == json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
