"""Reaching a Temporal service, by flag, environment or a Temporal TOML profile, in this order."""

import asyncio

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from engine.address import Address, NobodyAnswers, UnusableAddress
from engine.logs import silent_runtime

DEFAULT_ADDRESS = "127.0.0.1:7233"
PATIENCE_SECONDS = 3


async def connect(address: Address, patience: float | None = None, runtime: Runtime | None = None) -> Client:
    """A client that speaks the project's papers. Raises NoEngine when nothing answers within the time."""
    config = _configured(address)
    config["target_host"] = host = address.host or config.get("target_host") or DEFAULT_ADDRESS
    config["namespace"] = address.namespace or config.get("namespace") or "default"
    try:
        async with asyncio.timeout(patience or PATIENCE_SECONDS):
            client = await Client.connect(**config, data_converter=pydantic_data_converter, runtime=runtime)
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=client.namespace)
            )
    except ValueError:
        raise UnusableAddress(
            f"{host} is not an address of the form host:port", f"{host} 不是 主机:端口 形式的地址"
        ) from None
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            named = config["namespace"]
            raise UnusableAddress(
                f"There is no namespace {named} at {host}", f"{host} 没有命名空间 {named}"
            ) from None
        raise NobodyAnswers(host) from None
    except (RuntimeError, TimeoutError):
        raise NobodyAnswers(host) from None
    return client


async def connect_plainly(host: str) -> Client:
    """A client of the embedded server, whatever the environment says of others. Raises NoEngine."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await Client.connect(
                host, data_converter=pydantic_data_converter, runtime=silent_runtime()
            )
    except (RPCError, RuntimeError, TimeoutError):
        raise NobodyAnswers(host) from None


def _configured(address: Address) -> ClientConnectConfig:
    """What environment and TOML file say. A file named by flag must be there: no other takes its place."""
    if address.config_file and not address.config_file.is_file():
        raise UnusableAddress(f"There is no file {address.config_file}", f"没有文件 {address.config_file}")
    try:
        return ClientConfig.load_client_connect_config(
            profile=address.profile,
            config_file=str(address.config_file) if address.config_file else None,
        )
    except OSError as error:
        raise UnusableAddress(
            f"{error.filename} cannot be read: {error.strerror}",
            f"无法读取 {error.filename}：{error.strerror}",
        ) from None
    except RuntimeError as error:
        # Only its first line: what follows quotes the file, which may hold a key.
        why = str(error).splitlines()[0]
        raise UnusableAddress(why, f"连接设置有误：{why}") from None
