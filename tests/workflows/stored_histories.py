"""Writes, reads and replays the histories under `tests/replay`."""

import base64
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from engine.address import DEMONSTRATION
from engine.encryption.codec import ENCRYPTED, Sealed, data_converter
from engine.encryption.keys import PLATFORM, KeyRing, demonstration_file, demonstration_keys
from province import STRICT
from worker import WORKFLOWS

STORED = Path(__file__).parents[1] / "replay"
CHECKOUT = f"{Path(__file__).parents[2]}/"
MACHINE = re.compile(r"[0-9]+@[\w.-]+")
"""The identity of a client: process and machine."""
LEFT_OUT = ("taskId", "identity", "workerVersion", "meteringMetadata")
"""Fields of server and client that a replay does not read. `sdkMetadata` is kept: it determines the checks of
a replay, such as the type of an activity."""
GIVEN = "activityTaskScheduledEventAttributes"
"""An activity's input, half of a history, is left out as well: a replay reads only its result."""


def stored(name: str) -> Path:
    return STORED / f"{name}.json"


def store_history(name: str, history: WorkflowHistory) -> None:
    """Store a history with one event per line and readable payloads, without the machine's name and paths."""
    events = json.loads(history.to_json())["events"]
    for event in events:
        event.get(GIVEN, {}).pop("input", None)
    lines = [json.dumps(_readable(event), ensure_ascii=False, separators=(",", ":")) for event in events]
    written = '{"events":[\n' + ",\n".join(lines) + "\n]}\n"
    stored(name).write_bytes(MACHINE.sub("a worker", written).replace(CHECKOUT, "").encode())


def _readable(part: Any) -> Any:
    """A part of a history with every payload decrypted, if necessary, and decoded."""
    if isinstance(part, list):
        return [_readable(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "metadata" not in part:
        return {key: _readable(value) for key, value in part.items() if key not in LEFT_OUT}
    payload = json_format.ParseDict(part, Payload())
    if payload.metadata["encoding"] == ENCRYPTED:
        part = json_format.MessageToDict(decrypted(payload))
    opened: dict[str, Any] = {key: _text(value) for key, value in part["metadata"].items()}
    if "data" in part:
        opened["says"] = json.loads(_text(part["data"]))
    return {"payload": opened}


def _sealed(part: Any) -> Any:
    """A readable part of a history in the engine's own form."""
    if isinstance(part, list):
        return [_sealed(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "payload" not in part:
        return {key: _sealed(value) for key, value in part.items()}
    opened = part["payload"]
    sealed: dict[str, Any] = {
        "metadata": {key: _base64(value) for key, value in opened.items() if key != "says"}
    }
    if "says" in opened:
        sealed["data"] = _base64(json.dumps(opened["says"], ensure_ascii=False))
    return sealed


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def history_of(name: str) -> WorkflowHistory:
    """A stored history as the engine returns it."""
    return WorkflowHistory.from_json(name, _sealed(json.loads(stored(name).read_text(encoding="utf-8"))))


async def replay(name: str, *kinds: type[Any]) -> None:
    """Replay a recorded case on a workflow. Raises NondeterminismError if its commands differ."""
    await _replay(history_of(name), pydantic_data_converter, kinds)


async def replay_history(history: WorkflowHistory, *kinds: type[Any]) -> None:
    """Replay a history that is not stored, read as the platform reads it."""
    await _replay(history, data_converter(_ring(), PLATFORM), kinds)


async def _replay(history: WorkflowHistory, converter: DataConverter, kinds: tuple[type[Any], ...]) -> None:
    replayer = Replayer(
        workflows=kinds or WORKFLOWS,
        data_converter=converter,
        workflow_runner=SandboxedWorkflowRunner(restrictions=STRICT),
    )
    await replayer.replay_workflow(history)


def message_of(failure: Failure) -> str:
    """The message of a failure in a history."""
    said: str = json.loads(decrypted(failure.encoded_attributes).data)["message"]
    return said


def decrypted(payload: Payload) -> Payload:
    """The content of a payload in these tests' histories. Search attributes are not encrypted."""
    if payload.metadata.get("encoding") != ENCRYPTED:
        return payload
    opened = Sealed.of(payload).opened(_ring())
    assert opened is not None
    return opened


@cache
def _ring() -> KeyRing:
    return demonstration_keys(demonstration_file(DEMONSTRATION))
