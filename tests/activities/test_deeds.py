"""Contracts: what a case may ask for is done by exactly one desk, on the terms both have agreed."""

from collections.abc import Callable
from typing import Any, get_type_hints

import pytest

from activities import contracts
from activities.contracts import ROAD, Deed
from models.store.store import Store
from worker import bureau_activities, platform_activities

EVERY_DEED = [deed for deed in vars(contracts).values() if isinstance(deed, Deed)]


@pytest.fixture(scope="module")
def desks() -> list[Callable[..., Any]]:
    """Every activity that any worker of the province offers; the store is named and never opened."""
    store = Store("sqlite+aiosqlite://")
    return [*platform_activities(store), *bureau_activities("220100", store)]


def registered_name(method: Callable[..., Any]) -> str:
    """The name under which the engine knows a method."""
    definition = getattr(method, "__temporal_activity_definition")
    return str(definition.name)


def test_no_two_deeds_bear_one_name() -> None:
    assert len({deed.name for deed in EVERY_DEED}) == len(EVERY_DEED)
    assert set(ROAD) <= set(EVERY_DEED)


def test_every_method_offered_to_the_engine_does_a_deed_that_a_case_can_ask_for(
    desks: list[Callable[..., Any]],
) -> None:
    assert sorted(registered_name(method) for method in desks) == sorted(deed.name for deed in EVERY_DEED)


@pytest.mark.parametrize("deed", EVERY_DEED, ids=[deed.name for deed in EVERY_DEED])
def test_a_deed_is_done_by_one_method_that_takes_and_gives_what_was_agreed(
    deed: Deed[Any, Any], desks: list[Callable[..., Any]]
) -> None:
    (method,) = (method for method in desks if registered_name(method) == deed.name)
    hints = get_type_hints(method)
    given = hints.pop("return")
    assert given is deed.gives
    assert list(hints.values()) == [deed.takes]
    assert method.__name__ == deed.name
    assert method.__doc__
