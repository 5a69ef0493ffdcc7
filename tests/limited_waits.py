"""Whether it was a limit of the program that ended a wait, or the answer: told without a clock."""

import asyncio
from types import SimpleNamespace

import pytest

import engine.connection

FAR_OFF = 20
"""So many times its length a limit is where nothing is to wait for it, however busy the machine is."""


def waits_of_connecting(monkeypatch: pytest.MonkeyPatch, longer: float = 1) -> list[asyncio.Timeout]:
    """The waits of everything that connects from now on, with limits so many times as long."""
    waits: list[asyncio.Timeout] = []

    def timeout(seconds: float) -> asyncio.Timeout:
        waits.append(asyncio.timeout(longer * seconds))
        return waits[-1]

    monkeypatch.setattr(engine.connection, "asyncio", SimpleNamespace(timeout=timeout))
    return waits
