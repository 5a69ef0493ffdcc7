"""`calculate` at the desk: the paper a clerk prints, the document a machine reads, every problem at once."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from desk import language
from desk.commands.calculate import calculate
from desk.language import Language
from desk.problems import BadInput
from desk.screens.information_form import LINE_TITLES
from rules.amounts.one_off import OneOffCheck

EXAMPLES = Path(__file__).parents[2] / "examples" / "histories"
TEACHER, WORKER = EXAMPLES / "teacher.json", EXAMPLES / "worker.json"
BY_MONTH = EXAMPLES / "worker-month-by-month.json"
GOVERNMENT, ENTERPRISE = "G", "E"

Write = Callable[[Any], Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """A document in a file."""

    def write(document: Any) -> Path:
        path = tmp_path / "history.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return path

    return write


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))


def teacher(**changed: Any) -> dict[str, Any]:
    return {**json.loads(TEACHER.read_text(encoding="utf-8")), **changed}


def as_document(capsysbinary: pytest.CaptureFixture[bytes]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsysbinary.readouterr().out)
    return document


def test_the_document_has_the_form_of_the_contract(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    calculate(TEACHER, ENTERPRISE, "2018-09-03", as_json=True)
    document = as_document(capsysbinary)
    assert document["lines"] == {
        "1": "0.00",
        "2": "15576.14",
        "3": "0.00",
        "4": "15576.14",
        "5": "20880.00",
        "6": "36456.14",
    }
    assert document["years"][1] == {
        "year": 2015,
        "months": 12,
        "base_sum": "48000.00",
        "credited": "3840.00",
        "interest": "152.40",
        "balance": "4960.40",
        "rate": "5",
        "rate_provisional": False,
    }
    assert document["months"] == 39
    assert document["openings"] == []
    assert document["bases"][1] == {
        "from": "2015-01",
        "to": "2015-12",
        "months": 12,
        "base": "4000.00",
        "share": "8",
        "credited": "3840.00",
        "own": "3840.00",
        "brought": False,
    }
    assert document["adjusted_record_balance"] == "15576.14"
    assert [set(finding) for finding in document["findings"]] == [{"code", "law", "en", "zh"}]
    assert set(document) == {
        *("lines", "years", "adjusted_record_balance", "findings", "months", "openings", "bases"),
        *("credits", "recognised_service"),
    }


def test_the_screen_shows_titles_table_record_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    calculate(BY_MONTH, GOVERNMENT, "2019-07-01")
    shown = capsys.readouterr().out
    for line in LINE_TITLES.values():
        assert line.en in shown
        assert line.zh in shown
    for amount in ("646.42", "52,322.23", "1,440.00", "54,408.65", "53,251.20", "107,659.85", "54,576.07"):
        assert amount in shown
    years = [line.split()[0] for line in shown.splitlines() if line[:2] in ("19", "20")]
    assert years[: len(range(1996, 2020))] == [str(year) for year in range(1996, 2020)]
    assert "2003-01 to 2003-12 (12 % booked, 11 % counts)" in " ".join(shown.split())
    assert "人社厅发〔2017〕7号第八条" in shown


def test_the_screen_shows_the_balance_brought_forward(capsys: pytest.CaptureFixture[str]) -> None:
    calculate(WORKER, GOVERNMENT, "2017-10-09")
    shown = capsys.readouterr().out
    assert "end of 2016" in shown
    assert "39,100.00" in shown
    assert "85,020.00" in shown


def test_the_screen_speaks_chinese_alone_where_asked(
    in_chinese: None, capsys: pytest.CaptureFixture[str]
) -> None:
    calculate(TEACHER, ENTERPRISE, "2018-09-03")
    shown = capsys.readouterr().out
    assert LINE_TITLES[6].zh in shown
    assert LINE_TITLES[6].en not in shown
    assert "统筹基金按各月实际缴费基数的 12% 转移" in shown


def test_recognised_service_stands_beside_the_months_that_move(
    written: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    document = teacher()
    document["person"]["recognised_service"] = [{"from": "2009-01", "to": "2014-12", "place": "222401"}]
    calculate(written(document), ENTERPRISE, "2018-09-03")
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("recognised service"))
    assert row.split()[-1] == "69"  # of 72, the three from October 2014 are paid


def test_the_id_number_is_masked_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    calculate(TEACHER, ENTERPRISE, "2018-09-03")
    assert "220104198503072021" not in capsys.readouterr().out
    calculate(TEACHER, ENTERPRISE, "2018-09-03", unmask=True)
    assert "220104198503072021" in capsys.readouterr().out


def test_a_borrowed_rate_is_starred(written: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(teacher(months=[{"from": "2026-01", "to": "2026-12", "base": "6000.00"}]))
    calculate(path, ENTERPRISE, "2027-03-01")
    shown = capsys.readouterr().out
    assert "1.50*" in shown
    assert "* provisional rate" in shown


def test_the_check_of_one_off_months_can_be_switched_off(
    written: Write, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    worker = json.loads(WORKER.read_text(encoding="utf-8"))
    ranges = [{"from": "2017-01", "to": "2019-12", "base": "3000.00", "kind": "one_off_without_papers"}]
    path = written({**worker, "months": ranges})
    calculate(path, GOVERNMENT, "2020-09-01", as_json=True)
    assert as_document(capsysbinary)["lines"]["5"] == "40320.00"
    calculate(path, GOVERNMENT, "2020-09-01", one_off=OneOffCheck.OFF, as_json=True)
    assert as_document(capsysbinary)["lines"]["5"] == "53280.00"


def test_every_example_history_can_be_calculated(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for path in sorted(EXAMPLES.glob("*.json")):
        scheme = json.loads(path.read_text(encoding="utf-8"))["scheme"]
        calculate(path, GOVERNMENT if scheme == "E" else ENTERPRISE, "2025-09-01", as_json=True)
        assert as_document(capsysbinary)["lines"]["6"] != "0.00"


def test_a_move_that_is_none_is_refused_with_its_article() -> None:
    with pytest.raises(BadInput) as refused:
        calculate(TEACHER, "G", "2018-09-03")
    (problem,) = refused.value.problems
    assert problem.field == "--to"
    assert "吉社保〔2020〕6号第二条" in str(problem)


def test_linking_with_residents_moves_the_whole_account_and_no_pooled_money(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    calculate(TEACHER, "R", "2018-09-03", as_json=True)
    lines = as_document(capsysbinary)["lines"]
    assert (lines["5"], lines["6"]) == ("0.00", lines["4"])
    calculate(EXAMPLES / "farmer.json", "E", "2026-09-01", as_json=True)
    lines = as_document(capsysbinary)["lines"]
    assert [lines[number] for number in ("2", "3", "5", "6")] == ["7680.00", "0.00", "0.00", "7680.00"]


def test_a_scheme_and_a_day_that_are_none_are_refused_together() -> None:
    with pytest.raises(BadInput) as refused:
        calculate(TEACHER, "X", "2018-09-31")
    assert [problem.field for problem in refused.value.problems] == ["--to", "--on"]


def test_the_scheme_may_be_written_small_and_the_day_left_out(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    calculate(TEACHER, "e", as_json=True)
    assert as_document(capsysbinary)["lines"]["5"] == "20880.00"


def test_all_problems_of_a_file_come_in_one_answer_with_their_paths(written: Write) -> None:
    path = written(
        teacher(
            scheme="X",
            months=[
                {"from": "2016-01", "to": "2016-13", "base": "4000.00"},
                {"from": "2017-01", "to": "2017-06", "base": "0.00"},
                {"from": "2017-06", "to": "2030-01", "base": 5000},
            ],
        )
    )
    with pytest.raises(BadInput) as refused:
        calculate(path, ENTERPRISE, "2018-09-03")
    assert sorted(problem.field for problem in refused.value.problems) == [
        "months.0.to",
        "months.1.base",
        "months.2.base",
        "months.2.from",
        "months.2.to",
        "scheme",
    ]


def test_the_problems_are_told_in_chinese_where_asked(in_chinese: None, written: Write) -> None:
    with pytest.raises(BadInput) as refused:
        calculate(written(teacher(months=[{"from": "2016-01", "base": 4000}])), ENTERPRISE, "2018-09-03")
    assert [*map(str, refused.value.problems)] == [
        "months，第 1 项，to：必填",
        'months，第 1 项，base：金额请写成以元为单位的字符串，如 "3500.00"',
    ]


def test_a_missing_rate_of_a_past_year_is_a_problem_of_the_file(written: Write) -> None:
    path = written(teacher(scheme="E", months=[{"from": "2014-01", "to": "2016-12", "base": "4000.00"}]))
    with pytest.raises(BadInput) as refused:
        calculate(path, GOVERNMENT, "2018-09-03")
    (problem,) = refused.value.problems
    assert problem.field == "rates"
    assert "2014–2015;" in str(problem)


def test_years_without_a_rate_are_told_as_spans_however_far_the_day(written: Write) -> None:
    months = [{"from": "2014-01", "to": "2014-12", "base": "4000.00"}]
    path = written(teacher(scheme="E", months=months, rates={"2015": "3.1"}))
    with pytest.raises(BadInput) as refused:
        calculate(path, GOVERNMENT, "9999-12-31")
    (problem,) = refused.value.problems
    assert "for 2014, 2026–9998;" in str(problem)


def test_a_list_where_one_record_belongs_is_told_without_the_names_of_classes(
    written: Write, in_chinese: None
) -> None:
    with pytest.raises(BadInput) as refused:
        calculate(written([]), ENTERPRISE, "2018-09-03")
    assert tuple(map(str, refused.value.problems)) == ("此处应为花括号内的一条记录",)
    language.choose(Language.ENGLISH)
    with pytest.raises(BadInput) as refused:
        calculate(written(teacher(months=[7])), ENTERPRISE, "2018-09-03")
    assert tuple(map(str, refused.value.problems)) == (
        "months, item 1: one record in braces is expected here, no list and no single value",
    )


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, '{"person": NaN}', " " * (9 * 1024 * 1024)])
def test_a_file_that_is_no_history_is_refused_in_words(written: Write, content: str) -> None:
    with pytest.raises(BadInput):
        calculate(written(content), ENTERPRISE, "2018-09-03")
