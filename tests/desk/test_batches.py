"""A file with a case on each row: all rows are checked first, and each is answered for itself."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from clerk import Clerk

from desk.client.case_numbers import KEY_VARIABLE
from engine.encryption.keys import VARIABLE as KEYS_VARIABLE
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from models.messages.stages import Stage
from province import WORKER, Handle, Province, account, application
from workflows.transfer_case import TransferCase

OTHER: dict[str, Any] = {"id_number": WORKER, "name": "王建国"}
WITHOUT_POSTING = ("identity_document", "application_form")


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Clerk:
    """Where no server is and no demonstration officer acts: what is wrong is told before one is asked for."""
    monkeypatch.setenv(KEY_VARIABLE, "a key for this test alone")
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "keys-of-no-demonstration.json"))
    return Clerk("127.0.0.1:1")


def number(handle: Handle) -> str:
    return handle.id.removeprefix("transfer/")


async def missing_papers(handle: Handle) -> bool:
    return bool((await handle.query(TransferCase.progress)).missing)


async def test_a_file_of_papers_is_entered_case_by_case_and_each_row_answered(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start(posting=Officers.ONE_OFFICER)
    await province.seed(account(), account(**OTHER))
    handles = [await province.apply(application(materials=WITHOUT_POSTING, **more)) for more in ({}, OTHER)]
    for handle in handles:
        await province.until(partial(missing_papers, handle))
    first, second = map(number, handles)
    file = tmp_path / "papers.csv"
    rows = f"案号,材料\n{first},调动（录用）文件\n{second},posting_document\n"
    file.write_text(f"{rows}220100-20990101-AAAAAAAA,posting_document\n", encoding="gb18030")
    refused = (await clerk("supplement", "--file", str(file), "--officer", "in-01")).refusal()
    assert "nothing was sent" in refused[0]
    (told,) = refused[1:]
    assert told.strip().startswith("row 4: case: There is no case 220100-20990101-AAAAAAAA")
    for handle in handles:
        assert await missing_papers(handle), "nothing of a file with a case that is not there is handed in"
    file.write_text(rows, encoding="gb18030")
    screen = await clerk("supplement", "--file", str(file), "--officer", "in-01")
    lines = screen.printed.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["row 2", "row 3"]
    assert all("accepted" in line for line in lines)
    for handle in handles:
        await province.awaiting(handle, Approvable.POSTING)
    approvals = tmp_path / "approvals.csv"
    approvals.write_text(f"case,what\n{first},接续记账\n{second},posting\n", encoding="utf-8")
    document = (await clerk("approve", "--file", str(approvals), "--officer", "in-02", "--json")).document()
    assert [(one["row"], one["case_no"], one["accepted"]) for one in document] == [
        (2, first, True),
        (3, second, True),
    ]
    for handle in handles:
        assert (await handle.result()).stage is Stage.CLOSED


async def test_of_a_file_with_a_wrong_row_nothing_is_sent(alone: Clerk, tmp_path: Path) -> None:
    file = tmp_path / "approvals.csv"
    file.write_text("case,what\nc-1,posting\nc-2,passport\n", encoding="utf-8")
    lines = (await alone("approve", "--file", str(file))).refusal()
    assert "nothing was sent" in lines[0]
    assert [line.strip().partition(": ")[0] for line in lines[1:]] == ["row 2", "row 3", "row 3"]
    assert any("missing: who acts" in line for line in lines)
    assert any("release_of_funds, posting, refund" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("case\nc-1\n", "column what is missing"),
        ("case,what,colour\nc-1,posting,red\n", "column 'colour' is not known"),
        ("case,what\n", "no row below the heading"),
        ("case,what\nc-1,posting,,x\n", "more cells than the heading has"),
    ],
)
async def test_a_file_that_is_no_list_of_cases_is_refused(
    alone: Clerk, tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "approvals.csv"
    file.write_text(text, encoding="utf-8")
    lines = (await alone("approve", "--file", str(file), "--officer", "in-01")).refusal()
    assert any(told in line for line in lines)


async def test_a_case_and_a_file_are_not_given_together_and_one_of_them_is(alone: Clerk) -> None:
    both = (await alone("supplement", "c-1", "--file", "x.csv", "--officer", "in-01")).refusal()
    assert both == ["--file: give the file or the flags it stands for, not both"]
    neither = (await alone("approve")).refusal()
    assert neither == ["CASE: give a case number, or a file with --file"]
