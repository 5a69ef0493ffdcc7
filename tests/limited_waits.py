"""Limits of the program in tests: told without a clock whether one ended a wait, or far off.

They are made for people, who are told within seconds that nobody answers. On a machine that is busy with
other tests whoever is there may take longer.
"""

import asyncio
from dataclasses import replace
from importlib import import_module
from types import ModuleType, SimpleNamespace

import pytest

import engine.connection

FAR_OFF = 20
"""So many times its length a limit is where nothing is to wait for it, however busy the machine is."""
OF_THE_DESK = (
    "desk.client.asking.SETTLED_WITHIN",
    "desk.client.views.tasks.FOR_PROPOSALS",
    "desk.commands.deadline.TO_BE_TOLD",
)
OF_A_LOOK = ("desk.client.asking.AT_ONCE", "desk.client.filed_cases.AT_ONCE")
"""How long commands and pages wait for who may be off, or for what may take long."""


def limits(longer: float, waits: list[asyncio.Timeout] | None = None) -> SimpleNamespace:
    """The module asyncio with limits so many times as long, for what uses it; `waits` has every one."""

    def timeout(seconds: float) -> asyncio.Timeout:
        limited = asyncio.timeout(longer * seconds)
        if waits is not None:
            waits.append(limited)
        return limited

    return SimpleNamespace(**(vars(asyncio) | {"timeout": timeout}))


def waits_of(module: ModuleType, monkeypatch: pytest.MonkeyPatch, longer: float) -> list[asyncio.Timeout]:
    """The waits of a module from now on, with limits so many times as long."""
    waits: list[asyncio.Timeout] = []
    monkeypatch.setattr(module, "asyncio", limits(longer, waits))
    return waits


def waits_of_connecting(monkeypatch: pytest.MonkeyPatch, longer: float = 1) -> list[asyncio.Timeout]:
    """The waits of everything that connects from now on, with limits so many times as long."""
    return waits_of(engine.connection, monkeypatch, longer)


def nobody_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands and pages wait for bureaus and platform as long as these need, as all are at work."""
    for named in (*OF_THE_DESK, *OF_A_LOOK):
        module, _, name = named.rpartition(".")
        limit = getattr(import_module(module), name)
        if named in OF_A_LOOK:
            limit = replace(limit, in_all=FAR_OFF * limit.in_all)
        else:
            limit *= FAR_OFF
        monkeypatch.setattr(named, limit)
