"""What a clerk is told when the server refuses: its word, and advice only where it helps."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from clerk import Clerk
from limited_waits import FAR_OFF, waits_of_connecting
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from desk.client.session import use, with_client
from desk.problems import BadInput
from engine.address import Address
from engine.embedded import EmbeddedServer, free_port

ADVICE = "A new namespace is ready when the platform's worker has run in it once."


async def told(env: WorkflowEnvironment, message: str, status: RPCStatusCode) -> str:
    """The refusal of a command whose call the server answers like this."""

    async def refused(client: Client) -> None:
        raise RPCError(message, status, b"")

    use(Address(env.client.service_client.config.target_host))
    try:
        with pytest.raises(BadInput) as bad:
            await asyncio.to_thread(with_client, refused)
    finally:
        use(Address())
    return str(bad.value.summary)


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("Request unauthorized", RPCStatusCode.PERMISSION_DENIED),
        ("namespace rate limit exceeded", RPCStatusCode.RESOURCE_EXHAUSTED),
        ("workflow not found", RPCStatusCode.NOT_FOUND),
        ("shard is moving", RPCStatusCode.UNAVAILABLE),
    ],
)
async def test_a_refusal_that_has_nothing_to_do_with_a_new_namespace_is_told_as_it_is(
    env: WorkflowEnvironment, message: str, status: RPCStatusCode
) -> None:
    assert await told(env, message, status) == f"The Temporal server refuses: {message}."


async def test_a_namespace_that_went_away_is_told_with_the_way_to_have_one(env: WorkflowEnvironment) -> None:
    assert (await told(env, "Namespace pension is not found.", RPCStatusCode.NOT_FOUND)).endswith(ADVICE)


@pytest.fixture
async def unprepared(tmp_path: Path) -> AsyncIterator[Clerk]:
    """A clerk at a server at which no worker has ever run."""
    server = EmbeddedServer(free_port(), None, None, tmp_path / "server.log")
    yield Clerk.at(await server.start())
    server.stop()


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_where_no_worker_has_run_the_clerk_is_told_to_start_one(unprepared: Clerk, lang: str) -> None:
    advice = {"en": ADVICE, "zh": "新命名空间须先启动一次省级平台工作进程。"}[lang]
    (line,) = (await unprepared("list", lang=lang)).refusal()
    assert line.endswith(advice)


async def test_where_no_server_answers_one_sentence_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody is waited for where nobody listens: the limit of a connection ends no such wait."""
    nobody, waits = Clerk(f"127.0.0.1:{free_port()}"), waits_of_connecting(monkeypatch, FAR_OFF)
    for command in (("show", "220100-20200101-AAAAAAAA"), ("list",), ("audit",)):
        (line,) = (await nobody(*command)).silence()
        assert "make up" in line
    assert [wait.expired() for wait in waits] == [False] * 3


async def test_a_chinese_clerk_is_told_in_chinese_what_is_wrong_with_the_connection(tmp_path: Path) -> None:
    nobody = Clerk(f"127.0.0.1:{free_port()}")
    (absent,) = (await nobody("list", lang="zh")).silence()
    assert (
        absent == f"{nobody.address} 没有 Temporal 服务应答，请用 `make up` 启动，或用 --address 指明地址。"
    )
    (malformed,) = (await Clerk("nowhere at all")("list", lang="zh")).refusal()
    assert malformed.startswith("nowhere at all 不是 主机:端口 形式的地址")
    (missing,) = (await nobody("--config-file", str(tmp_path / "none.toml"), "list", lang="zh")).refusal()
    assert missing.startswith("没有文件 ")
