"""Finding the engine: flag before environment before profile; one sentence when there is none."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from limited_waits import waits_of_connecting
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import engine.connection
from engine.address import Address, NoEngine, UnusableAddress
from engine.connection import DEFAULT_ADDRESS, connect
from engine.embedded import free_port
from engine.encryption.codec import PairCodec, acting_as, data_converter, party_of
from engine.encryption.decoding import NoDecoding, profile_codec
from engine.encryption.keys import (
    DecodingService,
    KeyFile,
    UnusableKeys,
    load_keys,
    new_generation,
    write_keys,
)

PROFILES = """
[profile.default]
address = "profile:1"
namespace = "of-the-profile"

[profile.yanbian]
address = "yanbian:1"
namespace = "yanbian"
api_key = "a key that nobody may read"
"""


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment nor a file of whoever runs the tests has a say."""
    for variable in ("ADDRESS", "NAMESPACE", "PROFILE", "CONFIG_FILE", "API_KEY", "TLS"):
        monkeypatch.delenv(f"TEMPORAL_{variable}", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    path = tmp_path / "temporal.toml"
    path.write_text(PROFILES)
    return path


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every host and namespace that was dialled; nobody answers."""
    found: list[tuple[str, str]] = []

    async def dial(**config: Any) -> Client:
        found.append((config["target_host"], config["namespace"]))
        raise RuntimeError("nobody answers")

    monkeypatch.setattr(Client, "connect", dial)
    return found


async def dial(address: Address) -> None:
    with pytest.raises(NoEngine):
        await connect(address)


async def test_a_flag_stands_before_the_environment_and_the_profile(
    dialled: list[tuple[str, str]], profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "environment:1")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "of-the-environment")
    await dial(Address("flag:1", "of-the-flag", config_file=profiles))
    await dial(Address("flag:1", config_file=profiles))
    assert dialled == [("flag:1", "of-the-flag"), ("flag:1", "of-the-environment")]


async def test_the_environment_stands_before_the_profile(
    dialled: list[tuple[str, str]], profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(profiles))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "environment:1")
    await dial(Address())
    assert dialled == [("environment:1", "of-the-profile")]


async def test_a_profile_is_chosen_by_flag_or_by_environment(
    dialled: list[tuple[str, str]], profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await dial(Address(config_file=profiles))
    await dial(Address(config_file=profiles, profile="yanbian"))
    monkeypatch.setenv("TEMPORAL_PROFILE", "yanbian")
    await dial(Address(config_file=profiles))
    assert dialled == [("profile:1", "of-the-profile"), ("yanbian:1", "yanbian"), ("yanbian:1", "yanbian")]


async def test_without_any_word_the_server_is_the_one_on_this_machine(
    dialled: list[tuple[str, str]],
) -> None:
    await dial(Address())
    assert dialled == [(DEFAULT_ADDRESS, "default")]


async def refusal(address: Address) -> str:
    with pytest.raises(UnusableAddress) as refused:
        await connect(address)
    assert "\n" not in str(refused.value)
    return str(refused.value)


async def test_a_file_named_by_flag_must_be_there(tmp_path: Path) -> None:
    """Another server in its place would be worse than none."""
    assert str(tmp_path / "absent.toml") in await refusal(Address(config_file=tmp_path / "absent.toml"))
    assert str(tmp_path) in await refusal(Address(config_file=tmp_path))


async def test_a_profile_must_be_in_the_file(profiles: Path) -> None:
    assert "siping" in await refusal(Address(config_file=profiles, profile="siping"))


@pytest.fixture
def certificate_elsewhere(profiles: Path) -> Path:
    """A profile brought from another machine without its certificate."""
    profiles.write_text('[profile.default.tls]\nclient_cert_path = "/nowhere/client.pem"\n')
    return profiles


async def test_a_certificate_named_in_the_profile_must_be_there(certificate_elsewhere: Path) -> None:
    told = await refusal(Address(config_file=certificate_elsewhere))
    assert "/nowhere/client.pem cannot be read" in told


@pytest.fixture
def open_quotes(profiles: Path) -> Path:
    """A file with a mistake on the line of the key."""
    profiles.write_text(PROFILES.replace('api_key = "', "api_key = "))
    return profiles


async def test_a_file_that_cannot_be_read_is_refused_without_quoting_it(open_quotes: Path) -> None:
    told = await refusal(Address(config_file=open_quotes))
    assert "TOML" in told
    assert "a key that nobody may read" not in told


async def test_what_is_no_address_is_said_to_be_none() -> None:
    assert "no such host:abc" in await refusal(Address(host="no such host:abc"))


async def test_where_nobody_listens_the_address_is_named_and_the_way_to_start_one() -> None:
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(NoEngine, match="make up") as absent:
        await connect(Address(host=address))
    assert address in str(absent.value)


async def test_where_somebody_listens_and_never_answers_patience_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert engine.connection.PATIENCE_SECONDS < 5

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    monkeypatch.setattr(engine.connection, "PATIENCE_SECONDS", 0.5)
    waits = waits_of_connecting(monkeypatch)
    async with asyncio.timeout(60):
        with pytest.raises(NoEngine, match=str(port)):
            await connect(Address(host=f"127.0.0.1:{port}"))
    assert [wait.expired() for wait in waits] == [True]
    silent.close()


@pytest.fixture
async def encrypted_port(tmp_path: Path) -> AsyncIterator[str]:
    """A listener with TLS whose certificate, for `localhost`, nobody has signed."""
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with listener(context) as host:
        yield host


@asynccontextmanager
async def listener(context: ssl.SSLContext | None) -> AsyncIterator[str]:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


def self_signed(directory: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, SHA256())
    )
    paths = directory / "certificate.pem", directory / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


def with_tls(profiles: Path, **settings: str) -> Address:
    """A profile with TLS, and with these settings of it."""
    lines = [f'{name} = "{value}"' for name, value in settings.items()]
    profiles.write_text("\n".join(["[profile.default.tls]", "disabled = false", *lines]))
    return Address(config_file=profiles)


async def why_not(address: Address, host: str) -> str:
    with pytest.raises(NoEngine) as refused:
        await connect(replace(address, host=host))
    assert host in str(refused.value)
    assert host in refused.value.zh
    assert "make up" not in str(refused.value)
    return str(refused.value)


async def test_a_certificate_nobody_trusts_is_said_to_be_one(encrypted_port: str, profiles: Path) -> None:
    said = await why_not(with_tls(profiles), encrypted_port)
    assert "No TLS connection" in said
    assert "not trusted (UnknownIssuer)" in said


async def test_a_certificate_for_another_name_is_said_to_be_one(
    encrypted_port: str, profiles: Path, tmp_path: Path
) -> None:
    trusted = str(tmp_path / "certificate.pem")
    address = with_tls(profiles, server_ca_cert_path=trusted, server_name="elsewhere")
    assert "for another name (NotValidForName" in await why_not(address, encrypted_port)


async def test_tls_with_a_server_without_it_is_said_to_fail(profiles: Path) -> None:
    async with listener(None) as host:
        assert "the handshake fails" in await why_not(with_tls(profiles), host)


async def test_a_server_with_tls_asked_without_it_is_not_said_to_be_absent(encrypted_port: str) -> None:
    assert "if it wants TLS" in await why_not(Address(), encrypted_port)


async def test_what_is_no_temporal_server_is_said_to_be_none() -> None:
    async with listener(None) as host:
        assert "does not answer as a Temporal server" in await why_not(Address(), host)


async def test_where_nobody_listens_with_tls_either_the_way_to_start_one_is_named(profiles: Path) -> None:
    with pytest.raises(NoEngine, match="make up"):
        await connect(replace(with_tls(profiles), host=f"127.0.0.1:{free_port()}"))


Keys = Callable[[str], Path]
CODEC = """
[profile.default.codec]
endpoint = "http://127.0.0.1:1"
auth = "Bearer of-the-profile"
"""


@pytest.fixture
def codec_profile(profiles: Path) -> Path:
    """A profile that names a codec server."""
    profiles.write_text(CODEC)
    return profiles


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """Makes the key file of a party."""

    def make(owner: str) -> Path:
        path = tmp_path / f"{owner}.json"
        generation = new_generation(datetime.now(UTC))
        kept = generation if owner == "platform" else generation.only((owner,))
        write_keys(path, KeyFile(owner=owner, generations=(kept,)))
        return path

    return make


async def codec_of(address: Address, env: WorkflowEnvironment) -> PairCodec:
    host = env.client.service_client.config.target_host
    codec = (await connect(replace(address, host=host))).data_converter.payload_codec
    assert isinstance(codec, PairCodec)
    return codec


async def test_a_desk_reads_by_the_codec_server_of_its_profile(
    env: WorkflowEnvironment, codec_profile: Path, keys: Keys
) -> None:
    address = Address(config_file=codec_profile, keys=keys("desk-222400"))
    codec = await codec_of(address, env)
    assert codec.reading is not None
    written = await data_converter(load_keys(keys("platform")), "platform").encode([7])
    with pytest.raises(NoDecoding, match=r"127\.0\.0\.1:1"):
        await codec.decode(written)


async def test_a_codec_server_that_does_not_speak_http_is_said_not_to_answer(
    env: WorkflowEnvironment, codec_profile: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"220 mail.example\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("TEMPORAL_CODEC_ENDPOINT", f"http://{host}")
        codec = await codec_of(Address(config_file=codec_profile, keys=keys("desk-222400")), env)
        written = await data_converter(load_keys(keys("platform")), "platform").encode([7])
        with pytest.raises(NoDecoding, match=f"{host} does not answer"):
            await codec.decode(written)


async def test_a_codec_server_that_sends_elsewhere_is_not_followed_with_the_token(
    env: WorkflowEnvironment, codec_profile: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    async def send_elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        seen.append(asked.split(b" HTTP")[0])
        if asked.startswith(b"POST"):
            await reader.readuntil(b"}")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(send_elsewhere, "127.0.0.1", 0) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("TEMPORAL_CODEC_ENDPOINT", f"http://{host}")
        codec = await codec_of(Address(config_file=codec_profile, keys=keys("desk-222400")), env)
        written = await data_converter(load_keys(keys("platform")), "platform").encode([7])
        with pytest.raises(NoDecoding, match=r"answers with an error \(302\)"):
            await codec.decode(written)
    assert seen == [b"POST /decode"]


async def test_the_environment_names_a_codec_server_before_the_profile(
    env: WorkflowEnvironment,
    codec_profile: Path,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert profile_codec(None, codec_profile) == DecodingService(
        url="http://127.0.0.1:1", token="of-the-profile"
    )
    monkeypatch.setenv("TEMPORAL_CODEC_ENDPOINT", "https://codec.example")
    assert profile_codec(None, codec_profile) == DecodingService(
        url="https://codec.example", token="of-the-profile"
    )
    monkeypatch.setenv("TEMPORAL_CODEC_AUTH", "Bearer of-the-environment")
    assert profile_codec(None, None) == DecodingService(
        url="https://codec.example", token="of-the-environment"
    )


@pytest.mark.parametrize("owner", ["platform", "bureau-222400"])
async def test_a_codec_server_of_which_nothing_would_be_asked_is_refused(
    env: WorkflowEnvironment, codec_profile: Path, keys: Keys, owner: str
) -> None:
    with pytest.raises(UnusableAddress, match="names a codec server"):
        await codec_of(Address(config_file=codec_profile, keys=keys(owner)), env)


async def test_where_there_are_no_keys_the_ways_to_some_are_named(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    with pytest.raises(UnusableKeys, match=r"make up.*keys make"):
        await codec_of(Address(keys=tmp_path / "none.json"), env)


@pytest.mark.parametrize("other", ["platform", "bureau-220100", "desk-222400"])
async def test_no_worker_runs_with_the_keys_of_another_party(
    env: WorkflowEnvironment, keys: Keys, other: str
) -> None:
    host = env.client.service_client.config.target_host
    client = await connect(Address(host=host, keys=keys("bureau-222400")))
    assert party_of(acting_as(client, "bureau-222400")) == "bureau-222400"
    with pytest.raises(UnusableKeys, match=other):
        acting_as(client, other)


async def test_a_codec_server_without_a_token_is_refused(
    env: WorkflowEnvironment,
    codec_profile: Path,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEMPORAL_CODEC_AUTH", "Basic of-the-profile")
    with pytest.raises(UnusableAddress, match="Bearer") as refused:
        await codec_of(Address(config_file=codec_profile, keys=keys("desk-222400")), env)
    assert "of-the-profile" not in str(refused.value)


async def test_a_namespace_that_does_not_exist_is_named(env: WorkflowEnvironment) -> None:
    host = env.client.service_client.config.target_host
    assert "namespace nowhere" in await refusal(Address(host, "nowhere"))
    assert (await connect(Address(host))).namespace == "default"
