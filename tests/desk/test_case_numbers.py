"""Case numbers: a function of the application and the province's key, and no way back to the person."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.client.case_numbers import KEY_VARIABLE, case_number, person_key, person_secret
from desk.problems import BadInput
from province import TEACHER, application
from rules.values.moves import Scheme

SECRET = b"a key of the tests"


def number(secret: bytes = SECRET, **changes: Any) -> str:
    return case_number(application(**changes), secret)


def test_a_case_number_shows_bureau_and_day_and_a_hash() -> None:
    bureau, day, digest = number().split("-")
    assert (bureau, day) == ("220100", "20260115")
    assert len(digest) == 8
    assert set(digest) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_the_same_application_has_the_same_number_in_every_office_and_every_year() -> None:
    """Fixed here to the letter: another number for a known application would open a second case."""
    assert number() == number() == "220100-20260115-ZVMOR3RW"


def test_another_telephone_or_agent_is_the_same_case() -> None:
    assert number(mobile="13900000000", agent_name="崔大勇", home_address="样例街 8 号") == number()


def test_another_day_is_another_case() -> None:
    assert number() != number(submitted_on=date(2026, 1, 16))


@pytest.mark.parametrize(
    "changes",
    [
        {"id_number": "22020219750930117X"},
        {"scheme_from": Scheme.ENTERPRISE, "scheme_to": Scheme.GOVERNMENT},
        {"bureau_out": "220300"},
        {"bureau_in": "220300"},
    ],
    ids=["another person", "the other way", "from another bureau", "to another bureau"],
)
def test_another_move_is_another_case(changes: dict[str, Any]) -> None:
    assert number().rsplit("-")[-1] != number(**changes).rsplit("-")[-1]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "崔明珠"},
        {"new_employer": "长春另一家公司"},
        {"materials": ("identity_document",)},
        {"status": "paused"},
        {"registered_home": "220102"},
    ],
    ids=["the name", "the employer", "the papers", "the status", "the home"],
)
def test_an_application_handed_in_again_corrected_is_another_case(changes: dict[str, Any]) -> None:
    assert number() != number(**changes)


def test_the_order_in_which_papers_are_listed_makes_no_other_case() -> None:
    papers = application().materials
    assert number(materials=papers) == number(materials=papers[::-1])


def test_without_the_key_the_number_cannot_be_guessed_from_the_person() -> None:
    assert number() != number(b"another key")
    assert person_key(TEACHER, SECRET) != person_key(TEACHER, b"another key")


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_no_part_of_an_id_number_stands_in_a_case_number(id_number: str) -> None:
    """Neither the day of birth nor the last four places; the bureau and the day are those of the form."""
    digest = number(id_number=id_number).removeprefix("220100-20260115-")
    assert id_number not in number(id_number=id_number)
    assert id_number[6:14] not in digest
    assert not digest.isdigit()


def test_a_person_has_one_key_whatever_the_case() -> None:
    assert person_key(TEACHER, SECRET) == person_key(TEACHER, SECRET)
    assert person_key(TEACHER, SECRET) != person_key("22020219750930117X", SECRET)
    assert TEACHER not in person_key(TEACHER, SECRET)


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    return tmp_path / "state" / "person.key"


def test_the_key_is_made_at_first_use_for_its_owner_alone_and_kept(key_file: Path) -> None:
    first = person_secret(key_file)
    assert len(first) == 64
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert person_secret(key_file) == first
    assert [path.name for path in key_file.parent.iterdir()] == ["person.key"], "nothing else is left behind"


def test_two_installations_have_two_keys(key_file: Path, tmp_path: Path) -> None:
    assert person_secret(key_file) != person_secret(tmp_path / "elsewhere" / "person.key")


def test_a_key_handed_out_by_the_province_stands_before_the_file(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "the province's key")
    assert person_secret(key_file) == b"the province's key"
    assert not key_file.exists()


def test_a_key_in_a_file_is_read_without_its_line_end(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True)
    key_file.write_text("the province's key\n")
    assert person_secret(key_file) == b"the province's key"


@pytest.mark.parametrize("short", ["k", "fifteen bytes !"])
def test_a_key_that_could_be_guessed_is_refused_without_being_told(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, short: str
) -> None:
    key_file.parent.mkdir(parents=True)
    key_file.write_text(f"{short}\n")
    with pytest.raises(BadInput, match=str(key_file)) as in_file:
        person_secret(key_file)
    monkeypatch.setenv(KEY_VARIABLE, short)
    with pytest.raises(BadInput, match=KEY_VARIABLE) as in_environment:
        person_secret(key_file)
    for refused in (in_file, in_environment):
        assert len(short) == 1 or short not in str(refused.value.summary)


def test_an_empty_key_file_is_no_key(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True)
    key_file.touch()
    with pytest.raises(BadInput):
        person_secret(key_file)


def test_a_key_that_cannot_be_kept_is_said_to_be_so(tmp_path: Path, key_file: Path) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(BadInput, match="cannot be kept"):
        person_secret(tmp_path / "a file" / "person.key")


def test_the_key_is_on_the_disk_before_it_has_its_name_and_the_name_before_it_is_used(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut another key would give the same applications other numbers."""
    steps: list[str] = []

    def fsync(descriptor: int) -> None:
        steps.append("directory synced" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file synced")
        assert stat.S_ISDIR(os.fstat(descriptor).st_mode) or os.fstat(descriptor).st_size == 64

    def link(fresh: str, file: Path, really: Callable[..., None] = os.link) -> None:
        steps.append("named")
        really(fresh, file)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "link", link)
    person_secret(key_file)
    assert steps == ["file synced", "named", "directory synced"]


def test_first_uses_at_the_same_time_agree_on_one_key(key_file: Path) -> None:
    with ThreadPoolExecutor(8) as offices:
        keys = set(offices.map(lambda _: person_secret(key_file), range(8)))
    assert len(keys) == 1
    assert key_file.read_bytes().strip() in keys
