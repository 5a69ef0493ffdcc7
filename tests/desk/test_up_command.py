"""`starter.py up` before it starts anything, and what it tells the other shell to type."""

from pathlib import Path

import pytest
from clerk import Clerk

from desk.commands.up import PORT, typed_elsewhere


async def test_server_and_web_ui_on_one_port_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    state = tmp_path / "state"
    (line,) = (await Clerk("")("up", "--state", str(state), "--port", "7500", "--ui-port", "7500")).refusal()
    assert line == "--port and --ui-port are both 7500: server and Web UI need a port each."
    assert not state.exists()


@pytest.mark.parametrize(
    ("port", "typed"),
    [
        (PORT, ".venv/bin/python starter.py"),
        (7333, ".venv/bin/python starter.py --address 127.0.0.1:7333"),
    ],
)
def test_the_other_shell_is_told_where_the_server_is(port: int, typed: str) -> None:
    assert typed_elsewhere(port) == typed
