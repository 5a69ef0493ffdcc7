"""The Temporal service that `make test-cluster` names, used instead of servers that the tests start.

`TEST_ADDRESS`, `TEST_PROFILE` and `TEST_CONFIG_FILE` say where it is, like the programs' flags. Each process
of the tests registers its own namespace there and deletes it at the end. If namespaces cannot be registered,
`TEST_NAMESPACE` names an existing one, which must hold no cases.
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
"""A namespace that every service has, through which others are registered."""
KNOWN_SECONDS = 60
"""The time until all of a service knows a new namespace and its search attributes."""
REGISTERED: list[Client] = []


def given_service() -> Address | None:
    """The address of the service to use; None if the tests start their own server."""
    host, profile, file = (os.environ.get(f"TEST_{name}") for name in ("ADDRESS", "PROFILE", "CONFIG_FILE"))
    if not (host or profile or file):
        return None
    named = os.environ.get("TEST_NAMESPACE")
    return Address(host or None, named, profile or None, Path(file) if file else None)


def flags(address: Address) -> list[str]:
    """The address as flags of a program."""
    named = {
        "--address": address.host,
        "--namespace": address.namespace,
        "--profile": address.profile,
        "--config-file": address.config_file,
    }
    return [part for flag, value in named.items() if value for part in (flag, str(value))]


async def own_namespace(service: Address) -> tuple[Client, Address]:
    """A client in a prepared namespace for these tests only, and its address."""
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
