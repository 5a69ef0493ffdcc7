"""An application that was refused and is handed in again is decided anew, and says what was said before."""

from pathlib import Path

import pytest
from clerk import Clerk
from sqlmodel import select
from test_applying import FLAGS, table

from desk.client.asking import handle_of
from desk.client.case_numbers import KEY_VARIABLE, case_number
from desk.client.opening import open_cases, order_anew
from desk.officers.accepting import accept
from models.messages.stages import Stage
from models.messages.steps import CaseOrder
from models.store.tables import RelationshipRow
from province import TEACHER, YANBIAN, Province, account, application
from rules.values.moves import InsuredStatus
from workflows.identifiers import case_workflow_id
from workflows.transfer_case import TransferCase


@pytest.fixture
def clerk(province: Province, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    monkeypatch.setenv(KEY_VARIABLE, province.secret.decode())
    return Clerk.at(province.client)


async def ended(province: Province, case: str) -> Stage:
    province.opened.append(case)
    handle = province.client.get_workflow_handle_for(TransferCase.run, case_workflow_id(case))
    return (await handle.result()).stage


async def drawing_a_pension(province: Province, status: InsuredStatus) -> None:
    """What the books of the transfer-out bureau say of the person."""
    async with province.stores[YANBIAN].transaction() as session:
        (held,) = (await session.exec(select(RelationshipRow))).all()
        held.status = status


async def test_a_refused_application_handed_in_again_is_decided_anew(
    province: Province, clerk: Clerk
) -> None:
    await province.start()
    await province.seed(account(id_number=TEACHER))
    await drawing_a_pension(province, InsuredStatus.PENSIONER)
    (first,) = (await clerk("apply", *FLAGS, "--json")).document()
    assert (first["new"], first["refused_before"]) == (True, None)
    assert await ended(province, first["case_no"]) is Stage.REFUSED
    await drawing_a_pension(province, InsuredStatus.ACTIVE)
    again = await clerk("apply", *FLAGS)
    assert again.code == 0
    assert f"{first['case_no']} was refused on 20" in again.printed
    assert f"decided anew as {first['case_no']}-2" in again.printed
    assert "draws a pension" in again.printed
    assert await ended(province, f"{first['case_no']}-2") is Stage.CLOSED
    shown = await clerk("show", f"{first['case_no']}-2", lang="zh")
    assert "此前不予受理案件" in shown.printed
    assert first["case_no"] in shown.printed
    (third,) = (await clerk("apply", *FLAGS, "--json")).document()
    assert (third["case_no"], third["new"]) == (f"{first['case_no']}-2", False), "what is closed is closed"
    assert third["refused_before"] is None


async def test_a_file_read_again_decides_anew_only_when_told(
    province: Province, clerk: Clerk, tmp_path: Path
) -> None:
    await province.start()
    file = table(tmp_path / "applications.csv", application())
    (first,) = (await clerk("apply", "--file", str(file), "--json")).document()
    assert await ended(province, first["case_no"]) is Stage.REFUSED, "nobody knows the person there"
    await province.seed(account(id_number=TEACHER))
    again = await clerk("apply", "--file", str(file))
    assert "refused before" in again.printed
    assert "0 opened, 1 existed already" in again.printed
    (anew,) = (await clerk("apply", "--file", str(file), "--again", "--json")).document()
    assert (anew["case_no"], anew["new"]) == (f"{first['case_no']}-2", True)
    assert anew["refused_before"] == first["case_no"]
    assert anew["refusals"] == ["no_relationship"]
    assert await ended(province, anew["case_no"]) is Stage.CLOSED


async def test_what_an_officer_has_sealed_for_the_further_number_is_opened_with_that_seal(
    province: Province,
) -> None:
    """As a web desk does with a passkey, which it cannot seal with itself."""
    await province.start()
    asked, client = application(status="pensioner"), province.client
    handle = await province.apply(asked)
    assert (await handle.result()).stage is Stage.REFUSED
    first = CaseOrder(case_no=case_number(asked, province.secret), application=asked)
    order, before = await order_anew(client, first)
    assert before is not None
    assert (order.case_no, order.anew_after) == (f"{first.case_no}-2", first.case_no)
    sealed = accept(client, [order], "zhao01")
    opening = open_cases(client, [asked], province.secret, True, accepted=sealed, once="page-1")
    (opened,) = [one async for one in opening]
    assert (opened.case_no, opened.new) == (order.case_no, True)
    assert await ended(province, opened.case_no) is Stage.REFUSED
    again = await handle_of(client, opened.case_no).query(TransferCase.progress)
    assert [one.code for one in again.refusals] == [one.code for one in before.refusals], "the seal is good"
    twice = open_cases(client, [asked], province.secret, True, accepted=sealed, once="page-1")
    assert [(one.case_no, one.new, one.repeated) async for one in twice] == [(order.case_no, False, True)]
    from_another_page, _ = await order_anew(client, first, "page-2")
    assert from_another_page.case_no == f"{first.case_no}-3"
