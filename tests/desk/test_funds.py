"""A bank's statement at the desk: everything wrong in a file at once, each outcome shown, twice is once.

And what two officers do with money that nobody accounts for.
"""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from clerk import Clerk

from desk.client.case_numbers import KEY_VARIABLE
from desk.files.statement_file import read_statement
from desk.problems import BadInput
from desk.today import china_today
from models.files.arrangements_file import ArrangementsFile, BureauArrangements
from models.messages.arrangements import Rail
from models.messages.bank_statement import AwaitedFunds
from models.messages.stages import Event
from province import BUREAUS, CHANGCHUN, YANBIAN, Handle, Province, account, application
from rules.values.money import Fen, yuan
from workflows.transfer_case import TransferCase

HEAD = "value_date,remittance,amount,reference"
NUMBER = "remittance/220100-20260115-AAAAAAAA/1"


def written(tmp_path: Path, *rows: str, head: str = HEAD, encoding: str = "utf-8") -> Path:
    path = tmp_path / "statement.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding=encoding)
    return path


def problems_of(path: Path) -> list[str]:
    with pytest.raises(BadInput) as bad:
        read_statement(path)
    return [*map(str, bad.value.problems)]


def test_a_statement_is_read_whatever_a_spreadsheet_made_of_it(tmp_path: Path) -> None:
    rows = (f"2026/3/2,{NUMBER},1000.50,B-1", "", "2026-03-03 , ,7 ,B-2")
    first, second = read_statement(written(tmp_path, *rows, encoding="utf-8-sig"))
    assert (first.value_date.isoformat(), first.amount, first.reference) == ("2026-03-02", 1000_50, "B-1")
    assert (second.remittance, second.amount) == ("", 700)
    chinese = written(tmp_path, *rows, head="起息日,划转编号,金额,银行流水号", encoding="gb18030")
    assert read_statement(chinese) == (first, second)


def test_everything_wrong_is_told_at_once_and_no_value_is_repeated(tmp_path: Path) -> None:
    tomorrow = china_today() + timedelta(days=1)
    found = problems_of(
        written(
            tmp_path,
            "2026-02-30,崔明玉,12.345,",
            f"{tomorrow},{NUMBER},-5.00,B1",
            f"2026-03-02,{NUMBER},0.00,B1,surplus",
            "2026-03-02,,999999999999999.99,B2",
        )
    )
    assert [one.split(": ")[:2] for one in found] == [
        ["row 2", "value_date"],
        ["row 2", "remittance"],
        ["row 2", "amount"],
        ["row 2", "reference"],
        ["row 3", "value_date"],
        ["row 3", "amount"],
        ["row 4", "more cells than the heading has"],
        ["row 4", "reference"],
        ["row 4", "amount"],
        ["row 5", "amount"],
    ]
    assert "崔明玉" not in str(found)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("value_date,remittance,amount", "column reference is missing"),
        (f"{HEAD},payer", "column 'payer' is not known"),
        (f"{HEAD},amount", "column amount is there twice"),
        ("2026-03-02,崔明玉,1.00,B1", "row 1 is not a heading"),
    ],
)
def test_a_heading_that_is_none_is_told(tmp_path: Path, head: str, said: str) -> None:
    (problem,) = problems_of(written(tmp_path, head=head))
    assert problem.startswith(said)
    assert "崔明玉" not in problem


def test_a_file_without_arrivals_is_no_statement(tmp_path: Path) -> None:
    assert problems_of(written(tmp_path)) == ["no arrival in it"]


async def test_bad_files_and_bureaus_are_refused_before_anybody_is_asked(
    tmp_path: Path, province: Province
) -> None:
    clerk = Clerk.at(province.client)
    refused = (await clerk("funds", "import", str(written(tmp_path, "x,,1.00,B1")))).refusal()
    assert [line.strip().split(":")[0] for line in refused[1:]] == ["row 2"]
    good = written(tmp_path, "2026-03-02,,1.00,B1")
    assert "--bureau" in (await clerk("funds", "import", str(good))).refusal()[0]
    assert "no bureau 1" in (await clerk("funds", "import", str(good), "--bureau", "1")).refusal()[0]
    assert (
        "起息日" in (await clerk("funds", "import", str(written(tmp_path, "x,,1,B")), lang="zh")).complaints
    )


@pytest.fixture
async def waiting(province: Province, monkeypatch: pytest.MonkeyPatch) -> tuple[Handle, AwaitedFunds]:
    """A case that waits for its money, which Changchun's bank reports."""
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    arranged = ArrangementsFile(bureaus={CHANGCHUN: BureauArrangements(rail=Rail.BANK_STATEMENT)})
    await province.start_platform(arranged=arranged)
    await province.start_bureaus(*BUREAUS)
    province.wait_longer()
    await province.seed(account())
    handle = await province.apply(application())
    await province.journalled(handle, Event.INFORMATION_RECEIVED)

    async def waits() -> bool:
        return (await handle.query(TransferCase.progress)).awaited_funds is not None

    await province.until(waits)
    awaited = (await handle.query(TransferCase.progress)).awaited_funds
    assert awaited is not None
    return handle, awaited


async def test_a_clerk_fills_in_what_is_expected_and_hands_it_in(
    province: Province, waiting: tuple[Handle, AwaitedFunds], tmp_path: Path
) -> None:
    handle, awaited = waiting
    clerk, template = Clerk.at(province.client), tmp_path / "filled.csv"
    listed = await clerk("funds", "expected", "--bureau", CHANGCHUN, "--template", str(template))
    assert awaited.remittance in listed.printed
    assert YANBIAN in listed.printed
    with template.open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["remittance"], row["amount"]) == (awaited.remittance, yuan(awaited.missing))
    assert len((await clerk("funds", "import", str(template))).refusal()) == 3, (
        "day and reference are missing"
    )
    again = await clerk("funds", "expected", "--bureau", CHANGCHUN, "--template", str(template))
    assert "cannot be written" in again.refusal()[0]
    chinese = tmp_path / "chinese.csv"
    in_chinese = ("funds", "expected", "--bureau", CHANGCHUN, "--template", str(chinese))
    await clerk(*in_chinese, lang="zh")
    assert chinese.read_text("utf-8-sig").splitlines()[0] == "起息日,划转编号,金额,银行流水号"
    row |= {"value_date": str(china_today()), "reference": "20260302-001"}
    filled = written(tmp_path, ",".join(row.values()))
    assert "matched" in (await clerk("funds", "import", str(filled))).printed
    assert (await handle.result()).settled


async def test_each_outcome_is_shown_and_the_same_file_again_changes_nothing(
    province: Province, waiting: tuple[Handle, AwaitedFunds], tmp_path: Path
) -> None:
    handle, awaited = waiting
    clerk, case = Clerk.at(province.client), handle.id.removeprefix("transfer/")
    day = china_today()
    path = written(
        tmp_path,
        f"{day},{awaited.remittance},1000.00,B1",
        f"{day},,7.00,B2",
        f"{day},remittance/{case}/9,8.00,B3",
    )
    entered = await clerk("funds", "import", str(path))
    assert entered.code == 0
    missing = f"{(awaited.announced - 1000_00) / 100:,.2f}"
    for said in (f"partial, {missing} missing", "no such remittance, 7.00 kept", "before its announcement"):
        assert said in entered.printed.replace("\n", " "), entered.printed

    async def the_case_has_heard() -> bool:
        shown = (await clerk("show", case)).printed
        return f"{missing} of" in shown and "funds import" in shown

    await province.until(the_case_has_heard)
    again = await clerk("funds", "import", str(path))
    assert "nothing was changed" in again.printed
    document = (await clerk("funds", "import", str(path), "--json")).document()
    assert [line["known"] for line in document["lines"]] == [True] * 3
    kept = (await clerk("funds", "expected", "--bureau", CHANGCHUN, "--json")).document()["kept"]
    assert [one["line"]["reference"] for one in kept] == ["B2", "B3"]
    other = written(tmp_path, f"{day},{awaited.remittance},999.00,B1")
    contradicted = await clerk("funds", "import", str(other), lang="zh")
    assert contradicted.code == 1
    assert "与已登记的不一致" in contradicted.printed
    assert "不一致，此前已登记" not in contradicted.printed
    told = (await clerk("funds", "import", str(other))).printed
    assert "1 of 1 lines are not as they were entered before, and what was entered stays" in told
    assert "nothing was changed" not in told


async def test_two_officers_put_a_payment_with_a_mistyped_number_to_its_case(
    province: Province, waiting: tuple[Handle, AwaitedFunds], tmp_path: Path
) -> None:
    handle, awaited = waiting
    clerk = Clerk.at(province.client)
    path = written(tmp_path, f"{china_today()},2026-17,{yuan(Fen(awaited.announced + 700))},B1")
    assert "no such remittance" in (await clerk("funds", "import", str(path), "--bureau", CHANGCHUN)).printed
    typed = ("funds", "assign", "B1", "--bureau", CHANGCHUN, "--to", awaited.remittance)
    first = await clerk(*typed, "--officer", "cc-01", "--reason", "the bank mistyped it")
    assert first.code == 0
    assert "Nothing moves until another officer" in first.printed
    listed = (await clerk("worklist", "--bureau", CHANGCHUN)).printed
    assert "under the bank's reference B1 is to go to" in " ".join(listed.split())
    assert "proposed by cc-01" in listed
    command = f"starter.py funds assign B1 --to {awaited.remittance} --bureau {CHANGCHUN} --officer ID"
    assert command in listed
    listed = (await clerk("funds", "expected", "--bureau", CHANGCHUN)).printed
    assert "cc-01" in listed
    assert (await handle.query(TransferCase.progress)).awaited_funds == awaited
    second = (await clerk(*typed, "--officer", "cc-02", "--json")).document()
    assert (second["case"], second["moved"]["amount"]) == ("told", awaited.announced)
    assert (await handle.result()).settled
    again = await clerk(*typed, "--officer", "cc-02")
    assert again.code == 0
    assert "by cc-01 and cc-02" in again.printed
    back = ("funds", "return", "B1", "--bureau", CHANGCHUN)
    await clerk(*back, "--officer", "cc-01", "--reason", "more than announced")
    returned = await clerk(*back, "--officer", "cc-02")
    assert "7.00 went back to the payer" in returned.printed
    shown = (await clerk("funds", "expected", "--bureau", CHANGCHUN)).printed
    assert "kept in suspense" not in shown
    for said in ("no longer kept", "7.00", f"{awaited.announced / 100:,.2f}", "cc-01", "cc-02"):
        assert said in shown, shown
    report = (await clerk("audit", *(f"--bureau={key}" for key in BUREAUS), "--json")).document()
    assert report["findings"] == []


async def test_what_cannot_be_moved_is_answered_by_a_no_in_a_sentence(
    province: Province, tmp_path: Path
) -> None:
    await province.start_bureaus(CHANGCHUN)
    clerk = Clerk.at(province.client)
    path = written(tmp_path, f"{china_today()},,5.00,B1")
    await clerk("funds", "import", str(path), "--bureau", CHANGCHUN)

    async def answered(*typed: str, lang: str = "en") -> str:
        screen = await clerk("funds", *typed, "--bureau", CHANGCHUN, "--officer", "cc-01", lang=lang)
        assert (screen.code, screen.printed) == (1, "")
        (line,) = screen.complaints.splitlines()
        return line

    assert "No arrival is entered" in await answered("return", "B9", "--reason", "x")
    assert "--reason" in await answered("return", "B1")
    assert "is announced here" in await answered("assign", "B1", "--to", NUMBER, "--reason", "x")
    assert "未登记" in await answered("return", "B9", "--reason", "x", lang="zh")
    typed = ("funds", "return", "B1", "--bureau", CHANGCHUN)
    await clerk(*typed, "--officer", "cc-01", "--reason", "nobody knows it")
    zh = await clerk(*typed, "--officer", "cc-02", lang="zh")
    assert "退回付款方" in zh.printed
    third = await clerk(*typed, "--officer", "cc-03", "--reason", "x")
    assert (third.code, third.printed) == (1, "")
    assert "any more: 5.00 went back to the payer" in third.complaints
    assert "by cc-01 and cc-02" in third.complaints


async def test_everything_wrong_in_an_order_is_told_at_once(province: Province) -> None:
    typed = ("funds", "assign", "B 1", "--to", "崔明玉", "--bureau", "1", "--officer", "王 丽")
    told = (await Clerk.at(province.client)(*typed, "--reason", "x" * 1001)).refusal()
    said = [line.strip().split(":")[0] for line in told[1:]]
    assert said == ["--bureau", "REFERENCE", "--to", "--officer", "--reason"]
    assert "崔明玉" not in str(told)
