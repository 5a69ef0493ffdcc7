"""`starter.py up` before it starts anything, and what it tells the other shell to type."""

import shutil
from pathlib import Path

import pytest
from clerk import Clerk

from desk.commands import up
from desk.commands.up import PORT, typed_elsewhere
from engine.address import DEMONSTRATION

EXAMPLES = Path(__file__).parents[2] / "examples"


async def test_server_and_web_ui_on_one_port_are_refused_before_anything_is_made(tmp_path: Path) -> None:
    state = tmp_path / "state"
    (line,) = (await Clerk("")("up", "--state", str(state), "--port", "7500", "--ui-port", "7500")).refusal()
    assert line == "--port and --ui-port are both 7500: server, Web UI and web desk need a port each."
    assert not state.exists()


async def test_files_named_from_another_directory_are_handed_on_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[object, ...]] = []

    async def keep(*named: object) -> None:
        kept.append(named)

    monkeypatch.setattr(up, "_keep", keep)
    monkeypatch.setattr(up, "_check_free", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    for name in ("arrangements.toml", "bureaus.toml", "routes.toml"):
        shutil.copy(EXAMPLES / name, tmp_path)
    flags = (
        "--arrangements",
        "arrangements.toml",
        "--bureau-data",
        "bureaus.toml",
        "--outgoing",
        "routes.toml",
    )
    assert (await Clerk("")("up", "--state", "state", *flags)).code == 0
    ((state, _, *files),) = kept
    named = [tmp_path / name for name in ("arrangements.toml", "bureaus.toml", "routes.toml")]
    assert (state, files) == (tmp_path / "state", named)


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
