"""`check` at the desk: what the review would say, for people and for machines."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
import typer

from desk import language
from desk.commands.check import check
from desk.language import Language
from desk.problems import BadInput

EXAMPLE = Path(__file__).parents[2] / "examples" / "applications" / "teacher-joins-firm.json"

Write = Callable[..., Path]
Output = pytest.CaptureFixture[str]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """The example with some fields changed, in a file."""

    def write(**changed: Any) -> Path:
        path = tmp_path / "application.json"
        document = {**json.loads(EXAMPLE.read_text(encoding="utf-8")), **changed}
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def refused(written: Write) -> Path:
    """Resigned, already a pensioner, sent to the wrong bureau, and a paper short."""
    return written(reason="resigned", status="pensioner")


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))


def answer(path: Path, capsys: Output) -> tuple[int, dict[str, Any]]:
    code = 0
    try:
        check(path, as_json=True)
    except typer.Exit as end:
        code = end.exit_code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, document


def test_an_application_nothing_stands_against_can_be_accepted(capsys: Output) -> None:
    code, document = answer(EXAMPLE, capsys)
    assert code == 0
    assert document["acceptable"] is True
    assert document["grounds"] == document["missing_papers"] == document["notices"] == []
    assert document["destination"]["bureau"] == "220100"
    assert document["destination"]["law"] == "吉社保〔2020〕6号第五条"
    assert document["certificate"]["law"] == "吉社保〔2020〕6号第六条"
    assert document["situation"]["law"] == "吉社保〔2020〕6号第二条第一项"
    assert document["checklist"] == ["identity_document", "application_form", "posting_document"]


def test_grounds_papers_and_the_right_bureau_come_together(refused: Path, capsys: Output) -> None:
    code, document = answer(refused, capsys)
    assert code == 1
    assert document["acceptable"] is False
    assert [ground["code"] for ground in document["grounds"]] == ["already_a_pensioner", "wrong_destination"]
    assert all(ground["cure_zh"] and ground["cure_en"] for ground in document["grounds"])
    assert [paper["code"] for paper in document["missing_papers"]] == ["departure_document"]
    assert document["destination"]["bureau"] == "222401"


def test_who_is_too_young_to_be_linked_with_residents_hears_from_which_day_it_is_possible(
    written: Write, capsys: Output
) -> None:
    linking = {"scheme_to": "R", "bureau_in": "222401", "reason": "linking", "original_retirement_age": "55"}
    code, document = answer(written(**linking, materials=["identity_document"]), capsys)
    assert code == 1
    (ground,) = document["grounds"]
    assert ground["code"] == "before_retirement_age"
    assert "2044-04-12" in ground["cure_zh"]
    assert "2044-04-12" in ground["cure_en"]
    assert [paper["code"] for paper in document["missing_papers"]] == ["linking_form"]
    assert document["situation"]["law"] == "吉社保〔2020〕6号第八条"
    assert document["destination"]["bureau"] == "222401"
    assert [notice["code"] for notice in document["notices"]] == [
        *("linking_from", "months_needed", "whole_employee_balance")
    ]


@pytest.mark.usefixtures("in_chinese")
def test_the_samples_of_linking_can_all_be_accepted(capsys: Output) -> None:
    check(EXAMPLE.parents[1] / "residents" / "applications.csv")
    shown = capsys.readouterr().out
    assert shown.count("可以受理。") == 4
    assert "自 2025-02-15 起可以申请制度衔接" in shown


def test_a_paper_short_is_enough_for_exit_code_1(written: Write, capsys: Output) -> None:
    code, document = answer(written(materials=[]), capsys)
    assert code == 1
    assert document["grounds"] == []
    assert len(document["missing_papers"]) == 3


def test_a_move_that_is_not_covered_has_no_destination(written: Write, capsys: Output) -> None:
    code, document = answer(written(scheme_to="G"), capsys)
    assert code == 1
    assert document["destination"] is document["situation"] is None


def test_leave_to_start_a_business_is_told_that_it_may_wait(written: Write, capsys: Output) -> None:
    code, document = answer(written(reason="离岗创业"), capsys)
    assert code == 0
    assert [notice["code"] for notice in document["notices"]] == ["may_wait"]


def test_the_screen_names_law_cure_and_papers(refused: Path, capsys: Output) -> None:
    with pytest.raises(typer.Exit):
        check(refused)
    shown = " ".join(capsys.readouterr().out.split())
    assert "1. A person who already draws a pension is no longer transferred." in shown
    assert "吉社保〔2020〕6号第一条" in shown
    assert "The right bureau is 222401" in shown
    assert "Right bureau: Yanji 222401" in shown
    assert "proof of resignation" in shown
    assert shown.endswith("Cannot be accepted.")


def test_the_screen_says_so_when_only_papers_are_missing(written: Write, capsys: Output) -> None:
    with pytest.raises(typer.Exit):
        check(written(materials=["identity_document"]))
    assert capsys.readouterr().out.rstrip().endswith("Can be accepted once these papers are in.")


def test_the_screen_is_chinese_where_asked(in_chinese: None, refused: Path, capsys: Output) -> None:
    with pytest.raises(typer.Exit):
        check(refused)
    shown = capsys.readouterr().out
    assert "不予受理的理由" in shown
    assert "应转入：延吉市 222401" in shown
    assert "Right bureau" not in shown


def test_the_id_number_is_masked_unless_asked_for(capsys: Output) -> None:
    check(EXAMPLE)
    assert "222401198604120247" not in capsys.readouterr().out
    check(EXAMPLE, unmask=True)
    assert "222401198604120247" in capsys.readouterr().out


def test_unusable_input_names_every_field(written: Write) -> None:
    with pytest.raises(BadInput) as bad:
        check(written(id_number="222401198604120248", bureau_in="1", reason=""))
    assert [problem.field for problem in bad.value.problems] == [
        "id_number",
        "bureau_in",
        "reason",
    ]
