"""Values of a case as people read them, and the command as the shell sees it."""

import subprocess
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import language
from desk.language import Language, of_locale
from desk.words import bureau, instant, mask, money, scheme, title
from engine.embedded import free_port
from models.messages.stages import Event, Party, Stage
from rules.values.money import Fen

ROOT = Path(__file__).parents[2]


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))


def test_a_masked_id_number_keeps_the_county_and_the_end_only() -> None:
    assert mask("222401198604120247") == "2224**********0247"


@pytest.mark.parametrize("text", ["", "7", "1234567", "12345678", "延吉市河南街", "13904330000"])
def test_of_a_short_text_half_is_hidden_at_least(text: str) -> None:
    assert len(mask(text)) == len(text)
    assert mask(text).count("*") * 2 >= len(text)


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_a_mask_hides_the_day_of_birth(id_number: str) -> None:
    assert len(mask(id_number)) == len(id_number)
    assert set(mask(id_number)[4:14]) == {"*"}


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(0, "0.00"), (5, "0.05"), (123_456_789, "1,234,567.89"), (-50, "-0.50"), (-100_000, "-1,000.00")],
)
def test_money_is_shown_in_yuan_with_separators(fen: int, shown: str) -> None:
    assert money(Fen(fen)) == shown


def test_instants_are_shown_in_chinas_time() -> None:
    assert instant(datetime(2026, 1, 12, 16, 0, tzinfo=UTC)) == "2026-01-13 00:00:00"


def test_a_bureau_is_shown_by_place_and_key_and_an_unknown_one_by_its_key() -> None:
    assert bureau("220100") == "Changchun 220100"
    assert bureau("999999") == "999999"


@pytest.mark.usefixtures("in_chinese")
def test_places_and_schemes_have_their_official_names_in_chinese() -> None:
    assert bureau("220100") == "长春市 220100"
    assert scheme("G") == "G 机关事业单位"
    assert scheme("E") == "E 企业职工"


@pytest.mark.parametrize("word", [*Stage, *Party, *Event])
def test_every_stage_party_and_event_has_a_title_in_both_languages(word: Stage | Party | Event) -> None:
    english, chinese = word.titles
    assert title(word) == english
    assert english.isascii() or word is Party.NOBODY
    assert not chinese.isascii()


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, Language.CHINESE),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, Language.ENGLISH),
        ({"LANG": "zh_CN.GB18030"}, Language.CHINESE),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, Language.CHINESE),
    ],
    ids=["all", "all before lang", "lang", "messages before lang"],
)
def test_the_locale_chooses_the_language(
    locale: dict[str, str], expected: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in locale.items():
        monkeypatch.setenv(variable, value)
    assert of_locale() is expected


def test_the_shell_gets_exit_code_three_one_sentence_and_no_traceback_from_any_directory(
    tmp_path: Path,
) -> None:
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, str(ROOT / "starter.py"), "--address", address, "show", "220100-20260115-A"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("\n") == 1
    assert address in done.stderr
    assert list(tmp_path.iterdir()) == []
