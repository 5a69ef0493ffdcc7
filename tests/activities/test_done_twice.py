"""The engine promises each deed at least once; the stores make it exactly once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from road import Road
from stores import Databases

from activities.contracts import ROAD, Deed
from models.store.tables import Account
from province import account


@pytest.fixture
async def road(databases: Databases) -> AsyncIterator[Road]:
    async with Road.between(databases) as built:
        yield built


@pytest.mark.parametrize("at_once", [False, True], ids=["a day later", "by two workers at once"])
@pytest.mark.parametrize("deed", ROAD, ids=[deed.name for deed in ROAD])
async def test_a_deed_done_twice_gives_one_answer_and_has_one_effect(
    road: Road, deed: Deed[Any, Any], at_once: bool
) -> None:
    await road.seed(account())
    road.repeat, road.at_once = deed, at_once
    walked = await road.walk()
    assert road.repeated, "the deed lies on the road and was done twice"
    assert walked.taken_in.months == 72
    summaries = await road.summaries()
    assert await road.divergences() == []
    assert [summary.postings for summary in summaries] == [1 + 3, 2]
    assert [len(page.lines) for page in await road.pages()] == [1, 1]
    assert all(line.closed for page in await road.pages() for line in page.lines)
    for bureau in road.stores:
        assert await road.balance(bureau, Account.SUSPENSE) == 0
        assert await road.balance(bureau, Account.IN_TRANSIT_OUT) == 0
