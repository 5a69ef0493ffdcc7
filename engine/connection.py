"""Reaching a Temporal service, by flag, environment or a Temporal TOML profile, in this order."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

DEFAULT_ADDRESS = "127.0.0.1:7233"
PATIENCE_SECONDS = 3


class NoEngine(Exception):
    """No Temporal service answers at an address."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"No Temporal server answers at {address}: start one with `make up`, or name one with --address."
        )


class UnusableAddress(NoEngine):
    """What was given names no service: a malformed address, an unknown profile, an unreadable file."""

    def __init__(self, why: str) -> None:
        Exception.__init__(self, f"{why}. See --address, --namespace, --profile and --config-file.")


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service is. What is None comes from the environment or the profile."""

    host: str | None = None
    namespace: str | None = None
    profile: str | None = None
    config_file: Path | None = None


async def connect(address: Address, patience: float | None = None) -> Client:
    """A client that speaks the project's papers. Raises NoEngine when nothing answers within the time."""
    config = _configured(address)
    config["target_host"] = host = address.host or config.get("target_host") or DEFAULT_ADDRESS
    config["namespace"] = address.namespace or config.get("namespace") or "default"
    try:
        async with asyncio.timeout(patience or PATIENCE_SECONDS):
            client = await Client.connect(**config, data_converter=pydantic_data_converter)
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace)
            )
    except ValueError:
        raise UnusableAddress(f"{host} is not an address of the form host:port") from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise UnusableAddress(f"There is no namespace {config['namespace']} at {host}") from None
        raise NoEngine(host) from None
    except (RuntimeError, TimeoutError):
        raise NoEngine(host) from None
    return client


async def connect_plainly(host: str) -> Client:
    """A client of the embedded server, whatever the environment says of others. Raises NoEngine."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await Client.connect(host, data_converter=pydantic_data_converter)
    except (RPCError, RuntimeError, TimeoutError):
        raise NoEngine(host) from None


def _configured(address: Address) -> ClientConnectConfig:
    """What environment and TOML file say. A file named by flag must be there: no other takes its place."""
    if address.config_file and not address.config_file.is_file():
        raise UnusableAddress(f"There is no file {address.config_file}")
    try:
        return ClientConfig.load_client_connect_config(
            profile=address.profile,
            config_file=str(address.config_file) if address.config_file else None,
        )
    except OSError as error:
        raise UnusableAddress(f"{error.filename} cannot be read: {error.strerror}") from None
    except RuntimeError as error:
        # Only its first line: what follows quotes the file, which may hold a key.
        raise UnusableAddress(str(error).splitlines()[0]) from None
