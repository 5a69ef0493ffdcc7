"""One run of a command against the engine: connect, and do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from desk.language import say
from desk.problems import BadInput
from engine.address import Address

if TYPE_CHECKING:
    from temporalio.client import Client
    from temporalio.service import RPCError

Result = TypeVar("Result")

_address = Address()


def use(address: Address) -> None:
    """Set where the commands of this process find the engine."""
    global _address
    _address = address


def acts(officer: str) -> None:
    """Set who acts by the commands of this process, for the access log."""
    use(replace(_address, officer=officer))


def address_in_use() -> Address:
    """The address and key file set by `use`."""
    return _address


def with_client(work: Callable[[Client], Awaitable[Result]], patience: float | None = None) -> Result:
    """Run some work with a client. Raises NoEngine when no server answers, BadInput when it refuses.

    NoAnswer, which is one, where it is the server that fails.
    """
    # Loaded here, so that nothing of the engine is loaded before a command has found its input good.
    from temporalio.service import RPCError

    from engine.connection import connect
    from engine.logs import silent_runtime

    async def run() -> Result:
        try:
            return await work(await connect(_address, patience, silent_runtime()))
        except RPCError as error:
            raise _refusal(error) from None

    return asyncio.run(run())


def _refusal(error: RPCError) -> BadInput:
    """What the server says, and the way out where it does not know the namespace or its search attributes."""
    from temporalio.service import RPCStatusCode

    from desk.client.silence import NoAnswer

    why = error.message.rstrip(".")
    told = say(f"The Temporal server refuses: {why}.", f"Temporal 服务拒绝：{why}。")
    unknown_namespace = error.status is RPCStatusCode.NOT_FOUND and "namespace" in error.message.lower()
    if unknown_namespace or error.status is RPCStatusCode.INVALID_ARGUMENT:
        told += say(
            " A new namespace is ready when the platform's worker has run in it once.",
            "新命名空间须先启动一次省级平台工作进程。",
        )
        return BadInput(told)
    return NoAnswer(told)
