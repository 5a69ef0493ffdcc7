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
    """No Temporal service can be had. Its text is English; `zh` says the same on a Chinese screen."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class NobodyAnswers(NoEngine):
    """No Temporal service answers at an address."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"No Temporal server answers at {address}: start one with `make up`, or name one with --address.",
            f"{address} 没有 Temporal 服务应答，请用 `make up` 启动，或用 --address 指明地址。",
        )


class UnusableAddress(NoEngine):
    """What was given names no service: a malformed address, an unknown profile, an unreadable file."""

    def __init__(self, en: str, zh: str) -> None:
        options = "--address, --namespace, --profile"
        super().__init__(
            f"{en}. See {options} and --config-file.",
            f"{zh}，见 {options.replace(', ', '、')} 和 --config-file。",
        )


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
            return await Client.connect(host, data_converter=pydantic_data_converter)
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
