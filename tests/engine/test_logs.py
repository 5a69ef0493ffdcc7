"""The log: one JSON object per line, codes and numbers only, never what an exception has to say."""

import asyncio
import io
import json
import logging
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, suppress
from datetime import datetime
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from desk.stack import ROOT
from engine.logs import OneLine, event, log_events

ID_NUMBER = "222401198604120247"
NOBODYS = "220100-20260115-NQBQDY22"
"""The number of a case that no worker takes up; other tests on the same server list it."""

Logged = Callable[[], list[dict[str, Any]]]


@contextmanager
def log() -> Iterator[Logged]:
    """The log of a process; what it has written is read as JSON, line by line."""
    root, events = logging.getLogger(), logging.getLogger("transfer")
    before = root.handlers[:], root.level, events.level
    root.handlers.clear()
    with redirect_stderr(io.StringIO()) as written:
        log_events()
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:], root.level, events.level = before


def test_an_event_is_one_line_with_its_time_name_and_facts() -> None:
    with log() as logged:
        event("workers_ready", platform=True, bureaus=3, bureau="长春")
        (line,) = logged()
    assert datetime.fromisoformat(line.pop("at")).tzinfo is not None
    assert line == {
        "level": "info",
        "event": "workers_ready",
        "platform": True,
        "bureaus": 3,
        "bureau": "长春",
    }


def test_of_an_exception_only_its_type_is_logged() -> None:
    mistake = ValueError(f"person {ID_NUMBER} is unknown")
    with log() as logged:
        logging.getLogger("temporalio.activity").warning("Completing activity as failed", exc_info=mistake)
        (line,) = logged()
    assert (line["level"], line["exception"]) == ("warning", "ValueError")
    assert ID_NUMBER not in json.dumps(line)


def test_a_message_of_many_lines_is_cut_to_its_first() -> None:
    with log() as logged:
        logging.getLogger("elsewhere").error("it failed\nwith %s\nand more", ID_NUMBER)
        (line,) = logged()
    assert line["event"] == "it failed"


@pytest.mark.parametrize("message", ["", "\n", '"quoted" {braces}', "中文"])
def test_every_record_is_one_readable_line(message: str) -> None:
    record = logging.LogRecord("any", logging.INFO, __file__, 1, message, (), None)
    written = OneLine().format(record)
    assert "\n" not in written
    assert json.loads(written)["event"] == message.partition("\n")[0]


def test_the_engines_own_chatter_is_logged_from_warnings_on() -> None:
    with log() as logged:
        logging.getLogger("temporalio.worker").info("polling")
        logging.getLogger("sqlalchemy.engine").info("SELECT %s", ID_NUMBER)
        logging.getLogger("temporalio.worker").warning("slow")
        assert [line["event"] for line in logged()] == ["slow"]


def lines_of(program: str) -> list[dict[str, Any]]:
    """What a process wrote to standard error, which is nothing but JSON."""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ran.stdout == ""
    return [json.loads(line) for line in ran.stderr.splitlines()]


NATIVE = """
import asyncio, logging
from temporalio.client import Client
from temporalio.runtime import Runtime
from temporalio.worker import Worker
from engine.logs import log_events, runtime_that_logs
from worker import WORKFLOWS

async def work():
    client = await Client.connect("{address}")
    async with Worker(client, task_queue="nobody's", workflows=WORKFLOWS):
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)

log_events()
logging.getLogger("temporalio.core").setLevel(logging.DEBUG)
Runtime.set_default(runtime_that_logs("DEBUG"))
asyncio.run(work())
"""


async def test_what_the_engines_native_part_has_to_say_is_in_the_same_log(env: WorkflowEnvironment) -> None:
    """It says little that is worth a warning, so it is asked here for all it has."""
    program = NATIVE.format(address=env.client.service_client.config.target_host)
    lines = await asyncio.to_thread(lines_of, program)
    assert lines, "the native part said something"
    for line in lines:
        assert set(line) == {"at", "level", "event"}


def test_of_a_mistake_nobody_caught_the_log_has_type_and_place_alone() -> None:
    program = f"""
import sys, warnings
from engine.logs import log_events, log_the_end
log_events()
sys.excepthook = log_the_end
warnings.warn("an old habit")
raise KeyError("{ID_NUMBER}")
"""
    warning, end = lines_of(program)
    assert warning["level"] == "warning"
    assert (end["level"], end["exception"], end["place"]) == ("critical", "KeyError", "<string>:7")
    assert ID_NUMBER not in json.dumps(end)


class Wire:
    """A way to the server that can be cut."""

    def __init__(self, target: str) -> None:
        self.host, _, self.port = target.rpartition(":")
        self.ends: list[asyncio.StreamWriter] = []
        self.in_use = asyncio.Event()

    async def join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, out = await asyncio.open_connection(self.host, int(self.port))
        self.ends += [back, out]
        self.in_use.set()
        await asyncio.gather(self.carry(near, out), self.carry(far, back))

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await source.read(65536):
                sink.write(chunk)
                await sink.drain()
        sink.close()

    def cut(self) -> None:
        for end in self.ends:
            end.close()


async def test_a_command_that_loses_the_server_says_so_in_its_own_words_alone(
    env: WorkflowEnvironment,
) -> None:
    """The native part warns of every call it tries again, in colours and with what the server sent."""
    case = await env.client.start_workflow("TransferCase", id=f"transfer/{NOBODYS}", task_queue="nobody's")
    wire = Wire(env.client.service_client.config.target_host)
    cable = await asyncio.start_server(wire.join, "127.0.0.1", 0)
    address = f"127.0.0.1:{cable.sockets[0].getsockname()[1]}"
    command = [sys.executable, "starter.py", "--lang", "en", "--address", address, "show", NOBODYS]
    clerk = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(60):
        await wire.in_use.wait()
    await asyncio.sleep(2)  # The command has connected by then, and waits for the case.
    cable.close()
    wire.cut()
    printed, complaints = await clerk.communicate()
    await case.terminate()
    assert (clerk.returncode, printed) == (3, b"")
    (line,) = complaints.decode().splitlines()
    assert "Temporal server" in line
