"""Histories on their way to a bureau: as many in one message as it holds, all of them, in their order."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

import desk.commands.seed
from desk.commands.seed import LARGEST_BATCH_BYTES, batches_of, seed_all
from models.files.history_file import HistoryFile
from province import YANBIAN, Province, account
from rules.values.months import Month

MESSAGE_BYTES = 2 * 1024 * 1024
LIVES = 5


def history(letters: int) -> HistoryFile:
    """A name of so many letters: how long the message is, not whether it can be loaded."""
    one = account()
    return one.model_copy(update={"person": one.person.model_copy(update={"name": "崔" * letters})})


@given(st.lists(st.integers(min_value=1, max_value=160_000), max_size=12))
def test_no_history_is_lost_and_no_message_is_too_large(letters: list[int]) -> None:
    histories = [history(some) for some in letters]
    batches = list(batches_of(histories))
    assert [one for batch in batches for one in batch] == histories
    for batch in batches:
        size = sum(len(one.model_dump_json(by_alias=True).encode()) for one in batch)
        assert size <= LARGEST_BATCH_BYTES or len(batch) == 1


def test_small_histories_travel_together() -> None:
    assert [len(batch) for batch in batches_of([history(1)] * 150)] == [150]


def id_number(number: int) -> str:
    body = f"220102{19700101 + number % 28}{number:03d}"
    return body + str(ric.calc_check_digit(f"{body}0"))


async def test_histories_too_large_for_one_message_are_loaded_by_several(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives = [account(id_number(number), "甲") for number in range(LIVES)]
    monkeypatch.setattr(
        desk.commands.seed, "LARGEST_BATCH_BYTES", 2 * len(lives[0].model_dump_json(by_alias=True))
    )
    await province.start_bureaus(YANBIAN)
    results = await seed_all(province.client, lives)
    assert len(results) > 1
    assert sum(result.loaded for result in results) == LIVES


def test_the_longest_working_life_fits_into_a_batch() -> None:
    months = [str(Month(1976 + number // 12, number % 12 + 1)) for number in range(50 * 12)]
    ranges = [{"from": month, "to": month, "base": "30000.00", "booked_percent": "11"} for month in months]
    assert len(json.dumps(ranges).encode()) < LARGEST_BATCH_BYTES < MESSAGE_BYTES // 2
