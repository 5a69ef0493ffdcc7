"""The Temporal service that `make test-cluster` names, in place of servers that the tests start.

`TEST_ADDRESS`, `TEST_PROFILE` and `TEST_CONFIG_FILE` say where it is, as the flags of the programs do. Each
process of the tests registers a namespace of its own there and deletes it in the end; `TEST_NAMESPACE` names
one that is there already, where namespaces cannot be registered: it has to be empty of cases.
"""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from temporalio.api.operatorservice.v1 import DeleteNamespaceRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from engine.address import DEMONSTRATION, Address
from engine.connection import connect
from engine.encryption.keys import demonstration_file, demonstration_keys
from engine.preparation import RETENTION_DAYS, prepare
from workflows.identifiers import RUNNING_CASES, STAGE

BEFORE_ANY_NAMESPACE = "temporal-system"
"""A namespace that every service has: through it others are registered."""
KNOWN_SECONDS = 60
"""Within which a service knows a new namespace and its search attributes everywhere."""
REGISTERED: list[Client] = []


def given_service() -> Address | None:
    """Where the service is that the tests are to use; None where they start their own."""
    host, profile, file = (os.environ.get(f"TEST_{name}") for name in ("ADDRESS", "PROFILE", "CONFIG_FILE"))
    if not (host or profile or file):
        return None
    named = os.environ.get("TEST_NAMESPACE")
    return Address(host or None, named, profile or None, Path(file) if file else None)


def flags(address: Address) -> list[str]:
    """The same for a program."""
    named = {
        "--address": address.host,
        "--namespace": address.namespace,
        "--profile": address.profile,
        "--config-file": address.config_file,
    }
    return [part for flag, value in named.items() if value for part in (flag, str(value))]


async def own_namespace(service: Address) -> tuple[Client, Address]:
    """A namespace for these tests alone, prepared, and the address of it."""
    demonstration_keys(demonstration_file(DEMONSTRATION))
    if service.namespace:
        client = await connect(service)
        await prepared(client)
        return client, service
    registrar = await connect(replace(service, namespace=BEFORE_ANY_NAMESPACE))
    name = f"transfer-test-{uuid4().hex[:12]}"
    address = replace(service, namespace=name)
    asked = RegisterNamespaceRequest(namespace=name)
    asked.workflow_execution_retention_period.FromSeconds(RETENTION_DAYS * 24 * 3600)
    await registrar.workflow_service.register_namespace(asked)
    config = registrar.config()
    config["namespace"] = name
    client = Client(**config)
    REGISTERED.append(client)
    await prepared(client)
    return client, address


async def delete_namespaces() -> None:
    """Delete every namespace that this process has registered."""
    while REGISTERED:
        client = REGISTERED.pop()
        await client.operator_service.delete_namespace(DeleteNamespaceRequest(namespace=client.namespace))


async def prepared(client: Client) -> None:
    """Prepare a namespace as the platform's worker does, and wait until the service knows it everywhere."""
    async with asyncio.timeout(KNOWN_SECONDS):
        while True:
            try:
                await prepare(client)
                await client.count_workflows(f"{RUNNING_CASES} AND {STAGE.name} IS NULL")
                return
            except RPCError:
                await asyncio.sleep(0.5)
