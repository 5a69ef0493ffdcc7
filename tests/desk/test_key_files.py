"""The key files of an installation after they were handed out: renewed, added, replaced."""

from collections.abc import Callable
from pathlib import Path

import pytest
from clerk import Clerk

from engine.encryption.codec_server import Reader, load_readers
from engine.encryption.keys import KeyFile, load_keys
from province import CHANGCHUN

URL = "https://codec.example"


@pytest.fixture
async def handed_out(tmp_path: Path) -> dict[str, KeyFile]:
    """What everybody holds; only what is to stay is left in the directory."""
    made = await Clerk("")("keys", "make", str(tmp_path), "--codec-server", URL)
    assert made.code == 0, made.complaints
    held = {}
    for party in files_in(tmp_path) - {"platform", "readers"}:
        held[party] = load_keys(tmp_path / f"{party}.json").file
        (tmp_path / f"{party}.json").unlink()
    return held


@pytest.fixture
def now(tmp_path: Path) -> Callable[[str], KeyFile]:
    """The file of a party as it is in the directory."""
    return lambda party: load_keys(tmp_path / f"{party}.json").file


def readers(directory: Path, desk: str) -> list[Reader]:
    return [one for one in load_readers(directory / "readers.json") if one.name == desk]


def files_in(directory: Path) -> set[str]:
    return {path.stem for path in directory.glob("*.json")}


async def test_keys_are_renewed_for_everybody_although_the_files_were_deleted_as_they_have_to_be(
    tmp_path: Path, handed_out: dict[str, KeyFile], now: Callable[[str], KeyFile]
) -> None:
    """With newer keys at the platform alone no bureau could read an order from their day on."""
    (line,) = (await Clerk("")("keys", "renew", str(tmp_path))).refusal()
    assert "--codec-server" in line
    assert len(now("platform").generations) == 1, "nothing is renewed by half"
    renewed = await Clerk("")("keys", "renew", str(tmp_path), "--codec-server", URL)
    assert renewed.code == 0, renewed.complaints
    newer = now("platform").generations[-1]
    for party, held in handed_out.items():
        again = now(party)
        assert again.generations[:-1] == held.generations
        assert again.generations[-1].key(party) == newer.key(party)
        if held.decoding:
            assert again.decoding is not None
            assert again.decoding.url == URL
            assert len(readers(tmp_path, party)) == 2, "until it has its new file, a desk reads as before"


async def test_the_files_of_a_bureau_that_was_added_or_lost_them_are_made_with_the_same_keys(
    tmp_path: Path, handed_out: dict[str, KeyFile], now: Callable[[str], KeyFile]
) -> None:
    bureau, desk = f"bureau-{CHANGCHUN}", f"desk-{CHANGCHUN}"
    (before,) = readers(tmp_path, desk)
    made = await Clerk("")("keys", "make", str(tmp_path), "--bureau", CHANGCHUN, "--codec-server", URL)
    assert made.code == 0, made.complaints
    assert now(bureau) == handed_out[bureau]
    assert now(desk).generations == handed_out[desk].generations
    (after,) = readers(tmp_path, desk)
    assert before.token_sha256 != after.token_sha256, "the token that was lost is void"
    assert files_in(tmp_path) == {"platform", "readers", bureau, desk}
    assert len(load_readers(tmp_path / "readers.json")) == sum("desk" in party for party in handed_out)


async def test_without_the_platforms_file_nothing_is_made_for_a_bureau(tmp_path: Path) -> None:
    made = await Clerk("")("keys", "make", str(tmp_path), "--bureau", CHANGCHUN)
    assert made.code == 2
    assert "platform.json" in made.complaints
    assert files_in(tmp_path) == set()
