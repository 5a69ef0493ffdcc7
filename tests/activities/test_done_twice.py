"""The engine promises each step at least once; the stores make it exactly once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from stores import Databases
from walkthrough import Walkthrough

from activities.contracts import CLEAN_CASE, ActivityContract
from models.store.tables import Account
from province import account


@pytest.fixture
async def walkthrough(databases: Databases) -> AsyncIterator[Walkthrough]:
    async with Walkthrough.between(databases) as built:
        yield built


@pytest.mark.parametrize("at_once", [False, True], ids=["a day later", "by two workers at once"])
@pytest.mark.parametrize("step", CLEAN_CASE, ids=[step.name for step in CLEAN_CASE])
async def test_a_step_done_twice_gives_one_answer_and_has_one_effect(
    walkthrough: Walkthrough, step: ActivityContract[Any, Any], at_once: bool
) -> None:
    await walkthrough.seed(account())
    walkthrough.repeat, walkthrough.at_once = step, at_once
    walked = await walkthrough.walk()
    assert walkthrough.repeated, "the step lies on the walkthrough and was done twice"
    assert walked.taken_in.months == 72
    summaries = await walkthrough.summaries()
    assert await walkthrough.divergences() == []
    assert [summary.postings for summary in summaries] == [1 + 3, 2]
    assert [len(page.lines) for page in await walkthrough.pages()] == [1, 1]
    assert all(line.closed for page in await walkthrough.pages() for line in page.lines)
    for bureau in walkthrough.stores:
        assert await walkthrough.balance(bureau, Account.SUSPENSE) == 0
        assert await walkthrough.balance(bureau, Account.IN_TRANSIT_OUT) == 0
