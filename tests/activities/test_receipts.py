"""The receipts: of every paper that crossed, both bureaus hold the same one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from road import Road
from sqlmodel import col, select

from models.store.chain import paper_digest, verify_chain
from models.store.tables import PaperRow
from province import CHANGCHUN, YANBIAN, account

CROSSING = {
    "certificate": (YANBIAN, CHANGCHUN),
    "contact_letter": (CHANGCHUN, YANBIAN),
    "information_form": (YANBIAN, CHANGCHUN),
    "remittance": (YANBIAN, CHANGCHUN),
}
"""What crosses on the clean road: from whom, to whom."""


@pytest.fixture
async def road(tmp_path: Path) -> AsyncIterator[Road]:
    async with Road.between(tmp_path) as built:
        yield built


async def digests(road: Road, bureau: str, kind: str, side: str) -> list[str]:
    async with road.stores[bureau].reading() as session:
        found = await session.exec(
            select(PaperRow.digest).where(col(PaperRow.kind) == kind, col(PaperRow.side) == side)
        )
        return list(found.all())


async def test_of_a_paper_that_crossed_the_receipt_agrees_with_what_was_issued(road: Road) -> None:
    await road.seed(account())
    await road.walk()
    for kind, (issued_by, received_by) in CROSSING.items():
        (issued,) = await digests(road, issued_by, kind, "issued")
        assert await digests(road, received_by, kind, "received") == [issued], kind
    assert await digests(road, YANBIAN, "dossier", "received") == await digests(
        road, CHANGCHUN, "dossier", "received"
    )


async def test_the_letter_kept_is_the_letter_itself(road: Road) -> None:
    await road.seed(account())
    walked = await road.walk()
    assert await digests(road, YANBIAN, "contact_letter", "received") == [
        paper_digest(walked.letter.model_dump_json())
    ]


async def test_both_bureaus_chains_hold_after_a_case(road: Road) -> None:
    await road.seed(account())
    await road.walk()
    for store in road.stores.values():
        async with store.reading() as session:
            report = await verify_chain(session)
        assert report.broken is None
        assert report.verified > 5
