"""Finding cases: by the person, by what they wait for, since a day, page by page, and as a table."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from clerk import Clerk

from desk.client.case_numbers import KEY_VARIABLE
from desk.today import china_today
from models.messages.arrangements import Officers
from models.messages.requests import Approvable
from province import SIPING, TEACHER, WORKER, Province, account, application

NOBODY = "127.0.0.1:1"
OTHER: dict[str, Any] = {"id_number": WORKER, "name": "王建国"}
DONGFENG, DONGLIAO, TONGHUA_COUNTY = "220421", "220422", "220521"
"""One for each test: what others have left behind goes from the engine's lists while a test reads them."""


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


async def three_cases(province: Province, bureau: str) -> tuple[list[str], str]:
    """Two of the teacher and one of somebody else, each waiting for an officer of this bureau to post."""
    await province.start(posting=Officers.ONE_OFFICER)
    await province.open_store(bureau)
    await province.start_bureaus(bureau)
    joining = {"bureau_in": bureau, "employer_bureau": bureau}
    await province.seed(account(), account(bureau=SIPING), account(**OTHER))
    handles = [
        await province.apply(application(**joining, **more)) for more in ({}, {"bureau_out": SIPING}, OTHER)
    ]
    for handle in handles:
        await province.awaiting(handle, Approvable.POSTING)
    first, second, other = (handle.id.removeprefix("transfer/") for handle in handles)
    return [first, second], other


async def test_a_persons_cases_are_found_by_id_number_and_nobody_elses(
    province: Province, clerk: Clerk
) -> None:
    own, other = await three_cases(province, DONGFENG)

    async def both_are_listed() -> bool:
        found = (await clerk("find", "--id-number", TEACHER, "--json")).document()
        return sorted(one["case_no"] for one in found["cases"]) == sorted(own)

    await province.until(both_are_listed)
    screen = await clerk("find", "--id-number", TEACHER.lower())
    assert all(case in screen.printed for case in own)
    assert other not in screen.printed
    assert TEACHER not in screen.printed


async def test_a_list_goes_on_to_its_next_page_and_into_a_spreadsheet(
    province: Province, clerk: Clerk
) -> None:
    own, other = await three_cases(province, DONGLIAO)
    typed = ("list", "--bureau", DONGLIAO, "--waiting-on", "转入地", "--stage", "接续办理中", "--since")
    today = china_today()

    async def all_are_listed() -> bool:
        found = (await clerk(*typed, str(today), "--json")).document()
        return {*own, other} <= {one["case_no"] for one in found["cases"]}

    await province.until(all_are_listed)
    whole = (await clerk(*typed, str(today), "--json")).document()
    pages = [
        (await clerk(*typed, str(today), "--limit", "2", "--page", str(page), "--json")).document()
        for page in (1, 2)
    ]
    assert [one["case_no"] for page in pages for one in page["cases"]] == [
        one["case_no"] for one in whole["cases"][:4]
    ]
    beyond = await clerk(*typed, str(today), "--limit", "2", "--page", "99")
    assert beyond.refusal() == [f"--page: the last page is {-(-whole['total'] // 2)}."]
    tomorrow = await clerk(*typed, str(today + timedelta(days=1)), "--json")
    assert tomorrow.document() == {"total": 0, "cases": []}
    table = (await clerk(*typed, str(today), "--csv", lang="zh")).printed
    heading, *rows = csv.reader(io.StringIO(table.removeprefix("\ufeff")))
    assert heading == ["案号", "阶段", "待办方", "转出 → 转入", "到期", "提示"]
    assert {row[0] for row in rows} == {one["case_no"] for one in whole["cases"]}
    assert {row[1] for row in rows if row[0] in {*own, other}} == {"接续办理中"}


async def test_the_cases_in_which_an_officer_has_acted_are_found(province: Province, clerk: Clerk) -> None:
    (first, _), _ = await three_cases(province, TONGHUA_COUNTY)
    officers_of = ("list", "--bureau", TONGHUA_COUNTY, "--officer")
    assert (await clerk("approve", first, "接续记账", "--officer", "in-07")).code == 0

    async def it_is_found() -> bool:
        found = (await clerk(*officers_of, "in-07", "--json")).document()
        return [one["case_no"] for one in found["cases"]] == [first]

    await province.until(it_is_found)
    screen = await clerk(*officers_of, "in-07")
    assert "1 cases, after looking through" in screen.printed
    nobody = (await clerk(*officers_of, "in-99", "--json")).document()
    assert nobody["cases"] == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (
            ("find", "--id-number", "222401198604120248"),
            "--id-number: the check digit of ",
        ),
        (("list", "--stage", "lost"), "--stage: one of application_received, "),
        (("list", "--flag", "red"), "--flag: one of reminded, escalated, "),
        (("list", "--waiting-on", "me"), "--waiting-on: one of in, out, province, applicant"),
        (("list", "--since", "soon"), "--since: not a day; write it as 2026-01-31."),
        (("rulings", "--point", "x"), "--point: one of scope, months, bases"),
    ],
)
async def test_a_word_that_is_none_is_answered_with_all_there_are(typed: tuple[str, ...], told: str) -> None:
    (line,) = (await Clerk(NOBODY)(*typed)).refusal()
    assert line.startswith(told)


async def test_in_chinese_the_words_of_a_closed_list_are_told_in_chinese() -> None:
    (line,) = (await Clerk(NOBODY)("list", "--stage", "丢失", lang="zh")).refusal()
    assert line.startswith("--stage：应为 待受理（application_received）、待补正材料（")
