"""The product's time limits in tests, which are extended, or which tell without a clock whether one expired.

The limits are made for people, who learn within seconds that nobody answers. On a machine that is busy with
other tests, answers may take longer.
"""

import asyncio
from dataclasses import replace
from importlib import import_module
from types import ModuleType, SimpleNamespace

import pytest

import engine.connection

FAR_OFF = 20
"""The factor by which a limit is extended that should never expire, however busy the machine is."""
OF_THE_DESK = (
    "desk.client.asking.SETTLED_WITHIN",
    "desk.client.views.tasks.FOR_PROPOSALS",
    "desk.commands.deadline.TO_BE_TOLD",
)
OF_A_LOOK = (
    "desk.client.asking.AT_ONCE",
    "desk.client.filed_cases.AT_ONCE",
    "desk.web.case.evidence.TO_LOOK_UP",
    "desk.web.province.officers.TO_LOOK_UP",
)
"""The limits of commands and pages for workers that may be off, or for answers that may take long."""


def limits(longer: float, waits: list[asyncio.Timeout] | None = None) -> SimpleNamespace:
    """The module asyncio with limits `longer` times as long; `waits` collects every timeout."""

    def timeout(seconds: float) -> asyncio.Timeout:
        limited = asyncio.timeout(longer * seconds)
        if waits is not None:
            waits.append(limited)
        return limited

    return SimpleNamespace(**(vars(asyncio) | {"timeout": timeout}))


def waits_of(module: ModuleType, monkeypatch: pytest.MonkeyPatch, longer: float) -> list[asyncio.Timeout]:
    """The timeouts of a module from now on, with limits `longer` times as long."""
    waits: list[asyncio.Timeout] = []
    monkeypatch.setattr(module, "asyncio", limits(longer, waits))
    return waits


def waits_of_connecting(monkeypatch: pytest.MonkeyPatch, longer: float = 1) -> list[asyncio.Timeout]:
    """The timeouts of every connecting client from now on, with limits `longer` times as long."""
    return waits_of(engine.connection, monkeypatch, longer)


def nobody_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands and pages wait as long as bureaus and platform need, as all of these are at work."""
    for named in (*OF_THE_DESK, *OF_A_LOOK):
        module, _, name = named.rpartition(".")
        limit = getattr(import_module(module), name)
        if named in OF_A_LOOK:
            limit = replace(limit, in_all=FAR_OFF * limit.in_all)
        else:
            limit *= FAR_OFF
        monkeypatch.setattr(named, limit)
