"""A small year of the province, in which everything goes wrong far more often than in a real one."""

import asyncio
from contextlib import suppress
from pathlib import Path

from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError

from benchmarks.year.driver import Progressed
from benchmarks.year.plans import Settings
from benchmarks.year.report import tables
from benchmarks.year.running import YearDirectory, simulate
from benchmarks.year.shares import Shares, committed
from benchmarks.year.year import Year
from desk.today import china_today

CASES, BUREAUS, SEED = 12, 4, 285
MOVES = 20
PATIENCE_SECONDS = 300


def troubled() -> Shares:
    """The committed shares, but for what is rare: in some thirty cases nothing of it would happen."""
    shares = committed()
    often = {
        "arrivals": {"months": (*(1,) * 11, 8)},
        "applications": {
            "papers_missing": 150,
            "never_supplemented": 300,
            "refused": 60,
            "withdrawn": 60,
            "paid_twice": 200,
        },
        "corrections": {"cases": 350, "second_round": 400},
        "disputes": {"cases": 250},
        "bureaus": {"by_bank": 500, "in_two_parts": 300, "away": 750},
    }
    parts = {name: getattr(shares, name).model_copy(update=more) for name, more in often.items()}
    return shares.model_copy(update=parts)


async def broken_off(year: Year, place: YearDirectory) -> None:
    """The driver is stopped while it moves cases, when it has written down that many have moved."""
    driving = asyncio.create_task(simulate(year, place, lambda _: None, processes=False))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not place.notebook.exists() or len(place.notebook.read_text().splitlines()) < MOVES:
            assert not driving.done()
            await asyncio.sleep(0.05)
    driving.cancel()
    with suppress(asyncio.CancelledError, WorkflowUpdateRPCTimeoutOrCancelledError):
        await driving


async def test_a_year_loses_nothing_and_is_the_same_again_though_it_was_broken_off(tmp_path: Path) -> None:
    settings = Settings(year=china_today().year + 1, seed=SEED, cases=CASES, bureaus=BUREAUS)
    year = Year(settings, shares=troubled())
    days: list[Progressed] = []
    report = await simulate(year, YearDirectory(tmp_path / "whole"), days.append, processes=False)

    assert report["stuck"] == 0
    assert report["refused"] == 0
    assert sum(report["ends"].values()) == CASES
    assert report["audit"]["clean"]
    assert report["audit"]["fen_sent_and_not_received"] == 0
    assert report["audit"]["fen_neither_posted_nor_given_back"] == 0
    assert report["audit"]["months_moved_and_not_taken_in"] == 0
    assert {"closed", "refused", "withdrawn", "returned"} <= set(report["ends"])
    expected = {"supplement", "correct", "amend", "dispute", "rule", "choose", "refund", "payment"}
    assert expected <= set(report["handed_in"])
    assert 0 < report["due_dates"]["cases_with_a_provisional_one"] < CASES
    assert max(one.open for one in days) > 1
    assert [shown.row_count for shown in tables(report)][1] == len(report["by_bureau"])

    parts = YearDirectory(tmp_path / "in_parts")
    await broken_off(year, parts)
    assert await simulate(year, parts, lambda _: None, processes=False) == report
