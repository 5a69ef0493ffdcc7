"""`worker.py` with an input it cannot use: one sentence, exit code 2, no traceback, nothing of a password."""

import asyncio
import subprocess
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.testing import WorkflowEnvironment

from desk.stack import ROOT
from engine.embedded import free_port
from models.outbox.outgoing import OutgoingEvent, OutgoingMessage, Recipient
from models.store import outbox
from models.store.store import Store
from province import Province
from worker import UnusableStore, opened

YANBIAN = ("--bureau", "222400")


async def refusal(*arguments: str) -> str:
    """The one sentence of a worker that will not start."""
    (line,) = await refusals(*arguments)
    return line


async def refusals(*arguments: str) -> list[str]:
    """The sentences of a worker that will not start."""
    command = [sys.executable, str(ROOT / "worker.py"), *arguments]
    ran = await asyncio.to_thread(
        subprocess.run, command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    assert (ran.returncode, ran.stdout) == (2, ""), ran.stderr
    return ran.stderr.splitlines()


@pytest.mark.parametrize(
    "store",
    [
        "nonsense",
        "sqlite:///a.db",
        "unheard+of://a:secret@b/c",
        "mysql+aiomysql://a:secret@b/c",
        "sqlite+aiosqlite:////proc/nowhere/{bureau}.db",
        "sqlite+aiosqlite:///{region}.db",
    ],
)
async def test_a_store_that_is_none_is_refused_before_anything_is_asked_of_the_engine(store: str) -> None:
    line = await refusal(*YANBIAN, "--store", store, "--address", f"127.0.0.1:{free_port()}")
    assert line.startswith("The store of bureau 222400 cannot be opened")
    assert "--store" in line
    assert "secret" not in line


async def test_a_store_that_cannot_be_written_or_reached_is_named(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    address = ("--address", env.client.service_client.config.target_host)
    for store in (
        f"sqlite+aiosqlite:///{tmp_path}",
        f"postgresql+asyncpg://a:secret@127.0.0.1:{free_port()}/b",
    ):
        line = await refusal(*YANBIAN, "--store", store, *address)
        assert line.startswith("The store of bureau 222400 cannot be opened")
        assert "secret" not in line


async def test_a_store_that_cannot_be_opened_leaves_nothing_running_that_could_complain_later(
    tmp_path: Path,
) -> None:
    for _ in range(20):
        with pytest.raises(UnusableStore):
            await opened("222400", Store(f"sqlite+aiosqlite:///{tmp_path}"))
        assert not [thread.name for thread in threading.enumerate() if "_connection_worker" in thread.name]


async def test_a_worker_of_an_older_release_says_that_it_is_too_old_for_the_store(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/222400.db")
    await store.open()
    async with store.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    line = await refusal(
        *YANBIAN, "--store", store.url, "--address", env.client.service_client.config.target_host
    )
    assert line.startswith("The store of bureau 222400 cannot be opened: a newer release")


async def test_a_worker_refuses_the_store_of_another_bureau(env: WorkflowEnvironment, tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/220100.db")
    await store.open("220100")
    await store.close()
    line = await refusal(
        *YANBIAN, "--store", store.url, "--address", env.client.service_client.config.target_host
    )
    assert line == ("The store of bureau 222400 cannot be opened: it is the store of 220100. See --store.")


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ('[profile.default.tls]\nclient_cert_path = "/nowhere/client.pem"\n', "/nowhere/client.pem"),
        ('[profile.default\naddress = "a:1"\n', "TOML"),
    ],
    ids=["a certificate that is not there", "no TOML"],
)
async def test_a_profile_that_cannot_be_used_is_said_to_be_so(
    tmp_path: Path, profile: str, told: str
) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text(profile)
    assert told in await refusal("--platform", "--config-file", str(file))


async def test_a_build_id_is_for_the_platform_alone() -> None:
    line = await refusal(*YANBIAN, "--build-id", "1.0")
    assert line.startswith("A build id is for the platform's worker")


@pytest.mark.parametrize("option", ["--arrangements", "--bureau-data", "--outgoing"])
async def test_a_file_of_the_province_that_cannot_be_used_is_named(option: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text("= nothing", encoding="utf-8")
    line = await refusal(*YANBIAN, option, str(file), "--address", f"127.0.0.1:{free_port()}")
    assert line.startswith(f"{file} cannot be used")


async def test_everything_that_is_wrong_is_told_at_once_a_sentence_each(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    files = ("--arrangements", str(tmp_path / "none"), "--bureau-data", str(binary))
    ports = ("--metrics", "here:there", "--health", "nowhere")
    assert await refusals("--bureau", "999999", *files, *ports) == [
        "There is no bureau 999999; `starter.py bureaus` lists them.",
        f"{tmp_path}/none cannot be used: No such file or directory.",
        f"{binary} cannot be used: it is no text in UTF-8.",
        "here:there is neither PORT nor HOST:PORT. See --metrics and --health.",
        "nowhere is neither PORT nor HOST:PORT. See --metrics and --health.",
    ]


async def test_a_worker_sends_what_its_store_holds(env: WorkflowEnvironment, tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/222400.db"
    store = Store(url)
    await store.open()
    told = OutgoingMessage(
        key="reminder/a-case",
        case_no="220100-20260115-AAAAAAAA",
        event=OutgoingEvent.REMINDER,
        recipient=Recipient.TRANSFER_OUT,
        bureau="222400",
    )
    async with store.transaction() as session:
        await outbox.put(session, told, datetime.now(UTC))
    where = ("--store", url, "--address", env.client.service_client.config.target_host)
    command = [sys.executable, str(ROOT / "worker.py"), *YANBIAN, *where, "--outgoing", str(tmp_path / "out")]
    worker = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        await Province.until(partial(_delivered, store, told.case_no))
    finally:
        worker.terminate()
        await worker.wait()
        await store.close()
    (file,) = (tmp_path / "out").iterdir()
    assert file.name.startswith(told.case_no)


async def _delivered(store: Store, case_no: str) -> bool:
    async with store.reading() as session:
        return all(line.delivered_at for line in await outbox.of_case(session, case_no))
