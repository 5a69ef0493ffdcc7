"""`bureaus` at the desk: the directory of a day."""

import json
from contextvars import ContextVar
from datetime import date

import pytest
from rich.cells import cell_len

from desk import language
from desk.commands.bureaus import bureaus
from desk.language import Language
from desk.problems import BadInput
from rules.application.bureaus import bureaus as bureaus_on

Output = pytest.CaptureFixture[str]


def listed(on: str, capsys: Output) -> dict[str, dict[str, object]]:
    bureaus(on, as_json=True)
    return {one["key"]: one for one in json.loads(capsys.readouterr().out)}


def test_the_document_is_the_directory_of_the_day(capsys: Output) -> None:
    assert list(listed("2026-01-15", capsys)) == [one.key for one in bureaus_on(date(2026, 1, 15))]


def test_a_bureau_that_was_replaced_names_its_successor(capsys: Output) -> None:
    before = listed("2020-06-18", capsys)["220381"]
    assert (before["until"], before["successor"]) == ("2020-06-19", "220184")
    assert before["dated_by"]
    after = listed("2020-06-19", capsys)
    assert "220381" not in after
    assert after["220184"]["since"] == "2020-06-19"


def test_the_zone_has_a_key_and_no_division_code(capsys: Output) -> None:
    zone = listed("2026-01-15", capsys)["CHANGBAISHAN"]
    assert zone["division_code"] is None
    assert zone["zh"] == "长白山保护开发区社会保险局"


def test_the_screen_shows_every_bureau_and_what_changed(capsys: Output) -> None:
    bureaus("2020-06-18")
    shown = capsys.readouterr().out
    assert all(one.key in shown for one in bureaus_on(date(2020, 6, 18)))
    assert "until 2020-06-19, then 220184" in shown
    assert "since 2014-10-20" in shown
    assert "no division code" in shown
    assert "division code 220000" in shown
    assert "52 bureaus on 2020-06-18" in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= 100


def test_the_screen_is_chinese_where_asked(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))
    bureaus("2020-06-18")
    shown = capsys.readouterr().out
    assert "延边朝鲜族自治州社会保险局" in shown
    assert "至 2020-06-19，后为 220184" in shown


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput):
        bureaus("2026-13-01")
