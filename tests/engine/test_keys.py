"""Key files: for one pair of eyes, for one party, and newer ones beside older ones."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.encryption.keys import (
    KeyFile,
    KeyRing,
    UnusableKeys,
    bureau_party,
    demonstration_keys,
    desk_party,
    load_keys,
    new_generation,
    write_keys,
)

YANBIAN, CHANGCHUN = bureau_party("222400"), bureau_party("220100")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def platform_file(*since: datetime) -> KeyFile:
    return KeyFile(owner="platform", generations=tuple(map(new_generation, since)))


def of_bureau(platform: KeyFile) -> KeyFile:
    """The file that a bureau gets."""
    kept = tuple(one.only((YANBIAN, desk_party("222400"))) for one in platform.generations)
    return KeyFile(owner=YANBIAN, generations=kept)


def test_a_key_file_is_written_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "platform.json"
    written = platform_file(NOW)
    write_keys(path, written)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert load_keys(path).file == written


def test_the_keys_of_a_demonstration_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = demonstration_keys(path)
    assert demonstration_keys(path).file == made.file
    assert made.party == "desk-province"
    assert demonstration_keys(tmp_path / "other.json").file != made.file


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    demonstration_keys(path)
    path.chmod(0o640)
    with pytest.raises(UnusableKeys, match="chmod 600"):
        load_keys(path)


def test_where_there_is_no_file_the_ways_to_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableKeys, match=r"make up.*keys make") as absent:
        load_keys(tmp_path / "none.json")
    assert "make up" in absent.value.zh


@pytest.mark.parametrize("broken", ["", "{", '{"owner": "platform"}', '{"generations": 7}'])
def test_what_is_no_key_file_is_refused_without_a_quotation(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(broken)
    path.chmod(0o600)
    with pytest.raises(UnusableKeys, match="is no key file"):
        load_keys(path)


def test_a_mistake_beside_a_key_does_not_show_the_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    demonstration_keys(path)
    document = json.loads(path.read_text())
    secret = document["generations"][0]["master"]
    document["generations"][0]["master"] = [secret]
    path.write_text(json.dumps(document))
    with pytest.raises(UnusableKeys) as refused:
        load_keys(path)
    assert secret not in str(refused.value)
    assert refused.value.__suppress_context__


def test_no_key_is_shown_with_the_file_that_holds_it() -> None:
    platform = platform_file(NOW)
    master = platform.generations[0].master
    assert master is not None
    assert repr(master) not in f"{platform!r} {of_bureau(platform)!r}"
    assert repr(platform.generations[0].key(YANBIAN)) not in repr(of_bureau(platform))


def test_a_bureau_holds_its_own_keys_and_those_agree_with_the_platforms() -> None:
    platform = platform_file(NOW)
    (theirs,), (ours,) = of_bureau(platform).generations, platform.generations
    assert theirs.key(YANBIAN) == ours.key(YANBIAN)
    assert theirs.key(YANBIAN) != theirs.key(desk_party("222400"))
    assert (theirs.master, theirs.key(CHANGCHUN), theirs.key("platform")) == (None, None, None)


def test_who_may_run_with_a_file_is_whose_it_is_or_who_has_the_master() -> None:
    bureau, platform = KeyRing(of_bureau(platform_file(NOW))), KeyRing(platform_file(NOW))
    assert bureau.may_act_as(YANBIAN)
    assert not bureau.may_act_as(CHANGCHUN)
    assert not bureau.may_act_as("platform")
    assert platform.may_act_as("platform")
    with pytest.raises(UnusableKeys, match=CHANGCHUN):
        bureau.current(CHANGCHUN)


def test_a_new_key_is_written_with_from_its_instant_on_and_the_old_one_still_reads() -> None:
    now = datetime.now(UTC)
    platform = platform_file(now - timedelta(days=2), now + timedelta(days=1))
    ring = KeyRing(platform)
    old, new = platform.generations
    assert ring.current(YANBIAN)[0] == old.id
    assert ring.cipher(new.id, YANBIAN) is not None
    later = KeyRing(platform_file(now - timedelta(days=2), now - timedelta(days=1)))
    assert later.current(YANBIAN)[0] == later.file.generations[1].id
    assert later.cipher(later.file.generations[0].id, YANBIAN) is not None
