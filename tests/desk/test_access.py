"""An installation with a key file for each party: who reads what, by whom, and where that is written down."""

import asyncio
import base64
import json
import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from clerk import Clerk
from google.protobuf import json_format
from stores import SqliteFiles
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.client import Client, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.testing import WorkflowEnvironment

from activities.contracts import READ_CALENDAR
from activities.officers.register import ALWAYS, change_key
from desk.client.filed_cases import look_up_either
from desk.client.opening import open_case
from desk.client.worker_answers import ask_platform
from desk.commands.seed import seed_all
from desk.officers.signing import VARIABLE
from desk.today import china_today
from engine.connection import with_keys
from engine.embedded import binary
from engine.encryption.access_log import READ_FOR, Access, AccessLog, ReadFor
from engine.encryption.codec import Unreadable
from engine.encryption.codec_server import Decoding, codec_server, load_readers
from engine.encryption.concerned import concerned_by
from engine.encryption.decoding import NoDecoding, reading_at
from engine.encryption.keys import load_keys
from models.files.arrangements_file import ArrangementsFile
from models.messages.calendar import CalendarQuestion
from models.messages.progress import Progress
from models.messages.stages import Stage
from models.messages.steps import CaseOrder
from models.officers.keys import make_key, text_of, write_key
from models.officers.rosters import CHANGE, Bootstrap, Grant, RosterChange, RosterOrder
from models.store.store import Store
from province import CHANGCHUN, SIPING, YANBIAN, Handle, Province, account, application, delete_case
from rules.values.officers import PROVINCE, ROLES_OF_A_BUREAU
from worker import bureau_worker, platform_worker
from workflows.identifiers import BUREAU_IN, BUREAU_OUT, case_no_of, case_workflow_id
from workflows.transfer_case import TransferCase

ROOT = make_key(PROVINCE, "root")
PINNED = ArrangementsFile(province_root=text_of(ROOT.public))


@dataclass
class Installation:
    """Key files in a directory, and the codec server of the platform beside a Temporal server."""

    directory: Path
    plain: Client
    log: AccessLog
    opened: list[str] = field(default_factory=list)

    def client(self, party: str, why: str = "show", officer: str = "") -> Client:
        """A client of who has this key file."""
        ring = load_keys(self.directory / f"{party}.json")
        return with_keys(self.plain, ring, ring.file.decoding, why, officer)

    def case_of(
        self, party: str, why: str = "show", officer: str = ""
    ) -> "WorkflowHandle[TransferCase, Progress]":
        """The case that was opened, as this party asks it."""
        number = case_workflow_id(self.opened[0])
        return self.client(party, why, officer).get_workflow_handle_for(TransferCase.run, number)

    def told(self) -> list[tuple[str, str, str, bool]]:
        """What the log tells, without the instants."""
        return [(one.reader, one.workflow, one.why, one.given) for one in self.log.read() if one]


async def enrolled(store: Store, bureau: str, directory: Path) -> Path:
    """The key file of an officer of a bureau who may do everything there, by the province's root."""
    key, file = make_key(bureau, "li01"), directory / f"officer-{bureau}.json"
    write_key(file, key)
    grants = [
        Grant(
            officer=one.officer,
            key=one.id,
            public_key=text_of(one.public),
            roles=ROLES_OF_A_BUREAU,
            since=ALWAYS,
        )
        for one in (key, make_key(bureau, "wang02"))
    ]
    first, at = Bootstrap(officers=tuple(grants), reason="启用"), datetime.now(UTC)
    order = RosterOrder(message_id="first", officer=ROOT.officer, bureau=bureau, change=first)
    made = RosterChange(serial=1, change=first, orders=(ROOT.seal("", CHANGE, order),), started_at=at)
    async with store.transaction() as session:
        await store.file(session, change_key(1), at, made)
    return file


@pytest.fixture
async def installation(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Installation]:
    """Platform, Changchun and Yanbian at work, each with its own keys, and a case that has closed."""
    directory, listener = tmp_path / "keys", socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    made = await Clerk("")("keys", "make", str(directory), "--codec-server", url)
    assert made.code == 0, made.complaints
    here = Installation(directory, env.client, AccessLog(tmp_path / "access.jsonl"))
    databases = SqliteFiles(tmp_path)
    async with AsyncExitStack() as running:
        stores = {key: Store(await databases.migrated(key)) for key in (PROVINCE, CHANGCHUN, YANBIAN)}
        for store in stores.values():
            running.push_async_callback(store.close)
        await running.enter_async_context(platform_worker(here.client("platform"), stores[PROVINCE]))
        for key in (CHANGCHUN, YANBIAN):
            client = here.client(f"bureau-{key}")
            at_work = bureau_worker(client, key, stores[key], arranged=PINNED)
            await running.enter_async_context(at_work)
        ring, readers = load_keys(directory / "platform.json"), load_readers(directory / "readers.json")
        decoding = Decoding(ring, readers, concerned_by(env.client, ring), here.log)
        origins = ["http://127.0.0.1:8233"]
        server = uvicorn.Server(uvicorn.Config(codec_server(decoding, origins), log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        monkeypatch.setenv(VARIABLE, str(await enrolled(stores[YANBIAN], YANBIAN, tmp_path)))
        await seed_all(here.client(f"desk-{YANBIAN}"), [account()])
        monkeypatch.setenv(VARIABLE, str(await enrolled(stores[CHANGCHUN], CHANGCHUN, tmp_path)))
        opened = await open_case(here.client(f"desk-{CHANGCHUN}"), application(), str(tmp_path).encode())
        here.opened.append(opened.case_no)
        yield here
        await delete_case(env.client, opened.case_no)
        server.should_exit = True
        await serving


async def test_a_case_goes_its_way_with_a_key_file_for_each_party(installation: Installation) -> None:
    """And both bureaus and the province read it through the codec server, which writes it down."""
    workflow = case_workflow_id(installation.opened[0])
    assert (await installation.case_of(f"desk-{CHANGCHUN}", "apply").result()).stage is Stage.CLOSED
    for desk in (f"desk-{YANBIAN}", "desk-province"):
        progress = await installation.case_of(desk).query(TransferCase.progress)
        assert progress.stage is Stage.CLOSED
    assert installation.told() == [
        (f"desk-{CHANGCHUN}", workflow, "apply", True),
        (f"desk-{YANBIAN}", workflow, "show", True),
        ("desk-province", workflow, "show", True),
    ]
    assert installation.log.path.stat().st_mode & 0o777 == 0o600


async def test_the_log_has_the_officer_for_whom_a_desk_says_it_reads(installation: Installation) -> None:
    """The officer of a command, or of the session at the web desk; what is no officer's id is left out."""
    desk, workflow = f"desk-{CHANGCHUN}", case_workflow_id(installation.opened[0])
    await installation.case_of(desk, officer="li01").query(TransferCase.progress)
    await installation.case_of(desk, officer="desk-province/x").query(TransferCase.progress)
    read_for = READ_FOR.set(ReadFor(f"{CHANGCHUN}/wang02"))
    await installation.case_of(desk).query(TransferCase.progress)
    READ_FOR.reset(read_for)
    readers = (f"{desk}/li01", desk, f"{desk}/wang02")
    assert installation.told() == [(one, workflow, "show", True) for one in readers]


async def test_a_bureau_that_a_case_does_not_concern_reads_nothing_and_is_written_down(
    installation: Installation,
) -> None:
    with pytest.raises(Unreadable):
        await installation.case_of(f"desk-{SIPING}").query(TransferCase.progress)
    workflow = case_workflow_id(installation.opened[0])
    assert installation.told() == [(f"desk-{SIPING}", workflow, "show", False)]


async def test_whoever_starts_another_workflow_under_the_number_of_a_case_reads_nothing_of_it(
    installation: Installation,
) -> None:
    """A desk that keeps what the engine shows of a case, and has the engine list it under its own bureau."""
    await installation.case_of(f"desk-{CHANGCHUN}", "apply").result()
    workflow, siping = case_workflow_id(installation.opened[0]), installation.client(f"desk-{SIPING}")
    history = await installation.plain.get_workflow_handle(workflow).fetch_history()
    kept = history.events[0].workflow_execution_started_event_attributes.input.payloads
    here = TypedSearchAttributes([SearchAttributePair(key, SIPING) for key in (BUREAU_IN, BUREAU_OUT)])
    said = CaseOrder(case_no=installation.opened[0], application=application(bureau_out=SIPING))
    args: dict[str, Any] = {"id": workflow, "task_queue": "of-siping", "search_attributes": here}
    started = await siping.start_workflow(TransferCase.run, said, **args)
    ring = load_keys(installation.directory / f"desk-{SIPING}.json")
    assert ring.file.decoding is not None
    read = await reading_at(ring.file.decoding, "default", "show")(kept)
    await started.terminate("the test is over")
    assert read == list(kept)
    assert installation.told()[1:] == [(f"desk-{SIPING}", workflow, "show", False)]


async def test_the_dossier_of_a_case_that_has_ended_is_for_those_alone_whom_the_case_concerns(
    installation: Installation,
) -> None:
    await installation.case_of(f"desk-{CHANGCHUN}", "apply").result()
    case = installation.opened[0]
    view = await look_up_either(installation.client(f"desk-{YANBIAN}"), case)
    assert (view.filed_at, view.progress.stage) == (YANBIAN, Stage.CLOSED)
    with pytest.raises(Unreadable):
        await look_up_either(installation.client(f"desk-{SIPING}"), case)
    workflow = case_workflow_id(case)
    assert installation.told()[1:] == [
        (f"desk-{YANBIAN}", workflow, "show", True),
        (f"desk-{SIPING}", workflow, "show", False),
    ]


async def test_a_token_that_nobody_has_reads_nothing(installation: Installation) -> None:
    path = installation.directory / f"desk-{CHANGCHUN}.json"
    document = json.loads(path.read_text())
    document["decoding"]["token"] = "of-nobody"
    path.write_text(json.dumps(document))
    with pytest.raises(NoDecoding, match="does not know the token"):
        await installation.case_of(f"desk-{CHANGCHUN}").query(TransferCase.progress)
    assert not installation.log.path.exists()


async def test_what_cannot_be_written_down_is_not_given_out(installation: Installation) -> None:
    installation.log.path.mkdir()
    with pytest.raises(NoDecoding, match="503"):
        await installation.case_of(f"desk-{CHANGCHUN}").query(TransferCase.progress)


def post(url: str, body: bytes, token: str = "") -> int:
    """The status that the codec server answers with."""
    headers = {"Authorization": f"Bearer {token}", "Origin": "http://127.0.0.1:8233"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


async def test_what_is_no_request_is_refused(installation: Installation) -> None:
    decoding = load_keys(installation.directory / f"desk-{CHANGCHUN}.json").file.decoding
    assert decoding is not None
    url, token = f"{decoding.url}/decode", decoding.token
    assert await asyncio.to_thread(post, url, b"{}") == 401
    assert await asyncio.to_thread(post, url, b"{}", token) == 200
    for body in (b"", b"[1]", b"\xff", b"[" * 100_000):
        assert await asyncio.to_thread(post, url, body, token) == 400
    assert await asyncio.to_thread(post, url, b" " * (9 << 20), token) == 413
    assert await asyncio.to_thread(post, decoding.url + "/encode", b"{}", token) == 404
    stranger = json_format.MessageToJson(Payloads(payloads=[Payload(metadata={"encoding": b"json/plain"})]))
    assert await asyncio.to_thread(post, url, stranger.encode(), token) == 200


def shown(address: str, workflow: str, *codec: str) -> str:
    """What `temporal workflow show` prints of a case."""
    command = [str(binary()), "workflow", "show", "--workflow-id", workflow, "--address", address]
    run = subprocess.run([*command, "--output", "json", *codec], capture_output=True, check=True, text=True)
    return run.stdout


def contents(document: str) -> str:
    """Every payload in it, which it holds in base64."""
    data = re.findall(r'"data": "([^"]*)"', document)
    assert data
    return b"".join(map(base64.b64decode, data)).decode(errors="replace")


async def test_the_engines_own_program_shows_a_case_to_a_reader_with_a_token(
    installation: Installation,
) -> None:
    decoding = load_keys(installation.directory / f"desk-{YANBIAN}.json").file.decoding
    assert decoding is not None
    codec = ("--codec-endpoint", decoding.url, "--codec-auth", f"Bearer {decoding.token}")
    workflow = case_workflow_id(installation.opened[0])
    address = installation.plain.service_client.config.target_host
    assert "崔明玉" not in contents(await asyncio.to_thread(shown, address, workflow))
    assert "崔明玉" in contents(await asyncio.to_thread(shown, address, workflow, *codec))
    assert {(reader, why) for reader, _, why, _ in installation.told()} == {(f"desk-{YANBIAN}", "web")}


def preflight(url: str, origin: str) -> str | None:
    """The origin to which a browser may hand an answer of the codec server."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type,x-namespace"
    request = urllib.request.Request(f"{url}/decode", headers=asked, method="OPTIONS")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(answer.headers["Access-Control-Allow-Origin"])
    except urllib.error.HTTPError:
        return None


async def test_pages_of_the_web_ui_that_was_named_may_ask_and_no_others(installation: Installation) -> None:
    decoding = load_keys(installation.directory / "desk-province.json").file.decoding
    assert decoding is not None
    ui = "http://127.0.0.1:8233"
    assert await asyncio.to_thread(preflight, decoding.url, ui) == ui
    assert await asyncio.to_thread(preflight, decoding.url, "http://elsewhere.example") is None


async def test_newer_keys_are_handed_out_while_the_present_ones_are_in_use(
    installation: Installation,
) -> None:
    before = {path.name: load_keys(path).file for path in installation.directory.glob("*-*.json")}
    renewed = await Clerk("")("keys", "renew", str(installation.directory))
    assert renewed.code == 0, renewed.complaints
    platform = load_keys(installation.directory / "platform.json")
    old, new = platform.file.generations
    assert new.since - timedelta(days=2) < old.since < new.since
    for name, file in before.items():
        ring = load_keys(installation.directory / name)
        assert ring.file.generations[:-1] == file.generations
        assert ring.file.decoding == file.decoding
        assert ring.file.generations[-1].id == new.id
        assert ring.current(file.owner)[0] == old.id
        assert ring.file.generations[-1].key(file.owner) == new.key(file.owner)
    progress = await installation.case_of("desk-province").query(TransferCase.progress)
    assert progress.case_no == installation.opened[0]


async def test_keys_are_not_renewed_from_a_day_that_has_begun(installation: Installation) -> None:
    day = str(china_today())
    (line,) = (await Clerk("")("keys", "renew", str(installation.directory), "--from", day)).refusal()
    assert "has begun" in line
    assert len(load_keys(installation.directory / "platform.json").file.generations) == 1


async def test_key_files_are_made_once(installation: Installation) -> None:
    before = (installation.directory / "platform.json").read_bytes()
    (line,) = (await Clerk("")("keys", "make", str(installation.directory))).refusal()
    assert "not empty" in line
    assert (installation.directory / "platform.json").read_bytes() == before
    assert {path.stat().st_mode & 0o777 for path in installation.directory.iterdir()} == {0o600}


async def test_desks_of_two_bureaus_ask_the_platform_the_same_at_once(installation: Installation) -> None:
    """Each gets an answer under its own key."""
    asking = (
        ask_platform(installation.client(f"desk-{key}"), READ_CALENDAR, CalendarQuestion(), "published")
        for key in (CHANGCHUN, YANBIAN, SIPING)
    )
    answers = await asyncio.gather(*asking)
    assert answers[0] == answers[1] == answers[2]
    assert not installation.log.path.exists(), "no codec server was needed"


async def test_the_log_is_listed_by_case_reader_and_day(installation: Installation) -> None:
    await installation.case_of(f"desk-{YANBIAN}").query(TransferCase.progress)
    with pytest.raises(Unreadable):
        await installation.case_of(f"desk-{SIPING}").query(TransferCase.progress)
    clerk, log = Clerk(""), ("--log", str(installation.log.path))
    both = (await clerk("access", *log, "--json")).document()
    assert [one["reader"] for one in both] == [f"desk-{YANBIAN}", f"desk-{SIPING}"]
    (one,) = (await clerk("access", *log, "--reader", f"desk-{SIPING}", "--json")).document()
    assert not one["given"]
    assert len((await clerk("access", *log, "--case", installation.opened[0], "--json")).document()) == 2
    assert (await clerk("access", *log, "--case", "220100-20260115-AAAAAAAA", "--json")).document() == []
    tomorrow = str(china_today() + timedelta(days=1))
    assert (await clerk("access", *log, "--since", tomorrow, "--json")).document() == []
    shown = (await clerk("access", *log)).printed
    assert f"desk-{YANBIAN}  {installation.opened[0]}  show" in shown
    assert shown.count("refused") == 1
    assert (await clerk("access", *log, lang="zh")).printed.count("已拒绝") == 1


async def test_a_log_that_is_not_there_or_was_damaged_is_said_to_be(tmp_path: Path) -> None:
    clerk, path = Clerk(""), tmp_path / "access.jsonl"
    (line,) = (await clerk("access", "--log", str(path))).refusal()
    assert "cannot be read" in line
    await asyncio.to_thread(path.write_text, "no line of a log\n")
    (line,) = (await clerk("access", "--log", str(path))).refusal()
    assert "was damaged: line 1" in line


def damage(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"cut o")


async def test_of_a_log_with_a_damaged_line_every_other_is_listed_and_the_code_says_that_one_is_missing(
    tmp_path: Path,
) -> None:
    log = AccessLog(tmp_path / "access.jsonl")
    line = Access(at=datetime.now(UTC), reader=f"desk-{YANBIAN}", workflow="", why="show")
    log.write([line])
    await asyncio.to_thread(damage, log.path)
    log.write([line])
    for told in ((), ("--json",)):
        listed = await Clerk("")("access", "--log", str(log.path), *told)
        assert listed.code == 3
        assert listed.printed.count(f"desk-{YANBIAN}") == 2
        assert "was damaged: line 2" in listed.complaints


async def test_on_one_machine_a_command_writes_down_itself_what_it_reads(province: Province) -> None:
    await province.start()
    await province.seed(account())
    handle = await province.apply(application())
    number = case_number_of(handle)
    clerk = Clerk.at(province.client)
    assert (await clerk("show", number)).code == 0
    await handle.result()
    assert (await clerk("show", number, "--unmask", "--officer", "IN-01")).code == 0
    assert (await clerk("approve", number, "--unmask", "--officer", "demo-checker")).code == 0
    for command in (("show", number, "--officer", "崔明玉"), ("approve", number, "--officer", "崔明玉")):
        (refused,) = (await clerk(*command)).refusal()
        assert refused.startswith("--officer:")
        assert "崔明玉" not in refused
    typed = ("--reason", "本人不再转移", "--officer", "in-01")
    assert "starter.py show" in (await clerk("withdraw", number, *typed)).complaints
    read = (await clerk("access", "--case", number, "--json")).document()
    assert [(one["reader"], one["why"]) for one in read] == [
        ("demonstration", "show"),
        ("demonstration/in-01", "show --unmask"),
        ("demonstration/demo-checker", "approve --unmask"),
        ("demonstration/in-01", "withdraw"),
    ]
    everybody = (await clerk("access", "--case", number, "--reader", "demonstration", "--json")).document()
    of_the_checker = ("access", "--case", number, "--reader", "demonstration/demo-checker", "--json")
    (checker,) = (await clerk(*of_the_checker)).document()
    assert (everybody, checker) == (read, read[2])
    assert "演示密钥/in-01" in (await clerk("access", "--case", number, lang="zh")).printed


def case_number_of(handle: Handle) -> str:
    return case_no_of(handle.id)
