"""Tables as a Chinese office saves them: read as they are meant, or refused with what to do. All invented."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer

from desk.commands.check import check
from desk.files.account_files import TITLES as ACCOUNT_TITLES
from desk.files.account_files import read_accounts
from desk.files.application_files import application_from, applications_in, read_applications
from desk.files.statement_file import statement_in
from desk.language import Language, said_in
from desk.problems import BadInput, Problem
from models.files.application_intake import TITLES
from models.messages.application import TransferApplication

DOCUMENT = {
    "name": "崔明玉",
    "id_number": "222401198604120247",
    "scheme_from": "G",
    "scheme_to": "E",
    "bureau_out": "222400",
    "bureau_in": "220100",
    "reason": "posting",
    "registered_home": "222401",
    "submitted_on": "2026-01-15",
}
HEADING = ",".join(DOCUMENT)
ROW = ",".join(DOCUMENT.values())
ENDS_IN_ZEROS = "222401198601014000"
"""An ID number that really ends so: its order is 400 and its check digit 0."""

Rows = Sequence[Sequence[Any]]


def asked() -> TransferApplication:
    application, problems = application_from(DOCUMENT)
    assert not problems
    assert application is not None
    return application


def workbook(*rows: Sequence[Any], change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def read(raw: bytes) -> list[TransferApplication]:
    applications, problems = applications_in(raw, "applications")
    assert [*map(str, problems)] == []
    return applications


def refused(raw: bytes) -> list[str]:
    try:
        applications, problems = applications_in(raw, "applications")
    except BadInput as bad:
        return [*map(str, bad.problems)] or [str(bad)]
    assert problems, applications
    return [*map(str, problems)]


def with_cells(**changed: str) -> bytes:
    return f"{HEADING}\n{','.join({**DOCUMENT, **changed}.values())}\n".encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，", "；", "|"])
def test_every_encoding_and_separator_of_excel_and_wps_is_read(encoding: str, separator: str) -> None:
    in_chinese = ",".join(TITLES[field] for field in DOCUMENT)
    for heading in (HEADING, in_chinese):
        text = f"{heading}\n{ROW}\n".replace(",", separator)
        assert read(text.encode(encoding)) == [asked()]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_end_of_a_line_is_read(newline: str) -> None:
    assert read(newline.join((HEADING, ROW, ROW, "")).encode()) == [asked(), asked()]


def test_a_first_line_may_name_the_separator() -> None:
    assert read(f"sep=;\n{HEADING}\n{ROW}\n".replace(",", ";").encode()) == [asked()]


def test_empty_columns_and_rows_at_the_end_are_no_columns_and_no_rows() -> None:
    text = f"{HEADING},,\n{ROW},,\n,,,,,,,,,,\n{ROW}\n"
    assert read(text.encode()) == [asked(), asked()]
    assert refused(f"{HEADING},,\n{ROW},,x\n".encode()) == ["row 2: more cells than the heading has"]


@pytest.mark.parametrize("title", ["身份证号", "身份证号码", " 公民身份 号码 ", "*公民身份号码"])
def test_a_heading_is_known_by_the_titles_that_offices_use(title: str) -> None:
    assert read(f"{HEADING.replace('id_number', title)}\n{ROW}\n".encode()) == [asked()]


@pytest.mark.parametrize(
    "changed",
    [
        {"id_number": "'222401198604120247"},
        {"id_number": '="222401198604120247"'},
        {"id_number": "222401198604120247\t"},
        {"id_number": "２２２４０１１９８６０４１２０２４７"},
        {"bureau_out": "222400.0", "bureau_in": "２２０１００", "registered_home": "222401.0"},
        {"scheme_from": "机关保", "scheme_to": "ｅ", "reason": "调动"},
        {"name": " 崔　明玉"},
        {"submitted_on": "2026年1月15日"},
        {"submitted_on": "2026.1.15"},
        {"submitted_on": "2026/1/15 0:00"},
        {"submitted_on": "2026-01-15 00:00:00"},
        {"submitted_on": "２０２６－０１－１５"},
        {"submitted_on": "20260115"},
    ],
)
def test_what_input_methods_and_spreadsheets_make_of_a_cell_is_read(changed: Mapping[str, str]) -> None:
    assert read(with_cells(**changed)) == [asked()]


def test_a_wide_x_ends_an_id_number() -> None:
    (application,) = read(with_cells(id_number="22020219750930117ｘ"))
    assert application.id_number == "22020219750930117X"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"id_number": "2.22401E+17"}, "row 2: id_number: a spreadsheet keeps fifteen digits"),
        ({"id_number": "222401198604120000"}, "row 2: id_number: a spreadsheet keeps fifteen digits"),
        ({"id_number": ENDS_IN_ZEROS}, "row 2: id_number: a spreadsheet keeps fifteen digits"),
        ({"id_number": "222401198604120247.0"}, "row 2: id_number: a spreadsheet keeps fifteen digits"),
        ({"submitted_on": "46037"}, "row 2: submitted_on: not a day; write it as 2026-01-31"),
        ({"submitted_on": "2026.01/15"}, "row 2: submitted_on: not a day"),
        ({"name": "崔?玉"}, "row 2: name: the name holds ? (U+003F)"),
        ({"name": "崔\ue123玉"}, "row 2: name: the name holds U+E123"),
    ],
)
def test_what_may_have_lost_something_is_refused_with_what_to_do(
    changed: Mapping[str, str], told: str
) -> None:
    (problem,) = refused(with_cells(**changed))
    assert problem.startswith(told)
    assert changed.get("id_number", "nobody") not in problem


def test_a_full_width_comma_that_joins_two_cells_is_named() -> None:
    joined = ROW.replace("G,E", "G，E")
    (problem,) = refused(f"{HEADING}\n{joined}\n".encode())
    assert problem.startswith("row 2: fewer cells than the heading has, and a full-width comma")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx without a password, or as CSV"),
        (b"%PDF-1.7", "is a PDF"),
        (b"PK\x03\x04broken", "is not a workbook that can be read: check that it is the right file"),
        ("崔明玉".encode("utf-16-le"), "save it again as CSV UTF-8, or as .xlsx"),
        (b"\xff\xfe", "is empty"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_save_it_as(raw: bytes, told: str) -> None:
    (problem,) = refused(raw)
    assert told in problem


def test_a_workbook_says_the_same_as_its_csv() -> None:
    in_chinese = [TITLES[field] for field in DOCUMENT]
    cells: list[Any] = list(DOCUMENT.values())
    cells[4:6] = [222400, 220100.0]
    cells[7] = 222401
    for day in (date(2026, 1, 15), datetime(2026, 1, 15), "2026年1月15日"):  # noqa: DTZ001, a cell has no zone
        assert read(workbook(in_chinese, [*cells[:8], day], [None] * 9)) == [asked()]


def test_a_number_kept_as_text_in_a_workbook_has_all_its_digits() -> None:
    (application,) = read(workbook([*DOCUMENT], [*{**DOCUMENT, "id_number": ENDS_IN_ZEROS}.values()]))
    assert application.id_number == ENDS_IN_ZEROS


def test_a_number_that_a_workbook_keeps_as_a_number_is_refused() -> None:
    (problem,) = refused(workbook([*DOCUMENT], [*{**DOCUMENT, "id_number": 222401198604120247}.values()]))
    assert problem.startswith("row 2: id_number: a spreadsheet keeps fifteen digits")


def test_a_formula_without_its_result_is_told_alone_and_under_the_title_of_its_column() -> None:
    cells = [*DOCUMENT.values()][:-1]
    cells[0] = "=A1"
    (problem,) = said_in(Language.CHINESE, lambda: [*map(str, _problems(workbook([*DOCUMENT], cells)))][:1])
    assert problem == "第 2 行：姓名：公式没有计算结果，请用电子表格打开后重新保存"


def _problems(raw: bytes) -> list[Problem]:
    return applications_in(raw, "applications")[1]


@pytest.mark.parametrize("named", ["延边朝鲜族自治州社会保险局", "延边朝鲜族自治州", "Yanbian Prefecture"])
def test_a_bureau_is_named_by_its_key_or_by_its_name(named: str) -> None:
    assert read(with_cells(bureau_out=named)) == [asked()]


def second_sheet(sheet: Any) -> None:
    sheet.parent.create_sheet("旧").append(["崔明玉"])


def empty_sheets(sheet: Any) -> None:
    sheet.parent.create_sheet("Sheet2")


def hidden_row(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def formula(sheet: Any) -> None:
    sheet["F2"] = "=E2"


def error(sheet: Any) -> None:
    sheet["F2"] = "#N/A"
    sheet["F2"].data_type = "e"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (second_sheet, "applications has content on 2 sheets; keep the one that is meant."),
        (hidden_row, "rows are hidden (3); show all rows, or delete those that are not meant"),
        (formula, "row 2: bureau_in: a formula without its result"),
        (error, "row 2: bureau_in: the spreadsheet shows an error in this cell"),
    ],
)
def test_a_workbook_of_which_not_all_is_seen_is_refused(change: Callable[[Any], None], told: str) -> None:
    row = [*DOCUMENT.values()]
    (problem, *_) = refused(workbook([*DOCUMENT], row, row, change=change))
    assert problem.startswith(told)


def test_empty_sheets_beside_the_table_are_passed_over() -> None:
    assert read(workbook([*DOCUMENT], [*DOCUMENT.values()], change=empty_sheets)) == [asked()]


def test_json_that_says_something_twice_is_refused() -> None:
    twice = json.dumps(DOCUMENT)[:-1] + ', "id_number": "222401198604120247"}'
    with pytest.raises(BadInput, match="says 'id_number' twice"):
        applications_in(twice.encode(), "applications.json", table=False)


@pytest.fixture
def both(tmp_path: Path) -> dict[str, Path]:
    """The same two applications in every kind of file."""
    files = {kind: tmp_path / f"applications.{kind}" for kind in ("json", "csv", "xlsx")}
    files["json"].write_text(json.dumps([DOCUMENT, DOCUMENT]), encoding="utf-8")
    files["csv"].write_text(f"{HEADING}\n{ROW}\n{ROW}\n", encoding="gbk")
    files["xlsx"].write_bytes(workbook([*DOCUMENT], [*DOCUMENT.values()], [*DOCUMENT.values()]))
    return files


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_apply_and_check_read_every_kind_of_file(
    kind: str, both: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_applications(both[kind]) == ([asked(), asked()], [])
    with pytest.raises(typer.Exit):
        check(both[kind], as_json=True)
    answers = json.loads(capsys.readouterr().out)
    assert [one["acceptable"] for one in answers] == [False, False]
    assert {paper["code"] for paper in answers[0]["missing_papers"]} >= {"identity_document"}


def test_accounts_are_read_from_a_workbook_with_chinese_titles(tmp_path: Path) -> None:
    path = tmp_path / "accounts.xlsx"
    columns = [*ACCOUNT_TITLES.values()][:9]
    person = ("222400", "机关保", "222401198604120247")
    percent = 0.08

    def as_percentages(sheet: Any) -> None:
        for at in (2, 3):
            sheet.cell(at, 8).number_format = "0%"

    rows: list[list[Any]] = [
        [*person, "崔明玉", date(2018, 1, 1), "2019年12月", 5000.5, percent, "正常缴费"],
        [*person, "崔 明玉", "2020.01", 202512, "¥6,000.00", percent, None],
    ]
    path.write_bytes(workbook(columns, *rows, change=as_percentages))
    (account,) = read_accounts([path])
    assert [(str(one.first), str(one.last), one.base) for one in account.months] == [
        ("2018-01", "2019-12", 5000_50),
        ("2020-01", "2025-12", 6000_00),
    ]
    assert {one.booked_percent for one in account.months} == {80_000}
    rows[1][4] = "2020.1"
    path.write_bytes(workbook(columns, *rows, change=as_percentages))
    with pytest.raises(BadInput) as bad:
        read_accounts([path])
    assert "January or October?" in str(bad.value.problems[0])


@pytest.mark.parametrize("amount", ["1000.50", "1,000.50", "１０００．５０", "¥1000.5", "1000.50元"])
def test_an_amount_is_read_only_where_it_is_one(amount: str) -> None:
    head = "起息日\t划转编号\t金额\t银行流水号"
    (line,) = statement_in(f"{head}\n2026.3.2\t\t{amount}\tB-1\n".encode("utf-16"), "statement.txt")
    assert (line.amount, line.value_date) == (1000_50, date(2026, 3, 2))


@pytest.mark.parametrize(
    "amount", ["10,00.50", "1000,50", "1.000,50", "0.1万元", "1e3", "1000.505", "(1.50)"]
)
def test_an_amount_that_could_be_another_is_refused(amount: str) -> None:
    head = "起息日\t划转编号\t金额\t银行流水号"
    with pytest.raises(BadInput) as bad:
        statement_in(f"{head}\n2026-03-02\t\t{amount}\tB-1\n".encode(), "statement.txt")
    assert [problem.field for problem in bad.value.problems] == ["amount"]
