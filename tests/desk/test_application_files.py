"""Applications in a table: every row read or every problem named, with its row."""

from contextvars import ContextVar

import pytest

from desk import language
from desk.files.application_files import application_from, applications_in
from desk.language import Language
from desk.problems import Problem
from models.messages.application import TransferApplication

HEADING = "name,id_number,scheme_from,scheme_to,bureau_out,bureau_in,reason,registered_home,submitted_on"
CHINESE = "姓名,公民身份号码,转出险种,转入险种,转出地社会保险局,转入地社会保险局,转移原因,户籍所在地,申请日期"
TEACHER = "崔明玉,222401198604120247,G,E,222400,220100,posting,222401,2026-01-15"
WORKER = "孙立国,22020219750930117X,E,G,220200,220100,posting,220202,2026-01-15"


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))


def read_applications(text: str) -> tuple[list[TransferApplication], list[Problem]]:
    return applications_in(text.encode(), "applications.csv")


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def test_each_row_is_an_application() -> None:
    applications, problems = read_applications(lines(HEADING, TEACHER, WORKER))
    assert problems == []
    assert [one.name for one in applications] == ["崔明玉", "孙立国"]


def test_a_chinese_heading_names_the_same_fields() -> None:
    in_chinese_words = "崔明玉,222401198604120247,机关保,企职保,222400,220100,调动,222401,2026/1/15"
    assert read_applications(lines(CHINESE, in_chinese_words)) == read_applications(lines(HEADING, TEACHER))


def test_materials_are_separated_by_semicolons() -> None:
    (asked,), _ = read_applications(
        lines(HEADING + ",materials", TEACHER + ",identity_document;posting_document")
    )
    assert [paper.value for paper in asked.materials] == ["identity_document", "posting_document"]


def test_blank_lines_are_passed_over_and_the_same_row_twice_is_kept() -> None:
    applications, problems = read_applications(lines(HEADING, "", TEACHER, ",,,,,,,,", "  ", TEACHER))
    assert problems == []
    assert applications[0] == applications[1]
    assert len(applications) == 2


def test_every_problem_of_every_row_is_told_with_its_row() -> None:
    applications, problems = read_applications(
        lines(
            HEADING,
            TEACHER.replace("222400,", "110100,").replace("2026-01-15", "soon"),
            WORKER,
            "",
            TEACHER.replace("0247", "0248").replace("posting", "moving"),
            TEACHER.replace("崔明玉", ""),
        )
    )
    assert len(applications) == 1
    assert [f"{problem.place} {problem.field}" for problem in problems] == [
        "row 2 bureau_out",
        "row 2 submitted_on",
        "row 5 id_number",
        "row 5 reason",
        "row 6 name",
    ]


def test_no_problem_repeats_what_was_written() -> None:
    _, problems = read_applications(lines(HEADING, TEACHER.replace("0247", "0248")))
    assert problems
    assert not any("2224" in str(problem) or "崔" in str(problem) for problem in problems)


def test_a_heading_with_missing_unknown_or_double_columns_is_refused_before_any_row() -> None:
    heading = HEADING.replace("reason", "姓名").replace("bureau_in", "fax")
    assert [*map(str, read_applications(lines(heading, TEACHER))[1])] == [
        "column bureau_in is missing",
        "column reason is missing",
        "column 'fax' is not known",
        "column name is there twice",
    ]


def test_a_table_without_a_heading_is_refused_without_repeating_its_first_row() -> None:
    applications, problems = read_applications(lines(TEACHER, TEACHER))
    assert applications == []
    assert len(problems) == 1
    assert str(problems[0]).startswith("row 1 is not a heading")
    assert "崔" not in str(problems[0])


def test_an_empty_table_is_no_success() -> None:
    applications, problems = read_applications(HEADING + "\n")
    assert (applications, [*map(str, problems)]) == ([], ["no application in it"])
    assert len(read_applications("x,y\n")[1]) == 1


def test_a_row_longer_than_its_heading_has_slipped() -> None:
    applications, problems = read_applications(lines(HEADING, TEACHER + ",extra"))
    assert applications == []
    assert [*map(str, problems)] == ["row 2: more cells than the heading has"]


def test_a_short_row_is_missing_its_last_fields() -> None:
    _, problems = read_applications(lines(HEADING, TEACHER.rpartition(",")[0]))
    assert [problem.field for problem in problems] == ["submitted_on"]


def test_what_is_no_table_is_named_by_its_row() -> None:
    applications, problems = read_applications(lines(HEADING, '"崔明玉"x,'))
    assert (applications, [*map(str, problems)]) == ([], ["row 2: not readable as CSV"])


def test_problems_are_told_in_chinese_under_chinese_titles(in_chinese: None) -> None:
    _, problems = read_applications(lines(CHINESE, TEACHER.replace("posting", "").replace("222400", "1")))
    assert [*map(str, problems)] == [
        "第 2 行：转出地社会保险局：没有该社会保险局",
        "第 2 行：转移原因：必填",
    ]


def test_one_application_comes_with_all_its_problems_or_none() -> None:
    row = dict(zip(HEADING.split(","), TEACHER.split(","), strict=True))
    asked, problems = application_from(row)
    assert asked is not None
    assert problems == []
    asked, problems = application_from({**row, "reason": "", "bureau_in": "1"})
    assert asked is None
    assert len(problems) == 2


def test_several_earlier_places_are_one_application_each() -> None:
    several = TEACHER.replace("222400,", "222400；220300;,")
    applications, problems = read_applications(lines(HEADING, several, WORKER))
    assert problems == []
    assert [one.bureau_out for one in applications] == ["222400", "220300", "220200"]
    assert applications[0].model_copy(update={"bureau_out": "220300"}) == applications[1]


def test_of_several_places_the_wrong_one_is_named_and_the_rest_said_once() -> None:
    several = TEACHER.replace("222400,", "222400;999999;222400,").replace("崔明玉", "")
    applications, problems = read_applications(lines(HEADING, several))
    assert applications == []
    assert [str(problem.named or problem.field) for problem in problems] == [
        "name",
        "bureau_out 999999",
        "bureau_out",
    ]
    assert "the same bureau twice" in str(problems[-1])


def test_a_chinese_table_may_name_several_places(in_chinese: None) -> None:
    row = "崔明玉,222401198604120247,机关保,企职保,222400;999999,220100,调动,222401,2026-01-15"
    (problem,) = read_applications(lines(CHINESE, row))[1]
    assert str(problem).startswith("第 2 行：转出地社会保险局 999999")
