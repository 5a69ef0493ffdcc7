"""`starter.py up` before it starts anything, and what it tells the other shell to type."""

from pathlib import Path

import pytest
from clerk import Clerk

from desk.commands.up import PORT, typed_elsewhere
from engine.address import DEMONSTRATION


async def test_server_and_web_ui_on_one_port_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    state = tmp_path / "state"
    (line,) = (await Clerk("")("up", "--state", str(state), "--port", "7500", "--ui-port", "7500")).refusal()
    assert line == "--port and --ui-port are both 7500: server, Web UI and web desk need a port each."
    assert not state.exists()


@pytest.mark.parametrize(
    ("port", "keys", "typed"),
    [
        (PORT, DEMONSTRATION, "starter.py"),
        (7333, DEMONSTRATION, "starter.py --address 127.0.0.1:7333"),
        (PORT, Path("/srv/keys.json"), "starter.py --keys /srv/keys.json"),
    ],
)
def test_the_other_shell_is_told_where_server_and_keys_are(port: int, keys: Path, typed: str) -> None:
    assert typed_elsewhere(port, keys) == typed
