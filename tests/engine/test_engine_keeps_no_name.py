"""The engine keeps no name, no ID number and no account of the cases of the demo, in whatever form.

The same cases are played twice on a server of their own, as the product plays them and without its codec:
what the search does not find in the first it has to find, all of it, in the second.
"""

import asyncio
import base64
import json
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from stores import SqliteFiles
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import SerializationContext
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from desk.client.auditing import audit_books
from desk.client.opening import open_case
from desk.commands.applying import applications_of
from desk.commands.seed import seed_all
from desk.demo.demo_case import DemoCase
from desk.demo.demo_stories import STORIES
from desk.files.account_files import read_accounts
from desk.files.province_files import read_arrangements
from desk.today import china_today
from engine.embedded import EmbeddedServer, binary, free_port
from engine.encryption.codec import PairCodec
from engine.preparation import prepare
from models.messages.application import TransferApplication
from models.store.store import Store
from rules.values.officers import PROVINCE
from worker import bureau_worker, platform_worker

DEMO = Path(__file__).parents[2] / "examples" / "demo"
SECRET = b"a key of the tests"
REFUND_ACCOUNT = "6217000012345678"
"""Where the person of the duplicate months wants the refund."""


def applications() -> list[TransferApplication]:
    read = applications_of(DEMO / "applications.csv")
    return [one.model_copy(update={"submitted_on": china_today()}) for one in read]


def personal() -> set[str]:
    """What nobody may find: names, ID numbers, employers, the account."""
    cases = applications()
    found = {one.name for one in cases} | {one.id_number for one in cases} | {REFUND_ACCOUNT}
    return found | {one.new_employer for one in cases if one.new_employer}


@dataclass
class Engine:
    """What can be read of a server when the cases are over."""

    files: bytes
    """Its database with the write-ahead log."""
    shown: bytes
    """`temporal workflow show` of everything that ran there, as a page and as a document."""


async def play(client: Client, directory: Path) -> None:
    """The cases of the demo to their ends, and the audit after them."""
    cases = applications()
    bureaus = sorted({key for one in cases for key in (one.bureau_in, one.bureau_out)})
    databases = SqliteFiles(directory)
    async with AsyncExitStack() as running:
        stores = {key: Store(await databases.migrated(key)) for key in (*bureaus, PROVINCE)}
        for store in stores.values():
            running.push_async_callback(store.close)
        arranged = read_arrangements(DEMO / "arrangements.toml")
        await running.enter_async_context(platform_worker(client, stores[PROVINCE], arranged))
        for key in bureaus:
            await running.enter_async_context(bureau_worker(client, key, stores[key]))
        await seed_all(client, read_accounts([DEMO / "accounts.json"]))
        skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
        told = [
            DemoCase(
                story, (await open_case(skipper.client, one, SECRET)).case_no, skipper, lambda *_: None, 0
            )
            for story, one in zip(STORIES, cases, strict=True)
        ]
        await asyncio.gather(*(one.play() for one in told))
        assert [one.stuck for one in told if not one.as_expected] == []
        assert (await audit_books(client, bureaus, 30)).clean


def show(address: str, workflow_id: str) -> Iterator[bytes]:
    """What an operator reads with the engine's own program."""
    for output in ("text", "json"):
        command = [str(binary()), "workflow", "show", "--workflow-id", workflow_id, "--address", address]
        yield subprocess.run([*command, "--output", output], capture_output=True, check=True).stdout


class InTheClear(PairCodec):
    """Has the keys, from which the demonstration officers are made, and encrypts nothing with them."""

    def with_context(self, context: SerializationContext) -> "InTheClear":
        return self

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)


def in_the_clear(client: Client) -> Client:
    codec = client.data_converter.payload_codec
    assert isinstance(codec, PairCodec)
    clear = replace(pydantic_data_converter, payload_codec=InTheClear(codec.ring, codec.party))
    return Client(**(client.config() | {"data_converter": clear}))


@pytest.fixture(scope="module", params=["encrypted", "in the clear"])
async def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[bool, Engine]]:
    """Whether the codec was on, and what the engine has kept."""
    directory = tmp_path_factory.mktemp("engine")
    database = directory / "temporal.db"
    server = EmbeddedServer(free_port(), None, database, directory / "server.log", time_skipping=True)
    try:
        client = await server.start()
        await prepare(client)
        encrypted = request.param == "encrypted"
        if not encrypted:
            client = in_the_clear(client)
        with pytest.MonkeyPatch.context() as changed:
            if not encrypted:
                changed.setattr("worker.acting_as", lambda client, party: client)
            await play(client, directory)
        address = str(server.address.host)
        ids = [one.id async for one in client.list_workflows()]
        assert len(ids) > len(STORIES)
        shown = b"".join([part for one in ids for part in show(address, one)])
        files = b"".join(path.read_bytes() for path in sorted(directory.glob("temporal.db*")))
        assert (directory / "temporal.db-wal").stat().st_size
        yield encrypted, Engine(files, shown)
    finally:
        server.stop()


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """Every form in which a text could stand in a file, by what it is called."""
    escaped = json.dumps(text)[1:-1]
    yield "as it is", text.encode()
    yield "JSON, escaped", escaped.encode()
    yield "JSON, escaped in capitals", escaped.upper().replace("\\U", "\\u").encode()
    yield "JSON within JSON", json.dumps(escaped)[1:-1].encode()
    yield "UTF-16 LE", text.encode("utf-16-le")
    yield "UTF-16 BE", text.encode("utf-16-be")
    for offset in range(3):
        yield f"base64 at {offset}", in_base64(text.encode(), offset)
        yield f"base64 of JSON, escaped, at {offset}", in_base64(escaped.encode(), offset)


def in_base64(secret: bytes, offset: int) -> bytes:
    """The signs of a base64 text that follow from what stands at an offset in its groups of three."""
    written = base64.b64encode(b"\0" * offset + secret)
    first = (offset * 8 + 5) // 6
    last = (offset + len(secret)) * 8 // 6
    return written[first:last]


def found_in(where: bytes, text: str) -> list[str]:
    return [name for name, form in forms(text) if form in where]


def test_every_form_is_found_where_it_stands() -> None:
    for text in personal():
        for name, form in forms(text):
            assert name in found_in(b"before" + form + b"after", text)
        for before in range(3):
            said = base64.b64encode(b"x" * before + text.encode() + b"yz")
            assert f"base64 at {before}" in found_in(said, text)


def test_the_engine_keeps_nothing_personal(engine: tuple[bool, Engine]) -> None:
    encrypted, kept = engine
    for where in (kept.files, kept.shown):
        found = {text for text in personal() if found_in(where, text)}
        assert found == (set() if encrypted else personal())
