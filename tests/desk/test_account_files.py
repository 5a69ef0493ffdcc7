"""Files of accounts: read whole or refused whole, every bad row named, and nobody's data in the answer."""

import json
import re
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from desk import language
from desk.files.account_files import COLUMNS, read_accounts
from desk.language import Language
from desk.problems import BadInput, Hint, See
from models.files.history_file import HistoryFile
from rules.values.money import Fen, Rate
from rules.values.months import Month
from rules.values.moves import Scheme
from rules.values.record import MonthKind

TEACHER, WORKER = "222401198604120247", "22020219750930117X"
NAME = "崔明玉"
HEADING = "bureau,scheme,id_number,name,from,to,base"
FIRST = f"222400,G,{TEACHER},{NAME},2018-01,2019-12,5000.00"
SECOND = f"222400,G,{TEACHER},{NAME},2020-01,2025-12,6000.00"

Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Text in a file, in an encoding."""

    def write(text: str, name: str = "accounts.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_of_the_reader", ContextVar("spoken", default=Language.CHINESE))


def lines(*rows: str) -> str:
    return "\r\n".join(rows) + "\r\n"


def document(**changes: Any) -> dict[str, Any]:
    return {
        "person": {"name": NAME, "id_number": TEACHER},
        "scheme": "G",
        "bureau": "222400",
        "months": [{"from": "2020-01", "to": "2025-12", "base": "6000.00"}],
        **changes,
    }


def refused(*files: Path) -> list[str]:
    """The problems of files, none of which may say anything personal."""
    with pytest.raises(BadInput) as bad:
        read_accounts(files)
    told = [str(bad.value.summary), *map(str, bad.value.problems)]
    for personal in (TEACHER, TEACHER[:-1], WORKER, NAME, "崔"):
        assert personal not in " ".join(told)
    names = "|".join(re.escape(str(path)) for path in files)
    return [re.sub(f"^({names})(: |：)", "", str(problem)) for problem in bad.value.problems]


def test_one_history_in_json_is_read(written: Write) -> None:
    (account,) = read_accounts([written(json.dumps(document()), "one.json")])
    assert account == HistoryFile.model_validate(document())


def test_a_list_of_histories_in_json_is_read_in_order(written: Write) -> None:
    other = document(person={"name": "孙立国", "id_number": WORKER}, scheme="E")
    accounts = read_accounts([written(json.dumps([document(), other]), "many.json")])
    assert [account.person.id_number for account in accounts] == [TEACHER, WORKER]


def test_the_rows_of_one_person_in_one_scheme_make_one_history(written: Write) -> None:
    elsewhere = FIRST.replace("222400", "220100")
    accounts = read_accounts([written(lines(HEADING, FIRST, elsewhere, SECOND))])
    assert [(account.bureau, len(account.months)) for account in accounts] == [("222400", 2), ("220100", 1)]


def test_every_column_finds_its_field(written: Write) -> None:
    row = f"220300,E,{WORKER},孙立国,2016-01,2016-12,4000.00,4,one_off,600.00,2015,38500.00,336000.00"
    farmer = (
        f"222400,R,{TEACHER},{NAME},2025-01,2025-12,,,城乡居民缴费,,2025,5000.00,,1200.00,240.00,60.00,120.00"
    )
    account, residents = read_accounts([written(lines(",".join(COLUMNS), f"{row},,,,", farmer))])
    (paid,) = residents.history().ranges
    assert paid.kind is MonthKind.RESIDENT
    assert str(paid.paid) == "120000/24000/6000/12000"
    (part,) = account.history().ranges
    assert (part.first, part.last, part.base) == (Month(2016, 1), Month(2016, 12), 4000_00)
    assert (part.booked, part.kind) == (Rate(40_000), MonthKind.ONE_OFF)
    opening = account.history().opening
    assert opening is not None
    assert (opening.year, opening.balance) == (2015, 38500_00)
    assert (opening.before_1998, opening.pooled_base_sum) == (600_00, 336000_00)


def test_a_balance_taken_over_is_given_once_and_holds_for_all_rows(written: Write) -> None:
    heading = HEADING + ",opening_year,opening_balance"
    worker = f"220300,E,{WORKER},孙立国"
    rows = (f"{worker},2016-01,2016-12,4000.00,2015,100.00", f"{worker},2017-01,2017-12,4000.00,,")
    (account,) = read_accounts([written(lines(heading, *rows))])
    assert account.opening is not None
    assert account.opening.balance == Fen(100_00)
    assert len(account.months) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_chinese_excel_and_a_byte_order_mark_change_nothing(written: Write, encoding: str, kind: str) -> None:
    text = lines(HEADING, SECOND) if kind == "csv" else json.dumps(document(), ensure_ascii=False)
    (account,) = read_accounts([written(text, f"accounts.{kind}", encoding)])
    assert account.person.name == NAME


def test_blank_lines_and_blanks_around_cells_are_passed_over(written: Write) -> None:
    spaced = FIRST.replace(",", " , ")
    (account,) = read_accounts([written(lines(HEADING.replace(",", ", "), "", spaced, ",,,,,,", SECOND))])
    assert len(account.months) == 2


@pytest.mark.parametrize("name", ["accounts.csv", "accounts.json"])
def test_an_empty_file_is_refused(written: Write, name: str) -> None:
    (problem,) = refused(written("", name))
    assert problem.endswith("is empty.")


def test_a_file_without_accounts_is_refused(written: Write) -> None:
    assert refused(written(lines(HEADING))) == ["no account in it"]
    assert refused(written("[]", "accounts.json")) == ["no account in it"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path / "nowhere.csv")
    assert "cannot be read" in problem


def test_json_that_is_none_is_refused(written: Write) -> None:
    (problem,) = refused(written('{"person": ', "accounts.json"))
    assert problem.endswith("is not JSON (line 1).")


@pytest.mark.parametrize("text", ['"text"', "[7]", "null", '{"person": 1}'])
def test_json_that_is_no_history_is_refused(written: Write, text: str) -> None:
    assert refused(written(text, "accounts.json"))


def test_columns_that_are_missing_unknown_or_double_are_named_before_any_row(written: Write) -> None:
    heading = HEADING.replace("base", "wage").replace("scheme", "from")
    assert refused(written(lines(heading, "a,b,c"))) == [
        "column scheme is missing",
        "column base is missing",
        "column 'wage' is not known",
        "column from is there twice",
    ]


def test_a_table_without_a_heading_is_refused_without_repeating_its_first_row(written: Write) -> None:
    (problem,) = refused(written(lines(FIRST, SECOND)))
    assert problem.startswith("row 1 is not a heading")


def test_every_bad_row_is_named_with_its_number_column_and_reason(written: Write) -> None:
    rows = (
        FIRST,
        SECOND.replace("2020-01", "Jan-20"),
        SECOND.replace("6000.00", "-6000.00").replace("2020-01,2025-12", "2026-01,2026-02"),
        SECOND.replace(TEACHER, TEACHER[:-1] + "8"),
        SECOND.replace(TEACHER, WORKER).replace("222400", "999999"),
    )
    problems = refused(written(lines(HEADING, *rows)))
    assert [problem.split(":")[0] for problem in problems] == ["row 3", "row 4", "row 5", "row 6"]
    columns = [problem.split(": ")[1] for problem in problems]
    assert columns == ["from", "base", "id_number", "bureau"]


def test_a_month_in_two_rows_is_named_by_its_row(written: Write) -> None:
    (problem, *_) = refused(written(lines(HEADING, FIRST, SECOND.replace("2020-01", "2019-12"))))
    assert problem.startswith("row 3: ")


def test_a_row_longer_than_its_heading_has_slipped(written: Write) -> None:
    """An amount written 6,000.00 without quotes would be read as six yuan."""
    slipped = SECOND.replace("6000.00", "6,000.00")
    assert "row 3: more cells than the heading has" in refused(written(lines(HEADING, FIRST, slipped)))


def test_a_row_cut_short_is_named_with_what_it_lacks(written: Write) -> None:
    cut = SECOND.rsplit(",", 1)[0]
    (problem,) = refused(written(lines(HEADING, FIRST, cut)))
    assert problem.startswith("row 3: base: ")


def test_rows_of_one_id_number_under_two_names_are_not_merged(written: Write) -> None:
    assert refused(written(lines(HEADING, FIRST, SECOND.replace(NAME, "崔明珠")))) == [
        "row 3: name: not the name given above"
    ]


def test_rows_of_one_person_with_two_balances_taken_over_are_not_merged(written: Write) -> None:
    heading = HEADING + ",opening_year,opening_balance"
    rows = (f"{FIRST},2017,100.00", f"{SECOND},2017,200.00")
    assert refused(written(lines(heading, *rows))) == ["row 3: opening: not what is given above"]


def test_an_open_quotation_mark_is_refused_with_its_row(written: Write) -> None:
    (problem,) = refused(written(lines(HEADING, FIRST, SECOND.replace(NAME, f'"{NAME}'))))
    assert problem.startswith("row ")
    assert "not readable as CSV" in problem


def test_the_problems_of_all_files_are_told_at_once(written: Write) -> None:
    bad_json = written(json.dumps([document(), document(bureau="9")]), "accounts.json")
    bad_csv = written(lines(HEADING, FIRST.replace("5000.00", "")), "accounts.csv")
    with pytest.raises(BadInput) as bad:
        read_accounts([bad_json, bad_csv])
    told = [*map(str, bad.value.problems)]
    assert [problem.split(": ")[0] for problem in told] == [str(bad_json), str(bad_csv)]
    assert "record 2: bureau: " in told[0]
    assert "row 2: base: " in told[1]


def test_one_good_file_is_not_loaded_beside_a_bad_one(written: Write) -> None:
    good = written(json.dumps(document()), "good.json")
    assert refused(good, written(lines(HEADING), "bad.csv")) == ["no account in it"]


def test_the_same_account_in_two_files_is_one_account(written: Write) -> None:
    files = [written(json.dumps(document()), f"{name}.json") for name in ("one", "two")]
    assert len(read_accounts(files)) == 1


def test_one_relationship_with_two_histories_is_refused_and_not_loaded_by_halves(written: Write) -> None:
    other = document(months=[{"from": "2018-01", "to": "2019-12", "base": "5000.00"}])
    (problem,) = refused(written(json.dumps([document(), other]), "accounts.json"))
    assert "the same person, scheme and bureau" in problem
    assert "record 1" in problem


@pytest.mark.usefixtures("in_chinese")
def test_a_chinese_clerk_reads_the_rows_and_reasons_in_chinese(written: Write) -> None:
    (problem,) = refused(written(lines(HEADING, FIRST, SECOND.replace("2020-01", "2020-13"))))
    assert problem.startswith("第 3 行：起始年月：不是月份")
    assert refused(written(lines(HEADING.replace("base", "x"), FIRST)))[0] == "缺少列 月缴费基数（base）"


def test_residents_pay_by_the_year_on_no_base_and_others_by_the_month(written: Write) -> None:
    paid = {"from": "2025-01", "to": "2025-12", "kind": "resident", "own": "1200.00"}
    with_opening = {"scheme": "R", "opening": {"year": 2025, "balance": "5000.00"}}
    (account,) = read_accounts([written(json.dumps(document(**with_opening, months=[paid])), "one.json")])
    assert account.scheme is Scheme.RESIDENT
    wrong = [
        document(**with_opening, months=[{**paid, "own": "0.00"}]),
        document(**with_opening, months=[{**paid, "base": "4000.00"}]),
        document(**with_opening, months=[{**paid, "to": "2026-01"}]),
        document(**with_opening),
        document(months=[paid]),
    ]
    told = refused(written(json.dumps(wrong), "wrong.json"))
    assert [re.sub(r"^(record \d: [\w, ]+): .*", r"\1", one) for one in told] == [
        "record 1: months, item 1, own",
        "record 2: months, item 1, base",
        "record 3: months, item 1, to",
        *[f"record 4: months, item {n}, kind" for n, _ in enumerate(document()["months"], start=1)],
        "record 5: months, item 1, kind",
    ]


def test_a_bureau_that_is_not_named_by_its_key_is_told_where_the_keys_are(written: Write) -> None:
    with pytest.raises(BadInput) as bad:
        read_accounts([written(lines(HEADING, FIRST.replace("222400", "延边")))])
    (problem,) = bad.value.problems
    assert (problem.words.zh, problem.hint) == ("没有该社会保险局", Hint(See.BUREAUS))
