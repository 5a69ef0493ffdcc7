"""The report of an audit on the screen, in both languages."""

from datetime import datetime

import pytest

from desk import language
from desk.language import Language
from desk.screens.audit_report import FINDINGS, print_report, sentence
from models.messages.audit import AuditReport, BooksSummary
from province import CHANGCHUN, YANBIAN
from rules.values.books import Divergence
from rules.values.due_dates import CHINA_TIME

MARCH = datetime(2026, 3, 1, tzinfo=CHINA_TIME)
CASE = "220100-20260115-AAAAAAAA"
LOST = Divergence("sent_not_received", f"{YANBIAN} / {CHANGCHUN}", f"remittance/{CASE}/1", 500, 499)
BOOKS = BooksSummary(
    bureau=CHANGCHUN,
    opened_at=None,
    persons=1,
    postings=2,
    papers=10,
    balances={"bank": 123_45, "individual_account": -100_00, "pooled_fund": -23_45},
    months={"all": 74, "here": 72, "moved": 0, "cleared": 2},
    links=12,
    head="",
)
REPORT = AuditReport(
    bureaus=(CHANGCHUN,),
    not_checked=(YANBIAN,),
    books=(BOOKS,),
    cases=3,
    open_cases=1,
    cases_not_checked=2,
    findings=(LOST,),
    more=7,
    remittances=2,
    postings=2,
)


@pytest.fixture(autouse=True)
def english() -> None:
    language.choose(Language.ENGLISH)


def printed(capsys: pytest.CaptureFixture[str], report: AuditReport) -> list[str]:
    print_report(report)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_what_diverges_what_is_not_named_and_who_did_not_speak(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, REPORT)[-5:] == [
        f"Yanbian Prefecture 222400 / Changchun 220100: remittance/{CASE}/1: "
        "what was sent was not received, fen: 500 ≠ 499",
        "and 7 more, not named here",
        "Yanbian Prefecture 222400: not checked, it did not answer",
        "2 cases not checked: their other bureau was not asked or did not answer",
        "1 bureaus, 3 cases of which 1 open, 2 remittances, 2 postings: not clean",
    ]


def test_the_books_of_each_bureau_stand_in_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    row = next(line for line in printed(capsys, REPORT) if line.startswith("Changchun"))
    assert row.split() == ["Changchun", "220100", "2", "10", "12", "100.00", "23.45", "72", "0", "2"]


def test_bureaus_with_nothing_in_their_books_are_counted_and_not_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nothing = {
        "persons": 0,
        "postings": 0,
        "papers": 0,
        "links": 0,
        "balances": {},
        "months": dict.fromkeys(BOOKS.months, 0),
    }
    empty = BOOKS.model_copy(update={"bureau": YANBIAN, **nothing})
    lines = printed(capsys, REPORT.model_copy(update={"books": (BOOKS, empty), "findings": ()}))
    assert "1 bureau more answered, with nothing in the books" in lines
    assert not any(line.startswith("Yanbian") and "not checked" not in line for line in lines)
    robbed = empty.model_copy(update={"findings": (LOST,)})
    lines = printed(capsys, REPORT.model_copy(update={"books": (BOOKS, robbed), "findings": ()}))
    assert any(line.startswith("Yanbian Prefecture 222400    ") for line in lines)


def test_the_same_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    language.choose(Language.CHINESE)
    lines = printed(capsys, REPORT)
    language.choose(Language.ENGLISH)
    assert lines[-5].endswith("划出与到账不符（分）: 500 ≠ 499")
    assert lines[-1] == "1 个经办机构，3 件，其中未办结 1 件，2 笔划转，2 笔分录：有差异"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "clean"),
        ({"cases_not_checked": 1}, "nothing found in what was checked, and not all was"),
        ({"not_checked": (YANBIAN,)}, "nothing found in what was checked, and not all was"),
        ({"not_checked": (YANBIAN,), "more": 1}, "not clean"),
        ({"since": MARCH}, "clean since 2026-03-01"),
        ({"since": MARCH, "cases_not_checked": 1}, "nothing found in what was checked, and not all was"),
        ({"findings": (LOST,)}, "not clean"),
        ({"more": 1}, "not clean"),
    ],
)
def test_clean_is_said_only_where_everything_was_checked(
    capsys: pytest.CaptureFixture[str], changes: dict[str, object], verdict: str
) -> None:
    report = AuditReport(bureaus=(CHANGCHUN,), not_checked=(), books=(BOOKS,)).model_copy(update=changes)
    assert printed(capsys, report)[-1].rpartition(": ")[2] == verdict
    assert report.clean is verdict.startswith("clean")


def test_what_a_day_left_out_is_said_before_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    books = BOOKS.model_copy(update={"before": 30, "cases_before": 4})
    report = REPORT.model_copy(update={"since": MARCH, "books": (books, books), "not_checked": ()})
    lines = printed(capsys, report)
    assert lines[0].startswith("over these cases")
    assert lines[-3] == (
        "not looked at: 60 links of the chains entered before 2026-03-01, and cases with nothing since "
        "(8, counted by each bureau). Sums, months and records were proved in whole."
    )
    assert "3 cases with an entry since 2026-03-01 of which 1 open" in lines[-1]


@pytest.mark.parametrize("code", FINDINGS)
def test_every_kind_of_divergence_has_its_sentence_in_both_languages(code: str) -> None:
    found = Divergence(code, CHANGCHUN, CASE, 1, 0)
    english = sentence(found)
    language.choose(Language.CHINESE)
    chinese = sentence(found)
    language.choose(Language.ENGLISH)
    assert english != chinese
    assert english.startswith("Changchun 220100: ")
