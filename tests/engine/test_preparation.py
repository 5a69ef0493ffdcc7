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

from desk.opening import Opened, open_case
from engine.embedded import EmbeddedServer, free_port
from engine.preparation import prepare
from province import application
from workflows.names import SEARCH_ATTRIBUTES

SECRET = b"a key of the tests"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    """A server of this test alone, its state in a file; not yet started."""
    built = EmbeddedServer(
        free_port(), None, tmp_path / "state" / "temporal.db", tmp_path / "logs" / "server.log"
    )
    yield built
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
    assert await retention(client) == timedelta(days=3650)
    await set_retention(client, timedelta(days=20 * 365))
    await prepare(client)
    assert await retention(client) == timedelta(days=20 * 365), "a longer one is not shortened"


async def test_cases_opened_before_a_power_failure_are_there_after_it(server: EmbeddedServer) -> None:
    client = await server.start()
    await prepare(client)
    opened = await open_case(client, application(), SECRET)
    assert opened.new
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    again = await server.start()
    assert await retention(again) == timedelta(days=3650)
    assert await open_case(again, application(), SECRET) == Opened(opened.case_no, new=False)
