"""Reaching a Temporal service, by flag, environment or a Temporal TOML profile, in this order."""

import asyncio

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from engine.address import Address, NobodyAnswers, UnusableAddress
from engine.encryption.access_log import FILE_NAME, AccessLog, OnceEach
from engine.encryption.codec import data_converter
from engine.encryption.decoding import profile_codec, reading_at
from engine.encryption.keys import DecodingService, KeyRing, key_file_named, load_keys
from engine.logs import silent_runtime
from engine.tls import no_connection
from models.files.system_errors import why_not

DEFAULT_ADDRESS = "127.0.0.1:7233"
PATIENCE_SECONDS = 3


async def connect(address: Address, patience: float | None = None, runtime: Runtime | None = None) -> Client:
    """A client that writes and reads with the keys in use.

    Raises NoEngine when nothing answers within the time, and where there are no keys.
    """
    config = _configured(address)
    config["target_host"] = host = address.host or config.get("target_host") or DEFAULT_ADDRESS
    config["namespace"] = address.namespace or config.get("namespace") or "default"
    try:
        async with asyncio.timeout(patience or PATIENCE_SECONDS):
            client = await Client.connect(**config, runtime=runtime)
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
    except (RuntimeError, TimeoutError) as error:
        raise no_connection(host, str(error), bool(config.get("tls"))) or NobodyAnswers(host) from None
    ring = load_keys(key_file_named(address.keys))
    return with_keys(client, ring, _decoding(address, ring), address.why, address.officer)


async def connect_plainly(host: str, ring: KeyRing) -> Client:
    """A client of the embedded server, whatever service the environment names. Raises NoEngine."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            client = await Client.connect(host, runtime=silent_runtime())
    except (RPCError, RuntimeError, TimeoutError):
        raise NobodyAnswers(host) from None
    return with_keys(client, ring)


def with_keys(
    client: Client, ring: KeyRing, service: DecodingService | None = None, why: str = "", officer: str = ""
) -> Client:
    """A client on the same connection that encrypts and decrypts with the keys of a key file.

    A command with the keys of a demonstration logs what it reads, why, and for which officer.
    """
    reading = reading_at(service, client.namespace, why, officer) if service else None
    on_read = None
    if why and ring.is_demonstration and ring.path:
        reader = f"{ring.file.owner}/{officer}" if officer else ring.file.owner
        on_read = OnceEach(AccessLog(ring.path.parent / FILE_NAME), reader, why)
    return Client(
        **(client.config() | {"data_converter": data_converter(ring, ring.party, reading, on_read)})
    )


def _decoding(address: Address, ring: KeyRing) -> DecodingService | None:
    """The codec server that reads for a desk. Raises UnusableAddress for one that would not be used."""
    try:
        named = profile_codec(address.profile, address.config_file)
    except ValueError as error:
        raise UnusableAddress(
            f"The profile's codec cannot be used: {error}", f"连接设置中的 codec 有误：{error}"
        ) from None
    if named and not ring.is_of_a_desk:
        raise UnusableAddress(
            f"The profile names a codec server, and the key file of {ring.file.owner} reads with keys of its "
            "own: take the codec out of the profile, or use the key file of a desk",
            f"连接设置指定了解码服务，而 {ring.file.owner} 的密钥文件自行解密："
            "请从连接设置中去掉 codec，或改用经办窗口的密钥文件",
        )
    return named or ring.file.decoding


def _configured(address: Address) -> ClientConnectConfig:
    """The settings of environment and TOML file. A file named by flag must exist."""
    if address.config_file and not address.config_file.is_file():
        raise UnusableAddress(f"There is no file {address.config_file}", f"没有文件 {address.config_file}")
    try:
        return ClientConfig.load_client_connect_config(
            profile=address.profile,
            config_file=str(address.config_file) if address.config_file else None,
        )
    except OSError as error:
        raise UnusableAddress(
            f"{error.filename} cannot be read: {why_not(error).en}",
            f"无法读取 {error.filename}：{why_not(error).zh}",
        ) from None
    except RuntimeError as error:
        # Only its first line: the rest quotes the file, which may hold a key.
        why = str(error).splitlines()[0]
        raise UnusableAddress(why, f"连接设置有误：{why}") from None
