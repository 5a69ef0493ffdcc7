"""A case that links the resident scheme, as every screen and file of the desk shows it."""

from pathlib import Path

import pytest
from clerk import Clerk
from linking import FARMER, asks, employed, farmed, id_number
from sqlalchemy import text
from staff import certification, refusal
from stores import lift_protection

from desk.client.auditing import audit_books, is_clean
from desk.client.case_numbers import KEY_VARIABLE
from models.messages.requests import StaffAction
from models.messages.stages import Event, Stage
from province import BUREAUS, CHANGCHUN, YANBIAN, Province
from workflows.transfer_case import TransferCase


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


async def test_every_screen_and_file_knows_the_third_scheme(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start()
    await province.seed(farmed(), farmed(id_number(13)), employed("E", ("2008-01", "2022-12")))
    handle = await province.apply(asks("R", "E"))
    assert (await handle.result()).stage is Stage.CLOSED
    case_no = province.opened[-1]

    shown = (await clerk("show", case_no, "--papers", lang="zh")).printed.replace("\n", "").replace(" ", "")
    for said in ("城乡居民", "城乡居民缴费年限不折算为职工缴费年限", "5,000.00"):
        assert said in shown
    out = tmp_path / "printed"
    listed = (await clerk("papers", case_no, "--out", str(out), "--json")).document()
    assert [one["kind"] for one in listed] == [
        *("application", "certificate", "contact_letter", "information_form", "remittance", "notice")
    ]
    for one in listed:
        found = (await clerk("papers", "verify", one["file"], "--json")).document()
        assert found["verdict"] == "true"
    titles = (await clerk("papers", case_no, "--out", str(out), lang="zh")).printed
    for title in ("城乡养老保险制度衔接申请表", "城乡养老保险制度衔接联系函", "城乡居民基本养老保险信息表"):
        assert f"《{title}》" in titles
    found = await clerk("find", "--id-number", FARMER)
    assert case_no in found.printed
    exchanged = (await clerk("export", "exchange", case_no)).document()
    assert [row["AAE381"] for row in exchanged["IC91"] if row["AAE202"]] == ["1560.00", "1560.00"]
    assert (exchanged["AIC083"], exchanged["AIC084"]) == ("5000.00", "0.00")
    asked = ("--id", id_number(13), "--bureau", YANBIAN, "--from", "R", "--to", "E", "--json")
    tried = (await clerk("calculate", *asked)).document()
    assert (tried["lines"]["4"], tried["lines"]["5"]) == ("5000.00", "0.00")


async def test_who_has_nothing_to_choose_is_told_to_consent_and_the_clerk_what_to_type(
    province: Province, clerk: Clerk
) -> None:
    await province.start()
    await province.seed(farmed(), employed("E", ("2008-01", "2022-12"), ("2023-09", "2023-12")))
    handle = await province.apply(asks("R", "E"))
    await province.journalled(handle, Event.CHOICE_OFFERED)
    case_no = province.opened[-1]
    told = (await clerk("show", case_no, "--for", "applicant", lang="zh")).printed
    assert "有 1 段时间重复缴费，保留哪一处已有规定，不用您选择" in told
    assert "选择保留" not in told
    assert "城乡居民缴费年限不折算为职工缴费年限" in told
    assert "缴费月数：0" not in told
    assert "没有留在原参保地" not in told
    assert "保留于企业职工基本养老保险，长春市社会保险局" in told, "by no letter"
    assert StaffAction.CERTIFY not in (await handle.query(TransferCase.progress)).possible
    assert "Neither scheme" in await refusal(handle, certification("2018-01", "2018-12"))
    offered = (await clerk("choose", case_no, lang="zh")).printed
    assert "城乡居民缴费中按规定应退的部分退还本人" in offered
    assert f"choose {case_no} --consent --account" in offered
    assert "没有" not in (await clerk("show", case_no, "--papers", lang="zh")).printed


async def test_the_audit_names_what_a_resident_paid_when_somebody_has_altered_it(province: Province) -> None:
    await province.start()
    await province.seed(farmed(), employed("E", ("2008-01", "2022-12")))
    await (await province.apply(asks("R", "E"))).result()
    assert is_clean(await audit_books(province.client, BUREAUS, 60))
    for bureau, code in ((CHANGCHUN, "base_not_as_stated"), (YANBIAN, "record_not_as_loaded")):
        store = province.stores[bureau]
        await lift_protection(store)
        async with store.engine.begin() as connection:
            altered = "UPDATE contribution SET paid = '1/0/0/0' WHERE first = '2023-01' AND paid IS NOT NULL"
            await connection.execute(text(altered))
        report = await audit_books(province.client, BUREAUS, 60)
        assert code in {one.code for one in report.findings if one.bureau == bureau}
