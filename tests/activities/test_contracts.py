"""Contracts: what a case may ask for is done by exactly one desk, on the terms both have agreed."""

from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from activities import contracts
from activities.contracts import (
    ACCEPT_ORDER,
    CHANGE_ROSTER,
    CHECK_ORDER,
    CLEAN_CASE,
    FIND_PAPER,
    READ_ROSTER,
    SUMMARISE_BOOKS,
    VOUCH,
    ActivityContract,
)
from activities.registration import bureau_activities, platform_activities
from models.store.store import Store

EVERY_CONTRACT = [step for step in vars(contracts).values() if isinstance(step, ActivityContract)]

AT_THE_PROVINCE_TOO = (
    VOUCH,
    ACCEPT_ORDER,
    CHECK_ORDER,
    CHANGE_ROSTER,
    FIND_PAPER,
    READ_ROSTER,
    SUMMARISE_BOOKS,
)
"""Done by each bureau for itself, and by the platform for the province."""


@pytest.fixture(scope="module")
def desks() -> list[Callable[..., Any]]:
    """Every activity that any worker of the province offers; the store is named and never opened."""
    store = Store("sqlite+aiosqlite://")
    return [*platform_activities(store), *bureau_activities("220100", store)]


def registered_name(method: Callable[..., Any]) -> str:
    """The name under which the engine knows a method."""
    definition = getattr(method, "__temporal_activity_definition")
    return str(definition.name)


def test_no_two_steps_bear_one_name() -> None:
    assert len({step.name for step in EVERY_CONTRACT}) == len(EVERY_CONTRACT)
    assert set(CLEAN_CASE) <= set(EVERY_CONTRACT)


def test_every_method_offered_to_the_engine_does_a_step_that_a_case_can_ask_for(
    desks: list[Callable[..., Any]],
) -> None:
    twice = [step.name for step in AT_THE_PROVINCE_TOO]
    once = [step.name for step in EVERY_CONTRACT]
    assert sorted(registered_name(method) for method in desks) == sorted([*once, *twice])


@pytest.mark.parametrize("step", EVERY_CONTRACT, ids=[step.name for step in EVERY_CONTRACT])
def test_a_step_is_done_by_one_method_that_takes_and_gives_what_was_agreed(
    step: ActivityContract[Any, Any], desks: list[Callable[..., Any]]
) -> None:
    methods = [method for method in desks if registered_name(method) == step.name]
    assert len(methods) == (2 if step in AT_THE_PROVINCE_TOO else 1)
    hints = get_type_hints(methods[0])
    given = hints.pop("return")
    assert given is step.gives
    assert list(hints.values()) == [step.takes]
    assert methods[0].__name__ == step.name
    assert methods[0].__doc__
