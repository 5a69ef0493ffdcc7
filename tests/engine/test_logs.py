"""The log: one JSON object per line, codes and numbers only, never what an exception has to say."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import datetime
from typing import Any

import pytest

from engine.logs import OneLine, event, log_events

ID_NUMBER = "222401198604120247"

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
