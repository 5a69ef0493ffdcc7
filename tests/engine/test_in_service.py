"""What a running worker can be asked: figures for Prometheus, whether it is alive, whether it can work."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from stores import PostgresqlDatabases
from temporalio.testing import WorkflowEnvironment
from up import free_ports

from benchmarks.postgresql import Cluster
from desk.client.opening import open_case
from engine.children import ending_with_us
from engine.connection import connect
from engine.embedded import EmbeddedServer, free_port
from engine.encryption.keys import VARIABLE
from engine.health import answer_health
from engine.listening import CannotListen, Listening, listening
from models.store.ledger import credit, debit, post
from models.store.store import Store
from models.store.tables import Account
from province import CHANGCHUN, TEACHER, application
from worker import Serving

ROOT = Path(__file__).parents[2]
MEASURING = Path(__file__).with_name("measuring_worker.py")
PATIENCE_SECONDS = 120


def asked(where: str) -> tuple[int, str]:
    """Status and content of an answer; 0 when nobody answers."""
    try:
        with urlopen(where, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        return refused.code, refused.read().decode()
    except OSError:
        return 0, ""


async def until(where: str, status: int, *contents: str) -> str:
    """Wait until something is answered so. Raises TimeoutError when it is not."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found, said = await asyncio.to_thread(asked, where)
            if found == status and all(content in said for content in contents):
                return said
            await asyncio.sleep(0.1)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    """A server of this test's own, as it is stopped in between; what it knows outlives that."""
    started = EmbeddedServer(free_port(), None, tmp_path / "temporal.db", tmp_path / "server.log")
    await started.start()
    yield started
    started.stop()


@contextmanager
def running(*arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen(
        ending_with_us([sys.executable, str(MEASURING), *arguments]),
        env={"PYTHONPATH": str(ROOT)} | {name: os.environ[name] for name in ("PATH", VARIABLE)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def hold_unallocated(url: str) -> None:
    """12.34 yuan that no remittance accounts for."""
    store = Store(url)
    await store.open()
    async with store.transaction() as session:
        held = (debit(Account.BANK, 1234, None, "bank/A1"), credit(Account.SUSPENSE, 1234, None, "bank/A1"))
        await post(
            session,
            "statement/A1/held",
            "",
            datetime.now(UTC),
            held,
            step="import",
            paper="bank/A1",
            reference="A1",
        )
    await store.close()


async def test_a_worker_tells_its_figures_and_whether_it_can_work(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    stores = f"sqlite+aiosqlite:///{tmp_path}/{{bureau}}.db"
    await hold_unallocated(stores.format(bureau=CHANGCHUN))
    health, figures = (f"http://127.0.0.1:{port}" for port in free_ports(2))
    ports = ("--health", health.rpartition(":")[2], "--metrics", figures.rpartition(":")[2])
    address = ("--store", stores, "--address", str(server.address.host))
    with running("--platform", "--bureau", CHANGCHUN, *ports, *address) as worker:
        await until(f"{health}/live", 200)
        assert json.loads(await until(f"{health}/ready", 200)) == {"ready": True, "missing": []}
        client = await connect(server.address)
        case = await open_case(client, application(), b"a key of this test, sixteen bytes")
        # The money is counted after the cases.
        figures_of_both = ('stage="application_received"} 1', "transfer_unallocated_receipts{")
        told = await until(f"{figures}/metrics", 200, *figures_of_both)
        assert re.search(r'^transfer_unallocated_fen{bureau="220100".*} 1234$', told, re.MULTILINE)
        assert re.search(r'^transfer_unallocated_receipts{bureau="220100".*} 1$', told, re.MULTILINE)
        assert re.search(r"^transfer_cases_overdue{.*} 0$", told, re.MULTILINE)
        assert "temporal_workflow_task_execution_latency_seconds" in told
        assert not [one for one in (TEACHER, "崔明玉", case.case_no) if one in told]
        server.stop()
        await until(f"{health}/ready", 503, "Temporal service")
        assert (await asyncio.to_thread(asked, f"{health}/live"))[0] == 200
        await server.start()
        await until(f"{health}/ready", 200)
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, PATIENCE_SECONDS) == 0


async def test_a_process_whose_store_is_out_of_reach_is_not_ready_until_it_is_back(
    env: WorkflowEnvironment, cluster: Cluster
) -> None:
    databases = PostgresqlDatabases(cluster.url)
    store = Store(await databases.migrated("health"))
    serving = Serving(env.client, {"222400": store})
    assert await serving.missing() == ["starting or stopping"]
    serving.ready = True
    assert await serving.missing() == []
    cluster.stop("immediate")
    assert await serving.missing() == ["store 222400"]
    cluster.resume()
    assert await serving.missing() == []
    await store.close()
    await databases.drop()


async def test_only_what_is_known_can_be_asked() -> None:
    where = Listening("127.0.0.1", free_port())

    async def nothing() -> list[str]:
        return []

    async with await answer_health(where, nothing):
        assert (await asyncio.to_thread(asked, f"http://{where}/ready?a=b"))[0] == 200
        assert (await asyncio.to_thread(asked, f"http://{where}/"))[0] == 404
        posted = Request(f"http://{where}/ready", b"", method="POST")
        with pytest.raises(HTTPError, match="405"):
            await asyncio.to_thread(urlopen, posted)
        with pytest.raises(CannotListen, match=str(where.port)):
            await answer_health(where, nothing)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9464", "127.0.0.1:9464"),
        ("10.1.2.3:9464", "10.1.2.3:9464"),
        ("[::1]:9464", "[::1]:9464"),
        ("0.0.0.0:65535", "0.0.0.0:65535"),
    ],
)
def test_a_port_alone_is_on_loopback(typed: str, meant: str) -> None:
    assert str(listening(typed)) == meant


@pytest.mark.parametrize("typed", ["", "here", "127.0.0.1", "0", "65536", "127.0.0.1:", "-1"])
def test_what_is_no_port_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="PORT"):
        listening(typed)
