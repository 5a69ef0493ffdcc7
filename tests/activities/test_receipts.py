"""The receipts: of every paper that crossed, both bureaus hold the same one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select
from walkthrough import Walkthrough

from models.messages.papers import paper_digest
from models.store.chain import verify_chain
from models.store.tables import PaperRow
from province import CHANGCHUN, YANBIAN, account
from rules.values.papers import PaperKind, Side

CROSSING = {
    PaperKind.CERTIFICATE: (YANBIAN, CHANGCHUN),
    PaperKind.CONTACT_LETTER: (CHANGCHUN, YANBIAN),
    PaperKind.INFORMATION_FORM: (YANBIAN, CHANGCHUN),
    PaperKind.REMITTANCE: (YANBIAN, CHANGCHUN),
}
"""What crosses on the clean walkthrough: from whom, to whom."""


@pytest.fixture
async def walkthrough(tmp_path: Path) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(tmp_path) as built:
        yield built


async def digests(walkthrough: Walkthrough, bureau: str, kind: PaperKind, side: Side) -> list[str]:
    async with walkthrough.stores[bureau].reading() as session:
        found = await session.exec(
            select(PaperRow.digest).where(col(PaperRow.kind) == kind, col(PaperRow.side) == side)
        )
        return list(found.all())


async def test_of_a_paper_that_crossed_the_receipt_agrees_with_what_was_issued(
    walkthrough: Walkthrough,
) -> None:
    await walkthrough.seed(account())
    await walkthrough.walk()
    for kind, (issued_by, received_by) in CROSSING.items():
        (issued,) = await digests(walkthrough, issued_by, kind, Side.ISSUED)
        assert await digests(walkthrough, received_by, kind, Side.RECEIVED) == [issued], kind
    assert await digests(walkthrough, YANBIAN, PaperKind.DOSSIER, Side.RECEIVED) == await digests(
        walkthrough, CHANGCHUN, PaperKind.DOSSIER, Side.RECEIVED
    )


async def test_the_letter_kept_is_the_letter_itself(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account())
    walked = await walkthrough.walk()
    assert await digests(walkthrough, YANBIAN, PaperKind.CONTACT_LETTER, Side.RECEIVED) == [
        paper_digest(walked.letter.model_dump_json())
    ]


async def test_both_bureaus_chains_hold_after_a_case(walkthrough: Walkthrough) -> None:
    await walkthrough.seed(account())
    await walkthrough.walk()
    for store in walkthrough.stores.values():
        async with store.reading() as session:
            report = await verify_chain(session)
        assert report.broken is None
        assert report.verified > 5
