"""Finding the engine: flag before environment before profile; one sentence when there is none."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

import engine.connection
from engine.address import Address, NoEngine, UnusableAddress
from engine.connection import DEFAULT_ADDRESS, connect
from engine.embedded import free_port

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
        assert config["data_converter"] is pydantic_data_converter
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
    started = time.monotonic()
    with pytest.raises(NoEngine, match=str(port)):
        await connect(Address(host=f"127.0.0.1:{port}"))
    assert time.monotonic() - started < 2
    silent.close()


async def test_a_namespace_that_does_not_exist_is_named(env: WorkflowEnvironment) -> None:
    host = env.client.service_client.config.target_host
    assert "namespace nowhere" in await refusal(Address(host, "nowhere"))
    assert (await connect(Address(host))).namespace == "default"
