"""The embedded server and what a namespace needs before the first case."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import engine.embedded
from desk.client.opening import Opened, open_case
from desk.stack import Workers
from engine.embedded import EmbeddedServer, NotStarted, PortTaken, free_port
from engine.encryption.keys import KeyRing
from engine.preparation import prepare
from province import application
from workflows.identifiers import SEARCH_ATTRIBUTES

SECRET = b"a key of the tests"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    """A server of this test alone, its state in a file; not yet started."""
    built = EmbeddedServer(
        free_port(), None, tmp_path / "state" / "temporal.db", tmp_path / "logs" / "server.log"
    )
    yield built
    if not built.ended:
        os.kill(built.pid, signal.SIGKILL)
    built.stop()


async def attributes(client: Client) -> dict[str, int]:
    found = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return dict(found.custom_attributes)


async def retention(client: Client) -> timedelta:
    namespace = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=client.namespace)
    )
    return namespace.config.workflow_execution_retention_ttl.ToTimedelta()


async def set_retention(client: Client, wanted: timedelta) -> None:
    config = NamespaceConfig()
    config.workflow_execution_retention_ttl.FromTimedelta(wanted)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=client.namespace, config=config)
    )


async def test_a_namespace_is_prepared_by_several_workers_at_once_and_again_without_harm(
    server: EmbeddedServer,
) -> None:
    client = await server.start()
    assert not {key.name for key in SEARCH_ATTRIBUTES} & set(await attributes(client))
    assert await retention(client) <= timedelta(days=1)
    await asyncio.gather(prepare(client), prepare(client), prepare(client))
    await prepare(client)
    found = await attributes(client)
    for key in SEARCH_ATTRIBUTES:
        assert found[key.name] == IndexedValueType.ValueType(key.indexed_value_type)
    assert await retention(client) == timedelta(days=180)
    await set_retention(client, timedelta(days=20 * 365))
    await prepare(client)
    assert await retention(client) == timedelta(days=20 * 365), "a longer one is not shortened"
    await prepare(client, 90)
    assert await retention(client) == timedelta(days=90), "unless that is what is wanted"


async def test_a_bureaus_worker_changes_nothing_of_the_namespace(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    """Its credentials need no permission for that, and what the platform has set stays."""
    client = await server.start()
    before = await retention(client), await attributes(client)
    workers = Workers(server.address, tmp_path)
    try:
        workers.start_bureaus("bureaus", ["220100"])
        await are_ready(workers, tmp_path / "logs" / "bureaus.log")
    finally:
        workers.stop()
    assert (await retention(client), await attributes(client)) == before


async def are_ready(workers: Workers, log: Path) -> None:
    async with asyncio.timeout(60):
        while "workers_ready" not in said_in(log):
            assert workers.dead() == [], said_in(log)
            await asyncio.sleep(0.05)


def said_in(log: Path) -> str:
    return log.read_text() if log.exists() else ""


async def test_cases_opened_before_a_power_failure_are_there_after_it(server: EmbeddedServer) -> None:
    client = await server.start()
    await prepare(client)
    opened = await open_case(client, application(), SECRET)
    assert opened.new
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    again = await server.start()
    assert await retention(again) == timedelta(days=180)
    assert await open_case(again, application(), SECRET) == Opened(opened.case_no, new=False)


async def test_a_port_at_which_another_server_listens_is_refused_and_that_server_is_not_joined(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    await server.start()
    second = EmbeddedServer(server.port, None, None, tmp_path / "second.log")
    with pytest.raises(PortTaken, match=str(server.port)):
        await second.start()
    assert second.ended, "no process was started"
    assert not server.ended


async def test_a_stranger_that_takes_the_port_while_the_server_starts_is_not_taken_for_it(
    env: WorkflowEnvironment, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers like any server, but it is another process; ours has ended for want of its port."""
    server.port = int(env.client.service_client.config.target_host.rsplit(":", 1)[1])
    monkeypatch.setattr(engine.embedded, "taken", lambda port: False)

    async def answers(host: str, ring: KeyRing) -> Client:
        os.kill(server.pid, signal.SIGKILL)
        await gone(server)
        return env.client

    monkeypatch.setattr(engine.embedded, "connect_plainly", answers)
    with pytest.raises(NotStarted):
        await server.start()


async def gone(server: EmbeddedServer) -> None:
    async with asyncio.timeout(60):
        while not server.ended:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.fixture
def set_up_for_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user whose environment and whose home point at another service, with papers that are not here."""
    home = tmp_path / "home"
    profile = home / ".config" / "temporalio" / "temporal.toml"
    profile.parent.mkdir(parents=True)
    profile.write_text('[profile.default]\n[profile.default.tls]\nclient_cert_path = "/nowhere/client.pem"\n')
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for variable in ("ADDRESS", "NAMESPACE", "ENV", "PROFILE", "API_KEY", "TLS", "TLS_CLIENT_CERT_PATH"):
        monkeypatch.setenv(f"TEMPORAL_{variable}", "elsewhere")


@pytest.mark.usefixtures("set_up_for_elsewhere")
async def test_the_embedded_server_and_its_workers_read_nothing_that_was_meant_for_another_service(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    client = await server.start()
    assert client.namespace == "default"
    workers = Workers(server.address, tmp_path)
    try:
        workers.start_platform()
        await are_ready(workers, tmp_path / "logs" / "platform.log")
    finally:
        workers.stop()
